// Runs laws: a fresh seed, printed; short or full form; the number of runs comes from the environment.
import { randomInt } from "node:crypto";
import fc from "fast-check";

/** Seed of this run: `SIDELINE_TEST_SEED`; without one, the whole run draws one (see global-setup.ts) and prints it. */
export const SEED = Number(process.env["SIDELINE_TEST_SEED"] ?? randomInt(2 ** 31));

/** Whether the random tests run in their full form: `SIDELINE_TEST_FULL=1`. It takes hours on a slow machine. */
export const FULL = process.env["SIDELINE_TEST_FULL"] === "1";

/** Number of runs of a property: `SIDELINE_TEST_RUNS` if set, otherwise the given number, `full` in the full form. */
export function runsOr(usual: number, full = usual): number {
  return Number(process.env["SIDELINE_TEST_RUNS"] ?? (FULL ? full : usual));
}

/** Like `holds`, for an asynchronous property. */
export async function holdsAsync<T>(
  drawn: fc.Arbitrary<T>, usual: number, property: (value: T) => Promise<void>, full = usual,
): Promise<void> {
  await fc.assert(fc.asyncProperty(drawn, property), told(usual, full));
}

/**
 * Checks a property for `usual` drawn values (see `runsOr`), after the fixed ones. Throws with the smallest
 * counterexample.
 */
export function holds<T>(
  drawn: fc.Arbitrary<T>, usual: number, property: (value: T) => void, full = usual, fixed: readonly T[] = [],
): void {
  const { seed, numRuns } = told(usual, full);
  const examples = fixed.map((value): [T] => [value]);
  fc.assert(fc.property(drawn, property), { seed, numRuns: numRuns + examples.length, examples });
}

/**
 * Checks bounds on how much the draws of a law covered, so that the law is not empty. The bounds are for the usual
 * number of runs: a run with another number, to repeat a failure, is not checked.
 */
export function covered(bounds: () => void): void {
  if (process.env["SIDELINE_TEST_RUNS"] === undefined) bounds();
}

function told(usual: number, full: number): { readonly seed: number; readonly numRuns: number } {
  const numRuns = runsOr(usual, full);
  console.log(`seed ${SEED}, ${numRuns} runs (SIDELINE_TEST_SEED, SIDELINE_TEST_RUNS)`);
  return { seed: SEED, numRuns };
}
