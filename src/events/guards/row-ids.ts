// Ids of relationship rows: the id of an ended row is never used again (NP8), and the default id of a new row.
import { assignment } from "../../domain/object-names.ts";
import { assignmentRow, hasEnded } from "../../domain/relationship-rows.ts";
import type { Reader } from "../../tuples/delta.ts";
import { MAX_ID_LENGTH } from "../../domain/event-limits.ts";
import { isId } from "../event.ts";
import { isRefusal, refuse, type Refusal } from "../refusal.ts";
import { isTaken, nextId, idTaken } from "../ids.ts";

/** Builds the refusal of an event that uses an ended row. `object` is `type:id`. */
export function rowEnded(object: string): Refusal {
  return refuse("relationship_ended", `${object} has ended; a row that has ended stays ended`);
}

/**
 * Refuses an id that a new row cannot have. `row` is the row with that id, if any. An ended row of this org is reported
 * as ended; any other use of the id, in another org included, as taken.
 */
export function rowIdFault(
  reader: Reader, object: string, row: { readonly org: string; readonly active: boolean } | undefined, orgId: string,
): Refusal | undefined {
  if (!isTaken(reader, object)) return undefined;
  return row?.org === orgId && !row.active ? rowEnded(object) : idTaken(object);
}

/** Returns a default id, or a refusal if it is too long for an id. `field` is the field that can name another. */
export function defaultId(id: string, field: string): string | Refusal {
  if (isId(id)) return id;
  const path = `data.${field}`;
  const message = `the default has more than ${MAX_ID_LENGTH} characters: name one`;
  return refuse("invalid_event", `${path}: ${message}`, [{ path, message }]);
}

/**
 * Returns the id of a new assignment in an org: the given id, or else `base`, with `.2`, `.3` … if that row has ended.
 * Returns a refusal if the assignment cannot have that id.
 */
export function newAssignmentId(
  reader: Reader, orgId: string, given: string | undefined, base: string,
): string | Refusal {
  const ended = (id: string): boolean => hasEnded(reader, assignment(id), orgId);
  const id = given ?? defaultId(nextId(base, ended), "assignment");
  if (typeof id !== "string" && isRefusal(id)) return id;
  return rowIdFault(reader, assignment(id), assignmentRow(reader, id), orgId) ?? id;
}
