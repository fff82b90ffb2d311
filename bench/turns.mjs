// Measures the longest turn of the event loop for every kind of request in the large org; prints one line of JSON.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { extentOf, LARGE, largeOrg } from "./large-org.mjs";
import { built, median, openSidecar, submitAll, submitTo } from "./stage.mjs";
import { atomicBatches, batches, eventLimits, eventRequest, eventsAtLarge } from "./turn-events.mjs";
import { appQuestions, objectPages, pages, questionLimits, questions } from "./turn-questions.mjs";

const { values } = parseArgs({
  options: { runs: { type: "string" }, ms: { type: "string" }, small: { type: "boolean" } },
});
/**
 * Number of times that a request without effect is sent; the median of its longest turns counts. Others are sent once.
 */
const repeats = Math.max(3, Number(values.runs));

const cpuTime = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/** CPU time of the longest turn during some work, in milliseconds, including the turn in which it begins. */
async function longestTurn(work) {
  await new Promise((done) => setImmediate(done));
  let longest = 0;
  let isOver = false;
  let at = performance.now();
  let used = cpuTime();
  const tick = () => {
    const [now, usedNow] = [performance.now(), cpuTime()];
    // The process's CPU time includes engine threads, and the clock includes waiting: the smaller of the two is closer.
    longest = Math.max(longest, Math.min(now - at, usedNow - used));
    [at, used] = [now, usedNow];
    if (!isOver) setImmediate(tick);
  };
  setImmediate(tick);
  const result = await work();
  await new Promise((done) => setImmediate(done));
  isOver = true;
  await new Promise((done) => setImmediate(done));
  return { longest, result };
}

// A store on disk, so that writing and checkpointing count.
const folder = mkdtempSync(join(tmpdir(), "bench-turns-"));
const sidecar = await openSidecar(folder);
await submitAll(sidecar, largeOrg(values.small ? extentOf(2) : LARGE));
const { createApp } = await built("http/app");
const app = createApp(sidecar, { keys: undefined, log: { error: () => {} } });
const found = [];

async function measure({ what, path, body, headers: more }, times = repeats) {
  const text = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
  const headers = { host: "localhost", "content-type": "application/json", ...more };
  const init = text === undefined ? { headers } : { method: "POST", headers, body: text };
  const turns = [];
  let answer = "";
  for (let i = 0; i < times; i++) {
    const { longest, result } = await longestTurn(async () => {
      const response = await app.request(path, init);
      const length = (await response.arrayBuffer()).byteLength;
      return `${response.status}, ${length} bytes`;
    });
    turns.push(longest);
    answer = result;
  }
  found.push({ what, ms: median(turns), answer });
}

/** Number of concurrent senders of events during a backup. */
const SENDERS = 64;

/** Measures a backup during many writes: its own turns, and the turns in which the log is checkpointed concurrently. */
async function measureBackup() {
  const send = submitTo(sidecar);
  let isOver = false;
  let sent = 0;
  const sender = async (id) => {
    for (let n = 0; !isOver; n++, sent++) {
      const data = { org: "large", user: `late-${id}-${n}` };
      await send({ id: `late-${id}-${n}`, source: "/backup", type: "member.added", data });
    }
  };
  const { longest: ms, result: bytes } = await longestTurn(async () => {
    const senders = Array.from({ length: SENDERS }, (_, id) => sender(id));
    const response = await app.request("/backup", { method: "POST", headers: { host: "localhost" } });
    let length = 0;
    for await (const chunk of response.body) length += chunk.length;
    isOver = true;
    await Promise.all(senders);
    return length;
  });
  found.push({ what: `a backup while ${SENDERS} senders send`, ms, answer: `200, ${bytes} bytes, ${sent} events` });
}

const since = new Date(Date.now() - 1).toISOString();
await new Promise((done) => setTimeout(done, 5));
for (const request of questions()) await measure(request);
for (const request of appQuestions()) await measure(request);
// Each list is made once: the pages after the first are of a kept list.
for (const request of objectPages()) await measure(request, 1);
for (const request of pages(since)) await measure(request);
for (const request of questionLimits()) await measure(request);
for (const request of eventLimits()) await measure(request);
for (const request of [...batches(true), ...atomicBatches(true)]) await measure(request);
for (const event of eventsAtLarge()) {
  await measure(eventRequest(event, true));
  await measure(eventRequest(event, false), 1);
}
for (const request of [...atomicBatches(false), ...batches(false)]) await measure(request, 1);
await measureBackup();
await sidecar.close();
rmSync(folder, { recursive: true });
found.sort((a, b) => b.ms - a.ms);
process.stdout.write(`${JSON.stringify({ extent: values.small ? extentOf(2) : LARGE, repeats, requests: found })}\n`);
