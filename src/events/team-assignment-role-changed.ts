// team_assignment.role_changed: a coach gets another role on a team, never to or from head coach (AC3, S15).
import { assignment } from "../domain/object-names.ts";
import { putAssignmentRole } from "../domain/row-changes.ts";
import { assignmentRow } from "../domain/relationship-rows.ts";
import { change, defineEvent, fields, id, orgId, UNCHANGED } from "./event.ts";
import { HEAD_COACH } from "./head-coach-appointment.ts";
import { roleOrFault, scopeFault } from "./guards/references.ts";
import { rowEnded } from "./guards/row-ids.ts";
import { mayAssignOn } from "./guards/row-rights.ts";
import { isRefusal, refuse, unknown } from "./refusal.ts";

export const teamAssignmentRoleChanged = defineEvent({
  type: "team_assignment.role_changed",
  data: fields({ assignment: id, role: orgId }),
  org: (data, view) => assignmentRow(view.tuples, data.assignment)?.org,
  may: (data, actor, view) => {
    const row = assignmentRow(view.tuples, data.assignment);
    return row !== undefined && mayAssignOn(view, actor, row.team);
  },
  decide: (data, scene) => {
    const { tuples } = scene.view;
    const self = assignment(data.assignment);
    const row = assignmentRow(tuples, data.assignment);
    if (row === undefined) return unknown(self);
    const role = roleOrFault(tuples, row.org, data.role);
    if (isRefusal(role)) return role;
    if (!row.active) return rowEnded(self);
    if (row.role === role.id) return UNCHANGED;
    const fault = scopeFault(role, "athlete");
    if (fault !== undefined) return fault;
    if (row.head || role.id === HEAD_COACH) {
      return refuse("role_scope_mismatch", `a head coach's assignment, and no other, has the role ${HEAD_COACH}`);
    }
    return change(scene, (draft) => putAssignmentRole(draft, row, role.id, false));
  },
});
