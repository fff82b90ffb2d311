// Measures the evaluator in this process on one world; prints one line of JSON. run.mjs starts one process per world.
import { parseArgs } from "node:util";
import { built, median, theModel } from "./stage.mjs";
import { checksOf, listersOf, SIZES } from "./world.mjs";

const { values } = parseArgs({
  options: { folder: { type: "string" }, size: { type: "string" }, runs: { type: "string" }, ms: { type: "string" } },
});
const size = SIZES[values.size];
const runs = Number(values.runs);
const ms = Number(values.ms);

/** Questions asked in turn, about objects from all over the world. */
const QUESTIONS = 10_000;

const { check, listObjects, listUsers, createTupleSet } = await built("engine");
const { openEmbeddedStore } = await built("embedded/embedded-store");
const model = await theModel();
const store = openEmbeddedStore(values.folder);
const tuples = createTupleSet();
const loading = performance.now();
store.load(tuples);
const loaded = performance.now() - loading;
await store.close();

/** Calls per second of `call(i)`: the median of the runs, after a warm-up run. */
function rate(call) {
  const run = () => {
    const end = performance.now() + ms;
    const started = performance.now();
    let done = 0;
    do {
      for (let i = 0; i < 1000; i++) call(done + i);
      done += 1000;
    } while (performance.now() < end);
    return done / ((performance.now() - started) / 1000);
  };
  run();
  return median(Array.from({ length: runs }, run));
}

/** Milliseconds per call: the median of all calls within the time limit. */
function duration(call) {
  const times = [];
  const end = performance.now() + ms;
  for (let i = 0; i < 20; i++) call();
  do {
    const started = performance.now();
    call();
    times.push(performance.now() - started);
  } while (performance.now() < end);
  return { median: median(times), calls: times.length };
}

function checks() {
  const all = checksOf(size, QUESTIONS);
  const yes = all.filter((question) => check(model, tuples, question).allowed === true).length;
  const only = (relation) => all.filter((question) => question.relation === relation);
  const asked = (list) => rate((i) => check(model, tuples, list[i % list.length]));
  // A server sees each string for the first time: no copy has been hashed before. The copies are made off the clock.
  const copy = (text) => Buffer.from(text).toString();
  const fresh = () => all.map((q) => ({ user: copy(q.user), relation: q.relation, object: copy(q.object) }));
  const copies = Array.from({ length: runs }, fresh);
  const cold = median(copies.map((list) => {
    const started = performance.now();
    for (const question of list) check(model, tuples, question);
    return list.length / ((performance.now() - started) / 1000);
  }));
  return {
    mixed: asked(all), sessions: asked(only("sessions_read")), notes: asked(only("can_read")), cold,
    yes: yes / all.length,
  };
}

function lists() {
  return listersOf(size).map(({ user, objects, what }) => {
    const question = { type: "athlete", relation: "sessions_read", user };
    const found = listObjects(model, tuples, question).objects.length;
    if (found !== objects) throw new Error(`${user} lists ${found} athletes, not ${objects}`);
    return { what, objects, ...duration(() => listObjects(model, tuples, question)) };
  });
}

function userLists() {
  return [["athlete:o0-athlete-0", "sessions_read"], ["note:o0-note-0-0", "can_read"]].map(([object, relation]) => {
    const question = { object, relation, userFilter: { type: "user" } };
    const found = listUsers(model, tuples, question).users.length;
    const what = `${object.split(":")[0]}#${relation}`;
    return { what, users: found, ...duration(() => listUsers(model, tuples, question)) };
  });
}

const result = { tuples: tuples.size, loaded, checks: checks(), lists: lists(), userLists: userLists() };
process.stdout.write(`${JSON.stringify(result)}\n`);
