// S17: what is deleted takes the open invites for it along.
import { isClosed, revoke } from "../../domain/invites.ts";
import type { Draft } from "../../tuples/delta.ts";
import { idOf } from "../../tuples/tuple.ts";

/**
 * Drafts the revocation of every open invite for a team, or reserving an athlete; an expired one is revoked as well,
 * since a resend opens it again. `object` is `type:id`. Ends once the draft has more tuples than one write holds
 * (`room`): the next write continues, so that no turn drafts more than it can use.
 */
export function revokeFor(draft: Draft, relation: "team" | "athlete", object: string, room: number): void {
  for (const entry of draft.objects("invitation", relation, object)) {
    if (draft.size > room) return;
    if (!isClosed(draft, idOf(entry))) revoke(draft, idOf(entry));
  }
}
