// Relationship rows as the tuples tell them: coaching rows and team assignments, active or ended (AC1, NP8, S15, S16).
import { ATHLETE_KEYS, relationOf } from "../model/keys.ts";
import type { Draft, Reader } from "../tuples/delta.ts";
import { idOf } from "../tuples/tuple.ts";
import { assignment, athlete, coaching, home, pairOf, role, team, textOf, user, value } from "./entity.ts";
import { theUser } from "./view.ts";

/** A coach's row over one athlete. An ended row stays readable and never grants. */
export interface CoachingRow {
  readonly id: string;
  readonly org: string;
  readonly coach: string;
  readonly athlete: string;
  /** Team it is held for (NP6). */
  readonly team: string | undefined;
  /** Id of its role; empty between two writes of one change of role. */
  readonly role: string;
  readonly active: boolean;
}

/** A coach's row over one team. */
export interface AssignmentRow {
  readonly id: string;
  readonly org: string;
  readonly coach: string;
  readonly team: string;
  readonly role: string;
  readonly active: boolean;
  /** It is the head coach's (S15). */
  readonly head: boolean;
}

/** The org a team or roster row is in; undefined where it never was or was deleted (S17). */
export function orgOf(reader: Reader, object: string): string | undefined {
  const found = theUser(reader, object, "org");
  return found === undefined ? undefined : idOf(found);
}

/** The org a team or roster row is or was in. */
export function homeOf(reader: Reader, object: string): string | undefined {
  const found = theUser(reader, home(object), "org");
  return found === undefined ? undefined : idOf(found);
}

/** A coaching row, active or ended. It is active while its status stands and its athlete is on the roster. */
export function coachingRow(reader: Reader, id: string): CoachingRow | undefined {
  const self = coaching(id);
  const coach = theUser(reader, self, "coach");
  const over = theUser(reader, self, "athlete");
  const held = theUser(reader, self, "role");
  const org = held === undefined ? homeOf(reader, self) : pairOf(held).org;
  if (coach === undefined || over === undefined || org === undefined) return undefined;
  const heldFor = theUser(reader, self, "team");
  return {
    id, org, coach: idOf(coach), athlete: idOf(over),
    team: heldFor === undefined ? undefined : idOf(heldFor), role: held === undefined ? "" : pairOf(held).id,
    active: reader.has(self, "active_on", over) && orgOf(reader, over) !== undefined,
  };
}

/** A team assignment, active or ended. It is active while its status stands and its team is not deleted. */
export function assignmentRow(reader: Reader, id: string): AssignmentRow | undefined {
  const self = assignment(id);
  const coach = theUser(reader, self, "coach");
  const over = theUser(reader, self, "team");
  const held = theUser(reader, self, "role");
  if (coach === undefined || over === undefined || held === undefined) return undefined;
  const active = reader.has(self, "active_on", over) && orgOf(reader, over) !== undefined;
  return {
    id, org: pairOf(held).org, coach: idOf(coach), team: idOf(over), role: pairOf(held).id, active,
    head: active && reader.has(over, "head_assignment", self),
  };
}

/** Active team assignments of a user in an org. */
export function assignmentsOf(reader: Reader, orgId: string, coach: string): AssignmentRow[] {
  return reader.objects("team_assignment", "coach", user(coach)).map((row) => assignmentRow(reader, idOf(row)))
    .filter((row) => row !== undefined).filter((row) => row.org === orgId && row.active);
}

/** Active coaching rows over an athlete. */
export function coachingsOver(reader: Reader, athleteId: string): CoachingRow[] {
  return reader.users(athlete(athleteId), "coaching").map((row) => coachingRow(reader, idOf(row)))
    .filter((row) => row !== undefined).filter((row) => row.active);
}

/** Active assignments on a team. */
export function assignmentsOn(reader: Reader, teamId: string): AssignmentRow[] {
  return reader.users(team(teamId), "assignment").map((row) => assignmentRow(reader, idOf(row)))
    .filter((row) => row !== undefined).filter((row) => row.active);
}

/** The assignment of a team's head coach. */
export function headAssignment(reader: Reader, teamId: string): AssignmentRow | undefined {
  const found = theUser(reader, team(teamId), "head_assignment");
  const row = found === undefined ? undefined : assignmentRow(reader, idOf(found));
  return row?.active === true ? row : undefined;
}

/**
 * Those of some roles that a coach holds on an active coaching row, or as the head coach of a team (S12). Looks at each
 * row of the coach once at most, however many roles are asked about.
 */
function heldByRows(reader: Reader, orgId: string, coach: string, roleIds: Iterable<string>): ReadonlySet<string> {
  const sought = new Map([...roleIds].map((id) => [role(orgId, id), id]));
  const held = new Set<string>();
  const look = (rows: readonly string[], counts: (row: string) => boolean): void => {
    for (const row of rows) {
      if (sought.size === 0) return;
      const named = theUser(reader, row, "role") ?? "";
      const id = sought.get(named);
      if (id === undefined || reader.users(row, "active_on").length === 0 || !counts(row)) continue;
      held.add(id);
      sought.delete(named);
    }
  };
  const self = user(coach);
  look(reader.objects("coaching", "coach", self), (row) => coachingRow(reader, idOf(row))?.active === true);
  look(reader.objects("team_assignment", "coach", self), (row) => assignmentRow(reader, idOf(row))?.head === true);
  return held;
}

/**
 * Drafts the one tuple for each coach and role that S12 rests on: there exactly while the coach holds the role on an
 * active coaching row or as the head coach of a team. To be called after the rows of the coach were drafted.
 */
export function settleRowHolder(draft: Draft, orgId: string, coach: string, ...roleIds: readonly string[]): void {
  const held = heldByRows(draft, orgId, coach, roleIds);
  for (const id of roleIds) {
    if (held.has(id)) draft.write(role(orgId, id), "row_holder", user(coach));
    else draft.remove(role(orgId, id), "row_holder", user(coach));
  }
}

/** Drafts a coaching row of the past: what it was, and no status, so that it grants nothing. */
export function putEndedCoaching(draft: Draft, row: Omit<CoachingRow, "active">): void {
  const self = coaching(row.id);
  draft.write(self, "coach", user(row.coach)).write(self, "athlete", athlete(row.athlete));
  draft.write(self, "role", role(row.org, row.role));
  if (row.team !== undefined) draft.write(self, "team", team(row.team));
}

/** Drafts a new coaching row, active, following its role as a whole. */
export function startCoaching(draft: Draft, row: Omit<CoachingRow, "active">): void {
  const self = coaching(row.id);
  putEndedCoaching(draft, row);
  draft.write(self, "follows", role(row.org, row.role));
  draft.write(self, "active_on", athlete(row.athlete)).write(athlete(row.athlete), "coaching", self);
  draft.write(role(row.org, row.role), "row_holder", user(row.coach));
}

function dropCoaching(draft: Draft, row: CoachingRow): void {
  draft.remove(athlete(row.athlete), "coaching", coaching(row.id));
  draft.remove(coaching(row.id), "active_on", athlete(row.athlete));
}

/** Drafts the end of a coaching row: its status, and the athlete's pointer to it. Nothing starts it again (NP8). */
export function endCoaching(draft: Draft, row: CoachingRow): void {
  dropCoaching(draft, row);
  settleRowHolder(draft, row.org, row.coach, row.role);
}

/**
 * Drafts the end of every active row of a coach in an org, a head coach's too (S15). A row's status goes after the
 * pointers to it, so that a part done is continued.
 */
export function endRowsOf(draft: Draft, orgId: string, coach: string): void {
  for (const found of draft.objects("coaching", "coach", user(coach))) {
    const row = coachingRow(draft, idOf(found));
    if (row?.org === orgId && row.active) dropCoaching(draft, row);
  }
  for (const row of assignmentsOf(draft, orgId, coach)) dropAssignment(draft, row);
  for (const held of draft.objects("role", "row_holder", user(coach))) {
    if (pairOf(held).org === orgId) draft.remove(held, "row_holder", user(coach));
  }
}

/** The revision of the org at which an assignment started: the smaller, the older. */
export function startOf(reader: Reader, row: AssignmentRow): number {
  const since = theUser(reader, home(assignment(row.id)), "since");
  return since === undefined ? 0 : Number(textOf(since));
}

/** Drafts a team assignment of the past: what it was, and no status, so that it grants nothing. */
export function putEndedAssignment(draft: Draft, row: Omit<AssignmentRow, "active">, revision: number): void {
  const self = assignment(row.id);
  draft.write(home(self), "since", value(String(revision)));
  draft.write(self, "coach", user(row.coach)).write(self, "team", team(row.team));
  draft.write(self, "role", role(row.org, row.role));
}

/**
 * Drafts a new team assignment, active; `head` makes it the head coach's, of which the team has none then (S15).
 * `revision` is the org's, at which it starts.
 */
export function startAssignment(draft: Draft, row: Omit<AssignmentRow, "active">, revision: number): void {
  const self = assignment(row.id);
  putEndedAssignment(draft, row, revision);
  draft.write(self, "active_on", team(row.team)).write(team(row.team), "assignment", self);
  if (!row.head) return;
  draft.write(team(row.team), "head_assignment", self);
  draft.write(role(row.org, row.role), "row_holder", user(row.coach));
}

function dropAssignment(draft: Draft, row: AssignmentRow): void {
  const self = assignment(row.id);
  draft.remove(team(row.team), "head_assignment", self).remove(team(row.team), "assignment", self);
  draft.remove(self, "active_on", team(row.team));
}

/** Drafts the end of a team assignment (AC5). When it is the head coach's, the team has none (S15). */
export function endAssignment(draft: Draft, row: AssignmentRow): void {
  dropAssignment(draft, row);
  settleRowHolder(draft, row.org, row.coach, row.role);
}

/** Drafts another role for an assignment, or (S15) makes an assistant's the head coach's. */
export function putAssignmentRole(draft: Draft, row: AssignmentRow, roleId: string, head: boolean): void {
  const self = assignment(row.id);
  draft.replace(self, "role", role(row.org, roleId));
  if (head) draft.write(team(row.team), "head_assignment", self);
  settleRowHolder(draft, row.org, row.coach, row.role);
  settleRowHolder(draft, row.org, row.coach, roleId);
}

/** The userset of nobody: no role has this id, so a row that has a key by it is refused the key (PM6). */
function refusedBy(orgId: string, relation: string): string {
  return `${role(orgId, "-")}#${relation}`;
}

/** The overrides of a coaching row (PM6), as its tuples tell them: key to true or false. */
export function overridesOf(reader: Reader, row: CoachingRow): Record<string, boolean> {
  const self = coaching(row.id);
  const overrides: Record<string, boolean> = {};
  for (const key of ATHLETE_KEYS) {
    const relation = relationOf(key);
    if (reader.has(self, relation, user(row.coach))) overrides[key] = true;
    else if (reader.has(self, relation, refusedBy(row.org, relation))) overrides[key] = false;
  }
  return overrides;
}

/**
 * Drafts the role of a coaching row and its overrides (PM6). Without a false override the row follows the role as a
 * whole; with one it follows key by key. An overridden key follows the coach (true) or nobody (false), never the role.
 * Drawn on a state that has a part of this change already, it drafts the rest.
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
  const held = draft.objects("role", "row_holder", user(row.coach)).map(pairOf).filter(({ org }) => org === row.org);
  settleRowHolder(draft, row.org, row.coach, ...new Set([...held.map(({ id }) => id), roleId]));
}
