// Names: entities as integers, each name kept once and let go with its last tuple.
import { parseEntity } from "./entity.ts";
import { HashIndex } from "./hash-index.ts";
import { hashOfText, Texts } from "./texts.ts";
import {
  internRelation, internType, relationName, typeOfRelation, type RelationSymbol, type TypeSymbol,
} from "./symbols.ts";

/** An entity's integer; 0 is no entity. */
export type EntityId = number;

/** The part of a type that a model admits or not: see `facetOf...`. 0 is the facet of a malformed name. */
export type Facet = number;

/** Facet of plain objects of a type. */
export function plainFacet(type: number): Facet {
  return type * 4 + 1;
}
/** Facet of the typed wildcard of a type. */
export function wildcardFacet(type: number): Facet {
  return type * 4 + 2;
}
/** Facet of the usersets over one relation. */
export function usersetFacet(relation: number): Facet {
  return relation * 4 + 3;
}

/** One bit of 32 for a relation and kind of user, see Names.userMarks. */
export function relationMark(relation: RelationSymbol, usersets: boolean): number {
  return 1 << (Math.imul(relation * 2 + (usersets ? 1 : 0), 0x9e3779b1) >>> 27);
}

/** Whether a facet is one of usersets; then `facet >> 2` is the relation's symbol, else the type's (0 if malformed). */
export function isUserset(facet: Facet): boolean {
  return (facet & 3) === 3;
}

/** Whether a facet is one of plain objects. */
export function isPlain(facet: Facet): boolean {
  return (facet & 3) === 1;
}

/** Ids 1 and 2 stand for a user and an object of a question that no tuple names. */
export const UNKNOWN_USER: EntityId = 1;
export const UNKNOWN_OBJECT: EntityId = 2;
const FIRST_CAPACITY = 1024;

// Layout of an entity: what a check reads of one lies side by side.
const STRIDE = 8;
const FACET = 0;
const OBJECT = 1;
const USER_MARKS = 2;
const OBJECT_MARKS = 3;
/** Where its text lies, see Texts. */
const PLACE = 4;
const LENGTH = 5;
const USES = 6;
const HASH = 7;

/** Dictionary of the entities that the tuples of a set name, with a count of uses per entity. */
export class Names {
  /** Id of `type:*` by type symbol. */
  readonly wildcards: EntityId[] = [];
  private readonly seed: number;
  private entities = new Int32Array(FIRST_CAPACITY * STRIDE);
  private readonly ids = new HashIndex(FIRST_CAPACITY);
  private readonly texts = new Texts();
  private used = UNKNOWN_OBJECT + 1;
  private readonly free: EntityId[] = [];

  /** `seed`, 32 bits that outsiders do not know, keeps them from choosing names that collide. */
  constructor(seed: number = 0) {
    this.seed = seed;
  }

  /** The id of an entity, 0 when no tuple names it. */
  find(entity: string): EntityId {
    return this.findHashed(entity, hashOfText(this.seed, entity));
  }

  /** The string of an id. */
  text(id: EntityId): string {
    return this.texts.read(this.entities[id * STRIDE + PLACE]!, this.entities[id * STRIDE + LENGTH]!);
  }

  /** The facet of an entity. */
  facetOf(id: EntityId): Facet {
    return this.entities[id * STRIDE]!;
  }

  /** For a userset its object, for anything else the entity itself. */
  objectOf(id: EntityId): EntityId {
    return this.entities[id * STRIDE + OBJECT]!;
  }

  /**
   * Marks of the relations that an entity has had as a user, or as an object, since it was named. A mark that is not
   * set proves that there is no such tuple; one that is set proves nothing.
   */
  userMarks(id: EntityId): number {
    return this.entities[id * STRIDE + USER_MARKS]!;
  }
  objectMarks(id: EntityId): number {
    return this.entities[id * STRIDE + OBJECT_MARKS]!;
  }

  /** Sets the marks for a tuple. */
  mark(object: EntityId, relation: RelationSymbol, user: EntityId): void {
    const mark = relationMark(relation, isUserset(this.facetOf(user)));
    this.entities[user * STRIDE + USER_MARKS]! |= mark;
    this.entities[object * STRIDE + OBJECT_MARKS]! |= mark;
  }

  /** The symbol of an entity's type, 0 for a malformed one. */
  typeOf(id: EntityId): TypeSymbol {
    const facet = this.entities[id * STRIDE]!;
    return isUserset(facet) ? typeOfRelation(facet >> 2) : facet >> 2;
  }

  /** The id of the userset `object#relation`, 0 when no tuple names it. */
  findUserset(object: EntityId, relation: number): EntityId {
    return this.find(`${this.text(object)}#${relationName(relation)}`);
  }

  /** The id of an entity, made when new; counts one use, to be given back by `release`. */
  retain(entity: string): EntityId {
    const hash = hashOfText(this.seed, entity);
    const known = this.findHashed(entity, hash);
    if (known !== 0) {
      this.entities[known * STRIDE + USES]!++;
      return known;
    }
    const id = this.free.pop() ?? this.used++;
    if ((id + 1) * STRIDE > this.entities.length) this.grow();
    const place = this.texts.add(entity);
    const { entities } = this;
    entities[id * STRIDE + USER_MARKS] = 0;
    entities[id * STRIDE + OBJECT_MARKS] = 0;
    entities[id * STRIDE + PLACE] = place;
    entities[id * STRIDE + LENGTH] = entity.length;
    entities[id * STRIDE + USES] = 1;
    entities[id * STRIDE + HASH] = hash;
    this.ids.add(hash, id);
    this.describe(id, entity);
    return id;
  }

  /** Gives one use back; the last one frees the id. */
  release(id: EntityId): void {
    const base = id * STRIDE;
    if (--this.entities[base + USES]! > 0) return;
    const hash = this.entities[base + HASH]!;
    let at = this.ids.seek(hash, hash);
    while (this.ids.at(at) !== id) at = this.ids.seek(hash, at + 1);
    this.ids.remove(at);
    const type = this.typeOf(id);
    if (this.wildcards[type] === id) this.wildcards[type] = 0;
    const object = this.objectOf(id);
    this.texts.drop(this.entities[base + PLACE]!, this.entities[base + LENGTH]!);
    this.entities.fill(0, base, base + STRIDE);
    this.free.push(id);
    if (this.texts.wantsPacking) this.pack();
    if (object !== id) this.release(object);
  }

  private findHashed(entity: string, hash: number): EntityId {
    const { ids, entities, texts } = this;
    for (let at = ids.seek(hash, hash); at >= 0; at = ids.seek(hash, at + 1)) {
      const id = ids.at(at);
      const base = id * STRIDE;
      if (entities[base + LENGTH] === entity.length && texts.equals(entities[base + PLACE]!, entity)) return id;
    }
    return 0;
  }

  private describe(id: EntityId, entity: string): void {
    const parsed = parseEntity(entity);
    const type = parsed.kind === "malformed" ? 0 : internType(parsed.type);
    let facet: Facet = 0;
    let object = id;
    if (parsed.kind === "object") facet = plainFacet(type);
    if (parsed.kind === "wildcard") {
      facet = wildcardFacet(type);
      this.wildcards[type] = id;
    }
    if (parsed.kind === "userset") {
      facet = usersetFacet(internRelation(type, parsed.relation));
      object = this.retain(parsed.object);
    }
    this.entities[id * STRIDE + FACET] = facet;
    this.entities[id * STRIDE + OBJECT] = object;
  }

  /** Moves the texts together, when too much of their room is taken by texts that were dropped. */
  private pack(): void {
    const { entities } = this;
    const places: number[] = [];
    for (let id = UNKNOWN_OBJECT + 1; id < this.used; id++) if (entities[id * STRIDE + USES] !== 0) places.push(id);
    this.texts.pack(places.map((id) => [entities[id * STRIDE + PLACE]!, entities[id * STRIDE + LENGTH]!] as const),
      (i, place) => void (entities[places[i]! * STRIDE + PLACE] = place));
  }

  private grow(): void {
    const longer = new Int32Array(Math.ceil(this.entities.length / STRIDE * 1.5) * STRIDE);
    longer.set(this.entities);
    this.entities = longer;
  }
}
