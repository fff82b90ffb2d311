// Keeps the minimal ways: folds repeated parts of a way, and drops the ways that contain another one.
import { MAX_MATCHING_STEPS } from "./analysis-limits.ts";
import { firstMatch, matchesOf, TupleTable } from "./matching.ts";
import { distinctTuples, hasConflict, OBJECT, renamedTuple, USER, type Way } from "./way.ts";

/** The user and the object of the question stand for themselves. */
const SAME = [USER, OBJECT];

/**
 * Returns the minimal ways among ways, each without redundant tuples. Drops the ways that can never match: those whose
 * tuples exclude one another, and those whose own tuples meet a negation. A way may remain that a longer search would
 * find to be redundant (MAX_MATCHING_STEPS).
 */
export function minimalWays(ways: readonly Way[]): Way[] {
  const kept: { readonly way: Way; readonly table: TupleTable }[] = [];
  for (const each of ways) {
    const way = reduced(each);
    if (way === undefined) continue;
    const table = new TupleTable(way);
    if (kept.some((other) => isContained(other.way, way, table))) continue;
    for (let i = kept.length - 1; i >= 0; i--) {
      if (isContained(way, kept[i]!.way, kept[i]!.table)) kept.splice(i, 1);
    }
    kept.push({ way, table });
  }
  return kept.map(({ way }) => way);
}

/** Whether every world that matches `larger` also matches `smaller`. */
function isContained(smaller: Way, larger: Way, table: TupleTable): boolean {
  if (smaller.types[USER] !== larger.types[USER] || smaller.tuples.length > larger.tuples.length) return false;
  if (smaller.negations.length === 0) return firstMatch(smaller, table, SAME, budget()) !== undefined;
  const avoided = new Set(larger.negations.map(({ name, object }) => `${name} ${object}`));
  for (const found of matchesOf(smaller, table, SAME, budget())) {
    if (smaller.negations.every(({ name, object }) => avoided.has(`${name} ${found[object]}`))) return true;
  }
  return false;
}

const budget = (): { left: number } => ({ left: MAX_MATCHING_STEPS });

/** Returns a way without tuples that follow from others, or undefined if it never matches. */
function reduced(way: Way): Way | undefined {
  const tuples = distinctTuples(way.tuples);
  if (hasConflict(tuples)) return undefined;
  let found: Way = { ...way, tuples };
  for (let next: Way | undefined = found; next !== undefined; next = folded(found)) found = next;
  return isVoid(found) ? undefined : withoutUnused(found);
}

/** Whether a way's own tuples meet one of its negations. A negation with negations of its own may be avoided. */
function isVoid(way: Way): boolean {
  if (way.negations.length === 0) return false;
  const table = new TupleTable(way);
  return way.negations.some(({ ways, object }) => ways.some((subtracted) =>
    subtracted.negations.length === 0 && firstMatch(subtracted, table, [USER, object]) !== undefined));
}

/** Returns a way with one tuple fewer that matches the same worlds, or undefined. */
function folded(way: Way): Way | undefined {
  const counts = new Map<string, number>();
  for (const { shape } of way.tuples) counts.set(shape, (counts.get(shape) ?? 0) + 1);
  for (const tuple of way.tuples) {
    // Only a tuple of the same shape can stand in for another.
    if (counts.get(tuple.shape) === 1) continue;
    const rest = way.tuples.filter((other) => other !== tuple);
    const onto = foldingOnto(way, new TupleTable({ types: way.types, tuples: rest }));
    if (onto === undefined) continue;
    const tuples = distinctTuples(way.tuples.map((each) => renamedTuple(each, onto)));
    const negations = new Map(way.negations.map((each) => ({ ...each, object: onto[each.object]! }))
      .map((each) => [`${each.name} ${each.object}`, each]));
    return { ...way, tuples, negations: [...negations.values()] };
  }
  return undefined;
}

/** Returns an assignment of a way's variables onto its remaining tuples that keeps each negation. */
function foldingOnto(way: Way, rest: TupleTable): number[] | undefined {
  const avoided = new Set(way.negations.map(({ name, object }) => `${name} ${object}`));
  for (const found of matchesOf(way, rest, SAME, budget())) {
    if (way.negations.every(({ name, object }) => avoided.has(`${name} ${found[object]}`))) return found;
  }
  return undefined;
}

/** Renumbers the variables of a way so that each occurs. */
function withoutUnused(way: Way): Way {
  const used = new Set([USER, OBJECT, ...way.tuples.flatMap(({ object, user }) => [object, user]),
    ...way.negations.map(({ object }) => object)]);
  if (way.types.every((_, i) => used.has(i))) return way;
  const kept = way.types.map((_, i) => i).filter((i) => used.has(i));
  const to = way.types.map((_, i) => kept.indexOf(i));
  return {
    ...way, types: kept.map((i) => way.types[i]!), tuples: way.tuples.map((tuple) => renamedTuple(tuple, to)),
    negations: way.negations.map((negation) => ({ ...negation, object: to[negation.object]! })),
  };
}
