// The grammar of entities: what OpenFGA 1.22.1 takes for an object, a userset, a typed wildcard, a relation.

/** What a string is as a user: `type:id`, `type:*`, `type:id#relation`, or nothing of the kind. */
export type EntityKind = "object" | "wildcard" | "userset" | "malformed";

/** An entity taken apart. For a malformed one the parts are empty. */
export interface ParsedEntity {
  readonly kind: EntityKind;
  readonly type: string;
  /** For a userset the object before the `#`, else the whole string. */
  readonly object: string;
  readonly relation: string;
}

const MALFORMED: ParsedEntity = { kind: "malformed", type: "", object: "", relation: "" };
const CONTROL = /\p{Cc}/u;

/** Takes an entity apart; see EntityKind for the shapes. Ids may hold `*` and `@`, but no `*` inside a userset. */
export function parseEntity(entity: string): ParsedEntity {
  const colon = entity.indexOf(":");
  if (colon <= 0 || entity.includes(" ") || CONTROL.test(entity)) return MALFORMED;
  if (entity.indexOf(":", colon + 1) >= 0) return MALFORMED;
  const type = entity.slice(0, colon);
  const hash = entity.indexOf("#");
  if (hash < 0) {
    if (colon === entity.length - 1) return MALFORMED;
    const kind = entity.length === colon + 2 && entity.endsWith("*") ? "wildcard" : "object";
    return { kind, type, object: entity, relation: "" };
  }
  const wellFormed = hash > colon + 1 && hash < entity.length - 1
    && entity.indexOf("#", hash + 1) < 0 && entity.indexOf("*", colon) < 0;
  if (!wellFormed) return MALFORMED;
  return { kind: "userset", type, object: entity.slice(0, hash), relation: entity.slice(hash + 1) };
}

/** Whether a string can be a relation's name: not empty, without `#`, `:`, `@`, space and control characters. */
export function isRelationName(name: string): boolean {
  return name !== "" && !/[#:@ ]/.test(name) && !CONTROL.test(name);
}
