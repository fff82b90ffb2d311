// The org of an object that a question is about.
import type { Reader } from "../tuples/delta.ts";
import { typeOf } from "../tuples/tuple.ts";
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
