// member.hats_changed: a member gets other hats, and with them the default role (IN1, PR7, PR9, S6, S7).
import { HATS } from "../policy/seeded-roles.ts";
import { org } from "../domain/object-names.ts";
import { kindOf, nextRole, putHats, putRole } from "../domain/members.ts";
import { unlinkUser } from "../domain/seats.ts";
import { Draft, isEmpty } from "../tuples/delta.ts";
import { defineEvent, fields, hats, id, needs, orgId, UNCHANGED } from "./event.ts";
import { exceedsByGiving, exceedsByTouching } from "./guards/escalation.ts";
import { takesTheLast } from "./guards/last-admin.ts";
import { exchangeFault } from "./guards/player-roles.ts";
import { memberOrFault, roleOrFault, scopeFault } from "./guards/references.ts";
import { isRefusal, refuse, unknown } from "./refusal.ts";

export const memberHatsChanged = defineEvent({
  type: "member.hats_changed",
  data: fields({ org: orgId, user: id, hats, role: orgId.optional() }),
  org: (data) => data.org,
  may: needs("org.members.manage"),
  decide: (data, scene) => {
    const { tuples } = scene.view;
    const kind = kindOf(tuples, data.org);
    if (kind === undefined) return unknown(org(data.org));
    const member = memberOrFault(tuples, data.org, data.user);
    if (isRefusal(member)) return member;
    const named = data.role === undefined ? undefined : roleOrFault(tuples, data.org, data.role);
    if (named !== undefined && isRefusal(named)) return named;

    const after = HATS.filter((hat) => data.hats.includes(hat));
    const role = data.role ?? nextRole(kind, member, after);
    const change = new Draft(tuples);
    putRole(change, data.org, data.user, role);
    putHats(change, data.org, data.user, after);
    const ends = new Draft(tuples);
    if (!after.includes("athlete")) unlinkUser(ends, data.org, data.user, scene.room);
    if (member.active && isEmpty(change.delta()) && isEmpty(ends.delta())) return UNCHANGED;

    const standing = { hats: after, role };
    const exceeds = exceedsByTouching(scene, member) ?? exceedsByGiving(scene, data.org, standing, member);
    if (exceeds !== undefined) return exceeds;
    if (!member.active) return refuse("member_inactive", `${data.user} is deactivated in ${data.org}`);
    const fault = (named === undefined ? undefined : scopeFault(named, "org")) ?? exchangeFault(kind, member, standing);
    // Unlinking an athlete on very many teams takes several writes. Until the last, hats and role do not change.
    return fault ?? takesTheLast(scene, data.org, change) ?? { ...ends.delta(), end: change.delta() };
  },
});
