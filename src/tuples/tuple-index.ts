// Tuple index: rows of integers with three hash indexes and two ring lists; what every look-up of a check runs on.
import { HashIndex, hashOf, hashOfObject } from "./hash-index.ts";
import { isUserset, Names, type EntityId } from "./names.ts";
import { internRelation, type RelationSymbol } from "./symbols.ts";
import type { Tuple, TupleCondition } from "./tuple.ts";

/** A row's number, from 1; 0 is no row. */
export type Row = number;

// Layout of a row: object, relation, user, condition, and its places in two rings.
const STRIDE = 8;
const OBJECT = 0;
/** The relation's symbol times two, plus one when the user is a userset. */
const RELATION = 1;
const USER = 2;
const CONDITION = 3;
/** Ring of the rows with the same object, relation and kind of user (userset or not). */
const BY_OBJECT = 4;
/** Ring of the rows with the same user and relation. */
const BY_USER = 6;

const FIRST_CAPACITY = 256;
/** Rows of an object's relation that `findNear` looks at. */
const NEAR_ROWS = 3;

/**
 * Tuples as integers. About 32 bytes a row and 40 in the three hash indexes, plus the strings, kept once each.
 * `behind` is a second index that holds further tuples: an index of contextual tuples stands before the stored ones.
 */
export class TupleIndex {
  readonly names: Names;
  readonly behind: TupleIndex | undefined;
  private rows: Int32Array<ArrayBuffer>;
  private used = 1;
  private readonly freeRows: Row[] = [];
  private readonly conditions: (TupleCondition | undefined)[] = [undefined];
  private readonly freeConditions: number[] = [];
  private readonly exact: HashIndex;
  private readonly byObject: HashIndex;
  private readonly byUser: HashIndex;

  constructor(names: Names, behind: TupleIndex | undefined, capacity: number = FIRST_CAPACITY) {
    this.names = names;
    this.behind = behind;
    this.rows = new Int32Array(capacity * STRIDE);
    this.exact = new HashIndex(capacity);
    this.byObject = new HashIndex(capacity);
    this.byUser = new HashIndex(capacity);
  }

  /** Number of rows. */
  get size(): number {
    return this.used - 1 - this.freeRows.length;
  }

  /** One more than the highest row: rows run from 1 to below it; some may be free (`isFree`). */
  get end(): Row {
    return this.used;
  }

  isFree(row: Row): boolean {
    return this.rows[row * STRIDE + OBJECT] === 0;
  }
  objectOf(row: Row): EntityId {
    return this.rows[row * STRIDE + OBJECT]!;
  }
  relationOf(row: Row): RelationSymbol {
    return this.rows[row * STRIDE + RELATION]! >> 1;
  }
  userOf(row: Row): EntityId {
    return this.rows[row * STRIDE + USER]!;
  }
  isConditional(row: Row): boolean {
    return this.rows[row * STRIDE + CONDITION] !== 0;
  }
  conditionOf(row: Row): TupleCondition | undefined {
    return this.conditions[this.rows[row * STRIDE + CONDITION]!];
  }

  /** The row with this key, 0 when there is none; of several the one added first. */
  find(object: EntityId, relation: RelationSymbol, user: EntityId): Row {
    const { exact, rows } = this;
    const hash = hashOf(object, relation, user);
    for (let at = exact.seek(hash, hash); at >= 0; at = exact.seek(hash, at + 1)) {
      const row = exact.at(at);
      const base = row * STRIDE;
      if (rows[base] === object && rows[base + USER] === user && rows[base + RELATION]! >> 1 === relation) return row;
    }
    return 0;
  }

  /**
   * As `find`, for a user known to be a userset or not. Looks at the first rows of the object's relation, most of which
   * have no more, before it looks elsewhere in memory.
   */
  findNear(object: EntityId, relation: RelationSymbol, usersets: boolean, user: EntityId): Row {
    const first = this.firstOfObject(object, relation, usersets);
    if (first === 0) return 0;
    let row = first;
    for (let i = 0; i < NEAR_ROWS; i++) {
      if (this.userOf(row) === user) return row;
      row = this.nextOfObject(row, first);
      if (row === 0) return 0;
    }
    return this.find(object, relation, user);
  }

  /** First row of `object#relation` with a userset (true) or another user (false); go on with `nextOfObject`. */
  firstOfObject(object: EntityId, relation: RelationSymbol, usersets: boolean): Row {
    const at = this.seekObject(object, relation, usersets);
    return at < 0 ? 0 : this.byObject.at(at);
  }

  /** The row after `row` in the ring that starts at `first`, 0 at its end. */
  nextOfObject(row: Row, first: Row): Row {
    const next = this.rows[row * STRIDE + BY_OBJECT]!;
    return next === first ? 0 : next;
  }

  /** First row in which `user` has `relation`; go on with `nextOfUser`. */
  firstOfUser(user: EntityId, relation: RelationSymbol): Row {
    const at = this.seekUser(user, relation);
    return at < 0 ? 0 : this.byUser.at(at);
  }

  /** The row after `row` in the ring that starts at `first`, 0 at its end. */
  nextOfUser(row: Row, first: Row): Row {
    const next = this.rows[row * STRIDE + BY_USER]!;
    return next === first ? 0 : next;
  }

  /** Adds a tuple, whether or not its key is there already. Returns its row. */
  insert(tuple: Tuple): Row {
    const object = this.names.retain(tuple.object);
    const user = this.names.retain(tuple.user);
    const relation = internRelation(this.names.typeOf(object), tuple.relation);
    const userset = isUserset(this.names.facetOf(user));
    this.names.mark(object, relation, user);
    const row = this.freeRows.pop() ?? this.used++;
    if (row * STRIDE >= this.rows.length) this.grow();
    const { rows } = this;
    const base = row * STRIDE;
    rows[base + OBJECT] = object;
    rows[base + RELATION] = relation * 2 + (userset ? 1 : 0);
    rows[base + USER] = user;
    rows[base + CONDITION] = tuple.condition === undefined ? 0 : this.keepCondition(tuple.condition);
    this.exact.add(hashOf(object, relation, user), row);
    this.link(row, BY_OBJECT, this.byObject, this.seekObject(object, relation, userset),
      hashOfObject(object, relation, userset));
    this.link(row, BY_USER, this.byUser, this.seekUser(user, relation), hashOf(user, relation, 2));
    return row;
  }

  /** Removes a row. */
  remove(row: Row): void {
    const { rows } = this;
    const base = row * STRIDE;
    const object = rows[base + OBJECT]!;
    const relation = rows[base + RELATION]! >> 1;
    const userset = (rows[base + RELATION]! & 1) === 1;
    const user = rows[base + USER]!;
    const hash = hashOf(object, relation, user);
    let at = this.exact.seek(hash, hash);
    while (this.exact.at(at) !== row) at = this.exact.seek(hash, at + 1);
    this.exact.remove(at);
    this.unlink(row, BY_OBJECT, this.byObject, this.seekObject(object, relation, userset));
    this.unlink(row, BY_USER, this.byUser, this.seekUser(user, relation));
    const condition = rows[base + CONDITION]!;
    if (condition !== 0) {
      this.conditions[condition] = undefined;
      this.freeConditions.push(condition);
    }
    rows.fill(0, base, base + STRIDE);
    this.freeRows.push(row);
    this.names.release(user);
    this.names.release(object);
  }

  private seekObject(object: EntityId, relation: RelationSymbol, usersets: boolean): number {
    const { byObject, rows } = this;
    const hash = hashOfObject(object, relation, usersets);
    const marked = relation * 2 + (usersets ? 1 : 0);
    for (let at = byObject.seek(hash, hash); at >= 0; at = byObject.seek(hash, at + 1)) {
      const base = byObject.at(at) * STRIDE;
      if (rows[base] === object && rows[base + RELATION] === marked) return at;
    }
    return -1;
  }

  private seekUser(user: EntityId, relation: RelationSymbol): number {
    const { byUser, rows } = this;
    const hash = hashOf(user, relation, 2);
    for (let at = byUser.seek(hash, hash); at >= 0; at = byUser.seek(hash, at + 1)) {
      const base = byUser.at(at) * STRIDE;
      if (rows[base + USER] === user && rows[base + RELATION]! >> 1 === relation) return at;
    }
    return -1;
  }

  private link(row: Row, ring: number, heads: HashIndex, at: number, hash: number): void {
    const { rows } = this;
    if (at < 0) {
      rows[row * STRIDE + ring] = row;
      rows[row * STRIDE + ring + 1] = row;
      heads.add(hash, row);
      return;
    }
    const first = heads.at(at);
    const last = rows[first * STRIDE + ring + 1]!;
    rows[row * STRIDE + ring] = first;
    rows[row * STRIDE + ring + 1] = last;
    rows[last * STRIDE + ring] = row;
    rows[first * STRIDE + ring + 1] = row;
  }

  private unlink(row: Row, ring: number, heads: HashIndex, at: number): void {
    const { rows } = this;
    const next = rows[row * STRIDE + ring]!;
    if (next === row) {
      heads.remove(at);
      return;
    }
    const previous = rows[row * STRIDE + ring + 1]!;
    rows[previous * STRIDE + ring] = next;
    rows[next * STRIDE + ring + 1] = previous;
    if (heads.at(at) === row) heads.put(at, next);
  }

  private keepCondition(condition: TupleCondition): number {
    const index = this.freeConditions.pop() ?? this.conditions.length;
    // A condition may come without a context, whatever its type says; a context is what conversions are kept by.
    this.conditions[index] = condition.context === undefined ? { name: condition.name, context: {} } : condition;
    return index;
  }

  private grow(): void {
    const rows = new Int32Array(Math.ceil(this.rows.length / STRIDE * 1.5) * STRIDE);
    rows.set(this.rows);
    this.rows = rows;
  }
}
