// A tuple index that reads its tuples from elsewhere when they are first asked for: for questions about another state.
import { RELATION_SHIFT, USERSET, type Row } from "./adjacency.ts";
import { isUserset, type EntityId, type EntityNames, type UserKind } from "./entity-names.ts";
import { relationName, relationsOf, typeOfRelation, typeName, type RelationSymbol } from "./symbols.ts";
import { ABSENT, TupleIndex, type ConditionNumber } from "./tuple-index.ts";
import type { TupleCondition } from "../tuples/tuple.ts";

/** The other end of a tuple, and the tuple's condition. */
export interface TupleEnd {
  readonly name: string;
  readonly condition: TupleCondition | undefined;
}

/** A state that an index reads its tuples from. It never changes. A method may throw, and later return. */
export interface TupleSource {
  /** Returns the tuple with this key. */
  get(object: string, relation: string, user: string): TupleEnd | undefined;
  /** Returns the users of `object#relation`: the usersets among them, or the others. */
  users(object: string, relation: string, usersets: boolean): readonly TupleEnd[];
  /** Returns the objects of a type on which `user` itself has `relation` by a tuple. */
  objects(type: string, relation: string, user: string): readonly TupleEnd[];
  /** Runs a step that must not be left half done: no method throws during it. */
  whole<T>(step: () => T): T;
}

/** The types and relations of the tuples of a source. */
export interface EntityKinds {
  /** Names of all types. */
  readonly types: Iterable<string>;
  /** Returns the relations that a user of a kind may have. */
  readonly relationsOfUser: (kind: UserKind) => readonly RelationSymbol[];
}

/** The entity at the other end of a tuple, and the tuple's condition. */
type Entry = readonly [EntityId, ConditionNumber];

/** Lists of entries, one after the other, in arrays that only grow: a row stays valid whatever is read later. */
class Lists {
  readonly relations: RelationSymbol[] = [0, 0];
  readonly others: EntityId[] = [0, 0];
  readonly numbers: ConditionNumber[] = [0, 0];
  /** First row of each list that is put together; 0 for an empty one. */
  readonly first = new Map<number, Row>();
  /** Entries of each list as the source has them. */
  readonly read = new Map<number, readonly Entry[]>();

  next(row: Row): Row {
    return this.relations[row + 1] === 0 ? 0 : row + 1;
  }

  /** Keeps a list. An entry with the relation 0 ends it. */
  put(key: number, relation: RelationSymbol, entries: Iterable<Entry>): Row {
    const start = this.relations.length;
    for (const [other, number] of entries) {
      this.relations.push(relation);
      this.others.push(other);
      this.numbers.push(number);
    }
    const isEmpty = this.relations.length === start;
    this.relations.push(0);
    this.others.push(0);
    this.numbers.push(0);
    this.first.set(key, isEmpty ? 0 : start);
    return isEmpty ? 0 : start;
  }
}

/** Room for the second part of a list's key: a relation and whether its users are usersets. */
const KEYS = 2 ** 20;

/** An index over a source. Names are of their own; see `EntityNames` on open ones. */
export class ReadIndex extends TupleIndex {
  readonly #source: TupleSource;
  readonly #kinds: EntityKinds;
  readonly #ofObjects = new Lists();
  readonly #ofUsers = new Lists();
  /** Tuples that were read by their keys, or added or removed here, by their ids. */
  readonly #single = new Map<string, ConditionNumber>();
  /** Those that were added or removed here: of each list, by the entity at the other end. */
  readonly #changedOfObjects = new Map<number, Map<EntityId, ConditionNumber>>();
  readonly #changedOfUsers = new Map<number, Map<EntityId, ConditionNumber>>();
  readonly #conditions: (TupleCondition | undefined)[] = [undefined];

  constructor(names: EntityNames, source: TupleSource, kinds: EntityKinds) {
    super(names, undefined);
    this.#source = source;
    this.#kinds = kinds;
  }

  override find(object: EntityId, relation: RelationSymbol, user: EntityId): number {
    const key = `${object} ${relation} ${user}`;
    const known = this.#single.get(key);
    if (known !== undefined) return known;
    const found = this.#source.get(this.names.text(object), relationName(relation), this.names.text(user));
    const number = found === undefined ? ABSENT : this.#keep(found.condition);
    this.#single.set(key, number);
    return number;
  }

  override firstOfObject(object: EntityId, relation: RelationSymbol, usersets: boolean): Row {
    const key = keyOf(object, relation, usersets);
    const known = this.#ofObjects.first.get(key);
    if (known !== undefined) return known;
    const read = this.#ofObjects.read.get(key) ?? this.#entriesOf(this.#source
      .users(this.names.text(object), relationName(relation), usersets));
    this.#ofObjects.read.set(key, read);
    return this.#ofObjects.put(key, relation, changed(read, this.#changedOfObjects.get(key)));
  }

  override nextOfObject(row: Row): Row {
    return this.#ofObjects.next(row);
  }

  override findNamed(entity: string): EntityId {
    const id = this.names.find(entity);
    if (id === 0 || this.hasObject(id)) return id;
    for (const _ of this.rowsOfUser(id)) return id;
    return 0;
  }

  override hasObject(object: EntityId): boolean {
    for (const _ of this.rowsOfObject(object)) return true;
    return false;
  }

  override *rowsOfObject(object: EntityId): Iterable<Row> {
    for (const relation of relationsOf(this.names.typeOf(object))) {
      for (const usersets of [false, true]) {
        const first = this.firstOfObject(object, relation, usersets);
        for (let row = first; row !== 0; row = this.nextOfObject(row)) yield row;
      }
    }
  }

  override relationOf(row: Row): RelationSymbol {
    return this.#ofObjects.relations[row]!;
  }
  override userOf(row: Row): EntityId {
    return this.#ofObjects.others[row]!;
  }
  override conditionOf(row: Row): ConditionNumber {
    return this.#ofObjects.numbers[row]!;
  }

  override firstOfUser(user: EntityId, relation: RelationSymbol): Row {
    const key = keyOf(user, relation, false);
    const known = this.#ofUsers.first.get(key);
    if (known !== undefined) return known;
    const read = this.#ofUsers.read.get(key) ?? this.#entriesOf(this.#source
      .objects(typeName(typeOfRelation(relation)), relationName(relation), this.names.text(user)));
    this.#ofUsers.read.set(key, read);
    return this.#ofUsers.put(key, relation, changed(read, this.#changedOfUsers.get(key)));
  }

  override nextOfUser(row: Row): Row {
    return this.#ofUsers.next(row);
  }

  override *rowsOfUser(user: EntityId): Iterable<Row> {
    for (const relation of this.#kinds.relationsOfUser(this.names.facetOf(user))) {
      for (let row = this.firstOfUser(user, relation); row !== 0; row = this.nextOfUser(row)) yield row;
    }
  }

  override relationOfUsers(row: Row): RelationSymbol {
    return this.#ofUsers.relations[row]!;
  }
  override objectOf(row: Row): EntityId {
    return this.#ofUsers.others[row]!;
  }
  override conditionOfUsers(row: Row): ConditionNumber {
    return this.#ofUsers.numbers[row]!;
  }

  override condition(number: ConditionNumber): TupleCondition | undefined {
    return this.#conditions[number];
  }

  override insertIds(
    object: EntityId, relation: RelationSymbol, user: EntityId, condition: TupleCondition | undefined,
  ): void {
    this.#change(object, relation, user, this.#keep(condition));
  }

  override remove(object: EntityId, relation: RelationSymbol, user: EntityId): void {
    this.#change(object, relation, user, ABSENT);
  }

  /** Notes a change. The two lists with the tuple are put together again when they are next read. */
  #change(object: EntityId, relation: RelationSymbol, user: EntityId, number: ConditionNumber): void {
    this.#single.set(`${object} ${relation} ${user}`, number);
    const ofObject = keyOf(object, relation, isUserset(this.names.facetOf(user)));
    const ofUser = keyOf(user, relation, false);
    note(this.#changedOfObjects, ofObject, user, number);
    note(this.#changedOfUsers, ofUser, object, number);
    this.#ofObjects.first.delete(ofObject);
    this.#ofUsers.first.delete(ofUser);
  }

  #entriesOf(read: readonly TupleEnd[]): readonly Entry[] {
    return read.map(({ name, condition }): Entry => [this.names.intern(name), this.#keep(condition)]);
  }

  #keep(condition: TupleCondition | undefined): ConditionNumber {
    return condition === undefined ? 0 : this.#conditions.push(condition) - 1;
  }
}

/** Returns the entries of a list: those read, except where they were changed, and those added. */
function changed(
  read: readonly Entry[], changes: ReadonlyMap<EntityId, ConditionNumber> | undefined,
): readonly Entry[] {
  if (changes === undefined) return read;
  return [...read.filter(([id]) => !changes.has(id)), ...[...changes].filter(([, number]) => number !== ABSENT)];
}

function keyOf(entity: EntityId, relation: RelationSymbol, usersets: boolean): number {
  return entity * KEYS + ((relation << RELATION_SHIFT) | (usersets ? USERSET : 0));
}

function note(
  changes: Map<number, Map<EntityId, ConditionNumber>>, key: number, other: EntityId, number: ConditionNumber,
): void {
  const there = changes.get(key);
  if (there === undefined) changes.set(key, new Map([[other, number]]));
  else there.set(other, number);
}
