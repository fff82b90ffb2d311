// Sorts long lists of ids in parts.
import { IDS_SORTED_PER_PART } from "./event-limits.ts";

/** Returns the ids in order, sorted in parts. */
export function* sorted(ids: readonly string[]): Generator<undefined, readonly string[]> {
  let runs: string[][] = [];
  for (let at = 0; at < ids.length; at += IDS_SORTED_PER_PART) {
    if (at > 0) yield;
    runs.push(ids.slice(at, at + IDS_SORTED_PER_PART).sort());
  }
  while (runs.length > 1) {
    const merged: string[][] = [];
    for (let i = 0; i < runs.length; i += 2) merged.push(yield* mergedOf(runs[i]!, runs[i + 1] ?? []));
    runs = merged;
  }
  return runs[0] ?? [];
}

function* mergedOf(a: readonly string[], b: readonly string[]): Generator<undefined, string[]> {
  const all: string[] = [];
  for (let [i, j] = [0, 0]; i < a.length || j < b.length;) {
    if (all.length % IDS_SORTED_PER_PART === 0) yield;
    const isNextOfA = j === b.length || (i < a.length && a[i]! <= b[j]!);
    all.push(isNextOfA ? a[i++]! : b[j++]!);
  }
  return all;
}
