// Invariants: sentences that hold for every set of tuples that events make, applied to a world until nothing changes.
import { MAX_SEARCH_STEPS, MAX_WORLD_TUPLES } from "./analysis-limits.ts";
import { firstMatch, matchesOf, TupleTable, type SearchBudget } from "./matching.ts";
import { merged, withPattern, type World } from "./tuple-world.ts";
import type { Pattern } from "./way.ts";

/** The consequence of an invariant, wherever its pattern matches. */
export type Consequence =
  /** Two variables of the pattern are the same object. */
  | { readonly kind: "same"; readonly a: number; readonly b: number }
  /** These tuples exist as well. The first variables are those of the invariant's pattern. */
  | { readonly kind: "tuples"; readonly pattern: Pattern }
  /** The pattern never matches. */
  | { readonly kind: "never" };

/** One invariant. Its pattern has no user and object of a question: all variables are free. */
export interface Invariant {
  readonly name: string;
  readonly when: Pattern;
  readonly then: Consequence;
}

/**
 * Returns the most general world that contains a world's tuples and satisfies the invariants. Returns "impossible" if
 * there is none, and "too large" if it has more than MAX_WORLD_TUPLES tuples or takes more steps than the budget has.
 */
export function chased(
  world: World, invariants: readonly Invariant[], budget: SearchBudget = { left: MAX_SEARCH_STEPS },
): World | "impossible" | "too large" {
  for (let current = world; ;) {
    if (current.tuples.length > MAX_WORLD_TUPLES) return "too large";
    const next = step(current, invariants, budget);
    // Without steps left, a place where an invariant does not hold may have been missed.
    if (budget.left <= 0) return "too large";
    if (next === undefined) return current;
    if (next === "impossible") return next;
    current = next;
  }
}

/** Applies one invariant at the first place where it does not hold. Returns undefined if all hold. */
function step(
  world: World, invariants: readonly Invariant[], budget: SearchBudget,
): World | "impossible" | undefined {
  const table = new TupleTable(world);
  for (const { when, then } of invariants) {
    for (const match of matchesOf(when, table, [], budget)) {
      if (then.kind === "never") return "impossible";
      if (then.kind === "same") {
        const [a, b] = [match[then.a]!, match[then.b]!];
        if (a !== b) return merged(world, a, b);
      } else if (firstMatch(then.pattern, table, match, budget) === undefined) {
        return withPattern(world, then.pattern, match);
      }
    }
  }
  return undefined;
}
