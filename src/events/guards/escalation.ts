// S6: nobody gives, by a role or a hat, what they do not hold, nor touches a member who holds more than they do.
import { isOrgKey, relationOf } from "../../policy/permission-keys.ts";
import type { Hat, Scope } from "../../policy/seeded-roles.ts";
import { org, role, THE_PLATFORM, user } from "../../domain/object-names.ts";
import { memberOf, roleOf, type Member } from "../../domain/members.ts";
import { findRole, keysOf } from "../../domain/roles.ts";
import type { View } from "../../domain/state-view.ts";
import type { Scene } from "../event.ts";
import { refuse, type Refusal } from "../refusal.ts";

/** Who gives, and on which state. Without an actor it is the system, which lacks nothing. */
export type Giver = Pick<Scene, "view" | "actor">;

/** True when the model says a user holds a key or level across the org. */
export function holdsAcross(view: View, orgId: string, userId: string, key: string): boolean {
  return view.allowed(userId, relationOf(key), org(orgId));
}

/** An id that no event can give: it has no letter or digit. */
const NOBODY = "-";

/**
 * True when an org role gives a key or level across the org under these hats, whatever else its holder has. The model
 * is asked about somebody who has an active membership, the hats and the role, and nothing else.
 */
export function roleGives(view: View, orgId: string, { hats, role: roleId }: Standing, key: string): boolean {
  const relations = ["member", ...hats.map((hat) => `${hat}_hat`)];
  const standing = relations.map((relation) => ({ object: org(orgId), relation, user: user(NOBODY) }));
  const held = roleId === undefined ? [] : [{ object: role(orgId, roleId), relation: "holder", user: user(NOBODY) }];
  return view.allowed(NOBODY, relationOf(key), org(orgId), [...standing, ...held]);
}

/** True when a user holds a key or level across the org by their org role or as a superadmin, not by rows (S12). */
export function holdsByOrgRole(view: View, orgId: string, userId: string, key: string): boolean {
  if (view.allowed(userId, "superadmin", THE_PLATFORM)) return true;
  const member = memberOf(view.tuples, orgId, userId);
  return member?.active === true && roleGives(view, orgId, member, key);
}

/** Refusal when the actor lacks one of these keys or levels across the org. The system lacks nothing. */
function exceedsByKeys(scene: Giver, orgId: string, keys: readonly string[]): Refusal | undefined {
  const { actor, view } = scene;
  if (actor === undefined) return undefined;
  const lacking = keys.find((key) => !holdsAcross(view, orgId, actor, key));
  return lacking === undefined ? undefined
    : refuse("exceeds_own_permissions", `${actor} does not hold ${lacking} across ${orgId}`);
}

/**
 * Refusal when the actor lacks what is added to a role: every key and level of an org-scope role counts, in an
 * athlete-scope role the org keys (S12) only.
 */
export function exceedsByAdding(
  scene: Scene, orgId: string, scope: Scope, added: readonly string[],
): Refusal | undefined {
  return exceedsByKeys(scene, orgId, scope === "org" ? added : added.filter(isOrgKey));
}

/** Hats and a role as they are to be; `before` is the member as they are, undefined for a new one. */
export interface Standing {
  readonly hats: readonly Hat[];
  readonly role: string | undefined;
}

/**
 * Refusal when giving these hats and this role exceeds what the actor holds. Judged on the hats and the role that
 * result: the role's keys count even while a floor keeps them dormant. Taking a hat away gives nothing.
 */
export function exceedsByGiving(
  scene: Giver, orgId: string, after: Standing, before: Standing | undefined,
): Refusal | undefined {
  const { actor, view } = scene;
  if (actor === undefined) return undefined;
  const newHats = after.hats.filter((hat) => before?.hats.includes(hat) !== true);
  if (newHats.includes("admin") && !view.allowed(actor, "admin", org(orgId))) {
    return refuse("exceeds_own_permissions", `only who wears the admin hat gives it; ${actor} does not`);
  }
  if (newHats.length === 0 && after.role === before?.role) return undefined;
  if (after.role === "owner" && before?.role !== "owner" && !makesOwners(view, orgId, actor)) {
    return refuse("exceeds_own_permissions", `only an Owner or a superadmin makes an Owner; ${actor} is neither`);
  }
  const given = after.role === undefined ? undefined : findRole(view.tuples, orgId, after.role);
  return given === undefined ? undefined : exceedsByKeys(scene, orgId, keysOf(view.tuples, given));
}

function makesOwners(view: View, orgId: string, actor: string): boolean {
  if (view.allowed(actor, "superadmin", THE_PLATFORM)) return true;
  return view.allowed(actor, "member", org(orgId)) && roleOf(view.tuples, orgId, actor) === "owner";
}

/** Refusal when the member's role holds org keys that the actor lacks: they are not the actor's to change. */
export function exceedsByTouching(scene: Scene, member: Member): Refusal | undefined {
  const held = member.role === undefined ? undefined : findRole(scene.view.tuples, member.org, member.role);
  if (held === undefined || scene.actor === member.user) return undefined;
  const keys = keysOf(scene.view.tuples, held).filter(isOrgKey);
  return exceedsByKeys(scene, member.org, keys);
}
