// coaching.role_changed: a row gets another role; its overrides stay, whatever the new role says (PM6).
import { z } from "zod";
import { coaching } from "../domain/object-names.ts";
import { putCoachingRole } from "../domain/row-changes.ts";
import { coachingRow, overridesOf } from "../domain/relationship-rows.ts";
import { Draft } from "../tuples/delta.ts";
import { defineEvent, id, orgId } from "./event.ts";
import { roleOrFault, scopeFault, unknown } from "./guards/references.ts";
import { rowEnded } from "./guards/row-ids.ts";
import { mayAssignIn } from "./guards/row-rights.ts";
import { isRefusal } from "./refusal.ts";

export const coachingRoleChanged = defineEvent({
  type: "coaching.role_changed",
  data: z.strictObject({ coaching: id, role: orgId }),
  org: (data, view) => coachingRow(view.tuples, data.coaching)?.org,
  may: (_data, actor, view, inOrg) => mayAssignIn(view, actor, inOrg),
  decide: (data, scene) => {
    const { tuples } = scene.view;
    const row = coachingRow(tuples, data.coaching);
    if (row === undefined) return unknown(coaching(data.coaching));
    const role = roleOrFault(tuples, row.org, data.role);
    if (isRefusal(role)) return role;
    const fault = row.active ? scopeFault(role, "athlete") : rowEnded(coaching(data.coaching));
    if (fault !== undefined) return fault;
    // A row that follows its role key by key can need several writes. After a partial write, this drafts the rest.
    const draft = new Draft(tuples);
    putCoachingRole(draft, row, role.id, overridesOf(tuples, row));
    return draft.delta();
  },
});
