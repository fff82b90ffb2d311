// team.deleted: ends every row over the team and every link to it; its id stays taken (AC3, S17).
import { org, team } from "../domain/object-names.ts";
import { updateRowHolder } from "../domain/row-changes.ts";
import { assignmentRow, homeOf } from "../domain/relationship-rows.ts";
import { onlyUserOf } from "../domain/state-view.ts";
import { idOf } from "../tuples/tuple.ts";
import { change, defineEvent, fields, id } from "./event.ts";
import { revokeFor } from "./invite-revocations.ts";
import { mayManage } from "./guards/row-rights.ts";
import { unknown } from "./refusal.ts";

export const teamDeleted = defineEvent({
  type: "team.deleted",
  data: fields({ team: id }),
  org: (data, view) => homeOf(view.tuples, team(data.team)),
  may: (data, actor, view) => mayManage(view, actor, data.team),
  decide: (data, scene) => {
    const { tuples } = scene.view;
    const self = team(data.team);
    const home = homeOf(tuples, self);
    if (home === undefined) return unknown(self);
    // Nothing here needs the team itself, so after a partial write this drafts the rest, and in the end nothing.
    return change(scene, (draft) => {
      draft.remove(self, "org", org(home));
      const head = onlyUserOf(tuples, self, "head_assignment");
      const row = head === undefined ? undefined : assignmentRow(draft, idOf(head));
      if (row !== undefined) updateRowHolder(draft, home, row.coach, row.role);
      revokeFor(draft, "team", self, scene);
    });
  },
});
