// S4, S5, S6: keys a role holds while a floor keeps them dormant, and who may wake them.
import { isOrgKey } from "../../model/keys.ts";
import type { Hat } from "../../model/roles.ts";
import type { Member } from "../../state/members.ts";
import { findRole, keysOf } from "../../state/roles.ts";
import type { Scene } from "../event.ts";
import { refuse, type Refusal } from "../refusal.ts";
import { holdsAcross } from "./escalation.ts";

/** True for a key or level of an org role that takes effect under these hats: the floors of S4 and S5 in model.fga. */
function takesEffect(key: string, hats: readonly Hat[]): boolean {
  const office = hats.includes("admin") || hats.includes("office");
  if (isOrgKey(key) && key.startsWith("org.")) return office;
  if (key === "program_settings.view") return office;
  if (key.startsWith("users.") || key.startsWith("program_settings.")) return hats.includes("admin");
  return office || hats.includes("coach");
}

/**
 * Refusal when a hat from an invite would wake keys of the role a member has already, which who created the invite
 * (undefined: the system) does not hold: nobody judged those when it was created.
 */
export function wakesFault(
  scene: Scene, member: Member, after: readonly Hat[], inviter: string | undefined,
): Refusal | undefined {
  const { view } = scene;
  const held = member.role === undefined ? undefined : findRole(view.tuples, member.org, member.role);
  if (held === undefined || inviter === undefined) return undefined;
  const woken = keysOf(view.tuples, held).find((key) =>
    takesEffect(key, after) && !takesEffect(key, member.hats) && !holdsAcross(view, member.org, inviter, key));
  return woken === undefined ? undefined
    : refuse("exceeds_own_permissions", `the hat would wake ${woken}, which ${inviter} does not hold`);
}
