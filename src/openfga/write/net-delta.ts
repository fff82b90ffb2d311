// The net effect of deltas that are applied one after the other: what one OpenFGA write says for all of them.
import { printTuple, type Tuple, type TupleKey } from "../../tuples/tuple.ts";
import type { Delta } from "../../tuples/delta.ts";

/** The tuple at which deltas contradict one another: written while there, or deleted while gone. */
export interface Contradiction {
  readonly conflict: TupleKey;
}

/**
 * A sum of deltas, each built on the ones before it. A tuple deleted and written again, or written and deleted again,
 * is no change. A tuple that comes back with another condition cannot be said in one write.
 */
export class NetDelta {
  readonly #writes = new Map<string, Tuple>();
  readonly #deletes = new Map<string, Tuple | TupleKey>();

  /** Number of tuples written and deleted. */
  get size(): number {
    return this.#writes.size + this.#deletes.size;
  }

  /** The sum: no key stands twice. */
  delta(): Delta {
    return { writes: [...this.#writes.values()], deletes: [...this.#deletes.values()] };
  }

  /** A copy that goes its own way. */
  copy(): NetDelta {
    const copy = new NetDelta();
    for (const [key, tuple] of this.#writes) copy.#writes.set(key, tuple);
    for (const [key, tuple] of this.#deletes) copy.#deletes.set(key, tuple);
    return copy;
  }

  /**
   * Adds a delta. `before` tells a tuple as it was before the first delta, for its condition; undefined where that is
   * not known. Returns the tuple it contradicts, or `"recast"` where a tuple would come back with another condition:
   * then the sum is broken, and a copy made before must be used.
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
