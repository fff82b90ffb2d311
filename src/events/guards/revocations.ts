// S17: what is deleted takes the open invites for it along.
import { findInvite, revoke, type Invite } from "../../state/invites.ts";
import type { Draft } from "../../tuples/delta.ts";
import { idOf } from "../../tuples/tuple.ts";

/** True for an invite that can be redeemed, or could again after a resend: an expired one is revoked as well. */
function isOpen(found: Invite): boolean {
  const usedUp = found.maxUses !== undefined && found.uses >= found.maxUses;
  return !found.revoked && found.acceptedBy === undefined && !usedUp;
}

/** Drafts the revocation of every open invite for a team, or reserving an athlete. `object` is `type:id`. */
export function revokeFor(draft: Draft, relation: "team" | "athlete", object: string): void {
  for (const entry of draft.objects("invitation", relation, object)) {
    const found = findInvite(draft, idOf(entry));
    if (found !== undefined && isOpen(found)) revoke(draft, found.id);
  }
}
