// Tuple index: tuples as integers, from objects to users and back. Every look-up of a check reads it.
import { Adjacency, CONDITIONAL, RELATION_SHIFT, USERSET, type Head, type Row } from "./adjacency.ts";
import { TripleTable } from "./triple-table.ts";
import { isUserset, type EntityId, type EntityNames } from "./entity-names.ts";
import { internRelation, relationCount, relationsOf, type RelationSymbol } from "./symbols.ts";
import type { Tuple, TupleCondition } from "../tuples/tuple.ts";

/** Number of a conditional tuple, from 1; 0 for a tuple without a condition. */
export type ConditionNumber = number;

/** Result of `find` for an absent tuple. */
export const ABSENT = -1;

/** Maximum length of a list that is scanned for one user. The entries of longer lists are also in a hash table. */
const MOST_SEARCHED = 16;

/** Number of the last state of any index in this process. */
let lastVersion = 0;

interface ConditionalTuple {
  readonly object: EntityId;
  readonly user: EntityId;
  readonly condition: TupleCondition;
}

/**
 * Tuples as integers: 16 bytes each, plus the names, stored once each. The index of one question's contextual tuples
 * has the index of the stored ones `behind` it.
 */
export class TupleIndex {
  readonly names: EntityNames;
  readonly behind: TupleIndex | undefined;
  private readonly byObject: Adjacency;
  private readonly byUser: Adjacency;
  private readonly members: TripleTable;
  private readonly conditional: (ConditionalTuple | undefined)[] = [undefined];
  private readonly freeNumbers: ConditionNumber[] = [];
  private count = 0;
  private currentVersion = ++lastVersion;
  /** Names held by an index in front of another one: their entities may occur in no stored tuple. */
  private readonly held: EntityId[] | undefined;
  /** Heads of an index in front of another one. The stored index keeps its heads in the records of the names. */
  private readonly objectHeads = new Map<EntityId, Head>();
  private readonly userHeads = new Map<EntityId, Head>();

  /** `entries`: initial capacity, for an index that should not grow. */
  constructor(names: EntityNames, behind: TupleIndex | undefined, entries?: number) {
    this.names = names;
    this.behind = behind;
    this.held = behind === undefined ? undefined : [];
    this.byObject = new Adjacency(entries);
    this.byUser = new Adjacency(entries);
    this.members = new TripleTable(entries);
  }

  /** Number of tuples. */
  get size(): number {
    return this.count;
  }

  /** Number of the present state. No other state of any index in this process has the same number. */
  get version(): number {
    return this.currentVersion;
  }

  /** Makes room for a number of tuples. */
  reserve(tuples: number): void {
    this.byObject.reserve(tuples);
    this.byUser.reserve(tuples);
  }

  /** Returns ABSENT, 0 for a tuple without a condition, or the number of a conditional one. The first of equal keys. */
  find(object: EntityId, relation: RelationSymbol, user: EntityId): number {
    const key = this.keyOf(relation, user);
    const head = this.headOfObject(object);
    let first: Row;
    if (head < 0) {
      const list = this.byObject.listOf(head, object, key);
      if (list === 0) return ABSENT;
      if (this.byObject.countOf(list) > MOST_SEARCHED) return this.members.find(object, key, user);
      first = this.byObject.start(list);
    } else first = this.byObject.first(head, object, key);
    for (let row = first; row !== 0; row = this.byObject.next(row)) {
      if (this.userOf(row) === user) return this.conditionOf(row);
    }
    return ABSENT;
  }

  /** Returns the first row of `object#relation` with a userset or another user. Continue with `nextOfObject`. */
  firstOfObject(object: EntityId, relation: RelationSymbol, usersets: boolean): Row {
    const key = (relation << RELATION_SHIFT) | (usersets ? USERSET : 0);
    return this.byObject.first(this.headOfObject(object), object, key);
  }

  nextOfObject(row: Row): Row {
    return this.byObject.next(row);
  }

  /** Returns the id of an entity that a tuple names, or 0. */
  findNamed(entity: string): EntityId {
    const id = this.names.find(entity);
    if (id === 0 || this.behind === undefined || this.held!.includes(id)) return id;
    return this.behind.findNamed(entity);
  }

  /** Whether an entity has tuples as an object. */
  hasObject(object: EntityId): boolean {
    return this.headOfObject(object) !== 0;
  }

  /** Yields every row of an object. */
  rowsOfObject(object: EntityId): Iterable<Row> {
    const keys = (): number[] => [...relationsOf(this.names.typeOf(object))]
      .flatMap((relation) => [relation << RELATION_SHIFT, (relation << RELATION_SHIFT) | USERSET]);
    return this.byObject.rows(this.headOfObject(object), object, keys);
  }

  /** Return the parts of a row that `firstOfObject`, `nextOfObject` or `rowsOfObject` returned. */
  relationOf(row: Row): RelationSymbol {
    return this.byObject.tagOf(row) >> RELATION_SHIFT;
  }
  userOf(row: Row): EntityId {
    const other = this.byObject.otherOf(row);
    return (this.byObject.tagOf(row) & CONDITIONAL) === 0 ? other : this.conditional[other]!.user;
  }
  conditionOf(row: Row): ConditionNumber {
    return (this.byObject.tagOf(row) & CONDITIONAL) === 0 ? 0 : this.byObject.otherOf(row);
  }

  /** Returns the first row in which `user` has `relation`. Continue with `nextOfUser`. */
  firstOfUser(user: EntityId, relation: RelationSymbol): Row {
    return this.byUser.first(this.headOfUser(user), user, this.keyOf(relation, user));
  }

  nextOfUser(row: Row): Row {
    return this.byUser.next(row);
  }

  /** Yields every row of a user. */
  rowsOfUser(user: EntityId): Iterable<Row> {
    const keys = (): number[] => Array.from({ length: relationCount() }, (_, i) => this.keyOf(i + 1, user));
    return this.byUser.rows(this.headOfUser(user), user, keys);
  }

  /** Return the parts of a row that `firstOfUser`, `nextOfUser` or `rowsOfUser` returned. */
  relationOfUsers(row: Row): RelationSymbol {
    return this.byUser.tagOf(row) >> RELATION_SHIFT;
  }
  objectOf(row: Row): EntityId {
    const other = this.byUser.otherOf(row);
    return (this.byUser.tagOf(row) & CONDITIONAL) === 0 ? other : this.conditional[other]!.object;
  }
  conditionOfUsers(row: Row): ConditionNumber {
    return (this.byUser.tagOf(row) & CONDITIONAL) === 0 ? 0 : this.byUser.otherOf(row);
  }

  /** Returns the condition with this number; undefined for 0. */
  condition(number: ConditionNumber): TupleCondition | undefined {
    return this.conditional[number]?.condition;
  }

  /** Adds a tuple, even if its key exists already. */
  insert(tuple: Tuple): void {
    const { names, held } = this;
    const object = held === undefined ? names.intern(tuple.object) : names.retain(tuple.object);
    const user = held === undefined ? names.intern(tuple.user) : names.retain(tuple.user);
    held?.push(object, user);
    this.insertIds(object, internRelation(this.names.typeOf(object), tuple.relation), user, tuple.condition);
  }

  /** Does the same as `insert`, by the ids of names just interned. */
  insertIds(object: EntityId, relation: RelationSymbol, user: EntityId, condition: TupleCondition | undefined): void {
    const number = condition === undefined ? 0 : this.keep({ object, user, condition: withContext(condition) });
    const key = this.keyOf(relation, user);
    const tag = number === 0 ? key : key | CONDITIONAL;
    this.names.mark(relation, user);
    const head = this.byObject.add(this.headOfObject(object), object, tag, number === 0 ? user : number);
    this.setHeadOfObject(object, head);
    this.noteMember(head, object, key, user, number);
    const other = number === 0 ? object : number;
    this.setHeadOfUser(user, this.byUser.add(this.headOfUser(user), user, tag, other));
    this.count++;
    this.currentVersion = ++lastVersion;
  }

  /** Removes the tuple with this key, the first of equal ones. Throws if it is absent. */
  remove(object: EntityId, relation: RelationSymbol, user: EntityId): void {
    const number = this.find(object, relation, user);
    const key = this.keyOf(relation, user);
    const tag = number === 0 ? key : key | CONDITIONAL;
    const head = this.headOfObject(object);
    const wasLong = this.byObject.countOf(this.byObject.listOf(head, object, key)) > MOST_SEARCHED;
    this.setHeadOfObject(object, this.byObject.remove(head, object, tag, number === 0 ? user : number));
    if (wasLong) this.forgetMember(object, key, user);
    const other = number === 0 ? object : number;
    this.setHeadOfUser(user, this.byUser.remove(this.headOfUser(user), user, tag, other));
    if (number !== 0) {
      this.conditional[number] = undefined;
      this.freeNumbers.push(number);
    }
    this.count--;
    this.currentVersion = ++lastVersion;
    this.names.drop(user);
    this.names.drop(object);
  }

  /** Releases the names that an index in front of another one holds. */
  end(): void {
    for (const id of this.held ?? []) this.names.release(id);
  }

  private keyOf(relation: RelationSymbol, user: EntityId): number {
    return (relation << RELATION_SHIFT) | (isUserset(this.names.facetOf(user)) ? USERSET : 0);
  }

  private headOfObject(object: EntityId): Head {
    return this.behind === undefined ? this.names.asObject(object) : this.objectHeads.get(object) ?? 0;
  }

  private headOfUser(user: EntityId): Head {
    return this.behind === undefined ? this.names.asUser(user) : this.userHeads.get(user) ?? 0;
  }

  private setHeadOfObject(object: EntityId, head: Head): void {
    if (this.behind === undefined) this.names.setAsObject(object, head);
    else this.objectHeads.set(object, head);
  }

  private setHeadOfUser(user: EntityId, head: Head): void {
    if (this.behind === undefined) this.names.setAsUser(user, head);
    else this.userHeads.set(user, head);
  }

  /** Adds a new entry to the table of long lists if its list is long; adds all entries if the list just became long. */
  private noteMember(head: Head, object: EntityId, key: number, user: EntityId, number: ConditionNumber): void {
    const list = this.byObject.listOf(head, object, key);
    const count = this.byObject.countOf(list);
    if (count === MOST_SEARCHED + 1) {
      for (let row = this.byObject.start(list); row !== 0; row = this.byObject.next(row)) {
        this.members.add(object, key, this.userOf(row), this.conditionOf(row));
      }
    } else if (count > MOST_SEARCHED) this.members.add(object, key, user, number);
  }

  /** Removes a deleted entry from the table of long lists; removes all entries if the list is no longer long. */
  private forgetMember(object: EntityId, key: number, user: EntityId): void {
    this.members.remove(object, key, user);
    const head = this.headOfObject(object);
    if (this.byObject.countOf(this.byObject.listOf(head, object, key)) > MOST_SEARCHED) return;
    const first = this.byObject.first(head, object, key);
    for (let row = first; row !== 0; row = this.byObject.next(row)) this.members.remove(object, key, this.userOf(row));
  }

  private keep(tuple: ConditionalTuple): ConditionNumber {
    const number = this.freeNumbers.pop() ?? this.conditional.length;
    this.conditional[number] = tuple;
    return number;
  }
}

/** Adds an empty context where a request, despite the type, has none: conversions are cached by context object. */
function withContext(condition: TupleCondition): TupleCondition {
  return condition.context === undefined ? { name: condition.name, context: {} } : condition;
}
