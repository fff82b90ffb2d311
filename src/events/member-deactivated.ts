// member.deactivated: ends a member's access in the org; history stays (PR8, PR9, S3, S6). Members may leave (S22).
import { org } from "../domain/object-names.ts";
import { suspend } from "../domain/members.ts";
import { unlinkUser } from "../domain/seats.ts";
import { Draft, isEmpty } from "../tuples/delta.ts";
import { defineEvent, fields, id, orgId, UNCHANGED } from "./event.ts";
import { exceedsByTouching } from "./guards/escalation.ts";
import { takesTheLast } from "./guards/last-admin.ts";
import { memberOrFault } from "./guards/references.ts";
import { isRefusal } from "./refusal.ts";

export const memberDeactivated = defineEvent({
  type: "member.deactivated",
  data: fields({ org: orgId, user: id }),
  org: (data) => data.org,
  may: (data, actor, view) => view.allowed(actor, "org_members_manage", org(data.org))
    || (actor === data.user && view.allowed(actor, "member", org(data.org))),
  decide: (data, scene) => {
    const { tuples } = scene.view;
    const member = memberOrFault(tuples, data.org, data.user);
    if (isRefusal(member)) return member;
    // The membership ends first: access has ended even if the first write does not hold the rest.
    const draft = new Draft(tuples);
    suspend(draft, data.org, data.user);
    unlinkUser(draft, data.org, data.user, scene.room);
    const delta = draft.delta();
    if (isEmpty(delta)) return UNCHANGED;
    return exceedsByTouching(scene, member) ?? takesTheLast(scene, data.org, draft) ?? delta;
  },
});
