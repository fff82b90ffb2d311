// S17: what is deleted takes the open invites for it along.
import { isClosed, revoke } from "../../domain/invites.ts";
import type { Draft } from "../../tuples/delta.ts";
import { idOf } from "../../tuples/tuple.ts";
import type { Scene } from "../event.ts";

/**
 * Drafts the revocation of every open invite for a team, or reserving an athlete; an expired one is revoked as well,
 * since a resend opens it again. `object` is `type:id`. Ends once the draft has more tuples than one write holds: the
 * next write continues, so that no turn drafts more than it can use. It passes over the invites closed by then.
 */
export function revokeFor(draft: Draft, relation: "team" | "athlete", object: string, scene: Scene): void {
  const { room, view: { tuples } } = scene;
  for (const entry of tuples.objects("invitation", relation, object)) {
    if (draft.size > room) return;
    if (!isClosed(tuples, idOf(entry))) revoke(draft, idOf(entry));
  }
}
