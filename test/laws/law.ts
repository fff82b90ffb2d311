// How a law is run: a fresh seed, printed; short or full; the number of runs set by the environment.
import { randomInt } from "node:crypto";
import fc from "fast-check";

/** Seed of this run: `SIDELINE_TEST_SEED`; without one, the whole run draws one (see global-setup.ts) and prints it. */
export const SEED = Number(process.env["SIDELINE_TEST_SEED"] ?? randomInt(2 ** 31));

/** The full form of every random test: `SIDELINE_TEST_FULL=1`. It takes hours on a slow machine. */
export const FULL = process.env["SIDELINE_TEST_FULL"] === "1";

/** How often a property is tried: `SIDELINE_TEST_RUNS` when set, else the given number, `full` in the full form. */
export function runsOr(usual: number, full = usual): number {
  return Number(process.env["SIDELINE_TEST_RUNS"] ?? (FULL ? full : usual));
}

/** Holds like `holds`, for a property that takes its time. */
export async function holdsAsync<T>(
  drawn: fc.Arbitrary<T>, usual: number, property: (value: T) => Promise<void>, full = usual,
): Promise<void> {
  await fc.assert(fc.asyncProperty(drawn, property), told(usual, full));
}

/**
 * Holds when the property does for `usual` drawn values (see `runsOr`), and for the fixed ones before them; throws with
 * the smallest counterexample.
 */
export function holds<T>(
  drawn: fc.Arbitrary<T>, usual: number, property: (value: T) => void, full = usual, fixed: readonly T[] = [],
): void {
  const { seed, numRuns } = told(usual, full);
  const examples = fixed.map((value): [T] => [value]);
  fc.assert(fc.property(drawn, property), { seed, numRuns: numRuns + examples.length, examples });
}

/**
 * Holds bounds on how much the draws of a law came to, so that it is no law about nothing. They are for its usual
 * number of runs: a run with another number, to repeat a failure, is not held to them.
 */
export function covered(bounds: () => void): void {
  if (process.env["SIDELINE_TEST_RUNS"] === undefined) bounds();
}

function told(usual: number, full: number): { readonly seed: number; readonly numRuns: number } {
  const numRuns = runsOr(usual, full);
  console.log(`seed ${SEED}, ${numRuns} runs (SIDELINE_TEST_SEED, SIDELINE_TEST_RUNS)`);
  return { seed: SEED, numRuns };
}
