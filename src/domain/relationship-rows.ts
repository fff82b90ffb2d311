// Relationship rows in the tuples: coaching rows and team assignments, active or ended (AC1, NP8, S15, S16).
import { ATHLETE_KEYS, relationOf } from "../policy/permission-keys.ts";
import type { Reader } from "../tuples/delta.ts";
import { idOf } from "../tuples/tuple.ts";
import { assignment, athlete, coaching, home, org, pairOf, role, team, textOf, user } from "./object-names.ts";
import { onlyUserOf } from "./state-view.ts";

/** A coach's row over one athlete. An ended row stays readable and grants nothing. */
export interface CoachingRow {
  readonly id: string;
  readonly org: string;
  readonly coach: string;
  readonly athlete: string;
  /** Id of the team it is held for, if any (NP6). */
  readonly team: string | undefined;
  /** Id of its role; empty between the writes of a role change that needs several. */
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
  /** True for the head coach's row (S15). */
  readonly head: boolean;
}

/** Object types of rows. */
export const ROW_TYPES = ["coaching", "team_assignment"];

/** Returns the org of a team or roster row, or undefined if it never existed or was deleted (S17). */
export function orgOf(reader: Reader, object: string): string | undefined {
  const found = onlyUserOf(reader, object, "org");
  return found === undefined ? undefined : idOf(found);
}

/** Returns the org that a team or roster row is or was in. */
export function homeOf(reader: Reader, object: string): string | undefined {
  const found = onlyUserOf(reader, home(object), "org");
  return found === undefined ? undefined : idOf(found);
}

/** Returns a coaching row, active or ended. It is active while it has a status and its athlete is on the roster. */
export function coachingRow(reader: Reader, id: string): CoachingRow | undefined {
  const self = coaching(id);
  const coach = onlyUserOf(reader, self, "coach");
  const over = onlyUserOf(reader, self, "athlete");
  const held = onlyUserOf(reader, self, "role");
  const inOrg = held === undefined ? homeOf(reader, self) : pairOf(held).org;
  if (coach === undefined || over === undefined || inOrg === undefined) return undefined;
  const heldFor = onlyUserOf(reader, self, "team");
  return {
    id, org: inOrg, coach: idOf(coach), athlete: idOf(over),
    team: heldFor === undefined ? undefined : idOf(heldFor), role: held === undefined ? "" : pairOf(held).id,
    active: reader.has(self, "active_on", over) && orgOf(reader, over) !== undefined,
  };
}

/** Returns a team assignment, active or ended. It is active while it has a status and its team is not deleted. */
export function assignmentRow(reader: Reader, id: string): AssignmentRow | undefined {
  const self = assignment(id);
  const coach = onlyUserOf(reader, self, "coach");
  const over = onlyUserOf(reader, self, "team");
  const held = onlyUserOf(reader, self, "role");
  if (coach === undefined || over === undefined || held === undefined) return undefined;
  const active = reader.has(self, "active_on", over) && orgOf(reader, over) !== undefined;
  return {
    id, org: pairOf(held).org, coach: idOf(coach), team: idOf(over), role: pairOf(held).id, active,
    head: active && reader.has(over, "head_assignment", self),
  };
}

/** Returns true for a row (`coaching:c1`) with a status, over a team or athlete that was not deleted. */
export function isActiveRow(reader: Reader, row: string): boolean {
  const over = onlyUserOf(reader, row, "active_on");
  return over !== undefined && orgOf(reader, over) !== undefined;
}

/** Returns true for a row of an org that has ended, or whose team or athlete was deleted. */
export function hasEnded(reader: Reader, row: string, orgId: string): boolean {
  const held = onlyUserOf(reader, row, "role");
  return held !== undefined && pairOf(held).org === orgId && !isActiveRow(reader, row);
}

/**
 * Yields the active rows of a user in an org, each with its athlete or team. An ended row costs one look-up, a row of
 * another org two.
 */
export function* activeRowsOf(
  reader: Reader, orgId: string, userId: string, types: readonly string[] = ROW_TYPES,
): Iterable<{ readonly row: string; readonly over: string }> {
  for (const type of types) {
    for (const row of reader.objects(type, "coach", user(userId))) {
      const over = onlyUserOf(reader, row, "active_on");
      if (over !== undefined && reader.has(over, "org", org(orgId))) yield { row, over };
    }
  }
}

/** Returns true for a user with an active assignment on a team. */
export function coaches(reader: Reader, userId: string, teamId: string): boolean {
  return orgOf(reader, team(teamId)) !== undefined && reader.objects("team_assignment", "coach", user(userId))
    .some((row) => reader.has(row, "active_on", team(teamId)));
}

/** Returns the active coaching rows of a coach over an athlete. */
export function coachingsOf(reader: Reader, athleteId: string, coach: string): CoachingRow[] {
  return reader.users(athlete(athleteId), "coaching").filter((row) => reader.has(row, "coach", user(coach)))
    .map((row) => coachingRow(reader, idOf(row))).filter((row) => row !== undefined).filter((row) => row.active);
}

/** Returns the active assignments on a team, of all coaches or of one. */
export function assignmentsOn(reader: Reader, teamId: string, coach?: string): AssignmentRow[] {
  return reader.users(team(teamId), "assignment")
    .filter((row) => coach === undefined || reader.has(row, "coach", user(coach)))
    .map((row) => assignmentRow(reader, idOf(row))).filter((row) => row !== undefined).filter((row) => row.active);
}

/** Returns the active assignment of a team's head coach, if any. */
export function headAssignment(reader: Reader, teamId: string): AssignmentRow | undefined {
  const found = onlyUserOf(reader, team(teamId), "head_assignment");
  const row = found === undefined ? undefined : assignmentRow(reader, idOf(found));
  return row?.active === true ? row : undefined;
}

/** Returns the org's revision at which an assignment started; a smaller one is older. */
export function startOf(reader: Reader, row: AssignmentRow): number {
  const since = onlyUserOf(reader, home(assignment(row.id)), "since");
  return since === undefined ? 0 : Number(textOf(since));
}

/** Returns a userset without members (no role has the id `-`), which denies a row the key that it holds by it (PM6). */
export function refusedBy(orgId: string, relation: string): string {
  return `${role(orgId, "-")}#${relation}`;
}

/** Reads the overrides of a coaching row (PM6) from its tuples: key to true or false. */
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
