// A delta as integers of the tuple index: it can be applied and undone repeatedly without looking up its names.
import type { Delta } from "../tuples/delta.ts";
import type { EntityId } from "./entity-names.ts";
import { internRelation, type RelationSymbol } from "./symbols.ts";
import { ABSENT, type TupleIndex } from "./tuple-index.ts";
import { indexOf } from "./indexed-tuple-set.ts";
import type { TupleSet } from "../tuples/tuple-set.ts";
import type { Tuple, TupleCondition } from "../tuples/tuple.ts";

interface StagedTuple {
  readonly object: EntityId;
  readonly relation: RelationSymbol;
  readonly user: EntityId;
  /** For a tuple to delete, the condition that the last `apply` found. */
  condition: TupleCondition | undefined;
}

/** A delta on a set made by `createTupleSet`. It holds the names of its tuples until `end`. */
export class StagedDelta {
  readonly #tuples: TupleSet;
  readonly #index: TupleIndex;
  readonly #deletes: readonly StagedTuple[];
  readonly #writes: readonly StagedTuple[];

  constructor(tuples: TupleSet, { deletes, writes }: Delta) {
    this.#tuples = tuples;
    this.#index = indexOf(tuples);
    this.#deletes = deletes.map((key) => this.#stage(key));
    this.#writes = writes.map((tuple) => this.#stage(tuple));
  }

  /** Number of tuples it writes and deletes. */
  get size(): number {
    return this.#deletes.length + this.#writes.length;
  }

  /**
   * Applies the delta. Returns false and applies nothing if a tuple is not as the delta expects, or if `takeOver` has
   * replaced the set's tuples.
   */
  apply(): boolean {
    const index = this.#index;
    if (indexOf(this.#tuples) !== index) return false;
    for (const [done, tuple] of this.#deletes.entries()) {
      const number = index.find(tuple.object, tuple.relation, tuple.user);
      if (number === ABSENT) {
        this.#restore(done);
        return false;
      }
      tuple.condition = index.condition(number);
      index.remove(tuple.object, tuple.relation, tuple.user);
    }
    for (const [done, { object, relation, user, condition }] of this.#writes.entries()) {
      if (index.find(object, relation, user) !== ABSENT) {
        this.#takeOut(done);
        this.#restore(this.#deletes.length);
        return false;
      }
      index.insertIds(object, relation, user, condition);
    }
    return true;
  }

  /** Undoes `apply`. The set must be as `apply` left it. */
  undo(): void {
    this.#takeOut(this.#writes.length);
    this.#restore(this.#deletes.length);
  }

  /** Releases the names. The delta must not be used afterwards. */
  end(): void {
    for (const { object, user } of [...this.#deletes, ...this.#writes]) {
      this.#index.names.release(object);
      this.#index.names.release(user);
    }
  }

  #stage({ object, relation, user, condition }: Tuple): StagedTuple {
    const { names } = this.#index;
    const held = { object: names.retain(object), user: names.retain(user) };
    return { ...held, relation: internRelation(names.typeOf(held.object), relation), condition };
  }

  /** Deletes the first `count` tuples that were written. */
  #takeOut(count: number): void {
    for (let i = count - 1; i >= 0; i--) {
      const { object, relation, user } = this.#writes[i]!;
      this.#index.remove(object, relation, user);
    }
  }

  /** Writes back the first `count` tuples that were deleted. */
  #restore(count: number): void {
    for (let i = count - 1; i >= 0; i--) {
      const { object, relation, user, condition } = this.#deletes[i]!;
      this.#index.insertIds(object, relation, user, condition);
    }
  }
}
