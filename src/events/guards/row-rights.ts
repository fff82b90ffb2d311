// Rights over rows, asked of the model; for rows that ended, and for deleted teams and athletes, by what they would be.
import { assignment, athlete, coaching, org, team } from "../../domain/object-names.ts";
import { assignmentRow, coachingRow, homeOf } from "../../domain/relationship-rows.ts";
import type { View } from "../../domain/state-view.ts";
import { typeOf, type Tuple } from "../../tuples/tuple.ts";

/** An object to ask the model about, and the tuples it is given for that. */
interface Asked {
  readonly object: string;
  readonly given: readonly Tuple[];
}

/**
 * The team or athlete itself; for one that was deleted, another of the same org that nobody coaches. Its id is one that
 * no event can give. So a deleted team has no head coach, and the rights of the org are as the model has them.
 */
function orStandIn({ tuples }: View, object: string): Asked {
  const home = homeOf(tuples, object);
  if (home === undefined || tuples.has(object, "org", org(home))) return { object, given: [] };
  const standIn = `${typeOf(object)}:-`;
  return { object: standIn, given: [{ object: standIn, relation: "org", user: org(home) }] };
}

/** True when the model lets a user end a row, or would, were the row active still. */
function mayEnd(view: View, actor: string, row: string, over: string): boolean {
  const { object, given } = orStandIn(view, over);
  const status = { object: row, relation: "active_on", user: object };
  const isActive = view.tuples.has(row, "active_on", object);
  return view.allowed(actor, "can_end", row, isActive ? given : [status, ...given]);
}

/** Who manages a team, also one that was deleted: they get `unchanged` (AC3, S17). */
export function mayManage(view: View, actor: string, teamId: string): boolean {
  const { object, given } = orStandIn(view, team(teamId));
  return view.allowed(actor, "can_manage", object, given);
}

/** Who assigns coaches on a team, also on one that was deleted (AC3). */
export function mayAssignOn(view: View, actor: string, teamId: string): boolean {
  const { object, given } = orStandIn(view, team(teamId));
  return view.allowed(actor, "can_assign_coaches", object, given);
}

/** `athletes.assign_coaches` in an org; no one may where there is none. */
export function mayAssignIn(view: View, actor: string, orgId: string | undefined): boolean {
  return orgId !== undefined && view.allowed(actor, "athletes_assign_coaches", org(orgId));
}

/** Who may end an assignment (AC5), also one that ended: they get `unchanged`. */
export function mayEndAssignment(view: View, actor: string, id: string): boolean {
  const row = assignmentRow(view.tuples, id);
  return row !== undefined && mayEnd(view, actor, assignment(id), team(row.team));
}

/** Who may end a coaching row, also one that ended: they get `unchanged`. */
export function mayEndCoaching(view: View, actor: string, id: string): boolean {
  const row = coachingRow(view.tuples, id);
  return row !== undefined && mayEnd(view, actor, coaching(id), athlete(row.athlete));
}
