// Matching: finds the places in a set of tuples where a pattern occurs.
import { WILDCARD, type Pattern, type TuplePattern } from "./way.ts";

const NONE: readonly TuplePattern[] = [];
const FREE = -2;

/** Tuples over numbered constants, indexed for matching. */
export class TupleTable {
  readonly types: readonly string[];
  readonly tuples: readonly TuplePattern[];
  readonly #byShape = new Map<string, TuplePattern[]>();

  constructor({ types, tuples }: Pattern) {
    this.types = types;
    this.tuples = tuples;
    for (const tuple of tuples) {
      const list = this.#byShape.get(tuple.shape);
      if (list === undefined) this.#byShape.set(tuple.shape, [tuple]);
      else list.push(tuple);
    }
  }

  /** Returns the tuples of a shape. */
  ofShape(shape: string): readonly TuplePattern[] {
    return this.#byShape.get(shape) ?? NONE;
  }
}

/** The number of tuples that a search may still look at. At 0 it ends, and may have missed matches. */
export interface SearchBudget {
  left: number;
}

/**
 * Yields the assignments under which every tuple of a pattern is in a table: for each variable of the pattern the
 * constant. `fixed` gives the constants of the first variables.
 */
export function* matchesOf(
  pattern: Pattern, table: TupleTable, fixed: readonly number[], budget: SearchBudget = { left: Infinity },
): Generator<number[]> {
  const bound = pattern.types.map((_, i) => fixed[i] ?? FREE);
  for (const [i, constant] of fixed.entries()) if (table.types[constant] !== pattern.types[i]) return;
  if (pattern.tuples.some(({ shape }) => table.ofShape(shape).length === 0)) return;
  yield* extend(bound, [...pattern.tuples], table, budget);
}

/** Returns the first assignment of `matchesOf`, or undefined. */
export function firstMatch(
  pattern: Pattern, table: TupleTable, fixed: readonly number[], budget?: SearchBudget,
): number[] | undefined {
  for (const found of matchesOf(pattern, table, fixed, budget)) return found;
  return undefined;
}

function* extend(
  bound: readonly number[], rest: readonly TuplePattern[], table: TupleTable, budget: SearchBudget,
): Generator<number[]> {
  if (rest.length === 0) {
    yield [...bound];
    return;
  }
  const next = mostBound(bound, rest, table);
  const others = rest.filter((tuple) => tuple !== next);
  for (const found of table.ofShape(next.shape)) {
    if (budget.left <= 0) return;
    budget.left -= 1;
    const extended = bind(bound, next, found);
    if (extended !== undefined) yield* extend(extended, others, table, budget);
  }
}

/** Returns the tuple to place next: the one with the most bound ends, and among those the rarest shape. */
function mostBound(bound: readonly number[], rest: readonly TuplePattern[], table: TupleTable): TuplePattern {
  let [best, score] = [rest[0]!, -Infinity];
  for (const tuple of rest) {
    const isOpen = tuple.user !== WILDCARD && bound[tuple.user] === FREE;
    const ends = (bound[tuple.object] === FREE ? 0 : 1) + (isOpen ? 0 : 1);
    const own = ends * 1e6 - table.ofShape(tuple.shape).length;
    if (own > score) [best, score] = [tuple, own];
  }
  return best;
}

function bind(bound: readonly number[], tuple: TuplePattern, found: TuplePattern): readonly number[] | undefined {
  const object = bound[tuple.object]!;
  if (object !== FREE && object !== found.object) return undefined;
  if (tuple.user === WILDCARD) {
    return object === FREE ? bound.with(tuple.object, found.object) : bound;
  }
  const before = tuple.user === tuple.object ? found.object : bound[tuple.user]!;
  if (before !== FREE && before !== found.user) return undefined;
  const extended = [...bound];
  extended[tuple.object] = found.object;
  extended[tuple.user] = found.user;
  return extended;
}
