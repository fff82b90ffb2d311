// The grammar of entities: what OpenFGA 1.22.1 takes for an object, a userset, a typed wildcard, a relation.
import type { PackedText } from "./texts.ts";

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
const COLON = 0x3a;
const SPACE = 0x20;
const HASH = 0x23;
const STAR = 0x2a;
const TILDE = 0x7e;

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

/** Length of the type of a packed text that is `type:id` beyond doubt; 0 where a closer look is due. */
export function typeLengthOfPlain({ words, length }: PackedText): number {
  let colon = 0;
  for (let i = 0; i < length; i++) {
    const char = (words[i >> 2]! >>> ((i & 3) * 8)) & 0xff;
    if (char === COLON) {
      if (colon > 0 || i === 0) return 0;
      colon = i;
    } else if (char <= SPACE || char === HASH || char === STAR || char > TILDE) return 0;
  }
  return colon === length - 1 ? 0 : colon;
}

/** Whether a string can be a relation's name: not empty, without `#`, `:`, `@`, space and control characters. */
export function isRelationName(name: string): boolean {
  return name !== "" && !/[#:@ ]/.test(name) && !CONTROL.test(name);
}
