// Counts what the program does, not how long it takes: how often each block of its source is run.
import { Session, type Profiler } from "node:inspector";
import { setFlagsFromString } from "node:v8";

const session = new Session();

/**
 * From here on: a function that ran before is counted as a whole only, not by its blocks, so this file is imported
 * before anything it counts is called. Compiled code does not count every call.
 */
for (const flag of ["--no-opt", "--no-sparkplug"]) setFlagsFromString(flag);
session.connect();
session.post("Profiler.enable");
session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });

/**
 * Steps that a piece of work takes, and what it returns. A step is an entry of a function of src/, or of a block of one
 * (a branch, the body of a loop).
 */
export function counted<T>(work: () => T): { readonly steps: number; readonly result: T } {
  takeSteps();
  const result = work();
  return { steps: takeSteps(), result };
}

/** Steps since the last time. */
function takeSteps(): number {
  let steps = 0;
  // Inspector calls of the same thread call back before they return.
  session.post("Profiler.takePreciseCoverage", (error, coverage) => {
    if (error !== null) throw error;
    for (const script of coverage.result.filter(({ url }) => url.includes("/src/"))) steps += stepsOf(script);
  });
  return steps;
}

function stepsOf({ functions }: Profiler.ScriptCoverage): number {
  return functions.flatMap(({ ranges }) => ranges).reduce((sum, { count }) => sum + count, 0);
}
