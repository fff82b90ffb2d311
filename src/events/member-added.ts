// member.added: an account becomes a member of an org, with hats and a role (IN1, PR11, S6).
import { defaultRole, HATS, highestHat } from "../policy/seeded-roles.ts";
import { org } from "../domain/object-names.ts";
import {
  kindOf, memberOf, professionalAreaOf, putInvitedBy, putMember, putProfessionalArea,
} from "../domain/members.ts";
import { change, defineEvent, fields, hats, id, needs, orgId, UNCHANGED } from "./event.ts";
import { exceedsByGiving } from "./guards/escalation.ts";
import { roleOrFault, scopeFault } from "./guards/references.ts";
import { professionalArea } from "./member-professional-area-set.ts";
import { isRefusal, refuse, unknown } from "./refusal.ts";

export const memberAdded = defineEvent({
  type: "member.added",
  data: fields({
    org: orgId, user: id, hats: hats.default(["coach"]), role: orgId.optional(),
    professional_area: professionalArea.optional(),
  }),
  org: (data) => data.org,
  may: needs("org.members.manage"),
  decide: (data, scene) => {
    const { tuples } = scene.view;
    const kind = kindOf(tuples, data.org);
    if (kind === undefined) return unknown(org(data.org));
    const named = data.role === undefined ? undefined : roleOrFault(tuples, data.org, data.role);
    if (named !== undefined && isRefusal(named)) return named;

    const worn = HATS.filter((hat) => data.hats.includes(hat));
    const role = data.role ?? defaultRole(kind, highestHat(worn));
    const area = data.professional_area;
    const member = memberOf(tuples, data.org, data.user);
    const same = member !== undefined && member.active && member.hats.join() === worn.join() && member.role === role
      && (area === undefined || area === professionalAreaOf(tuples, data.org, data.user));
    if (same) return UNCHANGED;

    const exceeds = exceedsByGiving(scene, data.org, { hats: worn, role }, undefined);
    if (exceeds !== undefined) return exceeds;
    if (member?.active === false) return refuse("member_inactive", `${data.user} is deactivated in ${data.org}`);
    if (member !== undefined) return refuse("already_exists", `${data.user} is already a member of ${data.org}`);
    const mismatch = named === undefined ? undefined : scopeFault(named, "org");
    if (mismatch !== undefined) return mismatch;

    return change(scene, (draft) => {
      putMember(draft, data.org, data.user, worn, role);
      if (area !== undefined) putProfessionalArea(draft, data.org, data.user, area);
      if (scene.actor !== undefined) putInvitedBy(draft, data.org, data.user, scene.actor);
    });
  },
});
