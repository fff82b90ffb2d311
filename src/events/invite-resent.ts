// invite.resent: its actor becomes the maker; an email invitation is valid for 14 days from now (PR5, S19).
import { z } from "zod";
import { invite } from "../domain/object-names.ts";
import { extend, findInvite, putMaker, type Invite } from "../domain/invites.ts";
import { Draft, NOTHING, type Reader } from "../tuples/delta.ts";
import { defineEvent, id } from "./event.ts";
import { exceedsByInviting } from "./guards/invite-escalation.ts";
import { expiryFault, namesFault, reservationFault, scopesFault, spentFault } from "./guards/invites.ts";
import { unknown } from "./guards/references.ts";
import type { Refusal } from "./refusal.ts";
import { INVITATION_TERM_MS } from "../domain/event-limits.ts";

export const inviteResent = defineEvent({
  type: "invite.resent",
  data: z.strictObject({ invite: id }),
  org: (data, view) => findInvite(view.tuples, data.invite)?.org,
  may: (data, actor, view) => view.allowed(actor, "can_revoke", invite(data.invite)),
  decide: (data, scene) => {
    const { tuples } = scene.view;
    const found = findInvite(tuples, data.invite);
    if (found === undefined) return unknown(invite(data.invite));
    const gone = spentFault(found) ?? namesFault(tuples, found);
    if (gone !== undefined) return gone;
    // For a link, only the maker changes.
    const expiresAt = found.email === undefined ? found.expiresAt : scene.now + INVITATION_TERM_MS;
    const after: Invite = { ...found, expiresAt, invitedBy: scene.actor };
    if (found.expiresAt === expiresAt && found.invitedBy === after.invitedBy) return NOTHING;

    // A resend gives the invite again (S19), and the actor's rights and the entities it names may have changed.
    const fault = exceedsByInviting(scene.view, after) ?? scopesFault(tuples, after)
      ?? (found.email === undefined ? undefined : extensionFault(tuples, after, scene.now));
    if (fault !== undefined) return fault;
    const draft = new Draft(tuples);
    putMaker(draft, found.id, scene.actor);
    if (expiresAt !== undefined && expiresAt !== found.expiresAt) extend(draft, found.id, expiresAt);
    return draft.delta();
  },
});

/** Refuses an invitation that cannot have its new expiry: not a valid date, or its row now belongs to somebody else. */
function extensionFault(reader: Reader, after: Invite, now: number): Refusal | undefined {
  return expiryFault(after.expiresAt)
    ?? (after.athlete === undefined ? undefined : reservationFault(reader, after.athlete, now, after.id));
}
