// Measures Sideline over HTTP beside the bare echo: check, batch-check, lists; turn and turn about in one run.
import { put } from "./load.mjs";
import { startEcho } from "./server.mjs";
import { median } from "./stage.mjs";
import { checksOf, listersOf } from "./world.mjs";

const BODIES = 5000;
/** Checks of one batch; the most there may be. */
const BATCH = 50;

const keyed = (question) => ({ tuple_key: question });

/** Bodies of check. @param {import("./world.mjs").Size} size */
export const checkBodies = (size) => checksOf(size, BODIES).map((question) => JSON.stringify(keyed(question)));

/** Bodies of batch-check, 50 checks each. */
export function batchBodies(size) {
  const all = checksOf(size, BATCH * 400);
  return Array.from({ length: 400 }, (_, b) => JSON.stringify({
    checks: all.slice(b * BATCH, (b + 1) * BATCH)
      .map((question, i) => ({ ...keyed(question), correlation_id: String(i) })),
  }));
}

/**
 * Runs of /check on Sideline and on the echo, one after the other, and of /batch-check; medians.
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

/** Milliseconds of lists over HTTP, one at a time; the same questions go to any server that speaks OpenFGA's API. */
export async function measureLists(size, url, times) {
  const rows = [];
  for (const { user, what } of listersOf(size)) {
    const body = { type: "athlete", relation: "sessions_read", user };
    rows.push({ what, ...await timed(`${url}/list-objects`, body, (text) => JSON.parse(text).objects.length, times) });
    const lines = (text) => text.split("\n").filter((line) => line !== "").length;
    const streamed = await timed(`${url}/streamed-list-objects`, body, lines, times);
    rows.push({ what: `${what}, streamed`, ...streamed });
  }
  const [type, id] = ["athlete", "o0-athlete-0"];
  const body = { object: { type, id }, relation: "sessions_read", user_filters: [{ type: "user" }] };
  const users = (text) => JSON.parse(text).users.length;
  rows.push({ what: "the users of an athlete", ...await timed(`${url}/list-users`, body, users, times) });
  return rows;
}

/** Lists asked before the clock counts: a server's code and a client's connection warm up. */
const WARM_UP = 20;

async function timed(url, body, count, times) {
  const durations = [];
  let found = 0;
  for (let i = 0; i < times + WARM_UP; i++) {
    const started = performance.now();
    const answer = await fetch(url, {
      method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body),
    });
    const text = await answer.text();
    if (i >= WARM_UP) durations.push(performance.now() - started);
    if (!answer.ok) throw new Error(`${url}: ${text}`);
    found = count(text);
  }
  return { found, median: median(durations) };
}
