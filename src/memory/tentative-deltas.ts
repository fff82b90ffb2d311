// Deltas applied to a live tuple set on trial: undone back to a mark, suspended and resumed, or kept.
import { applyDelta, invertDelta, sizeOf, type Delta } from "../tuples/delta.ts";
import type { TupleSet } from "../tuples/tuple-set.ts";
import { printTuple } from "../tuples/tuple.ts";
import { StagedDelta } from "./staged-delta.ts";

/** Steps (see `CountedView`) that it takes to apply and undo a tuple for the first time. */
const STEPS_PER_TUPLE = 10;

/** A delta on the stack. It is staged when it is suspended: most are undone or kept in the turn that applied them. */
interface Entry {
  readonly delta: Delta;
  readonly inverse: Delta;
  staged: StagedDelta | undefined;
}

/**
 * A stack of deltas on a set made by `createTupleSet`, each built on the ones before it. Before anything else may see
 * the set, the caller must call `suspend`, `undoTo(0)`, or `release` if the changes are permanent.
 */
export class TentativeDeltas {
  readonly #tuples: TupleSet;
  readonly #entries: Entry[] = [];
  #steps = 0;

  constructor(tuples: TupleSet) {
    this.#tuples = tuples;
  }

  /** Number of deltas on the stack: the mark to which `undoTo` undoes what is applied from now on. */
  get count(): number {
    return this.#entries.length;
  }

  /** Number of steps of work so far, without those of `resume`. */
  get steps(): number {
    return this.#steps;
  }

  /** The deltas on the stack, in the order they were applied. */
  get deltas(): readonly Delta[] {
    return this.#entries.map(({ delta }) => delta);
  }

  /**
   * Applies a delta on top. Throws and applies nothing if a tuple is not as the delta expects. Returns the inverse: its
   * writes are the deleted tuples, with their conditions.
   */
  apply(delta: Delta): Delta {
    const inverse = invertDelta(this.#tuples, delta);
    applyWhole(this.#tuples, delta, inverse);
    this.#entries.push({ delta, inverse, staged: undefined });
    this.#steps += STEPS_PER_TUPLE * sizeOf(delta);
    return inverse;
  }

  /** Undoes the deltas above a mark, the last one first, and takes them off the stack. */
  undoTo(mark: number): void {
    for (const entry of this.#entries.splice(mark).reverse()) {
      this.#undo(entry);
      entry.staged?.end();
    }
  }

  /** Undoes everything and keeps it for `resume`. */
  suspend(): void {
    for (const entry of this.#entries.toReversed()) {
      this.#undo(entry);
      entry.staged ??= new StagedDelta(this.#tuples, entry.delta);
    }
  }

  /** Applies everything again after `suspend`. Returns false, with nothing applied, if a delta no longer fits. */
  resume(): boolean {
    for (const [done, { staged }] of this.#entries.entries()) {
      if (staged?.apply() === true) continue;
      for (const entry of this.#entries.slice(0, done).reverse()) this.#undo(entry);
      return false;
    }
    return true;
  }

  /**
   * Empties the stack and leaves the tuples as they are: for changes that are permanent or suspended. Stops after about
   * `most` tuples, so that a large stack can be emptied in several turns. Returns true once the stack is empty.
   */
  release(most = Infinity): boolean {
    for (let released = 0; this.#entries.length > 0 && released < most;) {
      const { delta, staged } = this.#entries.pop()!;
      staged?.end();
      released += sizeOf(delta);
    }
    return this.#entries.length === 0;
  }

  #undo({ inverse, staged }: Entry): void {
    if (staged === undefined) applyDelta(this.#tuples, inverse);
    else staged.undo();
  }
}

/** Applies all of a delta or nothing. Throws where a tuple is not as the delta expects. */
function applyWhole(tuples: TupleSet, { deletes, writes }: Delta, inverse: Delta): void {
  const missing = deletes.findIndex((key) => !tuples.delete(key));
  const there = missing >= 0 ? 0 : writes.findIndex((tuple) => !tuples.add(tuple));
  if (missing < 0 && there < 0) return;
  for (const key of inverse.deletes.slice(0, there)) tuples.delete(key);
  for (const tuple of missing < 0 ? inverse.writes : inverse.writes.slice(0, missing)) tuples.add(tuple);
  const unexpected = missing < 0 ? writes[there]! : deletes[missing]!;
  throw new Error(`a tuple is not as the decision of the event found it: ${printTuple(unexpected)}`);
}
