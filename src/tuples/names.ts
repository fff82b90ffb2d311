// Names: entities as integers, each string kept once and let go with its last tuple.
import { parseEntity } from "./entity.ts";
import { internRelation, internType, relationName } from "./symbols.ts";

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

/** Ids 1 and 2 stand for a user and an object of a question that no tuple names. */
export const UNKNOWN_USER: EntityId = 1;
export const UNKNOWN_OBJECT: EntityId = 2;
const FIRST_CAPACITY = 1024;

/** Dictionary of the entities that the tuples of a set name, with a count of uses per entity. */
export class Names {
  /** Type symbol, relation symbol (usersets), object's id (usersets) and facet, by entity id. */
  types = new Int32Array(FIRST_CAPACITY);
  relations = new Int32Array(FIRST_CAPACITY);
  objects = new Int32Array(FIRST_CAPACITY);
  facets = new Int32Array(FIRST_CAPACITY);
  /** Id of `type:*` by type symbol. */
  readonly wildcards: EntityId[] = [];
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
    const object = this.objects[id]!;
    if (this.wildcards[this.types[id]!] === id) this.wildcards[this.types[id]!] = 0;
    if (object !== id && object !== 0) this.release(object);
  }

  private describe(id: EntityId, entity: string): void {
    const parsed = parseEntity(entity);
    const type = parsed.kind === "malformed" ? 0 : internType(parsed.type);
    this.types[id] = type;
    this.objects[id] = id;
    this.relations[id] = 0;
    switch (parsed.kind) {
      case "malformed":
        this.facets[id] = 0;
        return;
      case "object":
        this.facets[id] = plainFacet(type);
        return;
      case "wildcard":
        this.facets[id] = wildcardFacet(type);
        this.wildcards[type] = id;
        return;
      case "userset": {
        const relation = internRelation(type, parsed.relation);
        this.relations[id] = relation;
        this.facets[id] = usersetFacet(relation);
        const object = this.retain(parsed.object);
        this.objects[id] = object;
      }
    }
  }

  private grow(): void {
    const longer = (old: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> => {
      const next = new Int32Array(Math.ceil(old.length * 1.5));
      next.set(old);
      return next;
    };
    this.types = longer(this.types);
    this.relations = longer(this.relations);
    this.objects = longer(this.objects);
    this.facets = longer(this.facets);
    this.uses = longer(this.uses);
  }
}
