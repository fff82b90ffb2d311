// Deltas applied to a live tuple set on trial: undone back to a mark, suspended and resumed, or kept.
import type { Delta } from "../tuples/delta.ts";
import type { TupleSet } from "../tuples/tuple-set.ts";
import { printTuple } from "../tuples/tuple.ts";
import { StagedDelta } from "./staged-delta.ts";

/** Steps (see `CountedView`) that it takes to apply and undo a tuple for the first time. */
const STEPS_PER_TUPLE = 10;

/**
 * A stack of deltas on a set made by `createTupleSet`, each built on the ones before it. Before anything else may see
 * the set, the caller must call `suspend`, `undoTo(0)`, or `release` if the changes are permanent.
 */
export class TentativeDeltas {
  readonly #tuples: TupleSet;
  readonly #staged: StagedDelta[] = [];
  #steps = 0;

  constructor(tuples: TupleSet) {
    this.#tuples = tuples;
  }

  /** Number of deltas on the stack: the mark to which `undoTo` undoes what is applied from now on. */
  get count(): number {
    return this.#staged.length;
  }

  /** Number of steps of work so far, without those of `resume`. */
  get steps(): number {
    return this.#steps;
  }

  /** Applies a delta on top. Throws and applies nothing if a tuple is not as the delta expects. */
  apply(delta: Delta): void {
    const staged = new StagedDelta(this.#tuples, delta);
    if (!staged.apply()) {
      staged.end();
      throw new Error(`a tuple is not as the event expects: ${oddOne(this.#tuples, delta)}`);
    }
    this.#staged.push(staged);
    this.#steps += STEPS_PER_TUPLE * staged.size;
  }

  /** Undoes the deltas above a mark, the last one first, and takes them off the stack. */
  undoTo(mark: number): void {
    for (const staged of this.#staged.splice(mark).reverse()) {
      staged.undo();
      staged.end();
    }
  }

  /** Undoes everything and keeps it for `resume`. */
  suspend(): void {
    this.#undo(this.#staged.length);
  }

  /** Applies everything again. Returns false, with nothing applied, if a delta no longer fits the tuples. */
  resume(): boolean {
    for (const [done, staged] of this.#staged.entries()) {
      if (staged.apply()) continue;
      this.#undo(done);
      return false;
    }
    return true;
  }

  /**
   * Empties the stack and leaves the tuples as they are: for changes that are permanent or suspended. Stops after about
   * `most` tuples, so that a large stack can be emptied in several turns. Returns true once the stack is empty.
   */
  release(most = Infinity): boolean {
    for (let released = 0; this.#staged.length > 0 && released < most;) {
      const staged = this.#staged.pop()!;
      staged.end();
      released += staged.size;
    }
    return this.#staged.length === 0;
  }

  #undo(count: number): void {
    for (let i = count - 1; i >= 0; i--) this.#staged[i]!.undo();
  }
}

/** Returns the first tuple, printed, that a delta deletes although it is absent, or writes although it exists. */
function oddOne(tuples: TupleSet, { deletes, writes }: Delta): string | undefined {
  const has = ({ object, relation, user }: Delta["deletes"][number]): boolean => tuples.has(object, relation, user);
  const odd = deletes.find((key) => !has(key)) ?? writes.find(has);
  return odd === undefined ? undefined : printTuple(odd);
}
