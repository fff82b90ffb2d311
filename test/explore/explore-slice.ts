// A process of `npm run explore`: explores one slice up to a number of states, and reports its progress.
import { setImmediate } from "node:timers/promises";
import { SEED } from "../laws/law.ts";
import { Exploration } from "./exploration.ts";
import { FoundStates } from "./found-states.ts";
import { SLICES } from "./slices.ts";

/** Number of states after which it reports. */
const STATES_PER_REPORT = 5000;

/** Number of transitions that the laws are checked on in a run over all slices, about. */
const SAMPLED = 100_000;

const [name, states, all, folder = "", code = ""] = process.argv.slice(2);
const slice = SLICES.find((one) => one.name === name);
if (slice === undefined) throw new Error(`no slice is called ${name}`);

const bounds = { states: Number(states), sampled: SAMPLED, of: Math.max(SAMPLED, Number(all)) };
const run = new Exploration(slice, bounds, SEED, new FoundStates(folder, slice, code));

/** Ends with what is found so far: the run is stopped, or its parent is no more. */
const stop = (): void => {
  run.keep();
  process.exit(1);
};
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, stop);
process.on("disconnect", stop);

let reported = run.explorer.states;
for (let steps = 1; !run.isDone; steps++) {
  run.step();
  if (steps % 10 === 0) await setImmediate();
  if (run.explorer.states < reported + STATES_PER_REPORT) continue;
  reported = run.explorer.states;
  process.send?.(run.result);
}
run.keep();
process.send?.(run.result);
process.off("disconnect", stop);
process.disconnect?.();
