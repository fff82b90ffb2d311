// Rights over rows, asked of the model; for rows that ended, and for deleted teams and athletes, as if they were there.
import { assignment, athlete, coaching, org, team } from "../../state/entity.ts";
import { assignmentRow, coachingRow, homeOf } from "../../state/rows.ts";
import type { View } from "../../state/view.ts";
import type { Tuple } from "../../tuples/tuple.ts";

/** The tuple that deleting a team or an athlete took away; none where it is there, or never was. */
function homeTuple({ tuples }: View, object: string): Tuple[] {
  const home = homeOf(tuples, object);
  if (home === undefined || tuples.has(object, "org", org(home))) return [];
  return [{ object, relation: "org", user: org(home) }];
}

/** The tuples without which a row does not count: its status, and the org of the team or athlete it is over. */
function rowTuples(view: View, row: string, over: string): Tuple[] {
  const status = view.tuples.has(row, "active_on", over) ? [] : [{ object: row, relation: "active_on", user: over }];
  return [...status, ...homeTuple(view, over)];
}

/** Who assigns coaches on a team, also on one that was deleted (AC3). */
export function mayAssignOn(view: View, actor: string, teamId: string): boolean {
  return view.allowed(actor, "can_assign_coaches", team(teamId), homeTuple(view, team(teamId)));
}

/** `athletes.assign_coaches` in an org; no one may where there is none. */
export function mayAssignIn(view: View, actor: string, orgId: string | undefined): boolean {
  return orgId !== undefined && view.allowed(actor, "athletes_assign_coaches", org(orgId));
}

/** Who may end an assignment (AC5), also one that ended: they get `unchanged`. */
export function mayEndAssignment(view: View, actor: string, id: string): boolean {
  const row = assignmentRow(view.tuples, id);
  if (row === undefined) return false;
  return view.allowed(actor, "can_end", assignment(id), rowTuples(view, assignment(id), team(row.team)));
}

/** Who may end a coaching row, also one that ended: they get `unchanged`. */
export function mayEndCoaching(view: View, actor: string, id: string): boolean {
  const row = coachingRow(view.tuples, id);
  if (row === undefined) return false;
  return view.allowed(actor, "can_end", coaching(id), rowTuples(view, coaching(id), athlete(row.athlete)));
}
