// Names: entities as integers, each string kept once and let go with its last tuple.
import { parseEntity } from "./entity.ts";
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

/** Dictionary of the entities that the tuples of a set name, with a count of uses per entity. */
export class Names {
  /** Id of `type:*` by type symbol. */
  readonly wildcards: EntityId[] = [];
  /** Facet, object, marks as user and marks as object by entity id, side by side: they are read together. */
  private entities = new Int32Array(FIRST_CAPACITY * 4);
  private uses = new Int32Array(FIRST_CAPACITY);
  private readonly ids = new Map<string, EntityId>();
  private readonly strings: string[] = ["", "", ""];
  private readonly free: EntityId[] = [];

  /** The id of an entity, 0 when no tuple names it. */
  find(entity: string): EntityId {
    return this.ids.get(entity) ?? 0;
  }

  /** The string of an id. */
  text(id: EntityId): string {
    return this.strings[id]!;
  }

  /** The facet of an entity. */
  facetOf(id: EntityId): Facet {
    return this.entities[id * 4]!;
  }

  /** For a userset its object, for anything else the entity itself. */
  objectOf(id: EntityId): EntityId {
    return this.entities[id * 4 + 1]!;
  }

  /**
   * Marks of the relations that an entity has had as a user, or as an object, since it was named. A mark that is not
   * set proves that there is no such tuple; one that is set proves nothing.
   */
  userMarks(id: EntityId): number {
    return this.entities[id * 4 + 2]!;
  }
  objectMarks(id: EntityId): number {
    return this.entities[id * 4 + 3]!;
  }

  /** Sets the marks for a tuple. */
  mark(object: EntityId, relation: RelationSymbol, user: EntityId): void {
    const mark = relationMark(relation, isUserset(this.facetOf(user)));
    this.entities[user * 4 + 2]! |= mark;
    this.entities[object * 4 + 3]! |= mark;
  }

  /** The symbol of an entity's type, 0 for a malformed one. */
  typeOf(id: EntityId): TypeSymbol {
    const facet = this.entities[id * 4]!;
    return isUserset(facet) ? typeOfRelation(facet >> 2) : facet >> 2;
  }

  /** The id of the userset `object#relation`, 0 when no tuple names it. */
  findUserset(object: EntityId, relation: number): EntityId {
    return this.ids.get(`${this.strings[object]!}#${relationName(relation)}`) ?? 0;
  }

  /** The id of an entity, made when new; counts one use, to be given back by `release`. */
  retain(entity: string): EntityId {
    const known = this.ids.get(entity);
    if (known !== undefined) {
      this.uses[known]!++;
      return known;
    }
    const id = this.free.pop() ?? this.strings.length;
    if (id >= this.uses.length) this.grow();
    this.strings[id] = entity;
    this.ids.set(entity, id);
    this.uses[id] = 1;
    this.describe(id, entity);
    return id;
  }

  /** Gives one use back; the last one frees the id. */
  release(id: EntityId): void {
    if (--this.uses[id]! > 0) return;
    this.ids.delete(this.strings[id]!);
    this.strings[id] = "";
    this.free.push(id);
    const type = this.typeOf(id);
    if (this.wildcards[type] === id) this.wildcards[type] = 0;
    const object = this.objectOf(id);
    if (object !== id) this.release(object);
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
    this.entities[id * 4] = facet;
    this.entities[id * 4 + 1] = object;
    this.entities[id * 4 + 2] = 0;
    this.entities[id * 4 + 3] = 0;
  }

  private grow(): void {
    const longer = (old: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> => {
      const next = new Int32Array(Math.ceil(old.length * 1.5));
      next.set(old);
      return next;
    };
    this.entities = longer(this.entities);
    this.uses = longer(this.uses);
  }
}
