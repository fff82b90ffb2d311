// The grammar of entities: objects, usersets, typed wildcards and relation names, as OpenFGA 1.22.1 parses them.

/** Kind of a string used as a user: `type:id`, `type:*`, `type:id#relation`, or none of these. */
export type EntityKind = "object" | "wildcard" | "userset" | "malformed";

/** A parsed entity. The parts of a malformed one are empty. */
export interface ParsedEntity {
  readonly kind: EntityKind;
  readonly type: string;
  /** For a userset, the object before the `#`; else the whole string. */
  readonly object: string;
  readonly relation: string;
}

const MALFORMED: ParsedEntity = { kind: "malformed", type: "", object: "", relation: "" };
const CONTROL = /\p{Cc}/u;

/**
 * Parses an entity; see EntityKind for the forms. Ids may contain `*` and `@`, but a userset may contain no `*`.
 *
 * @example
 * parseEntity("group:1#member") // { kind: "userset", type: "group", object: "group:1", relation: "member" }
 * parseEntity("user:*").kind // "wildcard"
 * parseEntity("ann").kind // "malformed"
 */
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

/**
 * Returns true for a valid relation name: not empty, and without `#`, `:`, `@`, spaces and control characters.
 *
 * @example
 * isRelationName("can_read") // true
 * isRelationName("can read") // false
 */
export function isRelationName(name: string): boolean {
  return name !== "" && !/[#:@ ]/.test(name) && !CONTROL.test(name);
}
