// The directory: people, roles, workspaces and invites as the app shows them (PR4, PM1, IN3, IN5).
import type { Parts } from "../checks/parts.ts";
import { ATHLETE_KEYS, ORG_KEYS, SECTIONS } from "../policy/permission-keys.ts";
import type { Hat, Scope } from "../policy/seeded-roles.ts";
import type { Reader } from "../tuples/delta.ts";
import type { Tuples } from "../tuples/tuple-set.ts";
import { idOf } from "../tuples/tuple.ts";
import { CountedTuples, partMeterOf } from "./counted-view.ts";
import { membership, textOf } from "./object-names.ts";
import { activeInvite, findInvite, inviteIds, statusOf, type Invite, type InviteStatus } from "./invites.ts";
import { kindOf, memberIds, memberOf, memberWith, orgsOf, rolesHeld, type Member } from "./members.ts";
import { findRole, holdersOf, keysOf, roleIds } from "./roles.ts";
import { linkedAthlete } from "./seats.ts";
import { sorted } from "./sorted.ts";
import { onlyUserOf } from "./state-view.ts";

/** Statuses in the people list (PR4). */
export const PEOPLE_STATUSES = ["active", "invited", "inactive"] as const;
export type PeopleStatus = (typeof PEOPLE_STATUSES)[number];

/** Filter of the people list; an undefined field matches all. */
export interface PeopleFilter {
  readonly hat: Hat | undefined;
  readonly status: PeopleStatus | undefined;
}

interface ListedMember {
  readonly user: string;
  readonly hats: readonly Hat[];
  readonly role: string | null;
  readonly status: "active" | "inactive";
  readonly athlete: string | null;
  readonly professional_area: string | null;
  readonly invited_by: string | null;
}

/** An open invite, link or email invitation; `expires_at` is RFC 3339. */
interface ListedInvite {
  readonly invite: string;
  readonly hat: Hat;
  readonly status: "invited";
  readonly athlete: string | null;
  readonly team: string | null;
  readonly invited_by: string | null;
  readonly expires_at: string | null;
  /** True if the invite's maker could still give it to a newcomer (S19). */
  readonly maker_may: boolean;
}

/** Returns true if the maker of an invite could still give it to a newcomer (S19). */
type MakerMay = (found: Invite) => Parts<boolean>;

/** The people of an org (PR4): members by user id, open invites by id. */
export interface People {
  readonly members: readonly ListedMember[];
  readonly invites: readonly ListedInvite[];
}

/**
 * Lists in parts the people of an org at a time (milliseconds since 1970). Returns undefined if the org does not exist.
 * The state must not change before the last part.
 */
export function* peopleOf(
  tuples: Tuples, orgId: string, filter: PeopleFilter, now: number, makerMay: MakerMay,
): Parts<People | undefined> {
  const reader = new CountedTuples(tuples);
  if (kindOf(reader, orgId) === undefined) return undefined;
  const isDue = partMeterOf(() => reader.steps);
  const { hat, status } = filter;
  const members: ListedMember[] = [];
  for (const id of status === "invited" ? [] : yield* sorted(memberIds(reader, orgId))) {
    if (isDue()) yield;
    const member = memberOf(reader, orgId, id);
    if (member === undefined || (hat !== undefined && !member.hats.includes(hat))) continue;
    if (status === undefined || member.active === (status === "active")) members.push(listMember(reader, member));
  }
  const open: Invite[] = [];
  for (const id of status !== undefined && status !== "invited" ? [] : inviteIds(reader, orgId)) {
    if (isDue()) yield;
    const found = activeInvite(reader, id, now);
    if (found !== undefined && (hat === undefined || found.hat === hat)) open.push(found);
  }
  const byId = new Map(open.map((found) => [found.id, found]));
  const invites: ListedInvite[] = [];
  for (const id of yield* sorted([...byId.keys()])) {
    if (isDue()) yield;
    invites.push(yield* listInvite(byId.get(id)!, makerMay));
  }
  return { members, invites };
}

/**
 * Returns the entry of one member of an org, active or not; undefined if the org does not exist or the user is no
 * member.
 */
export function memberEntry(reader: Reader, orgId: string, userId: string): ListedMember | undefined {
  const member = memberOf(reader, orgId, userId);
  return member === undefined ? undefined : listMember(reader, member);
}

function listMember(reader: Reader, { org, user, hats, role, active }: Member): ListedMember {
  const entry = membership(org, user);
  const area = onlyUserOf(reader, entry, "professional_area");
  const invitedBy = onlyUserOf(reader, entry, "invited_by");
  return {
    user, hats, role: role ?? null, status: active ? "active" : "inactive",
    athlete: linkedAthlete(reader, org, user) ?? null,
    professional_area: area === undefined ? null : textOf(area),
    invited_by: invitedBy === undefined ? null : idOf(invitedBy),
  };
}

function* listInvite(found: Invite, makerMay: MakerMay): Parts<ListedInvite> {
  const { id, hat, athlete, team, invitedBy, expiresAt } = found;
  return {
    invite: id, hat, status: "invited", athlete: athlete ?? null, team: team ?? null, invited_by: invitedBy ?? null,
    expires_at: printTime(expiresAt), maker_may: yield* makerMay(found),
  };
}

/** A row of the permission matrix (PM1): `keys` as stored, `holders` active members and active rows. */
interface ListedRole {
  readonly role: string;
  readonly scope: Scope;
  readonly system: boolean;
  readonly locked: boolean;
  readonly keys: readonly string[];
  readonly holders: number;
}

/** The permission matrix of an org: its roles, and every key and resource by section (PR1). */
export interface Matrix {
  readonly roles: readonly ListedRole[];
  readonly sections: Readonly<Record<string, readonly string[]>>;
}

const MATRIX_SECTIONS = { Organization: ORG_KEYS, Athlete: ATHLETE_KEYS, ...SECTIONS };

/** Builds the permission matrix of an org in parts, like `peopleOf`. Returns undefined if the org does not exist. */
export function* matrixOf(tuples: Tuples, orgId: string): Parts<Matrix | undefined> {
  const reader = new CountedTuples(tuples);
  if (kindOf(reader, orgId) === undefined) return undefined;
  const isDue = partMeterOf(() => reader.steps);
  const { seeded, made } = roleIds(reader, orgId);
  const roles: ListedRole[] = [];
  for (const id of [...seeded, ...yield* sorted(made)]) {
    if (isDue()) yield;
    const role = findRole(reader, orgId, id);
    if (role === undefined) continue;
    roles.push({
      role: id, scope: role.scope, system: role.system, locked: role.system && id === "owner",
      keys: keysOf(reader, role), holders: yield* holdersOf(reader, role, isDue),
    });
  }
  return { roles, sections: MATRIX_SECTIONS };
}

/** Route family where a user lands (IN3): that of the highest hat that has one, else /unauthorized (IN2). */
type Landing = "admin" | "coach" | "athlete" | "unauthorized";

const LANDINGS = ["admin", "coach", "athlete"] as const;

interface Workspace {
  readonly org: string;
  readonly hats: readonly Hat[];
  readonly role: string | null;
  readonly status: "active" | "inactive";
  readonly landing: Landing;
}

/** The orgs of a user, sorted by id, and the landing by the highest hat in all of them. */
export interface Workspaces {
  readonly landing: Landing;
  readonly orgs: readonly Workspace[];
}

/** Lists the workspaces of a user in parts, like `peopleOf`. An unknown user has none (S9). */
export function* workspacesOf(tuples: Tuples, userId: string): Parts<Workspaces> {
  const reader = new CountedTuples(tuples);
  const isDue = partMeterOf(() => reader.steps);
  const held = new Map(rolesHeld(reader, userId).map(({ org, id }) => [org, id]));
  const orgs: Workspace[] = [];
  for (const id of yield* sorted(orgsOf(reader, userId))) {
    if (isDue()) yield;
    const { org, hats, role, active } = memberWith(reader, id, userId, held.get(id));
    orgs.push({
      org, hats, role: role ?? null, status: active ? "active" : "inactive",
      landing: active ? landingOf(hats) : "unauthorized",
    });
  }
  return { landing: LANDINGS.find((hat) => orgs.some((org) => org.landing === hat)) ?? "unauthorized", orgs };
}

function landingOf(hats: readonly Hat[]): Landing {
  return LANDINGS.find((hat) => hats.includes(hat)) ?? "unauthorized";
}

/** An invite as shown to the holder of its link; `expires_at` is RFC 3339. */
export interface ShownInvite {
  readonly invite: string;
  readonly org: string;
  readonly hat: Hat;
  readonly team: string | null;
  readonly status: InviteStatus;
  readonly uses: number;
  readonly max_uses: number | null;
  readonly expires_at: string | null;
  readonly maker_may: boolean;
}

/**
 * Returns an invite and its status at a time (milliseconds since 1970), in parts like `peopleOf`, or undefined if no
 * invite ever had this id.
 */
export function* showInvite(
  reader: Reader, id: string, now: number, makerMay: MakerMay,
): Parts<ShownInvite | undefined> {
  const found = findInvite(reader, id);
  if (found === undefined) return undefined;
  // An email invitation can be accepted once (PR5), and that counts as its one use.
  const once = found.email === undefined ? null : 1;
  const uses = found.acceptedBy === undefined ? found.uses : 1;
  return {
    invite: found.id, org: found.org, hat: found.hat, team: found.team ?? null, status: statusOf(found, now),
    uses, max_uses: found.maxUses ?? once, expires_at: printTime(found.expiresAt), maker_may: yield* makerMay(found),
  };
}

function printTime(at: number | undefined): string | null {
  return at === undefined ? null : new Date(at).toISOString();
}
