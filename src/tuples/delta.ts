// A delta: the tuples one event writes and deletes, disjoint by construction.
import { printTuple, typeOf, type Tuple, type TupleCondition, type TupleKey } from "./tuple.ts";
import type { TupleFilter, TupleSet } from "./tuple-set.ts";

/** Writes and deletes of one change. No key stands twice, and none stands in both lists. */
export interface Delta {
  readonly writes: readonly Tuple[];
  readonly deletes: readonly TupleKey[];
}

/** The delta that changes nothing. */
export const NOTHING: Delta = { writes: [], deletes: [] };

/** True when a delta changes nothing. */
export function isEmpty(delta: Delta): boolean {
  return delta.writes.length === 0 && delta.deletes.length === 0;
}

/** Number of tuples a delta touches: what OpenFGA counts against its limit for one write. */
export function sizeOf(delta: Delta): number {
  return delta.writes.length + delta.deletes.length;
}

/** What can be asked of a state, be it a set of tuples or a draft on one. */
export interface Reader {
  has(object: string, relation: string, user: string): boolean;
  users(object: string, relation: string): string[];
  objects(type: string, relation: string, user: string): string[];
  /** The tuples that agree with a filter. */
  read(filter: TupleFilter): Iterable<Tuple>;
}

/**
 * A draft of the state after an event, drawn on a set of tuples. Saying what already holds adds nothing to the delta,
 * and saying the opposite later takes the former word back; so the delta is the difference and nothing else.
 */
export class Draft implements Reader {
  readonly #base: TupleSet;
  readonly #writes = new Map<string, Tuple>();
  readonly #deletes = new Map<string, TupleKey>();

  constructor(base: TupleSet) {
    this.#base = base;
  }

  /** The tuple shall be there. A tuple's condition cannot be changed in one write: asserted. */
  write(object: string, relation: string, user: string, condition?: TupleCondition): this {
    const tuple: Tuple = condition === undefined ? { object, relation, user } : { object, relation, user, condition };
    const key = printTuple(tuple);
    const there = this.#base.get(object, relation, user);
    if (there === undefined) this.#writes.set(key, tuple);
    else if (JSON.stringify(there.condition) === JSON.stringify(condition)) this.#deletes.delete(key);
    else throw new Error(`the condition of ${key} cannot change in one write`);
    return this;
  }

  /** The tuple shall not be there. */
  remove(object: string, relation: string, user: string): this {
    const tuple = { object, relation, user };
    const key = printTuple(tuple);
    this.#writes.delete(key);
    if (this.#base.has(object, relation, user)) this.#deletes.set(key, tuple);
    return this;
  }

  /** No tuple of `object#relation` shall be there. */
  clear(object: string, relation: string): this {
    for (const user of this.users(object, relation)) this.remove(object, relation, user);
    return this;
  }

  /** `object#relation` shall have this one user and no other. */
  replace(object: string, relation: string, user: string): this {
    for (const other of this.users(object, relation)) if (other !== user) this.remove(object, relation, other);
    return this.write(object, relation, user);
  }

  /** True when the tuple is there after the draft. */
  has(object: string, relation: string, user: string): boolean {
    const key = printTuple({ object, relation, user });
    return this.#writes.has(key) || (this.#base.has(object, relation, user) && !this.#deletes.has(key));
  }

  /** Users of `object#relation` after the draft. */
  users(object: string, relation: string): string[] {
    const before = this.#base.users(object, relation);
    const kept = before.filter((user) => !this.#deletes.has(printTuple({ object, relation, user })));
    for (const t of this.#writes.values()) if (t.object === object && t.relation === relation) kept.push(t.user);
    return kept;
  }

  /** Objects of a type on which `user` has the relation by a tuple, after the draft. */
  objects(type: string, relation: string, user: string): string[] {
    const before = this.#base.objects(type, relation, user);
    const kept = before.filter((object) => !this.#deletes.has(printTuple({ object, relation, user })));
    for (const t of this.#writes.values()) {
      if (t.relation === relation && t.user === user && typeOf(t.object) === type) kept.push(t.object);
    }
    return kept;
  }

  /** The tuples that agree with a filter after the draft. */
  *read(filter: TupleFilter): Iterable<Tuple> {
    for (const tuple of this.#base.read(filter)) if (!this.#deletes.has(printTuple(tuple))) yield tuple;
    const { object, objectType, relation, user } = filter;
    for (const tuple of this.#writes.values()) {
      if (object !== undefined && tuple.object !== object) continue;
      if (objectType !== undefined && typeOf(tuple.object) !== objectType) continue;
      if ((relation ?? tuple.relation) === tuple.relation && (user ?? tuple.user) === tuple.user) yield tuple;
    }
  }

  /** The difference, deletes first in the order they were said. */
  delta(): Delta {
    return { writes: [...this.#writes.values()], deletes: [...this.#deletes.values()] };
  }
}

/** Applies a delta to a set in place. Asserts that each delete was there and each write was not. */
export function applyDelta(tuples: TupleSet, delta: Delta): void {
  for (const key of delta.deletes) {
    if (!tuples.delete(key)) throw new Error(`tuple to delete is not there: ${printTuple(key)}`);
  }
  for (const tuple of delta.writes) {
    if (!tuples.add(tuple)) throw new Error(`tuple to write is there already: ${printTuple(tuple)}`);
  }
}

/** The delta that restores the set a delta was drawn on (with the conditions the deleted tuples had there). */
export function invertDelta(before: TupleSet, delta: Delta): Delta {
  const writes = delta.deletes.map((key) => before.get(key.object, key.relation, key.user) ?? key);
  return { writes, deletes: delta.writes.map(({ object, relation, user }) => ({ object, relation, user })) };
}
