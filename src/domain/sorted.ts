// Sorts long lists in parts.
import { IDS_SORTED_PER_PART } from "./event-limits.ts";

/** Compares as `Array.sort` wants it. */
type Compare<T> = (a: T, b: T) => number;

/** Returns the ids in order, sorted in parts. */
export function sorted(ids: readonly string[]): Generator<undefined, readonly string[]> {
  return sortedBy(ids, (a, b) => (a < b ? -1 : a > b ? 1 : 0));
}

/** Returns the entries in an order, sorted in parts of `perPart` entries. */
export function* sortedBy<T>(
  entries: readonly T[], compare: Compare<T>, perPart = IDS_SORTED_PER_PART,
): Generator<undefined, readonly T[]> {
  let runs: T[][] = [];
  for (let at = 0; at < entries.length; at += perPart) {
    if (at > 0) yield;
    runs.push(entries.slice(at, at + perPart).sort(compare));
  }
  while (runs.length > 1) {
    const merged: T[][] = [];
    for (let i = 0; i < runs.length; i += 2) {
      merged.push(yield* mergedOf(runs[i]!, runs[i + 1] ?? [], compare, perPart));
    }
    runs = merged;
  }
  return runs[0] ?? [];
}

function* mergedOf<T>(
  a: readonly T[], b: readonly T[], compare: Compare<T>, perPart: number,
): Generator<undefined, T[]> {
  const all: T[] = [];
  for (let [i, j] = [0, 0]; i < a.length || j < b.length;) {
    if (all.length % perPart === 0) yield;
    const isNextOfA = j === b.length || (i < a.length && compare(a[i]!, b[j]!) <= 0);
    all.push(isNextOfA ? a[i++]! : b[j++]!);
  }
  return all;
}
