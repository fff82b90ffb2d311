// The org of an object that a question is about.
import type { Reader } from "../tuples/delta.ts";
import { idOf, typeOf } from "../tuples/tuple.ts";
import { org } from "./object-names.ts";
import { ROW_TYPES } from "./relationship-rows.ts";
import { onlyUserOf } from "./state-view.ts";

/** Types whose objects belong to no org. */
const WITHOUT_ORG = ["platform", "org"];

/** Returns true for a type whose objects belong to an org. */
export function hasOrg(type: string): boolean {
  return !WITHOUT_ORG.includes(type);
}

/**
 * Returns true for an object of an org. A relationship row counts while it is active, by its athlete or team; a deleted
 * object belongs to no org.
 */
export function isInOrg(reader: Reader, object: string, orgId: string): boolean {
  const named = ROW_TYPES.includes(typeOf(object)) ? onlyUserOf(reader, object, "active_on") : object;
  return named !== undefined && reader.has(named, "org", org(orgId));
}

/** Returns the id of the org that an object belongs to, as far as its tuples say. */
export function orgOfObject(reader: Reader, object: string): string | undefined {
  if (typeOf(object) === "org") return idOf(object);
  if (typeOf(object) === "role") return idOf(object).split("/")[0];
  const relation = typeOf(object) === "coaching" ? "athlete" : "team";
  const named = ROW_TYPES.includes(typeOf(object)) ? onlyUserOf(reader, object, relation) : object;
  const found = named === undefined ? undefined : onlyUserOf(reader, named, "org");
  return found === undefined ? undefined : idOf(found);
}
