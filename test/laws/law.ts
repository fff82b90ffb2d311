// How a law is run: seeded, the seed printed, the number of runs set by the environment.
import fc from "fast-check";

/** Seed of this run: `SIDELINE_TEST_SEED`, else always the same one, so that a failure is never a matter of luck. */
export const SEED = Number(process.env["SIDELINE_TEST_SEED"] ?? 20_260_301);

/** How often a property is tried: `SIDELINE_TEST_RUNS` when set, else the given number. */
export function runsOr(usual: number): number {
  return Number(process.env["SIDELINE_TEST_RUNS"] ?? usual);
}

/** Holds when the property does for `usual` drawn values (see `runsOr`); throws with the smallest counterexample. */
export function holds<T>(drawn: fc.Arbitrary<T>, usual: number, property: (value: T) => void): void {
  const numRuns = runsOr(usual);
  console.log(`seed ${SEED}, ${numRuns} runs (SIDELINE_TEST_SEED, SIDELINE_TEST_RUNS)`);
  fc.assert(fc.property(drawn, property), { seed: SEED, numRuns });
}
