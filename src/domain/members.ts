// Orgs and their members in the tuples: the kind of an org; the hats, role and status of a member.
import { defaultRole, HATS, highestHat, type Hat, type Kind } from "../policy/seeded-roles.ts";
import type { Draft, Reader } from "../tuples/delta.ts";
import { membership, org, orgLedger, pairOf, role, textOf, THE_PLATFORM, user, value } from "./object-names.ts";
import { onlyUserOf } from "./state-view.ts";

/** A member of an org, active or deactivated. */
export interface Member {
  readonly org: string;
  readonly user: string;
  /** In the order admin, coach, office, athlete; never empty. */
  readonly hats: readonly Hat[];
  /** Id of the org role, if any. */
  readonly role: string | undefined;
  readonly active: boolean;
}

/** Returns the kind of an org, or undefined if the org does not exist. */
export function kindOf(reader: Reader, orgId: string): Kind | undefined {
  const kind = onlyUserOf(reader, orgLedger(orgId), "kind");
  return kind === undefined ? undefined : (textOf(kind) as Kind);
}

/** Drafts an org: its kind, and the tuple that links it to the platform and its staff (NP2, PM7). */
export function putOrg(draft: Draft, orgId: string, kind: Kind): void {
  draft.write(orgLedger(orgId), "kind", value(kind)).write(org(orgId), "platform", THE_PLATFORM);
}

/** Returns the hats of a user in an org, whether or not the membership is active. */
export function hatsOf(reader: Reader, orgId: string, userId: string): Hat[] {
  return HATS.filter((hat) => reader.has(org(orgId), `${hat}_hat`, user(userId)));
}

/** Returns the id of the org role a user holds, if any. */
export function roleOf(reader: Reader, orgId: string, userId: string): string | undefined {
  const held = reader.objects("role", "holder", user(userId)).find((found) => found.startsWith(role(orgId, "")));
  return held === undefined ? undefined : pairOf(held).id;
}

/** Returns true for an active membership. */
export function isActive(reader: Reader, orgId: string, userId: string): boolean {
  return reader.has(org(orgId), "member", user(userId));
}

/** Returns a member, active or not, or undefined if the user is no member. */
export function memberOf(reader: Reader, orgId: string, userId: string): Member | undefined {
  if (!reader.has(membership(orgId, userId), "org", org(orgId))) return undefined;
  return memberWith(reader, orgId, userId, roleOf(reader, orgId, userId));
}

/** Returns a member, active or not, whose org role the caller has looked up. */
export function memberWith(reader: Reader, orgId: string, userId: string, held: string | undefined): Member {
  const hats = hatsOf(reader, orgId, userId);
  return { org: orgId, user: userId, hats, role: held, active: isActive(reader, orgId, userId) };
}

/** Returns the ids of all members of an org, active or not, in no order. */
export function memberIds(reader: Reader, orgId: string): string[] {
  return reader.objects("membership", "org", org(orgId)).map((entry) => pairOf(entry).id);
}

/** Returns the org roles that a user holds, one per org. */
export function rolesHeld(reader: Reader, userId: string): { readonly org: string; readonly id: string }[] {
  return reader.objects("role", "holder", user(userId)).map(pairOf);
}

/** Returns the ids of the orgs that a user is a member of, active or not, in no order. */
export function orgsOf(reader: Reader, userId: string): string[] {
  return reader.objects("membership", "account", user(userId)).map((entry) => pairOf(entry).org);
}

/** Returns true while an org has an active member with the admin hat (PR9). */
export function hasAdmin(reader: Reader, orgId: string): boolean {
  return reader.users(org(orgId), "admin_hat").some((admin) => reader.has(org(orgId), "member", admin));
}

/** Returns true while an org has an active Owner with the admin hat (S6). */
export function hasOwner(reader: Reader, orgId: string): boolean {
  return reader.users(role(orgId, "owner"), "holder").some((owner) =>
    reader.has(org(orgId), "admin_hat", owner) && reader.has(org(orgId), "member", owner));
}

/** Returns true for the hats of a player: a member whose only hat is `athlete` (PR3). */
export function isPlayer(hats: readonly Hat[]): boolean {
  return hats.length === 1 && hats[0] === "athlete";
}

/**
 * Returns the role of a member after a change of hats that names no role. The default role of the old highest hat, or
 * of a removed hat, becomes the default of the new highest hat. Any other role (owner, custom) stays. Only a member
 * whose highest hat has no default is left without a role.
 */
export function nextRole(kind: Kind, before: Pick<Member, "hats" | "role">, after: readonly Hat[]): string | undefined {
  const taken = before.hats.filter((hat) => !after.includes(hat));
  const follows = [highestHat(before.hats), ...taken].some((hat) => before.role === defaultRole(kind, hat));
  return follows || before.role === undefined ? defaultRole(kind, highestHat(after)) : before.role;
}

/** Drafts an active membership with these hats and this role (undefined for none). */
export function putMember(
  draft: Draft, orgId: string, userId: string, hats: readonly Hat[], roleId: string | undefined,
): void {
  draft.write(org(orgId), "member", user(userId));
  draft.write(membership(orgId, userId), "org", org(orgId));
  draft.write(membership(orgId, userId), "account", user(userId));
  putHats(draft, orgId, userId, hats);
  putRole(draft, orgId, userId, roleId);
}

/** Drafts exactly these hats and no others. */
export function putHats(draft: Draft, orgId: string, userId: string, hats: readonly Hat[]): void {
  for (const hat of HATS) {
    if (hats.includes(hat)) draft.write(org(orgId), `${hat}_hat`, user(userId));
    else draft.remove(org(orgId), `${hat}_hat`, user(userId));
  }
}

/** Drafts this org role and no other. */
export function putRole(draft: Draft, orgId: string, userId: string, roleId: string | undefined): void {
  const held = roleOf(draft, orgId, userId);
  if (held === roleId) return;
  if (held !== undefined) draft.remove(role(orgId, held), "holder", user(userId));
  if (roleId !== undefined) draft.write(role(orgId, roleId), "holder", user(userId));
}

/** Returns a member's professional area (IN7), such as `S&C`. It describes the member and grants nothing. */
export function professionalAreaOf(reader: Reader, orgId: string, userId: string): string | undefined {
  const area = onlyUserOf(reader, membership(orgId, userId), "professional_area");
  return area === undefined ? undefined : textOf(area);
}

/** Drafts a member's professional area; undefined clears it. */
export function putProfessionalArea(draft: Draft, orgId: string, userId: string, area: string | undefined): void {
  if (area === undefined) draft.clear(membership(orgId, userId), "professional_area");
  else draft.replace(membership(orgId, userId), "professional_area", value(area));
}

/** Drafts the user who invited a member (PR4). */
export function putInvitedBy(draft: Draft, orgId: string, userId: string, invitedBy: string): void {
  draft.replace(membership(orgId, userId), "invited_by", user(invitedBy));
}

/** Drafts a deactivation: removes one tuple, and with it all access in the org (PR8). */
export function suspend(draft: Draft, orgId: string, userId: string): void {
  draft.remove(org(orgId), "member", user(userId));
}

/** Drafts a reactivation: the member's hats, role and rows count again (PR8). */
export function restore(draft: Draft, orgId: string, userId: string): void {
  draft.write(org(orgId), "member", user(userId));
}
