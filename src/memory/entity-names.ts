// Dictionary of entity names: each entity is an integer, and its name is stored once, until its last tuple is deleted.
import { parseEntity } from "../tuples/entity.ts";
import { HashIndex } from "./hash-index.ts";
import { markOf } from "./slot-table.ts";
import { hashOfText, latin1Of, packText, sizeOfText, textAt } from "./packed-text.ts";
import { typeLengthOfPlain, unpackText, type PackedText } from "./packed-text.ts";
import { internRelation, internType, isNameable, relationName, typeOfRelation } from "./symbols.ts";
import type { RelationSymbol, TypeSymbol } from "./symbols.ts";

/** Integer of an entity; 0 means none. */
export type EntityId = number;

/** Kind of user that a model admits or not: see the functions below. 0 is the kind of a malformed name. */
export type UserKind = number;

/** Returns the user kind of plain objects of a type. */
export function plainKind(type: number): UserKind {
  return type * 4 + 1;
}
/** Returns the user kind of the typed wildcard of a type. */
export function wildcardKind(type: number): UserKind {
  return type * 4 + 2;
}
/** Returns the user kind of the usersets over one relation. */
export function usersetKind(relation: number): UserKind {
  return relation * 4 + 3;
}

/** Returns one bit of 32 for a relation, and for usersets or other users; see `EntityNames.userMarks`. */
export function relationMark(relation: RelationSymbol, usersets: boolean): number {
  return markOf(relation * 2 + (usersets ? 1 : 0));
}

/** Returns true for a kind of usersets: `facet >> 2` is then a relation's symbol, else a type's (0: malformed). */
export function isUserset(facet: UserKind): boolean {
  return (facet & 3) === 3;
}

/** Returns true for the user kind of plain objects. */
export function isPlain(facet: UserKind): boolean {
  return (facet & 3) === 1;
}

// An entity is a record of words that includes its text, so a look-up reads one or two cache lines. Its id is the
// position of the record, in units of two words.
const UNIT = 2;
const FACET = 0;
const USER_MARKS = 1;
/** Where the entity's tuples begin: as an object, and as a user. Only the tuple index uses these. */
const AS_OBJECT = 2;
const AS_USER = 3;
/** Length of the text; see `PackedText`. */
const LENGTH = 4;
/** Object of a userset, followed by the text. For any other entity the text starts here. */
const OBJECT = 5;

/** Ids for a question's user and object that no tuple names. Their records are empty. */
export const UNKNOWN_USER: EntityId = 4;
export const UNKNOWN_OBJECT: EntityId = 8;
/** Position of the first record, in words. */
const FIRST_WORD = 24;

/** User kinds of a released record: of a userset, of another entity. It keeps its length, which gives its size. */
const GONE_USERSET = -1;
const GONE = -4;

const FIRST_WORDS = 4096;
/** Maximum number of words, so that a position fits in 31 bits. */
const MOST_WORDS = 2 ** 31 - 1;

/** Dictionary of the entities named by the tuples of a set. */
export class EntityNames {
  /** Id of `type:*` by type symbol. */
  readonly wildcards: EntityId[] = [];
  private readonly seed: number;
  private words = new Int32Array(FIRST_WORDS);
  private latin1 = latin1Of(this.words);
  private used = FIRST_WORD;
  private readonly ids = new HashIndex();
  /** Released records by size in units, to be reused. */
  private readonly free: EntityId[][] = [];
  /** Number of holds on each entity that is kept even without tuples. */
  private readonly holds = new Map<EntityId, number>();
  /** Whether each name that is looked up is made and kept, with all marks: what names it is not known yet. */
  private readonly isOpen: boolean;

  /** `seed`: 32 secret bits, so that outsiders cannot choose names that collide. */
  constructor(seed: number = 0, isOpen = false) {
    this.seed = seed;
    this.isOpen = isOpen;
  }

  /** Makes room for a number of entities and for the words of all records. */
  reserve(entities: number, words: number): void {
    this.ids.reserve(entities);
    if (words > this.words.length) this.grow(words);
  }

  /** Returns the id of an entity, or 0 if no tuple names it. */
  find(entity: string): EntityId {
    const text = packText(entity);
    const hash = hashOfText(this.seed, text.words, 0, text.size, text.length);
    const known = this.findPacked(text, hash);
    return known === 0 && this.isOpen && isNameable(entity) ? this.make(text, hash) : known;
  }

  /** Returns the name of an entity. */
  text(id: EntityId): string {
    return textAt(this.words, this.latin1, this.placeOfText(id), this.words[id * UNIT + LENGTH]!);
  }

  /** Returns the user kind of an entity. */
  facetOf(id: EntityId): UserKind {
    return this.words[id * UNIT + FACET]!;
  }

  /** Returns the object of a userset, or the entity itself if it is no userset. */
  objectOf(id: EntityId): EntityId {
    return isUserset(this.facetOf(id)) ? this.words[id * UNIT + OBJECT]! : id;
  }

  /**
   * Returns the marks of the relations that an entity has had as a user since it was named. An unset mark proves that
   * no such tuple exists; a set mark proves nothing.
   */
  userMarks(id: EntityId): number {
    return this.words[id * UNIT + USER_MARKS]!;
  }

  /** Sets the mark for a tuple's relation on its user. */
  mark(relation: RelationSymbol, user: EntityId): void {
    this.words[user * UNIT + USER_MARKS]! |= relationMark(relation, isUserset(this.facetOf(user)));
  }

  /** Get and set where an entity's tuples begin, as an object or as a user; 0 for none. */
  asObject(id: EntityId): number {
    return this.words[id * UNIT + AS_OBJECT]!;
  }
  asUser(id: EntityId): number {
    return this.words[id * UNIT + AS_USER]!;
  }
  setAsObject(id: EntityId, place: number): void {
    this.words[id * UNIT + AS_OBJECT] = place;
  }
  setAsUser(id: EntityId, place: number): void {
    this.words[id * UNIT + AS_USER] = place;
  }

  /** Returns the symbol of an entity's type, or 0 for a malformed name. */
  typeOf(id: EntityId): TypeSymbol {
    const facet = this.facetOf(id);
    return isUserset(facet) ? typeOfRelation(facet >> 2) : facet >> 2;
  }

  /** Returns the id of the userset `object#relation`, or 0 if no tuple names it. */
  findUserset(object: EntityId, relation: number): EntityId {
    return this.find(`${this.text(object)}#${relationName(relation)}`);
  }

  /** Yields every entity, in the order of the records. No name may be dropped during the iteration. */
  *all(): Iterable<EntityId> {
    for (let base = FIRST_WORD; base < this.used;) {
      const facet = this.words[base + FACET]!;
      if (facet >= 0) yield base / UNIT;
      base += unitsOf(this.words[base + LENGTH]!, isUserset(facet)) * UNIT;
    }
  }

  /** Returns the entities in a range of the names, from one fraction (0 to 1) to another, in no particular order. */
  some(from: number, to: number): EntityId[] {
    return this.ids.some(from, to);
  }

  /** Returns the id of an entity and creates it if it is new. The caller must use it at once, or call `drop`. */
  intern(entity: string): EntityId {
    return this.internPacked(packText(entity));
  }

  /** Does the same as `intern`, for a packed text. */
  internPacked(text: PackedText): EntityId {
    const hash = hashOfText(this.seed, text.words, 0, text.size, text.length);
    const known = this.findPacked(text, hash);
    return known !== 0 ? known : this.make(text, hash);
  }

  /** Returns the id of an entity, creates it if it is new, and holds it until `release`. */
  retain(entity: string): EntityId {
    const id = this.intern(entity);
    this.holds.set(id, (this.holds.get(id) ?? 0) + 1);
    return id;
  }

  /** Releases one hold, and drops the entity if it was the last. */
  release(id: EntityId): void {
    const holds = this.holds.get(id)! - 1;
    if (holds > 0) return void this.holds.set(id, holds);
    this.holds.delete(id);
    this.drop(id);
  }

  /** Removes an entity from the dictionary, unless a tuple or a hold still uses it. */
  drop(id: EntityId): void {
    const base = id * UNIT;
    const { words } = this;
    if (words[base + FACET]! < 0 || this.isOpen) return;
    if (words[base + AS_OBJECT] !== 0 || words[base + AS_USER] !== 0 || this.holds.has(id)) return;
    const length = words[base + LENGTH]!;
    const hash = hashOfText(this.seed, words, this.placeOfText(id), sizeOfText(length), length);
    let at = this.ids.seek(hash, this.ids.home(hash));
    while (this.ids.at(at) !== id) at = this.ids.seek(hash, at + 1);
    this.ids.remove(at);
    const type = this.typeOf(id);
    if (this.wildcards[type] === id) this.wildcards[type] = 0;
    const object = this.objectOf(id);
    const units = unitsOf(length, object !== id);
    words.fill(0, base, base + units * UNIT);
    words[base + FACET] = object !== id ? GONE_USERSET : GONE;
    words[base + LENGTH] = length;
    (this.free[units] ??= []).push(id);
    if (object !== id) this.release(object);
  }

  private placeOfText(id: EntityId): number {
    return id * UNIT + (isUserset(this.facetOf(id)) ? OBJECT + 1 : OBJECT);
  }

  private findPacked(text: PackedText, hash: number): EntityId {
    const { ids } = this;
    for (let at = ids.seek(hash, ids.home(hash)); at >= 0; at = ids.seek(hash, at + 1)) {
      const id = ids.at(at);
      if (this.isNamed(id, text)) return id;
    }
    return 0;
  }

  private isNamed(id: EntityId, text: PackedText): boolean {
    const mine = this.words;
    if (mine[id * UNIT + LENGTH] !== text.length) return false;
    const at = this.placeOfText(id);
    const { words, size } = text;
    for (let i = 0; i < size; i++) if (mine[at + i] !== words[i]) return false;
    return true;
  }

  private make(text: PackedText, hash: number): EntityId {
    const { length } = text;
    const typeLength = typeLengthOfPlain(text);
    if (typeLength > 0) {
      return this.put(text, hash, plainKind(internType(unpackText(text.words, 0, typeLength))));
    }
    const parsed = parseEntity(unpackText(text.words, 0, length));
    const type = parsed.kind === "malformed" ? 0 : internType(parsed.type);
    const facet = parsed.kind === "object" ? plainKind(type)
      : parsed.kind === "wildcard" ? wildcardKind(type)
      : parsed.kind === "userset" ? usersetKind(internRelation(type, parsed.relation)) : 0;
    const id = this.put(text, hash, facet);
    if (parsed.kind === "wildcard") this.wildcards[type] = id;
    if (parsed.kind === "userset") {
      const object = this.retain(parsed.object);
      this.words[id * UNIT + OBJECT] = object;
    }
    return id;
  }

  private put({ words, size, length }: PackedText, hash: number, facet: UserKind): EntityId {
    const id = this.take(unitsOf(length, isUserset(facet)));
    const mine = this.words;
    mine[id * UNIT + FACET] = facet;
    mine[id * UNIT + LENGTH] = length;
    if (this.isOpen) mine[id * UNIT + USER_MARKS] = -1;
    const at = this.placeOfText(id);
    for (let i = 0; i < size; i++) mine[at + i] = words[i]!;
    this.ids.add(hash, id);
    return id;
  }

  /** Returns room for a record, all zero except for its user kind and length. */
  private take(units: number): EntityId {
    const known = this.free[units]?.pop();
    if (known !== undefined) return known;
    const place = this.used;
    this.used += units * UNIT;
    if (this.used > this.words.length) this.grow(Math.max(this.used, Math.ceil(this.words.length * 1.5)));
    return place / UNIT;
  }

  private grow(words: number): void {
    if (this.used > MOST_WORDS) throw new RangeError("more than 8 GiB of names");
    const longer = new Int32Array(Math.min(MOST_WORDS, words));
    longer.set(this.words);
    this.words = longer;
    this.latin1 = latin1Of(longer);
  }
}

/** Returns the size of a record, in units. */
function unitsOf(length: number, userset: boolean): number {
  return Math.ceil(((userset ? OBJECT + 1 : OBJECT) + sizeOfText(length)) / UNIT);
}
