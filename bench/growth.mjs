// Measures how the cost of a check grows with the data around its athlete; prints one line of JSON.
import { parseArgs } from "node:util";
import { built, median, openSidecar, submitAll, theModel } from "./stage.mjs";

const { values } = parseArgs({ options: { runs: { type: "string" }, ms: { type: "string" } } });
const runs = Number(values.runs);
const ms = Number(values.ms) / 8;
const STEPS = [1, 4, 16, 64];

const { check } = await built("engine");
const model = await theModel();

/**
 * An org with one athlete and coaches 0 to `count`; `more` adds the measured data. Coach 0 has another athlete and a
 * team, so that a check looks at everything before it says no.
 */
function* org(count, more) {
  let sent = 0;
  const event = (type, data) => ({ id: `e${++sent}`, source: "/bench", type, data });
  yield event("org.created", { org: "o", kind: "club", owner: "chief" });
  for (let c = 0; c <= count; c++) yield event("member.added", { org: "o", user: `c${c}`, hats: ["coach"] });
  yield event("athlete.created", { org: "o", athlete: "a" });
  yield event("athlete.created", { org: "o", athlete: "other", coach: "c0" });
  yield event("team.created", { org: "o", team: "other", head_coach: "c0" });
  for (let c = 1; c <= count; c++) yield* more(event, c);
}

/** The growing data, by name. Coach 0 has nothing to do with this athlete; the last coach gives the yes. */
const GROWS = {
  "teams of the athlete": function* (event, c) {
    yield event("team.created", { org: "o", team: `t${c}`, head_coach: `c${c}` });
    yield event("team.athlete_added", { team: `t${c}`, athlete: "a" });
  },
  "rows over the athlete": function* (event, c) {
    yield event("coaching.started", { coaching: `r${c}`, athlete: "a", coach: `c${c}` });
  },
  "custom roles of the org with the key": function* (event, c) {
    yield event("role.created", { org: "o", role: `role${c}`, scope: "org", keys: ["sessions.read"] });
    yield event("member.role_assigned", { org: "o", user: `c${c}`, role: `role${c}` });
  },
};

/** Microseconds per check: the median of the runs. */
function cost(tuples, question) {
  const run = () => {
    const started = performance.now();
    let done = 0;
    do {
      for (let i = 0; i < 200; i++) check(model, tuples, question);
      done += 200;
    } while (performance.now() - started < ms);
    return (performance.now() - started) / done * 1000;
  };
  run();
  return median(Array.from({ length: runs }, run));
}

const table = [];
for (const [what, more] of Object.entries(GROWS)) {
  for (const count of STEPS) {
    const sidecar = await openSidecar(":memory:");
    await submitAll(sidecar, org(count, more));
    const ask = (user) => ({ user: `user:${user}`, relation: "sessions_read", object: "athlete:a" });
    const [yes, no] = [ask(`c${count}`), ask("c0")];
    const answers = [yes, no].map((question) => check(model, sidecar.tuples, question).allowed);
    if (answers[0] !== true || answers[1] !== false) throw new Error(`${what}, ${count}: ${answers}`);
    table.push({ what, count, yes: cost(sidecar.tuples, yes), no: cost(sidecar.tuples, no) });
    await sidecar.close();
  }
}
process.stdout.write(`${JSON.stringify(table)}\n`);
