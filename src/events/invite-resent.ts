// invite.resent: its actor becomes the maker; an email invitation is valid for 14 days from now (PR5, S19).
import { invite } from "../domain/object-names.ts";
import { extend, findInvite, putMaker, type Invite } from "../domain/invites.ts";
import type { Reader } from "../tuples/delta.ts";
import { change, defineEvent, fields, id, UNCHANGED } from "./event.ts";
import { exceedsByInviting } from "./guards/invite-escalation.ts";
import { expiryFault, namesFault, reservationFault, scopesFault, spentFault } from "./guards/invite-terms.ts";
import { unknown, type Refusal } from "./refusal.ts";
import { INVITATION_TERM_MS } from "../domain/event-limits.ts";

export const inviteResent = defineEvent({
  type: "invite.resent",
  data: fields({ invite: id }),
  org: (data, view) => findInvite(view.tuples, data.invite)?.org,
  // IN8: `can_revoke` asks for `org.members.invite`, as creating an invite does.
  may: (data, actor, view) => view.allowed(actor, "can_revoke", invite(data.invite)),
  decide: (data, scene) => {
    const { tuples } = scene.view;
    const found = findInvite(tuples, data.invite);
    if (found === undefined) return unknown(invite(data.invite));
    const refusal = spentFault(found) ?? namesFault(tuples, found);
    if (refusal !== undefined) return refusal;
    // For a link, only the maker changes.
    const expiresAt = found.email === undefined ? found.expiresAt : scene.now + INVITATION_TERM_MS;
    const after: Invite = { ...found, expiresAt, invitedBy: scene.actor };
    if (found.expiresAt === expiresAt && found.invitedBy === after.invitedBy) return UNCHANGED;

    // A resend gives the invite again (S19): the hat and the role (S6), and a reserved row's place on a team (S14). The
    // actor's rights, and the entities that it names, may have changed.
    const fault = exceedsByInviting(scene.view, after) ?? scopesFault(tuples, after)
      ?? (found.email === undefined ? undefined : extensionFault(tuples, after, scene.now));
    if (fault !== undefined) return fault;
    return change(scene, (draft) => {
      putMaker(draft, found.id, scene.actor);
      if (expiresAt !== undefined && expiresAt !== found.expiresAt) extend(draft, found.id, expiresAt);
    });
  },
});

/** Refuses an invitation that cannot have its new expiry: not a valid date, or its row now belongs to somebody else. */
function extensionFault(reader: Reader, after: Invite, now: number): Refusal | undefined {
  return expiryFault(after.expiresAt)
    ?? (after.athlete === undefined ? undefined : reservationFault(reader, after.athlete, now, after.id));
}
