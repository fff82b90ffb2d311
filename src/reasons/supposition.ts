// Absent tuples that stand in a set for a while, as if they had been written.
import type { TupleSet } from "../tuples/tuple-set.ts";
import { printTuple, type Tuple } from "../tuples/tuple.ts";

/** Tuples supposed to exist. Before anything else may see the set, the caller must call `end`. */
export class Supposition {
  readonly #tuples: TupleSet;
  readonly #supposed = new Set<Tuple>();
  /** Number of tuples written and deleted so far. */
  changes = 0;

  constructor(tuples: TupleSet) {
    this.#tuples = tuples;
  }

  /**
   * Puts these tuples into the set instead of those supposed before. They must be absent, and a tuple always the same
   * object: one that stays is not written again. Throws where a tuple exists.
   */
  suppose(next: ReadonlySet<Tuple>): void {
    for (const tuple of this.#supposed) if (!next.has(tuple)) this.#take(tuple);
    for (const tuple of next) {
      if (this.#supposed.has(tuple)) continue;
      if (!this.#tuples.add(tuple)) throw new Error(`a tuple supposed to be absent exists: ${printTuple(tuple)}`);
      this.#supposed.add(tuple);
      this.changes++;
    }
  }

  /** Takes all supposed tuples out of the set. */
  end(): void {
    for (const tuple of this.#supposed) this.#take(tuple);
  }

  #take(tuple: Tuple): void {
    this.#tuples.delete(tuple);
    this.#supposed.delete(tuple);
    this.changes++;
  }
}
