// Counts what the program does, not how long it takes: how often each block of its source is run.
import { Session, type Profiler } from "node:inspector";
import { setFlagsFromString } from "node:v8";

/** A count of steps: how often a function or a block of one (a branch, the body of a loop) in src/ was entered. */
export class StepCounter {
  readonly #session = new Session();

  /** Counting makes the program slow, so a counter is made where it is needed and closed after it. */
  constructor() {
    // Compiled code does not count every call.
    for (const flag of ["--no-opt", "--no-sparkplug"]) setFlagsFromString(flag);
    this.#session.connect();
    this.#session.post("Profiler.enable");
    this.#session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  }

  /** Steps that a piece of work takes, and what it returns. */
  count<T>(work: () => T): { readonly steps: number; readonly result: T } {
    this.#take();
    const result = work();
    return { steps: this.#take(), result };
  }

  /** Steps since the last time. */
  #take(): number {
    let steps = 0;
    // Inspector calls of the same thread call back before they return.
    this.#session.post("Profiler.takePreciseCoverage", (error, coverage) => {
      if (error !== null) throw error;
      for (const script of coverage.result.filter(({ url }) => url.includes("/src/"))) steps += stepsOf(script);
    });
    return steps;
  }

  close(): void {
    this.#session.disconnect();
  }
}

function stepsOf({ functions }: Profiler.ScriptCoverage): number {
  return functions.flatMap(({ ranges }) => ranges).reduce((sum, { count }) => sum + count, 0);
}
