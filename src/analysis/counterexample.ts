// Searches for a world in which one way gives a yes and none of other ways does: the test of containment.
import { MAX_DENIALS, MAX_SEARCH_STEPS, MAX_WORLDS } from "./analysis-limits.ts";
import { chased, type Invariant } from "./invariants.ts";
import { firstMatch, matchesOf, TupleTable, type SearchBudget } from "./matching.ts";
import { frozen, isPossible, withPattern, type World } from "./tuple-world.ts";
import { OBJECT, USER, type Negation, type Way } from "./way.ts";

/** Result of a search: a world, the proof that there is none, or neither. */
export type Search =
  | { readonly outcome: "found"; readonly world: World }
  | { readonly outcome: "none" }
  | { readonly outcome: "undecided"; readonly reason: string };

const NONE: Search = { outcome: "none" };
const TOO_LARGE: Search = { outcome: "undecided", reason: "the search is too large" };
const NESTED: Search = { outcome: "undecided", reason: "a `but not` subtracts a definition with another `but not`" };

/**
 * Finds a world that satisfies the invariants, in which `left` gives a yes and no way of `right` does.
 *
 * The search starts from the most general world of `left`: its own tuples, each variable a constant of its own. Every
 * other world in which `left` gives a yes is an image of it. Where a way of `right` without a negation matches, it
 * matches in all images, so there is no counterexample. Where ways with negations match, each must be denied: the
 * search adds the tuples of each subtracted way in turn, in the most general form. (Sagiv and Yannakakis 1980, for the
 * part without negations.)
 */
export function findCounterexample(
  left: Way, right: readonly Way[], invariants: readonly Invariant[] = [],
): Search {
  const search = new CounterexampleSearch(left.negations, right, invariants);
  return search.from(frozen(left), left.negations.map(({ object }) => object));
}

class CounterexampleSearch {
  readonly #avoided: readonly Negation[];
  readonly #right: readonly Way[];
  readonly #invariants: readonly Invariant[];
  readonly #budget = { left: MAX_SEARCH_STEPS };
  #worlds = 0;

  constructor(avoided: readonly Negation[], right: readonly Way[], invariants: readonly Invariant[]) {
    this.#avoided = avoided;
    this.#right = right;
    this.#invariants = invariants;
  }

  /** Searches from a world. `at` has the constants of the objects of the negations that `left` avoids. */
  from(begin: World, at: readonly number[], depth = 0): Search {
    if (++this.#worlds > MAX_WORLDS || depth > MAX_DENIALS) return TOO_LARGE;
    const tracked = chasedWith(begin, at, this.#invariants, this.#budget);
    if (tracked === "impossible") return NONE;
    if (tracked === "too large") return TOO_LARGE;
    const { world, constants } = tracked;
    if (!isPossible(world)) return NONE;
    const table = new TupleTable(world);
    for (const [i, negation] of this.#avoided.entries()) {
      if (holdsInEachImage(negation, table, world.user, constants[i]!, this.#budget)) return NONE;
      if (holds(negation, table, world.user, constants[i]!, this.#budget)) return NESTED;
    }
    return this.#deny(world, table, constants, depth);
  }

  /** Denies each way of the right side that matches. */
  #deny(world: World, table: TupleTable, at: readonly number[], depth: number): Search {
    let open: { readonly negations: readonly Negation[]; readonly match: readonly number[] } | undefined;
    for (const way of this.#right) {
      for (const match of matchesOf(way, table, [world.user, world.object], this.#budget)) {
        if (way.negations.length === 0) return NONE;
        if (way.negations.some((each) => holds(each, table, world.user, match[each.object]!, this.#budget))) {
          continue;
        }
        open ??= { negations: way.negations, match };
      }
    }
    if (this.#budget.left <= 0) return TOO_LARGE;
    if (open === undefined) return { outcome: "found", world };
    const { negations, match } = open;
    let outcome: Search = NONE;
    for (const { ways, object } of negations) {
      for (const way of ways) {
        if (way.negations.length > 0) outcome = NESTED;
        const fixed = way.types.map((_, i) => (i === USER ? world.user : i === OBJECT ? match[object] : undefined));
        const found = this.from(withPattern(world, way, fixed), at, depth + 1);
        if (found.outcome === "found") return found;
        if (found.outcome === "undecided") outcome = found;
      }
    }
    return outcome;
  }
}

/** Whether a subtracted definition holds in a world. Without steps left in the budget, the answer may be wrong. */
function holds(
  { ways }: Negation, table: TupleTable, user: number, object: number, budget: SearchBudget,
): boolean {
  for (const way of ways) {
    for (const match of matchesOf(way, table, [user, object], budget)) {
      if (!way.negations.some((each) => holds(each, table, user, match[each.object]!, budget))) return true;
    }
  }
  return false;
}

/** Whether a subtracted definition holds in a world and in every image of it, whatever tuples it has besides. */
function holdsInEachImage(
  { ways }: Negation, table: TupleTable, user: number, object: number, budget: SearchBudget,
): boolean {
  return ways.some((way) => way.negations.length === 0 && firstMatch(way, table, [user, object], budget) !== undefined);
}

/** Applies the invariants, and follows constants through the merges. */
function chasedWith(
  world: World, constants: readonly number[], invariants: readonly Invariant[], budget: SearchBudget,
): { readonly world: World; readonly constants: readonly number[] } | "impossible" | "too large" {
  if (invariants.length === 0) return { world, constants };
  // Markers keep track of constants: a tuple of a shape that no pattern has.
  const marks = constants.map((object, i) => ({ shape: markOf(i), object, user: object }));
  const found = chased({ ...world, tuples: [...world.tuples, ...marks] }, invariants, budget);
  if (typeof found === "string") return found;
  const table = new TupleTable(found);
  const isMark = new Set(constants.map((_, i) => markOf(i)));
  return {
    world: { ...found, tuples: found.tuples.filter(({ shape }) => !isMark.has(shape)) },
    constants: constants.map((_, i) => table.ofShape(markOf(i))[0]!.object),
  };
}

function markOf(i: number): string {
  return `mark ${i}`;
}
