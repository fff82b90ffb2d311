// PR9, S6: every org keeps an active admin, and an active Owner who wears the admin hat.
import { hasAdmin, hasOwner } from "../../domain/members.ts";
import type { Draft } from "../../tuples/delta.ts";
import type { Scene } from "../event.ts";
import { refuse, type Refusal } from "../refusal.ts";

/** Refuses a draft that removes the last active admin hat, or the last active Owner with that hat. */
export function takesTheLast(scene: Scene, orgId: string, draft: Draft): Refusal | undefined {
  const before = scene.view.tuples;
  if (!hasAdmin(draft, orgId) && hasAdmin(before, orgId)) {
    return refuse("last_admin", `${orgId} would have no active admin`);
  }
  if (!hasOwner(draft, orgId) && hasOwner(before, orgId)) {
    return refuse("last_owner", `${orgId} would have no active Owner with the admin hat`);
  }
  return undefined;
}
