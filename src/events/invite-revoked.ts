// invite.revoked: a link or invitation can no longer be redeemed; the row it reserved is free (IN4, PR5, PR8).
import { invite } from "../domain/object-names.ts";
import { findInvite, revoke } from "../domain/invites.ts";
import { change, defineEvent, fields, id } from "./event.ts";
import { spentFault } from "./guards/invite-terms.ts";
import { unknown } from "./refusal.ts";

export const inviteRevoked = defineEvent({
  type: "invite.revoked",
  data: fields({ invite: id }),
  org: (data, view) => findInvite(view.tuples, data.invite)?.org,
  // IN8: `can_revoke` asks for `org.members.invite`.
  may: (data, actor, view) => view.allowed(actor, "can_revoke", invite(data.invite)),
  decide: (data, scene) => {
    const found = findInvite(scene.view.tuples, data.invite);
    if (found === undefined) return unknown(invite(data.invite));
    const spent = spentFault(found);
    if (spent !== undefined) return spent;
    return change(scene, (draft) => revoke(draft, found.id));
  },
});
