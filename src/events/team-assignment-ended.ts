// team_assignment.ended: a coach's access to the team's athletes ends in the same instant (AC5, AC6, NP8, S15).
import { assignment } from "../domain/object-names.ts";
import { endAssignment } from "../domain/row-changes.ts";
import { assignmentRow } from "../domain/relationship-rows.ts";
import { change, defineEvent, fields, id, UNCHANGED } from "./event.ts";
import { mayEndAssignment } from "./guards/row-rights.ts";
import { unknown } from "./refusal.ts";

export const teamAssignmentEnded = defineEvent({
  type: "team_assignment.ended",
  data: fields({ assignment: id }),
  org: (data, view) => assignmentRow(view.tuples, data.assignment)?.org,
  may: (data, actor, view) => mayEndAssignment(view, actor, data.assignment),
  decide: (data, scene) => {
    const { tuples } = scene.view;
    const row = assignmentRow(tuples, data.assignment);
    if (row === undefined) return unknown(assignment(data.assignment));
    if (!row.active) return UNCHANGED;
    return change(scene, (draft) => endAssignment(draft, row));
  },
});
