// team_assignment.ended: a coach's access to the team's athletes ends in the same instant (AC5, AC6, NP8, S15).
import { z } from "zod";
import { assignment } from "../domain/object-names.ts";
import { endAssignment } from "../domain/row-changes.ts";
import { assignmentRow } from "../domain/relationship-rows.ts";
import { Draft, NOTHING } from "../tuples/delta.ts";
import { defineEvent, id } from "./event.ts";
import { unknown } from "./guards/references.ts";
import { mayEndAssignment } from "./guards/row-rights.ts";

export const teamAssignmentEnded = defineEvent({
  type: "team_assignment.ended",
  data: z.strictObject({ assignment: id }),
  org: (data, view) => assignmentRow(view.tuples, data.assignment)?.org,
  may: (data, actor, view) => mayEndAssignment(view, actor, data.assignment),
  decide: (data, scene) => {
    const { tuples } = scene.view;
    const row = assignmentRow(tuples, data.assignment);
    if (row === undefined) return unknown(assignment(data.assignment));
    if (!row.active) return NOTHING;
    const draft = new Draft(tuples);
    endAssignment(draft, row);
    return draft.delta();
  },
});
