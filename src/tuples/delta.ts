// Deltas: the tuples that one event writes and deletes, disjoint by construction.
import { printTuple, typeOf, type Tuple, type TupleCondition, type TupleKey } from "./tuple.ts";
import type { TupleFilter, Tuples } from "./tuple-set.ts";

/** Writes and deletes of one change. No key occurs twice, in one list or in both. */
export interface Delta {
  readonly writes: readonly Tuple[];
  readonly deletes: readonly TupleKey[];
}

/** The empty delta. */
export const NOTHING: Delta = { writes: [], deletes: [] };

/** Returns true if a delta changes nothing. */
export function isEmpty(delta: Delta): boolean {
  return delta.writes.length === 0 && delta.deletes.length === 0;
}

/** Returns the changes of two deltas. No key may occur in both. */
export function join(a: Delta, b: Delta): Delta {
  return { writes: [...a.writes, ...b.writes], deletes: [...a.deletes, ...b.deletes] };
}

/** Returns the number of tuples in a delta, which OpenFGA counts against its limit for one write. */
export function sizeOf(delta: Delta): number {
  return delta.writes.length + delta.deletes.length;
}

/** Reads of a state: of a set of tuples, or of a draft on one. */
export interface Reader {
  has(object: string, relation: string, user: string): boolean;
  users(object: string, relation: string): string[];
  objects(type: string, relation: string, user: string): string[];
  /** Yields the tuples that match a filter. */
  read(filter: TupleFilter): Iterable<Tuple>;
}

/** Strings under one name; a single string is stored without a Set, since most names have only one. */
type Entries = string | Set<string> | undefined;
/**
 * Strings by relation, then by name. A draft touches few relations; a read of any other costs little more than the
 * same read of the set below.
 */
type Index = Map<string, Map<string, Entries>>;

/** Tuples by key, in the order they were added, and indexed by relation and object and by relation and user. */
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

/** Returns the entries of `before` without the deleted ones, plus the written ones that are wanted. */
function merged(before: string[], deleted: Entries, written: Entries, wanted?: (entry: string) => boolean): string[] {
  const kept = deleted === undefined ? before
    : before.filter((entry) => (typeof deleted === "string" ? entry !== deleted : !deleted.has(entry)));
  for (const entry of typeof written === "string" ? [written] : written ?? []) {
    if (wanted === undefined || wanted(entry)) kept.push(entry);
  }
  return kept;
}

/**
 * A draft of the state after an event, on top of a set of tuples. Drafting what already holds adds nothing to the
 * delta, and drafting the opposite later undoes the earlier change, so the delta is exactly the difference. The cost of
 * a read depends on the size of its result, not of the draft.
 */
export class Draft implements Reader {
  readonly #base: Tuples;
  readonly #writes = new DraftedTuples();
  readonly #deletes = new DraftedTuples();

  constructor(base: Tuples) {
    this.#base = base;
  }

  /** Number of tuples drafted, writes and deletes. */
  get size(): number {
    return this.#writes.size + this.#deletes.size;
  }

  /** Drafts the write of a tuple. Throws if the tuple exists with another condition, which one write cannot change. */
  write(object: string, relation: string, user: string, condition?: TupleCondition): this {
    const tuple: Tuple = condition === undefined ? { object, relation, user } : { object, relation, user, condition };
    const key = printTuple(tuple);
    const there = this.#base.get(object, relation, user);
    if (there === undefined) this.#writes.put(key, tuple);
    else if (JSON.stringify(there.condition) === JSON.stringify(condition)) this.#deletes.drop(key, tuple);
    else throw new Error(`the condition of ${key} cannot change in one write`);
    return this;
  }

  /** Drafts the delete of a tuple. Does nothing if it is absent. */
  remove(object: string, relation: string, user: string): this {
    const tuple = { object, relation, user };
    const key = printTuple(tuple);
    this.#writes.drop(key, tuple);
    if (this.#base.has(object, relation, user)) this.#deletes.put(key, tuple);
    return this;
  }

  /** Drafts the delete of every tuple of `object#relation`. */
  clear(object: string, relation: string): this {
    for (const user of this.users(object, relation)) this.remove(object, relation, user);
    return this;
  }

  /** Drafts that `object#relation` has this user and no other. */
  replace(object: string, relation: string, user: string): this {
    for (const other of this.users(object, relation)) if (other !== user) this.remove(object, relation, other);
    return this.write(object, relation, user);
  }

  /** Returns true if the tuple exists after the draft. */
  has(object: string, relation: string, user: string): boolean {
    return this.#writes.has(object, relation, user)
      || (!this.#deletes.has(object, relation, user) && this.#base.has(object, relation, user));
  }

  /** Returns the users of `object#relation` after the draft. */
  users(object: string, relation: string): string[] {
    return merged(this.#base.users(object, relation), this.#deletes.users(object, relation),
      this.#writes.users(object, relation));
  }

  /** Returns the objects of a type on which `user` has the relation by a tuple, after the draft. */
  objects(type: string, relation: string, user: string): string[] {
    return merged(this.#base.objects(type, relation, user), this.#deletes.objects(relation, user),
      this.#writes.objects(relation, user), (object) => typeOf(object) === type);
  }

  /** Yields the tuples that match a filter after the draft. */
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

  /** Returns the difference, with writes and deletes in the order they were drafted. */
  delta(): Delta {
    return { writes: this.#writes.values(), deletes: this.#deletes.values() };
  }
}

/**
 * Applies a delta to a set in place. Throws if a tuple to delete is absent or a tuple to write exists.
 *
 * @example
 * const tuples = createTupleSet();
 * const tuple = { object: "document:1", relation: "viewer", user: "user:ann" };
 * applyDelta(tuples, { writes: [tuple], deletes: [] });
 * tuples.size // 1
 * applyDelta(tuples, { writes: [tuple], deletes: [] }) // throws document:1#viewer@user:ann
 */
export function applyDelta(tuples: Tuples, delta: Delta): void {
  for (const key of delta.deletes) {
    if (!tuples.delete(key)) throw new Error(`tuple to delete is not there: ${printTuple(key)}`);
  }
  for (const tuple of delta.writes) {
    if (!tuples.add(tuple)) throw new Error(`tuple to write is there already: ${printTuple(tuple)}`);
  }
}

/**
 * Returns the delta that restores the set `before` a delta, including the conditions of the deleted tuples.
 *
 * @example
 * const tuple = { object: "document:1", relation: "viewer", user: "user:ann" };
 * invertDelta(createTupleSet(), { writes: [tuple], deletes: [] }) // { writes: [], deletes: [tuple] }
 */
export function invertDelta(before: Tuples, delta: Delta): Delta {
  const writes = delta.deletes.map((key) => before.get(key.object, key.relation, key.user) ?? key);
  return { writes, deletes: delta.writes.map(({ object, relation, user }) => ({ object, relation, user })) };
}
