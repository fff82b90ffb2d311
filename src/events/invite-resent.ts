// invite.resent: an email invitation is valid for 14 days from now, also when it had expired (PR5).
import { z } from "zod";
import { defaultRole } from "../model/roles.ts";
import { invite } from "../state/entity.ts";
import { extend, findInvite, statusOf, type Invite } from "../state/invites.ts";
import { kindOf } from "../state/members.ts";
import { Draft, NOTHING } from "../tuples/delta.ts";
import { defineEvent, id, type Scene } from "./event.ts";
import { exceedsByGiving } from "./guards/escalation.ts";
import { expiryFault, INVITATION_TERM, namesFault, reservationFault, spentFault } from "./guards/invites.ts";
import { unknown } from "./guards/references.ts";
import { refuse, type Refusal } from "./refusal.ts";

/** S6: an expired invitation is revived only by who could create it. */
function revivalFault(found: Invite, scene: Scene): Refusal | undefined {
  const kind = kindOf(scene.view.tuples, found.org);
  if (kind === undefined || statusOf(found, scene.now) !== "expired") return undefined;
  const given = { hats: [found.hat], role: found.role ?? defaultRole(kind, found.hat) };
  return exceedsByGiving(scene, found.org, given, undefined);
}

export const inviteResent = defineEvent({
  type: "invite.resent",
  data: z.strictObject({ invite: id }),
  org: (data, view) => findInvite(view.tuples, data.invite)?.org,
  may: (data, actor, view) => view.allowed(actor, "can_revoke", invite(data.invite)),
  decide: (data, scene) => {
    const { tuples } = scene.view;
    const found = findInvite(tuples, data.invite);
    if (found === undefined) return unknown(invite(data.invite));
    const expiresAt = scene.now + INVITATION_TERM;
    if (found.email === undefined) {
      const errors = [{ path: "data.invite", message: "a link" }];
      return refuse("invalid_event", `${invite(found.id)} is a link, which cannot be resent`, errors);
    }
    const spent = spentFault(found);
    if (spent !== undefined) return spent;
    if (found.expiresAt === expiresAt) return NOTHING;
    // While it was expired, what it names was free to change; to revive it is to give it anew (S6).
    const fault = namesFault(tuples, found) ?? revivalFault(found, scene) ?? expiryFault(expiresAt)
      ?? (found.athlete === undefined ? undefined : reservationFault(tuples, found.athlete, scene.now, found.id));
    if (fault !== undefined) return fault;
    const draft = new Draft(tuples);
    extend(draft, found.id, expiresAt);
    return draft.delta();
  },
});
