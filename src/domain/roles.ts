// Roles in the tuples: the roles of an org, their scope, keys and holders (PM1, PM2, PM5).
import {
  ATHLETE_KEYS, ORG_KEYS, ROW_ORG_KEYS, RESOURCES, LEVELS, isLevel, relationOf,
} from "../policy/permission-keys.ts";
import { seededRole, seededRoles, type Kind, type Scope } from "../policy/seeded-roles.ts";
import type { Draft, Reader } from "../tuples/delta.ts";
import { idOf, printTuple, type TupleKey } from "../tuples/tuple.ts";
import { org, pairOf, role, roleEntry, textOf, value } from "./object-names.ts";
import type { PartMeter } from "./counted-view.ts";
import { isActive, kindOf } from "./members.ts";
import { isActiveRow } from "./relationship-rows.ts";
import { onlyUserOf } from "./state-view.ts";

const STORED_ORG_KEYS = [...ORG_KEYS, ...ATHLETE_KEYS, ...RESOURCES.flatMap((r) => LEVELS.map((l) => `${r}.${l}`))];

/** A role of an org. */
export interface Role {
  readonly org: string;
  readonly id: string;
  readonly scope: Scope;
  /** Seeded with the org, and never deleted (PM5). */
  readonly system: boolean;
}

/** Returns the role with this id, seeded or custom, or undefined if the org has none. */
export function findRole(reader: Reader, orgId: string, id: string): Role | undefined {
  const kind = kindOf(reader, orgId);
  if (kind === undefined) return undefined;
  const seeded = seededRole(kind, id);
  if (seeded !== undefined) return { org: orgId, id, scope: seeded.scope, system: true };
  const scope = onlyUserOf(reader, roleEntry(orgId, id), "scope");
  return scope === undefined ? undefined : { org: orgId, id, scope: textOf(scope) as Scope, system: false };
}

/** Returns the ids of an org's roles: the seeded ones in their order, the custom ones (`made`) in no order. */
export function roleIds(reader: Reader, orgId: string): { readonly seeded: string[]; readonly made: string[] } {
  const kind = kindOf(reader, orgId);
  if (kind === undefined) return { seeded: [], made: [] };
  const made = reader.objects("role_entry", "org", org(orgId)).map((entry) => pairOf(entry).id);
  return { seeded: seededRoles(kind).map(({ id }) => id), made };
}

/** Returns the tuple that states "this role has this key". */
function keyTuple(found: Role, key: string): readonly [object: string, relation: string, user: string] {
  const self = role(found.org, found.id);
  if (found.scope === "org") {
    return [org(found.org), relationOf(key) + (isLevel(key) ? "_role" : ""), `${self}#holder`];
  }
  if ((ROW_ORG_KEYS as readonly string[]).includes(key)) {
    return [org(found.org), `${relationOf(key)}_by_row`, `${self}#row_holder`];
  }
  return [self, relationOf(key), `${org(found.org)}#coach`];
}

/** Returns the tuples that state "this role still has its seeded keys". */
function seedTuples(kind: Kind, found: Role): (readonly [object: string, relation: string, user: string])[] {
  const seeded = seededRole(kind, found.id);
  if (seeded === undefined) return [];
  const self = role(found.org, found.id);
  const holders = found.scope === "org" ? `${self}#holder` : `${self}#row_holder`;
  return [
    ...seeded.orgSeeds.map((seed) => [org(found.org), seed, holders] as const),
    ...seeded.roleSeeds.map((seed) => [self, seed, `${org(found.org)}#coach`] as const),
  ];
}

/** Returns a role's keys as stored: each resource at its highest level, sorted. A seed is expanded to its keys. */
export function keysOf(reader: Reader, found: Role): string[] {
  const kind = kindOf(reader, found.org);
  const seeds = kind === undefined ? [] : seedTuples(kind, found);
  if (kind !== undefined && seeds.some((seed) => reader.has(...seed))) {
    return [...(seededRole(kind, found.id)?.keys ?? [])].sort();
  }
  const possible = found.scope === "org" ? STORED_ORG_KEYS : [...ATHLETE_KEYS, ...ROW_ORG_KEYS];
  return possible.filter((key) => reader.has(...keyTuple(found, key))).sort();
}

/** Drafts the seeded roles of a new org: each one's seed instead of its single keys (PM2). */
export function seedRoles(draft: Draft, orgId: string, kind: Kind): void {
  for (const { id, scope } of seededRoles(kind)) {
    for (const seed of seedTuples(kind, { org: orgId, id, scope, system: true })) draft.write(...seed);
  }
}

/** Returns every tuple by which a role grants something, even if this build does not know its relation. */
function grantsOf(reader: Reader, found: Role): TupleKey[] {
  const self = role(found.org, found.id);
  return [
    ...reader.read({ user: `${self}#holder` }), ...reader.read({ user: `${self}#row_holder` }),
    ...reader.read({ object: self, user: `${org(found.org)}#coach` }),
  ];
}

/** Returns a test for the grants of a role that this build knows: its keys and its seeds. */
function isKnown(kind: Kind, found: Role): (grant: TupleKey) => boolean {
  const keys = found.scope === "org" ? STORED_ORG_KEYS : [...ATHLETE_KEYS, ...ROW_ORG_KEYS];
  const known = [...keys.map((key) => keyTuple(found, key)), ...seedTuples(kind, found)]
    .map(([object, relation, user]) => printTuple({ object, relation, user }));
  const set = new Set(known);
  return (grant) => set.has(printTuple(grant));
}

/** Drafts the removal of a role's grants that this build does not know; another build may have added some. */
export function dropUnknownKeys(draft: Draft, found: Role): void {
  const kind = kindOf(draft, found.org);
  if (kind === undefined) return;
  const known = isKnown(kind, found);
  for (const grant of grantsOf(draft, found)) {
    if (!known(grant)) draft.remove(grant.object, grant.relation, grant.user);
  }
}

/**
 * Drafts exactly these keys (normalized) and no other grant, known to this build or not. The first edit of a seeded
 * role replaces its seed with single keys.
 */
export function putKeys(draft: Draft, found: Role, keys: readonly string[]): void {
  const wanted = keys.map((key) => keyTuple(found, key));
  const kept = new Set(wanted.map(([object, relation, user]) => printTuple({ object, relation, user })));
  for (const grant of grantsOf(draft, found)) {
    if (!kept.has(printTuple(grant))) draft.remove(grant.object, grant.relation, grant.user);
  }
  for (const key of wanted) draft.write(...key);
}

/** Drafts the entry of a custom role. */
export function putRoleEntry(draft: Draft, orgId: string, id: string, scope: Scope): void {
  draft.write(roleEntry(orgId, id), "org", org(orgId)).write(roleEntry(orgId, id), "scope", value(scope));
}

/**
 * Drafts the deletion of a custom role: its keys, its holders by row and its entry. Ended rows still name it but hold
 * nothing by it: nobody holds a later role with the same id.
 */
export function dropRole(draft: Draft, found: Role): void {
  putKeys(draft, found, []);
  draft.clear(role(found.org, found.id), "row_holder");
  draft.clear(roleEntry(found.org, found.id), "org").clear(roleEntry(found.org, found.id), "scope");
}

/** Returns the ids of the members who hold an org-scope role, active or not. */
export function membersHolding(reader: Reader, found: Role): string[] {
  return reader.users(role(found.org, found.id), "holder").map(idOf);
}

/** Returns the rows (coaching and team assignments) that hold or held an athlete-scope role, active or not. */
function rowsOf(reader: Reader, found: Role): string[] {
  const self = role(found.org, found.id);
  return ["coaching", "team_assignment"].flatMap((type) => reader.objects(type, "role", self));
}

/** Returns true while an active row (coaching or team assignment) holds an athlete-scope role. */
export function isHeldByRow(reader: Reader, found: Role): boolean {
  return rowsOf(reader, found).some((row) => isActiveRow(reader, row));
}

/** Counts in parts the active members and active rows that hold a role (the matrix's `holders`). */
export function* holdersOf(reader: Reader, found: Role, isDue: PartMeter = () => false): Generator<undefined, number> {
  let count = 0;
  for (const id of membersHolding(reader, found)) {
    if (isActive(reader, found.org, id)) count++;
    if (isDue()) yield;
  }
  for (const row of rowsOf(reader, found)) {
    if (isActiveRow(reader, row)) count++;
    if (isDue()) yield;
  }
  return count;
}
