// member.role_assigned: a member gets another org role (PM1, PR7, S6).
import { org } from "../domain/object-names.ts";
import { kindOf, putRole } from "../domain/members.ts";
import { Draft } from "../tuples/delta.ts";
import { defineEvent, fields, id, needs, orgId, UNCHANGED } from "./event.ts";
import { exceedsByGiving, exceedsByTouching } from "./guards/escalation.ts";
import { takesTheLast } from "./guards/last-admin.ts";
import { exchangeFault } from "./guards/player-roles.ts";
import { memberOrFault, roleOrFault, scopeFault } from "./guards/references.ts";
import { isRefusal, refuse, unknown } from "./refusal.ts";

export const memberRoleAssigned = defineEvent({
  type: "member.role_assigned",
  data: fields({ org: orgId, user: id, role: orgId }),
  org: (data) => data.org,
  may: needs("org.members.manage"),
  decide: (data, scene) => {
    const { tuples } = scene.view;
    const kind = kindOf(tuples, data.org);
    if (kind === undefined) return unknown(org(data.org));
    const member = memberOrFault(tuples, data.org, data.user);
    if (isRefusal(member)) return member;
    const named = roleOrFault(tuples, data.org, data.role);
    if (isRefusal(named)) return named;
    if (member.active && member.role === data.role) return UNCHANGED;

    const after = { hats: member.hats, role: data.role };
    const exceeds = exceedsByTouching(scene, member) ?? exceedsByGiving(scene, data.org, after, member);
    if (exceeds !== undefined) return exceeds;
    if (!member.active) return refuse("member_inactive", `${data.user} is deactivated in ${data.org}`);
    const fault = scopeFault(named, "org") ?? exchangeFault(kind, member, after);
    if (fault !== undefined) return fault;
    const draft = new Draft(tuples);
    putRole(draft, data.org, data.user, data.role);
    return takesTheLast(scene, data.org, draft) ?? draft.delta();
  },
});
