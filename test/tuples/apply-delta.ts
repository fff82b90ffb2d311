// Applies deltas to the tuple sets of tests.
import { Draft, type Delta } from "../../src/tuples/delta.ts";
import type { TupleSet } from "../../src/tuples/tuple-set.ts";
import { printTuple } from "../../src/tuples/tuple.ts";

/** Applies a delta to a set in place. Throws if a tuple to delete is absent or a tuple to write exists. */
export function applyDelta(tuples: TupleSet, delta: Delta): void {
  for (const key of delta.deletes) {
    if (!tuples.delete(key)) throw new Error(`tuple to delete is not there: ${printTuple(key)}`);
  }
  for (const tuple of delta.writes) {
    if (!tuples.add(tuple)) throw new Error(`tuple to write is there already: ${printTuple(tuple)}`);
  }
}

/** Applies what `draw` drafts on a set. */
export function applyDrafted(tuples: TupleSet, draw: (draft: Draft) => void): void {
  const draft = new Draft(tuples);
  draw(draft);
  applyDelta(tuples, draft.delta());
}
