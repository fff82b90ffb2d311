// Rights over rows, by the model. For ended rows and deleted teams and athletes: the rights if they still existed.
import { assignment, athlete, coaching, org, team } from "../../domain/object-names.ts";
import { assignmentRow, coachingRow, homeOf } from "../../domain/relationship-rows.ts";
import type { View } from "../../domain/state-view.ts";
import { typeOf, type Tuple } from "../../tuples/tuple.ts";

/** An object to check, and the extra tuples for that check. */
interface Asked {
  readonly object: string;
  readonly given: readonly Tuple[];
}

/**
 * Returns the team or athlete itself; for a deleted one, a stand-in of the same org that nobody coaches, with an id
 * that no event can create. So a deleted team has no head coach, and the org's rights follow the model.
 */
function orStandIn({ tuples }: View, object: string): Asked {
  const home = homeOf(tuples, object);
  if (home === undefined || tuples.has(object, "org", org(home))) return { object, given: [] };
  const standIn = `${typeOf(object)}:-`;
  return { object: standIn, given: [{ object: standIn, relation: "org", user: org(home) }] };
}

/** True if the model lets a user end a row, or would if the row were still active. */
function mayEnd(view: View, actor: string, row: string, over: string): boolean {
  const { object, given } = orStandIn(view, over);
  const status = { object: row, relation: "active_on", user: object };
  const isActive = view.tuples.has(row, "active_on", object);
  return view.allowed(actor, "can_end", row, isActive ? given : [status, ...given]);
}

/** True if a user may manage a team, even a deleted one: they get `unchanged` (AC3, S17). */
export function mayManage(view: View, actor: string, teamId: string): boolean {
  const { object, given } = orStandIn(view, team(teamId));
  return view.allowed(actor, "can_manage", object, given);
}

/** True if a user may assign coaches on a team, even on a deleted one (AC3). */
export function mayAssignOn(view: View, actor: string, teamId: string): boolean {
  const { object, given } = orStandIn(view, team(teamId));
  return view.allowed(actor, "can_assign_coaches", object, given);
}

/** True if a user holds `athletes.assign_coaches` in an org; false without an org. */
export function mayAssignIn(view: View, actor: string, orgId: string | undefined): boolean {
  return orgId !== undefined && view.allowed(actor, "athletes_assign_coaches", org(orgId));
}

/** True if a user may end an assignment (AC5), even an ended one: they get `unchanged`. */
export function mayEndAssignment(view: View, actor: string, id: string): boolean {
  const row = assignmentRow(view.tuples, id);
  return row !== undefined && mayEnd(view, actor, assignment(id), team(row.team));
}

/** True if a user may end a coaching row, even an ended one: they get `unchanged`. */
export function mayEndCoaching(view: View, actor: string, id: string): boolean {
  const row = coachingRow(view.tuples, id);
  return row !== undefined && mayEnd(view, actor, coaching(id), athlete(row.athlete));
}
