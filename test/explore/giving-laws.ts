// Laws about giving: nobody gives keys, hats, roles or invites beyond what they hold themselves (S6, S14, S19, S22).
import {
  ATHLETE_KEYS, isOrgKey, LEVELS, normalizeKeys, ORG_KEYS, relationOf, RESOURCES,
} from "../../src/policy/permission-keys.ts";
import { defaultRole, seededRole, type Hat, type Kind } from "../../src/policy/seeded-roles.ts";
import type { Facts } from "./facts.ts";
import { text, type Law } from "./law.ts";
import { scopeOf } from "./member-invariants.ts";
import type { Snapshot } from "./snapshot.ts";

const HATS: readonly Hat[] = ["admin", "coach", "office", "athlete"];

/** Every key and level by its relation on the org, as a role has it. */
const KEY_OF = new Map<string, string>([
  ...[...ORG_KEYS, ...ATHLETE_KEYS].map((key): [string, string] => [relationOf(key), key]),
  ...RESOURCES.flatMap((one) => LEVELS.map((level): [string, string] => [`${one}_${level}_role`, `${one}.${level}`])),
]);

const kindOf = (facts: Facts, org: string): Kind | undefined =>
  facts.users(`ledger:org/${org}`, "kind")[0]?.slice("value:".length) as Kind | undefined;

/** The keys of a role as it holds them, dormant or not: those of its seed, or else one for each tuple. */
function keysOf(facts: Facts, org: string, role: string): string[] {
  const kind = kindOf(facts, org);
  const self = `role:${org}/${role}`;
  const seeded = kind === undefined ? undefined : seededRole(kind, role);
  const isSeeded = seeded?.orgSeeds.some((seed) => facts.has(`org:${org}`, seed, `${self}#holder`)
    || facts.has(`org:${org}`, seed, `${self}#row_holder`)) === true
    || seeded?.roleSeeds.some((seed) => facts.has(self, seed, `org:${org}#coach`)) === true;
  if (isSeeded) return [...seeded?.keys ?? []];
  return [...facts.places].flatMap((place) => facts.at(place)).flatMap(({ place, object, user }) => {
    const relation = place.slice(place.indexOf("#") + 1);
    if (user === `${self}#holder`) return [KEY_OF.get(relation) ?? relation];
    if (user === `${self}#row_holder`) return [KEY_OF.get(relation.replace("_by_row", "")) ?? relation];
    return object === self && user === `org:${org}#coach` ? [KEY_OF.get(relation) ?? relation] : [];
  });
}

/** The standing of a member: hats, role, and whether it counts. */
interface Standing {
  readonly hats: readonly Hat[];
  readonly role: string | undefined;
  readonly active: boolean;
}

function standingOf(facts: Facts, org: string, user: string): Standing | undefined {
  if (!facts.has(`membership:${org}/${user}`, "org", `org:${org}`)) return undefined;
  return {
    hats: HATS.filter((hat) => facts.has(`org:${org}`, `${hat}_hat`, `user:${user}`)),
    role: facts.at("role#holder").find((held) => held.user === `user:${user}` && held.ids[0] === org)?.ids[1],
    active: facts.has(`org:${org}`, "member", `user:${user}`),
  };
}

const isSuperadmin = (state: Snapshot, id: string): boolean => state.can(id, "superadmin", "platform:main");

/** The keys of a role that a person does not hold across the org, and the ownership that they may not give. */
function lacking(state: Snapshot, giver: string, org: string, role: string | undefined): string[] {
  if (role === undefined) return [];
  const own = standingOf(state.facts, org, giver);
  const mayOwn = isSuperadmin(state, giver) || (own?.active === true && own.role === "owner");
  return [
    ...keysOf(state.facts, org, role).filter((key) => !state.can(giver, relationOf(key), `org:${org}`)),
    ...role === "owner" && !mayOwn ? ["the role owner"] : [],
  ];
}

const GIVING: Law = {
  name: "nobody gives a member a hat or a role with a key that they lack, dormant or not", rules: "S6 S22",
  check: ({ move: { type, actor, data }, before, after }) => {
    if (actor === undefined || !type.startsWith("member.")) return [];
    const [org, user] = [text(data, "org"), text(data, "user")];
    const [was, is] = [standingOf(before.facts, org, user), standingOf(after.facts, org, user)];
    if (is?.active !== true) return [];
    const isBack = was?.active !== true;
    const hats = is.hats.filter((hat) => isBack || !was.hats.includes(hat));
    const isNew = isBack || hats.length > 0 || is.role !== was.role;
    const wrong = isNew && !(is.role === "owner" && !isBack && was.role === "owner")
      ? lacking(before, actor, org, is.role) : [];
    return [...wrong, ...hats.includes("admin") && !before.can(actor, "admin", `org:${org}`) ? ["the admin hat"] : []]
      .map((what) => `${actor} gives ${what}`);
  },
};

const TOUCHING: Law = {
  name: "nobody changes a member who holds org keys that they lack", rules: "S6",
  check: ({ move: { type, actor, data }, before }) => {
    if (actor === undefined || !type.startsWith("member.") || actor === data["user"]) return [];
    const org = text(data, "org");
    const role = standingOf(before.facts, org, text(data, "user"))?.role;
    return role === undefined ? [] : keysOf(before.facts, org, role).filter(isOrgKey)
      .filter((key) => !before.can(actor, relationOf(key), `org:${org}`)).map((key) => `${actor} lacks ${key}`);
  },
};

const ADDING: Law = {
  name: "nobody adds a key to a role that they lack", rules: "S6 S12",
  check: ({ move: { type, actor, data }, before, after }) => {
    if (actor === undefined || (type !== "role.created" && type !== "role.updated")) return [];
    const [org, role] = [text(data, "org"), text(data, "role")];
    const had = keysOf(before.facts, org, role);
    const isOfOrg = scopeOf(after.facts, org, role) === "org";
    return keysOf(after.facts, org, role).filter((key) => isOfOrg || isOrgKey(key))
      .filter((key) => normalizeKeys([...had, key]).includes(key) && !had.includes(key))
      .filter((key) => !before.can(actor, relationOf(key), `org:${org}`)).map((key) => `${actor} adds ${key}`);
  },
};

/** The parts of an invite that a person could not give on a state. */
function beyond(state: Snapshot, terms: Facts, giver: string, invitation: string): string[] {
  const part = (relation: string): string | undefined => terms.users(invitation, relation)[0];
  const org = part("org") ?? "org:none";
  const [team, hat] = [part("team"), part("hat")?.slice("value:".length) as Hat];
  const may = (relation: string, object = org): boolean => state.can(giver, relation, object);
  const kind = kindOf(terms, org.slice("org:".length));
  const role = part("role")?.split("/")[1] ?? (kind === undefined ? undefined : defaultRole(kind, hat));
  const row = (part("uses") ?? "value:0") === "value:0" ? part("athlete") : undefined;
  const faults = [
    ...may("org_members_invite") ? [] : ["anything"], ...hat === "admin" && !may("admin") ? ["the admin hat"] : [],
    ...lacking(state, giver, org.slice("org:".length), role),
  ];
  if (hat === "coach" && team !== undefined && !may("can_assign_coaches", team)) faults.push(`a place on ${team}`);
  if (hat !== "athlete") return faults;
  if (row !== undefined && !may("org_members_manage")) faults.push(row);
  if (team === undefined) return faults;
  if (!may("can_edit_membership", team) && (row !== undefined || !may("athletes_create"))) faults.push(team);
  const isMoved = row !== undefined && !state.facts.has(row, "team", team);
  return isMoved && !may("can_place", row) ? [...faults, `${row} on ${team}`] : faults;
}

const INVITING: Law = {
  name: "an invite gives nothing that its maker could not give, when made, resent and redeemed", rules: "S14 S19",
  check: ({ move: { type, data }, before, after }) => {
    if (!/^invite\.(?:created|resent|redeemed)$/.test(type)) return [];
    const invitation = `invitation:${text(data, "invite")}`;
    const terms = type === "invite.redeemed" ? before.facts : after.facts;
    const maker = terms.users(invitation, "invited_by")[0]?.slice("user:".length);
    return maker === undefined ? [] : beyond(before, terms, maker, invitation).map((what) => `${maker} gives ${what}`);
  },
};

/** Laws about giving. */
export const GIVING_LAWS: readonly Law[] = [GIVING, TOUCHING, ADDING, INVITING];
