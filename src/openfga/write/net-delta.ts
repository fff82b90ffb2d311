// The net effect of deltas applied one after the other, as one OpenFGA write.
import { printTuple, type Tuple, type TupleKey } from "../../tuples/tuple.ts";
import type { Delta } from "../../tuples/delta.ts";

/** The tuple at which deltas contradict one another: written though it exists, or deleted though it does not. */
export interface Contradiction {
  readonly conflict: TupleKey;
}

/**
 * A sum of deltas, each built on the ones before it. A tuple deleted and written again, or written and deleted again,
 * is no change. One write cannot express a tuple that returns with another condition.
 */
export class NetDelta {
  readonly #writes = new Map<string, Tuple>();
  readonly #deletes = new Map<string, Tuple | TupleKey>();

  /** Number of tuples written and deleted. */
  get size(): number {
    return this.#writes.size + this.#deletes.size;
  }

  /** Returns the sum. No key occurs twice. */
  delta(): Delta {
    return { writes: [...this.#writes.values()], deletes: [...this.#deletes.values()] };
  }

  /** Returns an independent copy. */
  copy(): NetDelta {
    const copy = new NetDelta();
    for (const [key, tuple] of this.#writes) copy.#writes.set(key, tuple);
    for (const [key, tuple] of this.#deletes) copy.#deletes.set(key, tuple);
    return copy;
  }

  /**
   * Adds a delta. `before` returns a tuple as it was before the first delta, for its condition; undefined where that is
   * not known. Returns the tuple the delta contradicts, or `"recast"` where a tuple would return with another
   * condition. After either, the sum is broken: use a copy made before.
   */
  add(delta: Delta, before: (key: TupleKey) => Tuple | undefined): Contradiction | "recast" | undefined {
    for (const key of delta.deletes) {
      const name = printTuple(key);
      if (this.#writes.delete(name)) continue;
      if (this.#deletes.has(name)) return { conflict: key };
      this.#deletes.set(name, { object: key.object, relation: key.relation, user: key.user });
    }
    for (const tuple of delta.writes) {
      const name = printTuple(tuple);
      if (this.#writes.has(name)) return { conflict: tuple };
      if (!this.#deletes.has(name)) {
        this.#writes.set(name, tuple);
        continue;
      }
      if (JSON.stringify(before(tuple)?.condition) !== JSON.stringify(tuple.condition)) return "recast";
      this.#deletes.delete(name);
    }
    return undefined;
  }
}
