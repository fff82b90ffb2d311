// Relationship rows as the tuples tell them: coaching rows and team assignments, active or ended (AC1, NP8, S15, S16).
import { ATHLETE_KEYS, relationOf } from "../policy/permission-keys.ts";
import type { Reader } from "../tuples/delta.ts";
import { idOf } from "../tuples/tuple.ts";
import { assignment, athlete, coaching, home, org, pairOf, role, team, textOf, user } from "./object-names.ts";
import { onlyUserOf } from "./state-view.ts";

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

/** The types of rows. */
export const ROW_TYPES = ["coaching", "team_assignment"];

/** The org a team or roster row is in; undefined where it never was or was deleted (S17). */
export function orgOf(reader: Reader, object: string): string | undefined {
  const found = onlyUserOf(reader, object, "org");
  return found === undefined ? undefined : idOf(found);
}

/** The org a team or roster row is or was in. */
export function homeOf(reader: Reader, object: string): string | undefined {
  const found = onlyUserOf(reader, home(object), "org");
  return found === undefined ? undefined : idOf(found);
}

/** A coaching row, active or ended. It is active while its status stands and its athlete is on the roster. */
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

/** A team assignment, active or ended. It is active while its status stands and its team is not deleted. */
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

/** True for a row (`coaching:c1`) whose status stands, on a team or athlete that was not deleted. */
export function isActiveRow(reader: Reader, row: string): boolean {
  const over = onlyUserOf(reader, row, "active_on");
  return over !== undefined && orgOf(reader, over) !== undefined;
}

/** True for a row of an org that has ended, or whose team or athlete was deleted. */
export function hasEnded(reader: Reader, row: string, orgId: string): boolean {
  const held = onlyUserOf(reader, row, "role");
  return held !== undefined && pairOf(held).org === orgId && !isActiveRow(reader, row);
}

/**
 * The active rows of a user in an org, and the athlete or team that each is over, one at a time. A row that ended costs
 * one look-up, one of another org two.
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

/** True for a user with an active assignment on a team. */
export function coaches(reader: Reader, userId: string, teamId: string): boolean {
  return orgOf(reader, team(teamId)) !== undefined && reader.objects("team_assignment", "coach", user(userId))
    .some((row) => reader.has(row, "active_on", team(teamId)));
}

/** Active coaching rows of a coach over an athlete. */
export function coachingsOf(reader: Reader, athleteId: string, coach: string): CoachingRow[] {
  return reader.users(athlete(athleteId), "coaching").filter((row) => reader.has(row, "coach", user(coach)))
    .map((row) => coachingRow(reader, idOf(row))).filter((row) => row !== undefined).filter((row) => row.active);
}

/** Active assignments on a team, of all coaches or of one. */
export function assignmentsOn(reader: Reader, teamId: string, coach?: string): AssignmentRow[] {
  return reader.users(team(teamId), "assignment")
    .filter((row) => coach === undefined || reader.has(row, "coach", user(coach)))
    .map((row) => assignmentRow(reader, idOf(row))).filter((row) => row !== undefined).filter((row) => row.active);
}

/** The assignment of a team's head coach. */
export function headAssignment(reader: Reader, teamId: string): AssignmentRow | undefined {
  const found = onlyUserOf(reader, team(teamId), "head_assignment");
  const row = found === undefined ? undefined : assignmentRow(reader, idOf(found));
  return row?.active === true ? row : undefined;
}

/** The revision of the org at which an assignment started: the smaller, the older. */
export function startOf(reader: Reader, row: AssignmentRow): number {
  const since = onlyUserOf(reader, home(assignment(row.id)), "since");
  return since === undefined ? 0 : Number(textOf(since));
}

/** The userset of nobody: no role has this id, so a row that has a key by it is refused the key (PM6). */
export function refusedBy(orgId: string, relation: string): string {
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
