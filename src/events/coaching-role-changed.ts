// coaching.role_changed: a row gets another role; its overrides stay, whatever the new role says (PM6).
import { coaching } from "../domain/object-names.ts";
import { putCoachingRole } from "../domain/row-changes.ts";
import { coachingRow, overridesOf } from "../domain/relationship-rows.ts";
import { change, defineEvent, fields, id, needs, orgId } from "./event.ts";
import { roleOrFault, scopeFault } from "./guards/references.ts";
import { rowEnded } from "./guards/row-ids.ts";
import { isRefusal, unknown } from "./refusal.ts";

export const coachingRoleChanged = defineEvent({
  type: "coaching.role_changed",
  data: fields({ coaching: id, role: orgId }),
  org: (data, view) => coachingRow(view.tuples, data.coaching)?.org,
  may: needs("athletes.assign_coaches"),
  decide: (data, scene) => {
    const { tuples } = scene.view;
    const row = coachingRow(tuples, data.coaching);
    if (row === undefined) return unknown(coaching(data.coaching));
    const role = roleOrFault(tuples, row.org, data.role);
    if (isRefusal(role)) return role;
    const fault = row.active ? scopeFault(role, "athlete") : rowEnded(coaching(data.coaching));
    if (fault !== undefined) return fault;
    // A row that follows its role key by key can need several writes. After a partial write, this drafts the rest.
    return change(scene, (draft) => putCoachingRole(draft, row, role.id, overridesOf(tuples, row)));
  },
});
