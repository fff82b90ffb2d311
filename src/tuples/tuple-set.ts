// Tuple set: tuples in memory with the look-ups that evaluation needs; the strings' side of the tuple index.
import { Names } from "./names.ts";
import { findRelation, findType, relationCount, relationName, relationsOf } from "./symbols.ts";
import { TupleIndex, type Row } from "./tuple-index.ts";
import { typeOf, type Tuple, type TupleKey } from "./tuple.ts";

/** Which tuples to read: those that agree with every field given. `objectType` is the type before the `:`. */
export interface TupleFilter {
  readonly object?: string;
  readonly objectType?: string;
  readonly relation?: string;
  readonly user?: string;
}

/** Tuples in memory, at most one per key. */
export interface TupleSet {
  /** Number of tuples. */
  readonly size: number;
  /** Adds a tuple. False, and the set unchanged, when a tuple with that key is there already. */
  add(tuple: Tuple): boolean;
  /** Removes the tuple with that key. False when absent. */
  delete(key: TupleKey): boolean;
  has(object: string, relation: string, user: string): boolean;
  /** The tuple with that key, with its condition. */
  get(object: string, relation: string, user: string): Tuple | undefined;
  /** Users of `object#relation`, in the order they were added, usersets last. */
  users(object: string, relation: string): string[];
  /** Objects of a type on which `user` has `relation` by a tuple of its own, in the order they were added. */
  objects(type: string, relation: string, user: string): string[];
  /** The tuples that agree with a filter; with none, all. The set must not change while a full scan is read. */
  read(filter: TupleFilter): Iterable<Tuple>;
}

class IndexedTupleSet implements TupleSet {
  readonly index: TupleIndex;

  constructor(seed: number) {
    this.index = new TupleIndex(new Names(seed), undefined);
  }

  get size(): number {
    return this.index.size;
  }

  add(tuple: Tuple): boolean {
    if (this.rowOf(tuple.object, tuple.relation, tuple.user) !== 0) return false;
    this.index.insert(tuple);
    return true;
  }

  delete(key: TupleKey): boolean {
    const row = this.rowOf(key.object, key.relation, key.user);
    if (row === 0) return false;
    this.index.remove(row);
    return true;
  }

  has(object: string, relation: string, user: string): boolean {
    return this.rowOf(object, relation, user) !== 0;
  }

  get(object: string, relation: string, user: string): Tuple | undefined {
    const row = this.rowOf(object, relation, user);
    return row === 0 ? undefined : this.tuple(row);
  }

  users(object: string, relation: string): string[] {
    const { index } = this;
    const users: string[] = [];
    const id = index.names.find(object);
    if (id === 0) return users;
    const symbol = findRelation(index.names.typeOf(id), relation);
    for (const usersets of [false, true]) {
      const first = index.firstOfObject(id, symbol, usersets);
      for (let row = first; row !== 0; row = index.nextOfObject(row, first)) {
        users.push(index.names.text(index.userOf(row)));
      }
    }
    return users;
  }

  objects(type: string, relation: string, user: string): string[] {
    const id = this.index.names.find(user);
    if (id === 0) return [];
    const rows = this.rowsOfUser(id, findRelation(findType(type), relation));
    return rows.map((row) => this.index.names.text(this.index.objectOf(row)));
  }

  *read(filter: TupleFilter): Iterable<Tuple> {
    if (filter.object === undefined && filter.user === undefined) {
      for (let row = 1; row < this.index.end; row++) {
        if (!this.index.isFree(row) && this.agrees(row, filter)) yield this.tuple(row);
      }
      return;
    }
    for (const row of this.candidates(filter)) if (this.agrees(row, filter)) yield this.tuple(row);
  }

  /** Rows of the filter's object, or else of its user, for each relation that can match. */
  private candidates({ object, objectType, relation, user }: TupleFilter): Row[] {
    const names = this.index.names;
    if (object !== undefined) {
      const id = names.find(object);
      if (id === 0) return [];
      const type = names.typeOf(id);
      const relations = relation === undefined ? [...relationsOf(type)] : [findRelation(type, relation)];
      return relations.flatMap((symbol) => this.rowsOfObject(id, symbol));
    }
    const id = names.find(user!);
    if (id === 0) return [];
    if (objectType !== undefined) {
      const type = findType(objectType);
      const relations = relation === undefined ? [...relationsOf(type)] : [findRelation(type, relation)];
      return relations.flatMap((symbol) => this.rowsOfUser(id, symbol));
    }
    const all = Array.from({ length: relationCount() }, (_, i) => i + 1);
    const named = relation === undefined ? all : all.filter((symbol) => relationName(symbol) === relation);
    return named.flatMap((symbol) => this.rowsOfUser(id, symbol));
  }

  private agrees(row: Row, filter: TupleFilter): boolean {
    const { index } = this;
    const { names } = index;
    const object = names.text(index.objectOf(row));
    return (filter.object === undefined || filter.object === object)
      && (filter.objectType === undefined || filter.objectType === typeOf(object))
      && (filter.relation === undefined || filter.relation === relationName(index.relationOf(row)))
      && (filter.user === undefined || filter.user === names.text(index.userOf(row)));
  }

  private rowsOfObject(object: number, relation: number): Row[] {
    const rows: Row[] = [];
    for (const usersets of [false, true]) {
      const first = this.index.firstOfObject(object, relation, usersets);
      for (let row = first; row !== 0; row = this.index.nextOfObject(row, first)) rows.push(row);
    }
    return rows;
  }

  private rowsOfUser(user: number, relation: number): Row[] {
    const rows: Row[] = [];
    const first = this.index.firstOfUser(user, relation);
    for (let row = first; row !== 0; row = this.index.nextOfUser(row, first)) rows.push(row);
    return rows;
  }

  private rowOf(object: string, relation: string, user: string): Row {
    const { names } = this.index;
    const objectId = names.find(object);
    if (objectId === 0) return 0;
    const userId = names.find(user);
    if (userId === 0) return 0;
    const symbol = findRelation(names.typeOf(objectId), relation);
    return symbol === 0 ? 0 : this.index.find(objectId, symbol, userId);
  }

  private tuple(row: Row): Tuple {
    const { index } = this;
    const condition = index.conditionOf(row);
    const key = {
      object: index.names.text(index.objectOf(row)),
      relation: relationName(index.relationOf(row)),
      user: index.names.text(index.userOf(row)),
    };
    return condition === undefined ? key : { ...key, condition };
  }
}

/**
 * An empty tuple set. `seed`, 32 bits that outsiders do not know, keeps those who choose ids from choosing them so that
 * look-ups take long.
 */
export function createTupleSet(seed: number = 0): TupleSet {
  return new IndexedTupleSet(seed);
}

/** The index under a tuple set made by `createTupleSet`; throws a TypeError for any other implementation. */
export function indexOf(tuples: TupleSet): TupleIndex {
  if (tuples instanceof IndexedTupleSet) return tuples.index;
  throw new TypeError("a tuple set must come from createTupleSet()");
}
