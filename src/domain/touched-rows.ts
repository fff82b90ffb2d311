// The relationship rows that an event starts, promotes or ends, derived from its delta.
import type { Delta, Reader } from "../tuples/delta.ts";
import { typeOf } from "../tuples/tuple.ts";
import { MAX_ROWS_NAMED } from "./event-limits.ts";

/** Rows as `type:id`, sorted, at most MAX_ROWS_NAMED, and the total number of rows. */
export interface TouchedRows {
  readonly names: readonly string[];
  readonly total: number;
}

export const NO_ROWS: TouchedRows = { names: [], total: 0 };

/** Relation to the active rows, by type, for types whose deletion ends rows without deleting their tuples (S17). */
const ROWS_OVER: Readonly<Record<string, string>> = { athlete: "coaching", team: "assignment" };

/**
 * Returns the rows that a delta starts, promotes or ends, plus those in `more`. The delta was drafted on `before`.
 * Starting writes a row's coach and status, ending deletes its status, promoting writes the team's `head_assignment`
 * (S15). Deleting an athlete or a team ends every active row over it (S17).
 */
export function touchedRows(before: Reader, delta: Delta, more: Iterable<string> = []): TouchedRows {
  const found = new Set<string>(more);
  const { writes, deletes } = delta;
  for (const { object, relation, user } of [...writes, ...deletes]) {
    if (relation === "head_assignment") found.add(user);
    else if ((relation === "active_on" || relation === "coach") && isRow(object)) found.add(object);
  }
  for (const { object, relation } of deletes) {
    const pointer = relation === "org" ? ROWS_OVER[typeOf(object)] : undefined;
    if (pointer === undefined) continue;
    for (const row of before.users(object, pointer)) if (before.has(row, "active_on", object)) found.add(row);
  }
  return found.size === 0 ? NO_ROWS : { names: firstOf(found), total: found.size };
}

/** Returns the first names in order, at most MAX_ROWS_NAMED. Sorts in batches, since the input may be very long. */
function firstOf(names: Iterable<string>): string[] {
  let first: string[] = [];
  let last: string | undefined;
  for (const name of names) {
    if (last !== undefined && name > last) continue;
    first.push(name);
    if (first.length < 2 * MAX_ROWS_NAMED) continue;
    first = first.sort().slice(0, MAX_ROWS_NAMED);
    last = first.at(-1);
  }
  return first.sort().slice(0, MAX_ROWS_NAMED);
}

function isRow(object: string): boolean {
  return object.startsWith("coaching:") || object.startsWith("team_assignment:");
}
