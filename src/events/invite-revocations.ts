// S17: deleting a team or an athlete revokes the open invites for it.
import { isClosed, revoke } from "../domain/invites.ts";
import type { Draft } from "../tuples/delta.ts";
import { idOf } from "../tuples/tuple.ts";
import type { Scene } from "./event.ts";

/**
 * Drafts the revocation of every open invite for a team, or that reserves an athlete. An expired invite is revoked as
 * well, since a resend opens it again. `object` is `type:id`. Stops once the draft has more tuples than one write
 * holds, so that no turn drafts more than it can use. The next write continues and skips the invites closed by then.
 */
export function revokeFor(draft: Draft, relation: "team" | "athlete", object: string, scene: Scene): void {
  const { room, view: { tuples } } = scene;
  for (const entry of tuples.objects("invitation", relation, object)) {
    if (draft.size > room) return;
    if (!isClosed(tuples, idOf(entry))) revoke(draft, idOf(entry));
  }
}
