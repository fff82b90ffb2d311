// Measures Sideline over HTTP next to the bare echo: check, batch-check, lists; the two alternate in one run.
import { put } from "./load.mjs";
import { startEcho } from "./server.mjs";
import { median } from "./stage.mjs";
import { checksOf, listersOf } from "./world.mjs";

const BODIES = 5000;
/** Number of checks in one batch, the maximum. */
const BATCH = 50;

const keyed = (question) => ({ tuple_key: question });

/** Request bodies of check. @param {import("./world.mjs").Size} size */
export const checkBodies = (size) => checksOf(size, BODIES).map((question) => JSON.stringify(keyed(question)));

/** Request bodies of batch-check, 50 checks each. */
export function batchBodies(size) {
  const all = checksOf(size, BATCH * 400);
  return Array.from({ length: 400 }, (_, b) => JSON.stringify({
    checks: all.slice(b * BATCH, (b + 1) * BATCH)
      .map((question, i) => ({ ...keyed(question), correlation_id: String(i) })),
  }));
}

/**
 * Runs /check on Sideline and on the echo alternately, then /batch-check. Returns medians.
 * @param {import("./world.mjs").Size} size @param {{ port: number }} sideline
 */
export async function measureChecks(size, sideline, { runs, seconds }) {
  const echo = await startEcho();
  try {
    const bodies = checkBodies(size);
    const batches = batchBodies(size);
    const load = (server, path, with_) => put({ port: server.port, path, bodies: with_, seconds });
    await load(sideline, "/check", bodies);
    await load(echo, "/check", bodies);
    const pairs = [];
    const batched = [];
    for (let i = 0; i < runs; i++) {
      const bare = await load(echo, "/check", bodies);
      const ours = await load(sideline, "/check", bodies);
      pairs.push({ bare, ours });
      batched.push(await load(sideline, "/batch-check", batches));
    }
    return {
      echo: median(pairs.map(({ bare }) => bare.rps)),
      check: median(pairs.map(({ ours }) => ours.rps)),
      ratio: median(pairs.map(({ bare, ours }) => ours.rps / bare.rps)),
      echoP99: median(pairs.map(({ bare }) => bare.p99)),
      checkP99: median(pairs.map(({ ours }) => ours.p99)),
      p99Ratio: median(pairs.map(({ bare, ours }) => ours.p99 / bare.p99)),
      batched: median(batched.map(({ rps }) => rps * BATCH)),
    };
  } finally {
    await echo.stop();
  }
}

/**
 * Milliseconds per list over HTTP, on one connection, one list at a time. The server may be any that speaks OpenFGA's
 * API. If it `mayFail`, failures are counted, and a list that is never answered has no median.
 * @param {{ port: number, path?: string }} server
 */
export async function measureLists(size, server, { runs, seconds, mayFail = false }) {
  const rows = [];
  const measured = async (what, path, body, count) => {
    const to = { port: server.port, path: `${server.path ?? ""}${path}`, bodies: [JSON.stringify(body)] };
    const text = await textOf(to).catch((error) => {
      if (!mayFail) throw error;
    });
    const load = () => put({ ...to, seconds, connections: 1, mayFail });
    const loads = [await load()];
    for (let i = 0; i < runs; i++) loads.push(await load());
    const times = loads.slice(1).filter(({ requests, errors }) => requests > errors).map(({ p50 }) => p50);
    const failed = loads.reduce((sum, { errors }) => sum + errors, 0) + (text === undefined ? 1 : 0);
    const found = text === undefined ? undefined : count(text);
    rows.push({ what, found, median: times.length === 0 ? undefined : median(times), failed });
  };
  const objects = (text) => JSON.parse(text).objects.length;
  const lines = (text) => text.split("\n").filter((line) => line !== "").length;
  for (const { user, what } of listersOf(size)) {
    const body = { type: "athlete", relation: "sessions_read", user };
    await measured(what, "/list-objects", body, objects);
    await measured(`${what}, streamed`, "/streamed-list-objects", body, lines);
  }
  const object = { type: "athlete", id: "o0-athlete-0" };
  await measured("the users of an athlete", "/list-users",
    { object, relation: "sessions_read", user_filters: [{ type: "user" }] }, (text) => JSON.parse(text).users.length);
  return rows;
}

async function textOf({ port, path, bodies: [body] }) {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method: "POST", headers, body });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path}: ${text}`);
  return text;
}
