// member.reactivated: hats, role and rows count again; the roster link does not come back (PR8, S6).
import { z } from "zod";
import { org } from "../state/entity.ts";
import { memberOf, restore } from "../state/members.ts";
import { Draft, NOTHING } from "../tuples/delta.ts";
import { defineEvent, id, orgId } from "./event.ts";
import { exceedsByGiving } from "./guards/escalation.ts";
import { unknown } from "./guards/references.ts";

export const memberReactivated = defineEvent({
  type: "member.reactivated",
  data: z.strictObject({ org: orgId, user: id }),
  org: (data) => data.org,
  may: (data, actor, view) => view.allowed(actor, "org_members_manage", org(data.org)),
  decide: (data, scene) => {
    const { tuples } = scene.view;
    const member = memberOf(tuples, data.org, data.user);
    if (member === undefined) return unknown(`member ${data.user} of ${org(data.org)}`);
    if (member.active) return NOTHING;
    // Who gives a membership back gives what stands on it, as if it were new: every key of the role is judged.
    const exceeds = exceedsByGiving(scene, data.org, member, undefined);
    if (exceeds !== undefined) return exceeds;
    const draft = new Draft(tuples);
    restore(draft, data.org, data.user);
    return draft.delta();
  },
});
