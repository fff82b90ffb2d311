// Changes of relationship rows: drafts their start, change and end, and who holds a role by rows (AC1, NP8, S12, S15).
import { ATHLETE_KEYS, relationOf } from "../policy/permission-keys.ts";
import type { Draft, Reader } from "../tuples/delta.ts";
import { typeOf } from "../tuples/tuple.ts";
import { assignment, athlete, coaching, home, pairOf, role, team, user, value } from "./object-names.ts";
import { activeRowsOf, isActiveRow, refusedBy, type AssignmentRow, type CoachingRow } from "./relationship-rows.ts";
import { onlyUserOf } from "./state-view.ts";

/** Relations by which an athlete or team points to its active rows, by type of row. */
const POINTERS: Readonly<Record<string, readonly string[]>> =
  { coaching: ["coaching"], team_assignment: ["head_assignment", "assignment"] };

/**
 * Returns which of the given roles a coach holds on an active coaching row or as head coach of a team (S12), and the
 * number of rows it looked at. Looks at each row of the coach at most once, for any number of roles.
 */
function heldByRows(
  reader: Reader, orgId: string, coach: string, roleIds: Iterable<string>,
): { readonly held: ReadonlySet<string>; readonly looked: number } {
  const sought = new Map([...roleIds].map((id) => [role(orgId, id), id]));
  const held = new Set<string>();
  let looked = 0;
  const look = (type: string, counts: (row: string) => boolean): void => {
    for (const row of reader.objects(type, "coach", user(coach))) {
      if (sought.size === 0) return;
      looked++;
      const named = onlyUserOf(reader, row, "role") ?? "";
      const id = sought.get(named);
      if (id === undefined || !isActiveRow(reader, row) || !counts(row)) continue;
      held.add(id);
      sought.delete(named);
    }
  };
  look("coaching", () => true);
  look("team_assignment", (row) => reader.has(onlyUserOf(reader, row, "team") ?? "", "head_assignment", row));
  return { held, looked };
}

/**
 * Drafts the `row_holder` tuple of a coach for each role (S12). It exists exactly while the coach holds the role on an
 * active coaching row or as head coach of a team. Call this after drafting the coach's rows. Returns the number of rows
 * it looked at.
 */
export function updateRowHolder(draft: Draft, orgId: string, coach: string, ...roleIds: readonly string[]): number {
  const { held, looked } = heldByRows(draft, orgId, coach, roleIds);
  for (const id of roleIds) {
    if (held.has(id)) draft.write(role(orgId, id), "row_holder", user(coach));
    else draft.remove(role(orgId, id), "row_holder", user(coach));
  }
  return looked;
}

/** Drafts an ended coaching row: its history without a status, so that it grants nothing. */
export function putEndedCoaching(draft: Draft, row: Omit<CoachingRow, "active">): void {
  const self = coaching(row.id);
  draft.write(self, "coach", user(row.coach)).write(self, "athlete", athlete(row.athlete));
  draft.write(self, "role", role(row.org, row.role));
  if (row.team !== undefined) draft.write(self, "team", team(row.team));
}

/** Drafts a new, active coaching row that follows its role as a whole. */
export function startCoaching(draft: Draft, row: Omit<CoachingRow, "active">): void {
  const self = coaching(row.id);
  putEndedCoaching(draft, row);
  draft.write(self, "follows", role(row.org, row.role));
  draft.write(self, "active_on", athlete(row.athlete)).write(athlete(row.athlete), "coaching", self);
  draft.write(role(row.org, row.role), "row_holder", user(row.coach));
}

/** Drafts the removal of a row's status, after the pointers to it, so that a partial removal can be continued. */
function dropStatus(draft: Draft, row: string, over: string): void {
  for (const pointer of POINTERS[typeOf(row)]!) draft.remove(over, pointer, row);
  draft.remove(row, "active_on", over);
}

/** Drafts the end of a coaching row: removes its status and the athlete's pointer. It cannot be restarted (NP8). */
export function endCoaching(draft: Draft, row: CoachingRow): void {
  dropStatus(draft, coaching(row.id), athlete(row.athlete));
  updateRowHolder(draft, row.org, row.coach, row.role);
}

/**
 * Drafts the end of every active row of a coach in an org, including head coach assignments (S15). Stops once the draft
 * has more tuples than one write holds (`room`): the next write continues.
 */
export function endRowsOf(draft: Draft, orgId: string, coach: string, room: number): void {
  for (const { row, over } of activeRowsOf(draft, orgId, coach)) {
    if (draft.size > room) return;
    dropStatus(draft, row, over);
  }
  for (const held of rolesHeldByRow(draft, orgId, coach)) draft.remove(held, "row_holder", user(coach));
}

/** Returns the roles of an org (`role:o/r`) that a user holds by rows. */
function rolesHeldByRow(reader: Reader, orgId: string, coach: string): string[] {
  return reader.objects("role", "row_holder", user(coach)).filter((held) => held.startsWith(role(orgId, "")));
}

/** Drafts an ended team assignment: its history without a status, so that it grants nothing. */
export function putEndedAssignment(draft: Draft, row: Omit<AssignmentRow, "active">, revision: number): void {
  const self = assignment(row.id);
  draft.write(home(self), "since", value(String(revision)));
  draft.write(self, "coach", user(row.coach)).write(self, "team", team(row.team));
  draft.write(self, "role", role(row.org, row.role));
}

/**
 * Drafts a new, active team assignment. `head` makes it the head coach's; the team must have none (S15). `revision` is
 * the org's revision at which it starts.
 */
export function startAssignment(draft: Draft, row: Omit<AssignmentRow, "active">, revision: number): void {
  const self = assignment(row.id);
  putEndedAssignment(draft, row, revision);
  draft.write(self, "active_on", team(row.team)).write(team(row.team), "assignment", self);
  if (!row.head) return;
  draft.write(team(row.team), "head_assignment", self);
  draft.write(role(row.org, row.role), "row_holder", user(row.coach));
}

/** Drafts the end of a team assignment (AC5). If it is the head coach's, the team then has no head coach (S15). */
export function endAssignment(draft: Draft, row: AssignmentRow): void {
  dropStatus(draft, assignment(row.id), team(row.team));
  updateRowHolder(draft, row.org, row.coach, row.role);
}

/** Drafts another role for an assignment; `head` promotes an assistant to head coach (S15). */
export function putAssignmentRole(draft: Draft, row: AssignmentRow, roleId: string, head: boolean): void {
  const self = assignment(row.id);
  draft.replace(self, "role", role(row.org, roleId));
  if (head) draft.write(team(row.team), "head_assignment", self);
  updateRowHolder(draft, row.org, row.coach, row.role);
  updateRowHolder(draft, row.org, row.coach, roleId);
}

/**
 * Drafts the role of a coaching row and its overrides (PM6). Without a false override the row follows the role as a
 * whole; with one it follows key by key. An overridden key follows the coach (true) or nobody (false), never the role.
 * If the state has part of this change already, drafts the rest.
 */
export function putCoachingRole(
  draft: Draft, row: CoachingRow, roleId: string, overrides: Readonly<Record<string, boolean>>,
): void {
  const self = coaching(row.id);
  const whole = !Object.values(overrides).includes(false);
  draft.replace(self, "role", role(row.org, roleId));
  if (whole) draft.replace(self, "follows", role(row.org, roleId));
  else draft.clear(self, "follows");
  for (const key of ATHLETE_KEYS) {
    const relation = relationOf(key);
    if (overrides[key] === true) draft.replace(self, relation, user(row.coach));
    else if (overrides[key] === false) draft.replace(self, relation, refusedBy(row.org, relation));
    else if (whole) draft.clear(self, relation);
    else draft.replace(self, relation, `${role(row.org, roleId)}#${relation}`);
  }
  const held = rolesHeldByRow(draft, row.org, row.coach).map((found) => pairOf(found).id);
  updateRowHolder(draft, row.org, row.coach, ...new Set([...held, roleId]));
}
