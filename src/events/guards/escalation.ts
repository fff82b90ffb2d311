// S6: nobody gives rights that they lack, by a role or a hat, or changes a member who holds more than they do.
import { isOrgKey, relationOf } from "../../policy/permission-keys.ts";
import type { Hat, Scope } from "../../policy/seeded-roles.ts";
import { org, role, THE_PLATFORM, user } from "../../domain/object-names.ts";
import { memberOf, roleOf, type Member } from "../../domain/members.ts";
import { findRole, keysOf } from "../../domain/roles.ts";
import type { View } from "../../domain/state-view.ts";
import type { Scene } from "../event.ts";
import { refuse, type Refusal } from "../refusal.ts";

/** The actor who gives, and the state. Without an actor, the system gives; it lacks nothing. */
export type Giver = Pick<Scene, "view" | "actor">;

/** True if a user holds a key or level across the org, according to the model. */
export function holdsAcross(view: View, orgId: string, userId: string, key: string): boolean {
  return view.allowed(userId, relationOf(key), org(orgId));
}

/** An id that no event can create: it has no letter or digit. */
const NOBODY = "-";

/**
 * True if an org role gives a key or level across the org with these hats, whatever else its holder has. The check uses
 * an imaginary user who has only an active membership, the hats and the role.
 */
export function roleGives(view: View, orgId: string, { hats, role: roleId }: Standing, key: string): boolean {
  const relations = ["member", ...hats.map((hat) => `${hat}_hat`)];
  const standing = relations.map((relation) => ({ object: org(orgId), relation, user: user(NOBODY) }));
  const held = roleId === undefined ? [] : [{ object: role(orgId, roleId), relation: "holder", user: user(NOBODY) }];
  return view.allowed(NOBODY, relationOf(key), org(orgId), [...standing, ...held]);
}

/** True if a user holds a key or level across the org by their org role or as a superadmin, not by rows (S12). */
export function holdsByOrgRole(view: View, orgId: string, userId: string, key: string): boolean {
  if (view.allowed(userId, "superadmin", THE_PLATFORM)) return true;
  const member = memberOf(view.tuples, orgId, userId);
  return member?.active === true && roleGives(view, orgId, member, key);
}

/** Refuses an actor who lacks one of these keys or levels across the org. The system lacks nothing. */
function exceedsByKeys(scene: Giver, orgId: string, keys: readonly string[]): Refusal | undefined {
  const { actor, view } = scene;
  if (actor === undefined) return undefined;
  const lacking = keys.find((key) => !holdsAcross(view, orgId, actor, key));
  return lacking === undefined ? undefined
    : refuse("exceeds_own_permissions", `${actor} does not hold ${lacking} across ${orgId}`);
}

/**
 * Refuses to add keys to a role that the actor lacks. In an org-scope role every key and level counts, in an
 * athlete-scope role only the org keys (S12).
 */
export function exceedsByAdding(
  scene: Scene, orgId: string, scope: Scope, added: readonly string[],
): Refusal | undefined {
  return exceedsByKeys(scene, orgId, scope === "org" ? added : added.filter(isOrgKey));
}

/** The hats and the role of a member, present or future. */
export interface Standing {
  readonly hats: readonly Hat[];
  readonly role: string | undefined;
}

/**
 * Refuses to give hats and a role that exceed what the actor holds. `after` is the resulting standing, `before` that of
 * the member now, undefined for a new one. The role's keys count even while a floor keeps them dormant. Removing a hat
 * gives nothing.
 */
export function exceedsByGiving(
  scene: Giver, orgId: string, after: Standing, before: Standing | undefined,
): Refusal | undefined {
  const { actor, view } = scene;
  if (actor === undefined) return undefined;
  const newHats = after.hats.filter((hat) => before?.hats.includes(hat) !== true);
  if (newHats.includes("admin") && !view.allowed(actor, "admin", org(orgId))) {
    return refuse("exceeds_own_permissions", `only a member with the admin hat may give it, and ${actor} has none`);
  }
  if (newHats.length === 0 && after.role === before?.role) return undefined;
  if (after.role === "owner" && before?.role !== "owner" && !makesOwners(view, orgId, actor)) {
    return refuse("exceeds_own_permissions", `only an Owner or a superadmin makes an Owner, and ${actor} is neither`);
  }
  const given = after.role === undefined ? undefined : findRole(view.tuples, orgId, after.role);
  return given === undefined ? undefined : exceedsByKeys(scene, orgId, keysOf(view.tuples, given));
}

function makesOwners(view: View, orgId: string, actor: string): boolean {
  if (view.allowed(actor, "superadmin", THE_PLATFORM)) return true;
  return view.allowed(actor, "member", org(orgId)) && roleOf(view.tuples, orgId, actor) === "owner";
}

/** Refuses to change a member whose role holds org keys that the actor lacks. Actors may change themselves. */
export function exceedsByTouching(scene: Scene, member: Member): Refusal | undefined {
  const held = member.role === undefined ? undefined : findRole(scene.view.tuples, member.org, member.role);
  if (held === undefined || scene.actor === member.user) return undefined;
  const keys = keysOf(scene.view.tuples, held).filter(isOrgKey);
  return exceedsByKeys(scene, member.org, keys);
}
