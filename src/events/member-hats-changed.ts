// member.hats_changed: a member gets other hats, and with them the default role (IN1, PR7, PR9, S6, S7).
import { z } from "zod";
import { HATS } from "../policy/seeded-roles.ts";
import { org } from "../domain/object-names.ts";
import { kindOf, memberOf, nextRole, putHats, putRole } from "../domain/members.ts";
import { unlinkUser } from "../domain/seats.ts";
import { Draft, isEmpty, NOTHING } from "../tuples/delta.ts";
import { defineEvent, hats, id, orgId } from "./event.ts";
import { exceedsByGiving, exceedsByTouching } from "./guards/escalation.ts";
import { takesTheLast } from "./guards/last-admin.ts";
import { exchangeFault } from "./guards/player-roles.ts";
import { roleOrFault, scopeFault, unknown } from "./guards/references.ts";
import { isRefusal, refuse } from "./refusal.ts";

export const memberHatsChanged = defineEvent({
  type: "member.hats_changed",
  data: z.strictObject({ org: orgId, user: id, hats, role: orgId.optional() }),
  org: (data) => data.org,
  may: (data, actor, view) => view.allowed(actor, "org_members_manage", org(data.org)),
  decide: (data, scene) => {
    const { tuples } = scene.view;
    const kind = kindOf(tuples, data.org);
    if (kind === undefined) return unknown(org(data.org));
    const member = memberOf(tuples, data.org, data.user);
    if (member === undefined) return unknown(`member ${data.user} of ${org(data.org)}`);
    const named = data.role === undefined ? undefined : roleOrFault(tuples, data.org, data.role);
    if (named !== undefined && isRefusal(named)) return named;

    const after = HATS.filter((hat) => data.hats.includes(hat));
    const role = data.role ?? nextRole(kind, member, after);
    const change = new Draft(tuples);
    putRole(change, data.org, data.user, role);
    putHats(change, data.org, data.user, after);
    const ends = new Draft(tuples);
    if (!after.includes("athlete")) unlinkUser(ends, data.org, data.user, scene.room);
    if (member.active && isEmpty(change.delta()) && isEmpty(ends.delta())) return NOTHING;

    const standing = { hats: after, role };
    const exceeds = exceedsByTouching(scene, member) ?? exceedsByGiving(scene, data.org, standing, member);
    if (exceeds !== undefined) return exceeds;
    if (!member.active) return refuse("member_inactive", `${data.user} is deactivated in ${data.org}`);
    const fault = (named === undefined ? undefined : scopeFault(named, "org")) ?? exchangeFault(kind, member, standing);
    // Unlinking an athlete on very many teams takes several writes. Until the last, hats and role do not change.
    return fault ?? takesTheLast(scene, data.org, change) ?? { ...ends.delta(), end: change.delta() };
  },
});
