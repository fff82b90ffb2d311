// Rights over rows, asked of the model; where a row's team or athlete was deleted, of the org it was in.
import { assignment, coaching, org, team } from "../../state/entity.ts";
import { assignmentRow, coachingRow, homeOf, orgOf } from "../../state/rows.ts";
import type { View } from "../../state/view.ts";

/** The head coach's, or `athletes.assign_coaches` (AC3). */
export function mayAssignOn(view: View, actor: string, teamId: string): boolean {
  if (view.allowed(actor, "can_assign_coaches", team(teamId))) return true;
  return orgOf(view.tuples, team(teamId)) === undefined && mayAssignIn(view, actor, homeOf(view.tuples, team(teamId)));
}

/** `athletes.assign_coaches` in an org; no one may where there is none. */
export function mayAssignIn(view: View, actor: string, orgId: string | undefined): boolean {
  return orgId !== undefined && view.allowed(actor, "athletes_assign_coaches", org(orgId));
}

/** Who may end an assignment, also one that has ended: who assigns on the team, or its coach (AC5). */
export function mayEndAssignment(view: View, actor: string, id: string): boolean {
  if (view.allowed(actor, "ender", assignment(id))) return true;
  const row = assignmentRow(view.tuples, id);
  return row !== undefined && (mayAssignOn(view, actor, row.team) || isItsCoach(view, actor, row));
}

/** Who may end a coaching row, also one that has ended: who assigns in the org, its coach, the athlete's account. */
export function mayEndCoaching(view: View, actor: string, id: string): boolean {
  if (view.allowed(actor, "ender", coaching(id))) return true;
  const row = coachingRow(view.tuples, id);
  return row !== undefined && (mayAssignIn(view, actor, row.org) || isItsCoach(view, actor, row));
}

function isItsCoach(view: View, actor: string, row: { readonly coach: string; readonly org: string }): boolean {
  return row.coach === actor && view.allowed(actor, "coach", org(row.org));
}
