// Measures checks as of an earlier time, in CPU time of this process, on a long past; prints one line of JSON.
import { statSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { copyOf, indexHistory, openSidecar, sleep, submitTo, worldFolder } from "./stage.mjs";
import { checksOf, randomOf, SIZES } from "./world.mjs";

const { values } = parseArgs({
  options: {
    size: { type: "string", default: "M" }, events: { type: "string", default: "1000000" },
    back: { type: "string", default: "100000" }, checks: { type: "string", default: "2000" },
    // Every part gets them; this one measures each check once.
    runs: { type: "string" }, ms: { type: "string" },
  },
});
const size = SIZES[values.size];

/** Number of events sent at a time. */
const WAVE = 512;

/**
 * The later life of a world: new notes, marks and shares of notes, rows that start and end, athletes who visit a team.
 * Every second event takes back what one before it gave.
 */
function* lifeOf(count) {
  const random = randomOf(11);
  const below = (n) => Math.floor(random() * n);
  const pending = [];
  for (let n = 0; n < count; n++) {
    const event = (type, data) => ({ id: `life-${n}`, source: "/bench/life", type, data });
    const undo = pending.length > 200 ? pending.splice(below(pending.length), 1)[0] : undefined;
    if (undo !== undefined && n % 2 === 1) {
      yield event(undo.type, undo.data);
      continue;
    }
    if (undo !== undefined) pending.push(undo);
    const [o, a, c] = [below(size.orgs), below(size.athletes), below(size.coaches)];
    const note = `o${o}-note-${a}-${below(size.notes)}`;
    const kind = below(3);
    if (kind === 0) {
      const row = { coaching: `life-${n}`, athlete: `o${o}-athlete-${a}`, coach: `o${o}-coach-${c}` };
      yield event("coaching.started", row);
      pending.push({ type: "coaching.ended", data: { coaching: `life-${n}` } });
    } else if (kind === 1) {
      yield event("note.created", {
        note: `life-${n}`, athlete: `o${o}-athlete-${a}`, author: "chief",
      });
      pending.push({ type: "note.deleted", data: { note: `life-${n}` } });
    } else {
      yield event("note.shared", { note, user: `o${o}-coach-${c}` });
      pending.push({ type: "note.unshared", data: { note, user: `o${o}-coach-${c}` } });
    }
  }
}

const { folder, drop } = copyOf(await worldFolder(size));
const sidecar = await openSidecar(folder);
const started = performance.now();
const outcomes = new Map();
let wave = [];
let sent = 0;
const submit = submitTo(sidecar);
async function flush() {
  for (const { status, refused } of await Promise.all(wave.map(submit))) {
    outcomes.set(status ?? refused, (outcomes.get(status ?? refused) ?? 0) + 1);
  }
  sent += wave.length;
  wave = [];
  await sleep(0);
}
for (const event of lifeOf(Number(values.events))) if (wave.push(event) === WAVE) await flush();
await flush();
const sendSeconds = (performance.now() - started) / 1000;

const indexing = performance.now();
const at = Date.now();
await indexHistory(sidecar);
const last = await sidecar.past.momentOf(new Date(at).toISOString());
const indexSeconds = (performance.now() - indexing) / 1000;
const moment = { number: last.number - Number(values.back), at };
const times = [];
let yes = 0;
for (const question of checksOf(size, Number(values.checks), 5)) {
  const began = process.cpuUsage();
  const answer = await sidecar.checker.check(question, { higher: false, positions: [], moment });
  const { user, system } = process.cpuUsage(began);
  times.push((user + system) / 1000);
  if (answer.allowed) yes++;
}
times.sort((a, b) => a - b);
const part = (share) => Number(times[Math.min(times.length - 1, Math.floor(times.length * share))].toFixed(2));
console.log(JSON.stringify({
  events: sent, rows: last.number, back: last.number - moment.number, outcomes: Object.fromEntries(outcomes),
  sendSeconds: Math.round(sendSeconds), indexSeconds: Number(indexSeconds.toFixed(1)),
  indexBytes: statSync(join(folder, "history.db")).size, storeBytes: statSync(join(folder, "store.db")).size,
  tuples: sidecar.tuples.size, yes, p50: part(0.5), p99: part(0.99), max: part(1),
}));
await sidecar.close();
drop();
