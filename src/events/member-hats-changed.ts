// member.hats_changed: other hats, and with them the default role (IN1, PR7, PR9, S6, S7).
import { z } from "zod";
import { defaultRole, HATS, highestHat } from "../model/roles.ts";
import { org } from "../state/entity.ts";
import { kindOf, memberOf, nextRole, putHats, putRole } from "../state/members.ts";
import { unlinkUser } from "../state/seats.ts";
import { Draft, isEmpty, NOTHING } from "../tuples/delta.ts";
import { defineEvent, hats, id, orgId, type Scene } from "./event.ts";
import { exceedsByGiving, exceedsByTouching } from "./guards/escalation.ts";
import { takesTheLast } from "./guards/last.ts";
import { exchangeFault } from "./guards/players.ts";
import { roleOrFault, scopeFault, unknown } from "./guards/references.ts";
import { pendingOf } from "./marker.ts";
import { isRefusal, refuse } from "./refusal.ts";

const TYPE = "member.hats_changed";

/**
 * True for the rest of a change that needs more than one write (an athlete on very many teams is unlinked). The old
 * role is deleted first of all, so a half-done change finds either no role (it was the old default: the new one
 * follows) or the role that stays.
 */
function isHalfDone(scene: Scene, inOrg: string, userId: string): boolean {
  const pending = scene.actor === undefined ? pendingOf(scene.view.tuples, inOrg)?.envelope : undefined;
  return pending?.type === TYPE && (pending.data as { user?: unknown }).user === userId;
}

export const memberHatsChanged = defineEvent({
  type: TYPE,
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

    const resuming = isHalfDone(scene, data.org, data.user);
    const after = HATS.filter((hat) => data.hats.includes(hat));
    const role = data.role
      ?? (resuming ? member.role ?? defaultRole(kind, highestHat(after)) : nextRole(kind, member, after));
    const draft = new Draft(tuples);
    putRole(draft, data.org, data.user, role);
    putHats(draft, data.org, data.user, after);
    if (!after.includes("athlete")) unlinkUser(draft, data.org, data.user);
    const delta = draft.delta();
    if (resuming) return delta;
    if (member.active && isEmpty(delta)) return NOTHING;

    const standing = { hats: after, role };
    const exceeds = exceedsByTouching(scene, member) ?? exceedsByGiving(scene, data.org, standing, member);
    if (exceeds !== undefined) return exceeds;
    if (!member.active) return refuse("member_inactive", `${data.user} is deactivated in ${data.org}`);
    const fault = (named === undefined ? undefined : scopeFault(named, "org")) ?? exchangeFault(kind, member, standing);
    return fault ?? takesTheLast(scene, data.org, draft) ?? delta;
  },
});
