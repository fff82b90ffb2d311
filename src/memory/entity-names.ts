// Names: entities as integers, each name kept once and let go with its last tuple.
import { parseEntity } from "../tuples/entity.ts";
import { typeLengthOfPlain } from "./packed-text.ts";
import { HashIndex } from "./hash-index.ts";
import { hashOfText, latin1Of, packText, sizeOfText, textAt, unpackText, type PackedText } from "./packed-text.ts";
import {
  internRelation, internType, relationName, typeOfRelation, type RelationSymbol, type TypeSymbol,
} from "./symbols.ts";

/** An entity's integer; 0 is no entity. */
export type EntityId = number;

/** The part of a type that a model admits or not: see `facetOf...`. 0 is the facet of a malformed name. */
export type UserKind = number;

/** Facet of plain objects of a type. */
export function plainKind(type: number): UserKind {
  return type * 4 + 1;
}
/** Facet of the typed wildcard of a type. */
export function wildcardKind(type: number): UserKind {
  return type * 4 + 2;
}
/** Facet of the usersets over one relation. */
export function usersetKind(relation: number): UserKind {
  return relation * 4 + 3;
}

/** One bit of 32 for a relation and kind of user, see Names.userMarks. */
export function relationMark(relation: RelationSymbol, usersets: boolean): number {
  return 1 << (Math.imul(relation * 2 + (usersets ? 1 : 0), 0x9e3779b1) >>> 27);
}

/** Whether a facet is one of usersets; then `facet >> 2` is the relation's symbol, else the type's (0 if malformed). */
export function isUserset(facet: UserKind): boolean {
  return (facet & 3) === 3;
}

/** Whether a facet is one of plain objects. */
export function isPlain(facet: UserKind): boolean {
  return (facet & 3) === 1;
}

// An entity is a record of words, its text among them, so that a look-up reads one or two lines of memory. Its id is
// the place of the record in units of two words.
const UNIT = 2;
const FACET = 0;
const USER_MARKS = 1;
/** Where its tuples begin: as an object, and as a user. The tuple index's own. */
const AS_OBJECT = 2;
const AS_USER = 3;
/** Length of its text, see PackedText. */
const LENGTH = 4;
/** Of a userset: its object. The text follows, of anything else here. */
const OBJECT = 5;

/** Ids that stand for a user and an object of a question that no tuple names; their records are empty. */
export const UNKNOWN_USER: EntityId = 4;
export const UNKNOWN_OBJECT: EntityId = 8;
/** Place of the first record. */
const FIRST_WORD = 24;

/** Facets of a record that was let go, of a userset's and of another's. It keeps its length, which tells its size. */
const GONE_USERSET = -1;
const GONE = -4;

const FIRST_WORDS = 4096;
/** Most words there can be, so that a place fits 31 bits. */
const MOST_WORDS = 2 ** 31 - 1;

/** Dictionary of the entities that the tuples of a set name. */
export class EntityNames {
  /** Id of `type:*` by type symbol. */
  readonly wildcards: EntityId[] = [];
  private readonly seed: number;
  private words = new Int32Array(FIRST_WORDS);
  private latin1 = latin1Of(this.words);
  private used = FIRST_WORD;
  private readonly ids = new HashIndex();
  /** Records let go, by their size in units, to be used again. */
  private readonly free: EntityId[][] = [];
  /** Entities that are held beside their tuples, and how many times. */
  private readonly holds = new Map<EntityId, number>();

  /** `seed`, 32 bits that outsiders do not know, keeps them from choosing names that collide. */
  constructor(seed: number = 0) {
    this.seed = seed;
  }

  /** Makes room for a number of entities and the words of their texts. */
  reserve(entities: number, words: number): void {
    this.ids.reserve(entities);
    if (words > this.words.length) this.grow(words);
  }

  /** The id of an entity, 0 when no tuple names it. */
  find(entity: string): EntityId {
    const text = packText(entity);
    return this.findPacked(text, hashOfText(this.seed, text.words, 0, text.size, text.length));
  }

  /** The string of an id. */
  text(id: EntityId): string {
    return textAt(this.words, this.latin1, this.placeOfText(id), this.words[id * UNIT + LENGTH]!);
  }

  /** The facet of an entity. */
  facetOf(id: EntityId): UserKind {
    return this.words[id * UNIT + FACET]!;
  }

  /** For a userset its object, for anything else the entity itself. */
  objectOf(id: EntityId): EntityId {
    return isUserset(this.facetOf(id)) ? this.words[id * UNIT + OBJECT]! : id;
  }

  /**
   * Marks of the relations that an entity has had as a user since it was named. A mark that is not set proves that
   * there is no such tuple; one that is set proves nothing.
   */
  userMarks(id: EntityId): number {
    return this.words[id * UNIT + USER_MARKS]!;
  }

  /** Sets the mark of a tuple's relation and user. */
  mark(relation: RelationSymbol, user: EntityId): void {
    this.words[user * UNIT + USER_MARKS]! |= relationMark(relation, isUserset(this.facetOf(user)));
  }

  /** Where an entity's tuples begin, as an object or as a user: what was set last, 0 for none. */
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

  /** The symbol of an entity's type, 0 for a malformed one. */
  typeOf(id: EntityId): TypeSymbol {
    const facet = this.facetOf(id);
    return isUserset(facet) ? typeOfRelation(facet >> 2) : facet >> 2;
  }

  /** The id of the userset `object#relation`, 0 when no tuple names it. */
  findUserset(object: EntityId, relation: number): EntityId {
    return this.find(`${this.text(object)}#${relationName(relation)}`);
  }

  /** Every entity, in the order of their records. Names must not be dropped meanwhile. */
  *all(): Iterable<EntityId> {
    for (let base = FIRST_WORD; base < this.used;) {
      const facet = this.words[base + FACET]!;
      if (facet >= 0) yield base / UNIT;
      base += unitsOf(this.words[base + LENGTH]!, isUserset(facet)) * UNIT;
    }
  }

  /** The entities of a part of the names, from one share of them (0..1) to another; their order follows no rule. */
  some(from: number, to: number): EntityId[] {
    return this.ids.some(from, to);
  }

  /** The id of an entity, made when new; the caller puts it to use at once, or calls `drop`. */
  intern(entity: string): EntityId {
    return this.internPacked(packText(entity));
  }

  /** As `intern`, of a text that is packed already. */
  internPacked(text: PackedText): EntityId {
    const hash = hashOfText(this.seed, text.words, 0, text.size, text.length);
    const known = this.findPacked(text, hash);
    return known !== 0 ? known : this.make(text, hash);
  }

  /** The id of an entity, made when new and held until it is given back by `release`. */
  retain(entity: string): EntityId {
    const id = this.intern(entity);
    this.hold(id);
    return id;
  }

  /** Gives one hold back. */
  release(id: EntityId): void {
    const holds = this.holds.get(id)! - 1;
    if (holds > 0) {
      this.holds.set(id, holds);
      return;
    }
    this.holds.delete(id);
    this.drop(id);
  }

  /** Lets an entity go, unless tuples or somebody else still use it. */
  drop(id: EntityId): void {
    const base = id * UNIT;
    const { words } = this;
    if (words[base + FACET]! < 0) return;
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

  private hold(id: EntityId): void {
    this.holds.set(id, (this.holds.get(id) ?? 0) + 1);
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
    const at = this.placeOfText(id);
    for (let i = 0; i < size; i++) mine[at + i] = words[i]!;
    this.ids.add(hash, id);
    return id;
  }

  /** Room for a record, all zero but for facet and length. */
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

/** Units that a record takes. */
function unitsOf(length: number, userset: boolean): number {
  return Math.ceil(((userset ? OBJECT + 1 : OBJECT) + sizeOfText(length)) / UNIT);
}
