// team_assignment.started: a coach assists on a team, from then on with all its athletes (AC1, AC3, AC4, S15, S16).
import { z } from "zod";
import { defaultAssignmentRole } from "../policy/seeded-roles.ts";
import { assignment, team } from "../domain/object-names.ts";
import { kindOf } from "../domain/members.ts";
import { putEndedAssignment, startAssignment } from "../domain/row-changes.ts";
import { assignmentRow, homeOf, orgOf } from "../domain/relationship-rows.ts";
import { change, defineEvent, fields, id, orgId, UNCHANGED } from "./event.ts";
import { claimForGood } from "./ids.ts";
import { HEAD_COACH } from "./head-coach-appointment.ts";
import { coachFault, roleOrFault, scopeFault } from "./guards/references.ts";
import { rowIdFault } from "./guards/row-ids.ts";
import { mayAssignOn } from "./guards/row-rights.ts";
import { isRefusal, refuse, unknown } from "./refusal.ts";

export const teamAssignmentStarted = defineEvent({
  type: "team_assignment.started",
  data: fields({
    assignment: id, team: id, coach: id, role: orgId.optional(), ended: z.boolean().default(false),
  }),
  org: (data, view) => homeOf(view.tuples, team(data.team)),
  // An assignment that has already ended is history, which only the system imports.
  may: (data, actor, view) => !data.ended && mayAssignOn(view, actor, data.team),
  decide: (data, scene) => {
    const { tuples } = scene.view;
    const inOrg = orgOf(tuples, team(data.team));
    const kind = inOrg === undefined ? undefined : kindOf(tuples, inOrg);
    if (inOrg === undefined || kind === undefined) return unknown(team(data.team));
    const role = roleOrFault(tuples, inOrg, data.role ?? defaultAssignmentRole(kind));
    if (isRefusal(role)) return role;
    const self = assignment(data.assignment);
    const row = assignmentRow(tuples, data.assignment);
    const same = row?.team === data.team && row.coach === data.coach && row.role === role.id;
    if (same && row.active === !data.ended) return UNCHANGED;
    // NP8: the id of a row that ended starts no other. PM1: a row holds a role of the athlete scope.
    const fault = rowIdFault(tuples, self, row, inOrg) ?? scopeFault(role, "athlete");
    if (fault !== undefined) return fault;
    if (role.id === HEAD_COACH) {
      return refuse("role_scope_mismatch", `only the assignment of the team's head coach has the role ${HEAD_COACH}`);
    }
    const coach = data.ended ? undefined : coachFault(tuples, inOrg, data.coach);
    if (coach !== undefined) return coach;
    const started = { id: data.assignment, org: inOrg, team: data.team, coach: data.coach, role: role.id, head: false };
    return change(scene, (draft) => {
      claimForGood(draft, self, inOrg);
      if (data.ended) putEndedAssignment(draft, started, scene.revision);
      else startAssignment(draft, started, scene.revision);
    });
  },
});
