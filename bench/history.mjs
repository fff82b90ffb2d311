// Measures pages of history at a million events: time and CPU time in milliseconds. `--events` makes it smaller.
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { build, built, indexHistory, openSidecar, ROOT, submitAll } from "./stage.mjs";
import { randomOf } from "./world.mjs";

const { values } = parseArgs({
  options: {
    runs: { type: "string" }, ms: { type: "string" }, events: { type: "string", default: "1000000" },
    pages: { type: "string", default: "400" },
  },
});
const events = Number(values.events);
const pages = Number(values.pages);
const ORGS = Math.max(2, Math.round(events / 5000));
const COACHES = 20;

/** Events of all orgs in turn, as an installation has them. */
function* eventsOf(count) {
  let sent = 0;
  const event = (type, data) => ({ id: `h${++sent}`, source: "/bench", type, data });
  const coach = (o, c) => `o${o}-coach-${c % COACHES}`;
  for (let o = 0; o < ORGS; o++) yield event("org.created", { org: `org-${o}`, kind: "club", owner: `o${o}-owner` });
  for (let c = 0; c < COACHES; c++) {
    for (let o = 0; o < ORGS; o++) yield event("member.added", { org: `org-${o}`, user: coach(o, c) });
  }
  for (let n = 0; sent < count; n++) {
    for (let o = 0; o < ORGS && sent < count; o++) {
      const athlete = `o${o}-athlete-${n}`;
      const coaching = `${athlete}.row`;
      yield event("athlete.created", { athlete, org: `org-${o}` });
      yield event("coaching.started", { coaching, athlete, coach: coach(o, n) });
      for (let k = 0; k < 5; k++) {
        const note = `${athlete}.${k}`;
        yield event("note.created", { note, athlete, author: coach(o, n), under: `coaching:${coaching}` });
        yield event("note.visibility_changed", { note, visible_to_athlete: true });
      }
      yield event("coaching.ended", { coaching });
    }
  }
}

const folder = join(ROOT, `.cache/bench/history-${events}`);
build();
if (!existsSync(folder)) {
  mkdirSync(join(folder, ".."), { recursive: true });
  const making = `${folder}.${process.pid}`;
  const began = performance.now();
  const sidecar = await openSidecar(making);
  await submitAll(sidecar, eventsOf(events));
  await sidecar.close();
  if (existsSync(folder)) rmSync(making, { recursive: true });
  else renameSync(making, folder);
  console.error(`[bench] ${events} events made in ${Math.round((performance.now() - began) / 1000)} s`);
}

const { createApp } = await built("http/app");
const opening = performance.now();
const sidecar = await openSidecar(folder);
const opened = performance.now() - opening;
const app = createApp(sidecar, { keys: undefined, log: { error: console.error } });

async function page(query) {
  const [began, before] = [performance.now(), process.cpuUsage()];
  const response = await app.request(`/history?${query}`);
  const text = await response.text();
  const { user, system } = process.cpuUsage(before);
  return { ms: performance.now() - began, cpu: (user + system) / 1000, body: JSON.parse(text) };
}

const indexing = performance.now();
await indexHistory(sidecar);
const indexed = performance.now() - indexing;

const drawn = randomOf(7);
const random = (n) => Math.floor(drawn() * n);
const KINDS = {
  "no filter": () => "",
  org: () => `org=org-${random(ORGS)}`,
  user: () => `user=o${random(ORGS)}-coach-${random(COACHES)}`,
  object: () => `object=coaching:o${random(ORGS)}-athlete-${random(300)}.row`,
  type: () => `type=${["coaching.ended", "org.created", "athlete.created"][random(3)]}`,
  "org and type": () => `org=org-${random(ORGS)}&type=member.added`,
  "user and object": () => `user=o3-coach-7&object=athlete:o3-athlete-${random(300)}`,
};
const found = {};
for (const [name, query] of Object.entries(KINDS)) {
  const [times, cpus] = [[], []];
  let shown = 0;
  for (let n = 0; n < pages; n++) {
    const asked = query();
    const first = await page(`${asked}&page_size=100`);
    times.push(first.ms);
    cpus.push(first.cpu);
    shown += first.body.events.length;
    const token = first.body.continuation_token;
    if (token === "" || n % 2 === 0) continue;
    const next = await page(`${asked}&page_size=100&continuation_token=${token}`);
    times.push(next.ms);
    cpus.push(next.cpu);
    shown += next.body.events.length;
  }
  const at = (list, share) => {
    list.sort((a, b) => a - b);
    return Number(list[Math.min(list.length - 1, Math.floor(list.length * share))].toFixed(2));
  };
  found[name] = {
    pages: times.length, events: shown, p50: at(times, 0.5), p99: at(times, 0.99), cpu50: at(cpus, 0.5),
    cpu99: at(cpus, 0.99),
  };
}
await sidecar.close();
console.log(JSON.stringify({ events, opened: Math.round(opened), indexed: Math.round(indexed), found }));
