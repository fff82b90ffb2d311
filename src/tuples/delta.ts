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

/** Texts under one name: most often one, which then stands for itself. */
type Entries = string | Set<string> | undefined;
/**
 * Texts by relation and then by name. Of most relations a draft says nothing: then it costs what the set under it is
 * asked for, and hardly more.
 */
type Index = Map<string, Map<string, Entries>>;

/** Tuples by key, in the order they were put in, and by what a draft is asked for: relation and object, or user. */
class DraftedTuples {
  readonly #byKey = new Map<string, Tuple>();
  readonly #users: Index = new Map();
  readonly #objects: Index = new Map();

  get size(): number {
    return this.#byKey.size;
  }

  put(key: string, tuple: Tuple): void {
    const { object, relation, user } = tuple;
    this.#byKey.set(key, tuple);
    addTo(this.#users, relation, object, user);
    addTo(this.#objects, relation, user, object);
  }

  drop(key: string, { object, relation, user }: TupleKey): void {
    if (!this.#byKey.delete(key)) return;
    dropFrom(this.#users, relation, object, user);
    dropFrom(this.#objects, relation, user, object);
  }

  has(object: string, relation: string, user: string): boolean {
    const users = this.users(object, relation);
    return typeof users === "string" ? users === user : users?.has(user) === true;
  }

  users(object: string, relation: string): Entries {
    return this.#users.get(relation)?.get(object);
  }

  objects(relation: string, user: string): Entries {
    return this.#objects.get(relation)?.get(user);
  }

  values(): Tuple[] {
    return [...this.#byKey.values()];
  }
}

function addTo(index: Index, relation: string, name: string, entry: string): void {
  const names = index.get(relation) ?? new Map<string, Entries>();
  if (names.size === 0) index.set(relation, names);
  const there = names.get(name);
  if (there === undefined) names.set(name, entry);
  else if (typeof there !== "string") there.add(entry);
  else if (there !== entry) names.set(name, new Set([there, entry]));
}

function dropFrom(index: Index, relation: string, name: string, entry: string): void {
  const names = index.get(relation);
  const there = names?.get(name);
  if (there === entry) names?.delete(name);
  else if (there instanceof Set) there.delete(entry);
}

/** What was there without what was deleted, and what was written and is wanted. */
function merged(before: string[], deleted: Entries, written: Entries, wanted?: (entry: string) => boolean): string[] {
  const kept = deleted === undefined ? before
    : before.filter((entry) => (typeof deleted === "string" ? entry !== deleted : !deleted.has(entry)));
  for (const entry of typeof written === "string" ? [written] : written ?? []) {
    if (wanted === undefined || wanted(entry)) kept.push(entry);
  }
  return kept;
}

/**
 * A draft of the state after an event, drawn on a set of tuples. Saying what already holds adds nothing to the delta,
 * and saying the opposite later takes the former word back; so the delta is the difference and nothing else. What is
 * asked of a draft costs as much as what it answers, however much was drafted.
 */
export class Draft implements Reader {
  readonly #base: TupleSet;
  readonly #writes = new DraftedTuples();
  readonly #deletes = new DraftedTuples();

  constructor(base: TupleSet) {
    this.#base = base;
  }

  /** Number of tuples drafted, writes and deletes. */
  get size(): number {
    return this.#writes.size + this.#deletes.size;
  }

  /** The tuple shall be there. A tuple's condition cannot be changed in one write: asserted. */
  write(object: string, relation: string, user: string, condition?: TupleCondition): this {
    const tuple: Tuple = condition === undefined ? { object, relation, user } : { object, relation, user, condition };
    const key = printTuple(tuple);
    const there = this.#base.get(object, relation, user);
    if (there === undefined) this.#writes.put(key, tuple);
    else if (JSON.stringify(there.condition) === JSON.stringify(condition)) this.#deletes.drop(key, tuple);
    else throw new Error(`the condition of ${key} cannot change in one write`);
    return this;
  }

  /** The tuple shall not be there. */
  remove(object: string, relation: string, user: string): this {
    const tuple = { object, relation, user };
    const key = printTuple(tuple);
    this.#writes.drop(key, tuple);
    if (this.#base.has(object, relation, user)) this.#deletes.put(key, tuple);
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
    return this.#writes.has(object, relation, user)
      || (!this.#deletes.has(object, relation, user) && this.#base.has(object, relation, user));
  }

  /** Users of `object#relation` after the draft. */
  users(object: string, relation: string): string[] {
    return merged(this.#base.users(object, relation), this.#deletes.users(object, relation),
      this.#writes.users(object, relation));
  }

  /** Objects of a type on which `user` has the relation by a tuple, after the draft. */
  objects(type: string, relation: string, user: string): string[] {
    return merged(this.#base.objects(type, relation, user), this.#deletes.objects(relation, user),
      this.#writes.objects(relation, user), (object) => typeOf(object) === type);
  }

  /** The tuples that agree with a filter after the draft. */
  *read(filter: TupleFilter): Iterable<Tuple> {
    for (const tuple of this.#base.read(filter)) {
      if (!this.#deletes.has(tuple.object, tuple.relation, tuple.user)) yield tuple;
    }
    const { object, objectType, relation, user } = filter;
    for (const tuple of this.#writes.values()) {
      if (object !== undefined && tuple.object !== object) continue;
      if (objectType !== undefined && typeOf(tuple.object) !== objectType) continue;
      if ((relation ?? tuple.relation) === tuple.relation && (user ?? tuple.user) === tuple.user) yield tuple;
    }
  }

  /** The difference, deletes first in the order they were said. */
  delta(): Delta {
    return { writes: this.#writes.values(), deletes: this.#deletes.values() };
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
