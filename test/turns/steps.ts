// Counts the program's work instead of its time: how often each block of its source runs.
import { Session, type Profiler } from "node:inspector";
import { setFlagsFromString } from "node:v8";

const session = new Session();

/**
 * Counting starts here. A function that ran before counts only as a whole, not by its blocks, so this file is imported
 * before anything that it counts is called. Compiled code does not count every call.
 */
for (const flag of ["--no-opt", "--no-sparkplug"]) setFlagsFromString(flag);
session.connect();
session.post("Profiler.enable");
session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });

/**
 * Steps of a piece of work, and its result. A step is an entry of a function of src/, or of a block of one (a branch,
 * the body of a loop).
 */
export function counted<T>(work: () => T): { readonly steps: number; readonly result: T } {
  takeSteps();
  const result = work();
  return { steps: takeSteps(), result };
}

/** Steps since the last time. */
function takeSteps(): number {
  let steps = 0;
  // Inspector calls on the same thread call back before they return.
  session.post("Profiler.takePreciseCoverage", (error, coverage) => {
    if (error !== null) throw error;
    for (const script of coverage.result.filter(({ url }) => url.includes("/src/"))) steps += stepsOf(script);
  });
  return steps;
}

function stepsOf({ functions }: Profiler.ScriptCoverage): number {
  return functions.flatMap(({ ranges }) => ranges).reduce((sum, { count }) => sum + count, 0);
}
