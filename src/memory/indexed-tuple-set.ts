// Tuple set: tuples in memory with the look-ups that evaluation needs. The string interface of the tuple index.
import { EntityNames, type EntityId } from "./entity-names.ts";
import { PlainSymbols, type PlainRow } from "./ascii-row.ts";
import { findRelation, findType, internRelation, relationName, type RelationSymbol } from "./symbols.ts";
import { ABSENT, TupleIndex, type ConditionNumber } from "./tuple-index.ts";
import { packBytes } from "./packed-text.ts";
import { ReadIndex, type EntityKinds, type TupleSource } from "./read-index.ts";
import type { TupleFilter, Tuples, TupleSet } from "../tuples/tuple-set.ts";
import type { Tuple, TupleCondition, TupleKey } from "../tuples/tuple.ts";

/** Words of names to reserve per tuple; a state made by events has eleven. */
const WORDS_A_TUPLE = 12;

/** Methods of a set for fast loading. */
export interface PlainLoading {
  /** Does the same as `add`, for a row in bytes. */
  addPlain(bytes: Uint8Array, row: PlainRow): boolean;
  /** Makes room for a number of tuples. */
  reserve(tuples: number): void;
}

class IndexedTupleSet implements Tuples, PlainLoading {
  index: TupleIndex;
  private readonly symbols = new PlainSymbols();

  constructor(index: TupleIndex) {
    this.index = index;
  }

  get size(): number {
    return this.index.size;
  }

  add(tuple: Tuple): boolean {
    const { names } = this.index;
    const object = names.intern(tuple.object);
    const user = names.intern(tuple.user);
    return this.addIds(object, internRelation(names.typeOf(object), tuple.relation), user, tuple.condition);
  }

  addPlain(bytes: Uint8Array, row: PlainRow): boolean {
    const { names } = this.index;
    const object = names.internPacked(packBytes(bytes, row.object, row.objectEnd));
    const user = names.internPacked(packBytes(bytes, row.user, row.userEnd));
    return this.addIds(object, this.symbols.find(names.typeOf(object), bytes, row), user, undefined);
  }

  reserve(tuples: number): void {
    this.index.reserve(tuples);
    this.index.names.reserve(tuples / 2, tuples * WORDS_A_TUPLE);
  }

  delete(key: TupleKey): boolean {
    const found = this.find(key.object, key.relation, key.user);
    if (found === undefined) return false;
    this.index.remove(found.object, found.relation, found.user);
    return true;
  }

  has(object: string, relation: string, user: string): boolean {
    return this.find(object, relation, user) !== undefined;
  }

  get(object: string, relation: string, user: string): Tuple | undefined {
    const found = this.find(object, relation, user);
    return found === undefined ? undefined : this.tuple(found.object, found.relation, found.user, found.number);
  }

  users(object: string, relation: string): string[] {
    const { index } = this;
    const { names } = index;
    const id = names.find(object);
    const symbol = id === 0 ? 0 : findRelation(names.typeOf(id), relation);
    if (symbol === 0) return [];
    const users: string[] = [];
    for (const usersets of [false, true]) {
      for (let row = index.firstOfObject(id, symbol, usersets); row !== 0; row = index.nextOfObject(row)) {
        users.push(names.text(index.userOf(row)));
      }
    }
    return users;
  }

  objects(type: string, relation: string, user: string): string[] {
    const { index } = this;
    const { names } = index;
    const id = names.find(user);
    const symbol = id === 0 ? 0 : findRelation(findType(type), relation);
    if (symbol === 0) return [];
    const objects: string[] = [];
    for (let row = index.firstOfUser(id, symbol); row !== 0; row = index.nextOfUser(row)) {
      objects.push(names.text(index.objectOf(row)));
    }
    return objects;
  }

  *read(filter: TupleFilter): Iterable<Tuple> {
    const { names } = this.index;
    // The tuples of one entity are collected first: the set may change while they are read.
    if (filter.object !== undefined) yield* [...this.ofObject(names.find(filter.object), filter)];
    else if (filter.user !== undefined) yield* [...this.ofUser(names.find(filter.user), filter)];
    else {
      for (const object of names.all()) if (this.mayHave(object, filter)) yield* this.ofObject(object, filter);
    }
  }

  part(from: number, to: number): Tuple[] {
    return this.index.names.some(from, to).flatMap((object) => [...this.ofObject(object, {})]);
  }

  /** Returns true if an entity has tuples as an object and is of the filter's type. */
  private mayHave(object: EntityId, { objectType }: TupleFilter): boolean {
    return this.index.hasObject(object) && (objectType === undefined || this.isOfType(object, objectType));
  }

  private *ofObject(object: EntityId, filter: TupleFilter): Iterable<Tuple> {
    const { relation, user } = filter;
    const { index } = this;
    const { names } = index;
    if (object === 0 || !this.mayHave(object, filter)) return;
    const one = user === undefined ? undefined : names.find(user);
    for (const row of index.rowsOfObject(object)) {
      if (relation !== undefined && relationName(index.relationOf(row)) !== relation) continue;
      if (one !== undefined && index.userOf(row) !== one) continue;
      yield this.tuple(object, index.relationOf(row), index.userOf(row), index.conditionOf(row));
    }
  }

  private *ofUser(user: EntityId, { objectType, relation }: TupleFilter): Iterable<Tuple> {
    const { index } = this;
    if (user === 0) return;
    for (const row of index.rowsOfUser(user)) {
      if (relation !== undefined && relationName(index.relationOfUsers(row)) !== relation) continue;
      const object = index.objectOf(row);
      if (objectType !== undefined && !this.isOfType(object, objectType)) continue;
      yield this.tuple(object, index.relationOfUsers(row), user, index.conditionOfUsers(row));
    }
  }

  private isOfType(object: EntityId, type: string): boolean {
    const { names } = this.index;
    const symbol = names.typeOf(object);
    return symbol === 0 ? names.text(object).startsWith(`${type}:`) : symbol === findType(type);
  }

  private addIds(
    object: EntityId, symbol: RelationSymbol, user: EntityId, condition: TupleCondition | undefined,
  ): boolean {
    const { index } = this;
    // If the tuple exists, its names are in use, so they need no `drop`.
    if (index.find(object, symbol, user) !== ABSENT) return false;
    index.insertIds(object, symbol, user, condition);
    return true;
  }

  private find(object: string, relation: string, user: string): Found | undefined {
    const { names } = this.index;
    const objectId = names.find(object);
    const userId = objectId === 0 ? 0 : names.find(user);
    const symbol = userId === 0 ? 0 : findRelation(names.typeOf(objectId), relation);
    if (symbol === 0) return undefined;
    const number = this.index.find(objectId, symbol, userId);
    return number === ABSENT ? undefined : { object: objectId, relation: symbol, user: userId, number };
  }

  private tuple(object: EntityId, relation: RelationSymbol, user: EntityId, number: ConditionNumber): Tuple {
    const { names } = this.index;
    const condition = this.index.condition(number);
    const key = { object: names.text(object), relation: relationName(relation), user: names.text(user) };
    return condition === undefined ? key : { ...key, condition };
  }
}

/** A set whose tuples are read from elsewhere when they are first asked for. */
class ReadTupleSet extends IndexedTupleSet {
  private readonly source: TupleSource;

  constructor(source: TupleSource, kinds: EntityKinds) {
    const names = new EntityNames(0, true);
    super(new ReadIndex(names, source, kinds));
    // A wildcard is found by its type alone, so each has its name from the beginning.
    for (const type of kinds.types) names.find(`${type}:*`);
    this.source = source;
  }

  override add(tuple: Tuple): boolean {
    return this.source.whole(() => super.add(tuple));
  }

  override delete(key: TupleKey): boolean {
    return this.source.whole(() => super.delete(key));
  }

  override read(filter: TupleFilter): Iterable<Tuple> {
    if (filter.object !== undefined || filter.user !== undefined) return super.read(filter);
    throw new Error("a set that is read from elsewhere cannot be read as a whole");
  }
}

/** An existing tuple, as integers. */
interface Found {
  readonly object: EntityId;
  readonly relation: RelationSymbol;
  readonly user: EntityId;
  readonly number: ConditionNumber;
}

/**
 * Creates an empty tuple set. `seed`: 32 secret bits, so that outsiders cannot choose ids that collide and make
 * look-ups slow.
 *
 * @example
 * const tuples = createTupleSet();
 * const tuple = { object: "document:1", relation: "viewer", user: "user:ann" };
 * tuples.add(tuple) // true
 * tuples.add(tuple) // false
 * tuples.users("document:1", "viewer") // ["user:ann"]
 */
export function createTupleSet(seed: number = 0): TupleSet {
  // Nothing but this function can give a set its mark.
  return new IndexedTupleSet(new TupleIndex(new EntityNames(seed), undefined)) as Tuples as TupleSet;
}

/**
 * Creates a set over the tuples of a source, which are read when they are first asked for and then kept. Tuples that
 * are added or deleted change this set alone. A read without an object and a user throws, and so does any read when the
 * source throws: the set is then as before.
 */
export function createReadTupleSet(source: TupleSource, kinds: EntityKinds): TupleSet {
  return new ReadTupleSet(source, kinds) as Tuples as TupleSet;
}

/** Returns the index of a tuple set made by `createTupleSet`. Throws a TypeError for any other implementation. */
export function indexOf(tuples: TupleSet): TupleIndex {
  if (tuples instanceof IndexedTupleSet) return tuples.index;
  throw new TypeError("a tuple set must come from createTupleSet()");
}

/**
 * Replaces the tuples of a set with those of another one, in one step. The other set must not be used afterwards.
 * Ids and rows of the set's old index become invalid. Throws a TypeError for a set not made by `createTupleSet`.
 */
export function takeOver(tuples: TupleSet, other: TupleSet): void {
  const index = indexOf(other);
  if (!(tuples instanceof IndexedTupleSet)) throw new TypeError("a tuple set must come from createTupleSet()");
  tuples.index = index;
}

/**
 * Returns part of a set, from one fraction (0 to 1) to another, so that a full scan can yield to other work in between.
 * A tuple added or removed between two parts may move a few others, which are then returned twice or not at all.
 * Throws a TypeError for a set not made by `createTupleSet`.
 */
export function partOf(tuples: TupleSet, from: number, to: number): Tuple[] {
  if (tuples instanceof IndexedTupleSet) return tuples.part(from, to);
  throw new TypeError("a tuple set must come from createTupleSet()");
}
