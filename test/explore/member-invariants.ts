// Invariants of orgs, members, hats and roles.
import { ARTIFACT_RESOURCES } from "../../src/domain/artifacts.ts";
import { isLevel, ROW_ORG_KEYS } from "../../src/policy/permission-keys.ts";
import { seededRole, type Kind, type Scope } from "../../src/policy/seeded-roles.ts";
import type { Facts } from "./facts.ts";
import { invariant, type Invariant } from "./invariant.ts";

const HATS = ["admin", "coach", "office", "athlete"];
const PUT_MEMBER = "domain/members.ts#putMember";
const CHANGERS = [
  "events/member-hats-changed.ts#takesTheLast", "events/member-role-assigned.ts#takesTheLast",
  "events/member-deactivated.ts#takesTheLast",
];

/** The scope of a role of an org, or undefined if the org has no such role. */
export function scopeOf(facts: Facts, org: string, role: string): Scope | undefined {
  const kind = facts.users(`ledger:org/${org}`, "kind")[0]?.slice("value:".length);
  const seeded = kind === undefined ? undefined : seededRole(kind as Kind, role);
  return seeded?.scope ?? facts.users(`role_entry:${org}/${role}`, "scope")[0]?.slice("value:".length) as Scope;
}

/** PM1 S12: an org role's keys are tuples of the org to its holders, an athlete role's are tuples of the role. */
function strayKeys(facts: Facts): string[] {
  const faults: string[] = [];
  const places = [...facts.places].filter((place) => place.startsWith("org#") || place.startsWith("role#"));
  for (const { place, object, user, ids: [org = "", role = ""], form, userIds } of places.flatMap((p) => facts.at(p))) {
    const isOf = (scope: Scope, of: readonly string[]): boolean => scopeOf(facts, of[0]!, of[1]!) === scope;
    const isWrong = form === "role#holder" ? place.startsWith("role#") || userIds[0] !== org || !isOf("org", userIds)
      : form === "role#row_holder" ? userIds[0] !== org || !isOf("athlete", userIds) || !isByRow(place)
        : form === "org#coach" ? !place.startsWith("role#") || userIds[0] !== org || !isOf("athlete", [org, role])
          : false;
    if (isWrong) faults.push(`${object} ${place} ${user}`);
  }
  return faults;
}

const isByRow = (place: string): boolean => place === "org#head_coach_rows"
  || ROW_ORG_KEYS.some((key) => !isLevel(key) && place === `org#${key.replace(".", "_")}_by_row`);

/** PM1: whoever holds a role as their org role holds one of the org scope that exists. */
function strayHolders(facts: Facts): string[] {
  return facts.at("role#holder").filter(({ ids: [org = "", role = ""] }) => scopeOf(facts, org, role) !== "org")
    .map(({ object, user }) => `${user} holds ${object}`);
}

export const MEMBER_INVARIANTS: readonly Invariant[] = [
  invariant("org-has-one-kind", "PM2", ["ledger:org/O#kind@K, ledger:org/O#kind@L -> K = L"],
    ["events/org-created.ts#idTaken"]),
  invariant("org-has-one-platform", "PM7 NP2", [
    "org:O#platform@P -> ledger:org/O#kind@K", "ledger:org/O#kind@K -> org:O#platform@platform:main",
    "org:O#platform@platform:P, org:O#platform@platform:Q -> P = Q",
  ], ["domain/members.ts#putOrg"]),
  invariant("everything-has-an-existing-org", "PR11 S8", [
    "home:K/I#org@org:O -> ledger:org/O#kind@X", "role_entry:O/R#org@org:O -> ledger:org/O#kind@X",
    "membership:O/U#org@org:O -> ledger:org/O#kind@X", "invitation:I#org@org:O -> ledger:org/O#kind@X",
    "note:N#org@org:O -> ledger:org/O#kind@X",
    ...Object.keys(ARTIFACT_RESOURCES).map((type) => `${type}:Z#org@org:O -> ledger:org/O#kind@X`),
  ], ["events/team-created.ts#kindOf", "events/athlete-created.ts#kindOf", "events/role-created.ts#kindOf",
    "events/invite-created.ts#kindOf", "events/artifact-created.ts#kindOf", "events/member-added.ts#kindOf"]),
  invariant("member-is-registered", "PR4 PR8", [
    "org:O#member@user:U -> membership:O/U#org@org:O, membership:O/U#account@user:U",
    "membership:O/U#org@org:P -> O = P", "membership:O/U#account@user:V -> U = V",
  ], [PUT_MEMBER]),
  invariant("hat-belongs-to-a-member", "IN1",
    HATS.map((hat) => `org:O#${hat}_hat@user:U -> membership:O/U#org@org:O`), [PUT_MEMBER]),
  invariant("member-wears-a-hat", "IN1 PR3",
    [`membership:O/U#org@org:O -> ${HATS.map((hat) => `org:O#${hat}_hat@user:U`).join(" | ")}`],
    [PUT_MEMBER, "events/event.ts#hats"]),
  invariant("member-has-one-org-role", "PM1", ["role:O/R#holder@user:U, role:O/Q#holder@user:U -> R = Q"],
    ["domain/members.ts#putRole"]),
  invariant("role-holder-is-registered", "PM1", ["role:O/R#holder@user:U -> membership:O/U#org@org:O"],
    [PUT_MEMBER]),
  invariant("org-has-an-active-admin", "PR9",
    ["ledger:org/O#kind@K -> org:O#admin_hat@user:U, org:O#member@user:U"], CHANGERS),
  invariant("org-has-an-active-owner", "S6", [
    "ledger:org/O#kind@K -> role:O/owner#holder@user:U, org:O#admin_hat@user:U, org:O#member@user:U",
  ], CHANGERS),
  invariant("owner-role-keeps-every-key", "PM2",
    ["ledger:org/O#kind@K -> org:O#owner_role@role:O/owner#holder"], ["events/role-updated.ts#isLocked"]),
  invariant("role-is-of-one-org-and-scope", "PM1 PM5", [
    "role_entry:O/R#org@org:P -> O = P", "role_entry:O/R#org@org:O -> role_entry:O/R#scope@V",
    "role_entry:O/R#scope@V -> role_entry:O/R#org@org:O", "role_entry:O/R#scope@V, role_entry:O/R#scope@W -> V = W",
  ], ["events/role-created.ts#idTaken"]),
  {
    name: "role-keys-fit-its-scope", rules: "PM1 S8 S12",
    says: ["a role of the org scope has keys on its org only, one of the athlete scope has athlete keys on itself and, "
      + "through its rows, `athletes.create` and `teams.create` on its org"],
    keptBy: ["events/guards/role-keys.ts#keysFault", "domain/roles.ts#putKeys"], find: strayKeys,
  },
  {
    name: "org-role-in-use-exists", rules: "PM1 PM5", says: ["a role that a member holds exists and has the org scope"],
    keptBy: ["events/role-deleted.ts#isInUse", "events/guards/references.ts#scopeFault",
      "events/guards/references.ts#roleOrFault"], find: strayHolders,
  },
];
