// Ids of relationship rows: an ended one is never used again (NP8), and what the default id of a new row is.
import { assignment } from "../../domain/object-names.ts";
import { assignmentRow, hasEnded } from "../../domain/relationship-rows.ts";
import type { Reader } from "../../tuples/delta.ts";
import { isId } from "../event.ts";
import { isRefusal, refuse, type Refusal } from "../refusal.ts";
import { isTaken, nextId, idTaken } from "../ids.ts";

/** Refusal for using a row that ended. `object` is `type:id`. */
export function rowEnded(object: string): Refusal {
  return refuse("relationship_ended", `${object} has ended; a row that ended stays ended`);
}

/**
 * Refusal when a new row cannot have an id. `row` is the row with that id, if any: one of this org that ended is
 * told as such, anything else, another org's included, is taken.
 */
export function rowIdFault(
  reader: Reader, object: string, row: { readonly org: string; readonly active: boolean } | undefined, orgId: string,
): Refusal | undefined {
  if (!isTaken(reader, object)) return undefined;
  return row?.org === orgId && !row.active ? rowEnded(object) : idTaken(object);
}

/** A default id, or a refusal when it comes out longer than an id may be. `field` is the one that can be given. */
export function defaultId(id: string, field: string): string | Refusal {
  if (isId(id)) return id;
  const path = `data.${field}`;
  const errors = [{ path, message: "the default is too long" }];
  return refuse("invalid_event", `the default of ${path} is too long for an id: name one`, errors);
}

/**
 * The id of a new assignment in an org: the given one, or else `base`, with `.2`, `.3` … where that one has ended; or
 * why it cannot have it.
 */
export function newAssignmentId(
  reader: Reader, orgId: string, given: string | undefined, base: string,
): string | Refusal {
  const ended = (id: string): boolean => hasEnded(reader, assignment(id), orgId);
  const id = given ?? defaultId(nextId(base, ended), "assignment");
  if (typeof id !== "string" && isRefusal(id)) return id;
  return rowIdFault(reader, assignment(id), assignmentRow(reader, id), orgId) ?? id;
}
