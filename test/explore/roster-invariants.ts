// Invariants of teams, athletes, places, links and relationship rows.
import { ATHLETE_KEYS, relationOf } from "../../src/policy/permission-keys.ts";
import type { Fact, Facts } from "./facts.ts";
import { invariant, type Invariant } from "./invariant.ts";
import { scopeOf } from "./member-invariants.ts";

const CLAIM = "events/ids.ts#claimForGood";
const START_COACHING = "domain/row-changes.ts#startCoaching";
const START_ASSIGNMENT = "domain/row-changes.ts#startAssignment";
const ROW_ID = "events/guards/row-ids.ts#rowIdFault";
const LINK = "domain/seats.ts#link";

const one = (object: string, relation: string): string =>
  `${object}#${relation}@X, ${object}#${relation}@Y -> X = Y`;

/** S12: a coach holds a role by rows exactly while an active coaching row or head assignment has it. */
function rowHolders(facts: Facts): string[] {
  const should = new Set<string>();
  const add = (row: Fact): void => {
    for (const role of facts.users(row.object, "role")) {
      for (const coach of facts.users(row.object, "coach")) should.add(`${role} ${coach}`);
    }
  };
  const isThere = ({ user }: Fact): boolean => facts.users(user, "org").length > 0;
  facts.at("coaching#active_on").filter(isThere).forEach(add);
  facts.at("team_assignment#active_on").filter(isThere)
    .filter(({ object, user }) => facts.has(user, "head_assignment", object)).forEach(add);
  const is = new Set(facts.at("role#row_holder").map(({ object, user }) => `${object} ${user}`));
  return [...[...is].filter((held) => !should.has(held)).map((held) => `${held} without a row`),
    ...[...should].filter((held) => !is.has(held)).map((held) => `${held} is missing`)];
}

/** PM1 PM5: the role of an active row exists and has the athlete scope. */
function rowRoles(facts: Facts): string[] {
  return ["coaching", "team_assignment"].flatMap((type) => facts.at(`${type}#active_on`))
    .filter(({ user }) => facts.users(user, "org").length > 0)
    .filter(({ object }) => facts.users(object, "role").some((role) => {
      const [org = "", id = ""] = role.slice("role:".length).split("/");
      return scopeOf(facts, org, id) !== "athlete";
    })).map(({ object }) => object);
}

/** PM6: a key of a coaching row is its coach's, or follows the row's role or the role `-`, which nobody can make. */
function rowKeys(facts: Facts): string[] {
  return ATHLETE_KEYS.map(relationOf).flatMap((key) => facts.at(`coaching#${key}`).filter((fact) => {
    if (fact.form === "user") return !facts.has(fact.object, "coach", fact.user);
    const [role] = facts.users(fact.object, "role");
    return fact.user !== `${role}#${key}` && fact.user !== `${role?.slice(0, role.indexOf("/"))}/-#${key}`;
  }).map(({ object, user }) => `${object}#${key}@${user}`));
}

export const ROSTER_INVARIANTS: readonly Invariant[] = [
  invariant("roster-object-has-one-org", "PR11 S8 S17", [
    one("team:T", "org"), one("athlete:A", "org"), one("home:K/I", "org"),
    "team:T#org@org:O -> home:team/T#org@org:O", "athlete:A#org@org:O -> home:athlete/A#org@org:O",
  ], [CLAIM, "events/team-created.ts#idTaken", "events/athlete-created.ts#idTaken"]),
  invariant("athlete-and-team-same-org", "PR11 S8", [
    "athlete:A#team@team:T, home:athlete/A#org@org:O, home:team/T#org@org:P -> O = P",
    "athlete:A#team@team:T -> athlete:A#org@org:O, home:team/T#org@org:O",
  ], ["events/guards/references.ts#placeFault", "events/team-athlete-added.ts#athleteFault",
    "events/team-athlete-moved.ts#teamFault", "events/athlete-created.ts#teamFault"]),
  invariant("place-has-its-seat", "NP6", [
    "athlete:A#team@team:T -> seat:T/A#team@team:T", "seat:T/A#team@team:X -> T = X",
    "seat:T/A#team@team:T -> athlete:A#team@team:T",
  ], ["domain/seats.ts#addToTeam", "domain/seats.ts#removeFromTeam"]),
  invariant("athlete-has-one-account", "PR10", [one("athlete:A", "link")],
    ["events/guards/invite-terms.ts#reservationFault"]),
  invariant("account-has-one-athlete-in-an-org", "PR10",
    ["athlete:A#link@user:U, athlete:A#org@org:O, athlete:B#link@user:U, athlete:B#org@org:O -> A = B"],
    ["events/guards/links.ts#userLinkFault", "events/redemption-effects.ts#hasAnotherRow"]),
  invariant("linked-account-is-an-active-athlete", "PR8 S7", [
    "athlete:A#link@user:U -> athlete:A#org@org:O, org:O#member@user:U, org:O#athlete_hat@user:U",
  ], ["events/guards/references.ts#accountFault", "domain/seats.ts#unlinkUser"]),
  invariant("link-has-its-mark", "S21", ["athlete:A#link@user:U -> athlete:A#linked_ever@user:U"], [LINK]),
  invariant("team-knows-its-accounts", "PR10 S7", [
    "athlete:A#link@user:U, athlete:A#team@team:T -> team:T#athlete_account@user:U",
    "team:T#athlete_account@user:U -> athlete:A#link@user:U, athlete:A#team@team:T",
  ], [LINK, "domain/seats.ts#unlink", "domain/seats.ts#addToTeam", "domain/seats.ts#removeFromTeam"]),
  invariant("coaching-has-one-of-each", "NP8 S8", [
    one("coaching:C", "coach"), one("coaching:C", "athlete"), one("coaching:C", "team"), one("coaching:C", "role"),
    "coaching:C#active_on@athlete:A, coaching:C#athlete@athlete:B -> A = B",
    "coaching:C#active_on@X -> coaching:C#coach@U, coaching:C#athlete@A, coaching:C#role@R",
  ], [ROW_ID, START_COACHING]),
  invariant("coaching-and-athlete-same-org", "PR11 S8", [
    "coaching:C#athlete@athlete:A, home:coaching/C#org@org:O -> home:athlete/A#org@org:O",
    "coaching:C#team@team:T, home:coaching/C#org@org:O -> home:team/T#org@org:O",
    "coaching:C#role@role:O/R, home:coaching/C#org@org:P -> O = P", "coaching:C#coach@U -> home:coaching/C#org@O",
  ], ["events/coaching-started.ts#teamFault", "events/guards/references.ts#roleOrFault", CLAIM]),
  invariant("active-row-has-a-registered-coach", "AC1 S7", [
    "coaching:C#active_on@athlete:A, coaching:C#coach@user:U, home:coaching/C#org@org:O -> membership:O/U#org@org:O",
    "team_assignment:S#active_on@team:T, team_assignment:S#coach@user:U, home:team_assignment/S#org@org:O"
      + " -> membership:O/U#org@org:O",
  ], ["events/guards/references.ts#coachFault"]),
  invariant("coaching-is-pointed-to-while-active", "NP5 PM6 S16", [
    "coaching:C#active_on@athlete:A -> athlete:A#coaching@coaching:C",
    "athlete:A#coaching@coaching:C -> coaching:C#active_on@athlete:A",
  ], [START_COACHING, "domain/row-changes.ts#endCoaching"]),
  invariant("coaching-follows-its-own-role", "PM6", ["coaching:C#follows@R -> coaching:C#role@R"],
    ["domain/row-changes.ts#putCoachingRole"]),
  {
    name: "coaching-key-is-its-coach-or-role", rules: "PM6",
    says: ["a key of a coaching row belongs to its coach, to the row's role, or to a role that nobody can make"],
    keptBy: ["domain/row-changes.ts#putCoachingRole"], find: rowKeys,
  },
  invariant("assignment-has-one-of-each", "NP8 S8", [
    one("team_assignment:S", "coach"), one("team_assignment:S", "team"), one("team_assignment:S", "role"),
    one("home:K/I", "since"),
    "team_assignment:S#active_on@team:T, team_assignment:S#team@team:U -> T = U",
    "team_assignment:S#active_on@X -> team_assignment:S#coach@U, team_assignment:S#team@T, team_assignment:S#role@R",
  ], [ROW_ID, START_ASSIGNMENT]),
  invariant("assignment-and-team-same-org", "PR11 S8", [
    "team_assignment:S#team@team:T, home:team_assignment/S#org@org:O -> home:team/T#org@org:O",
    "team_assignment:S#role@role:O/R, home:team_assignment/S#org@org:P -> O = P",
    "team_assignment:S#coach@U -> home:team_assignment/S#org@O",
  ], ["events/guards/references.ts#roleOrFault", CLAIM]),
  invariant("assignment-is-pointed-to-while-active", "AC1 S16", [
    "team_assignment:S#active_on@team:T -> team:T#assignment@team_assignment:S",
    "team:T#assignment@team_assignment:S -> team_assignment:S#active_on@team:T",
  ], [START_ASSIGNMENT, "domain/row-changes.ts#endAssignment"]),
  invariant("team-has-one-head-coach", "S15 AC3", [
    one("team:T", "head_assignment"), "team:T#head_assignment@team_assignment:S -> team_assignment:S#active_on@team:T",
  ], ["events/team-head-coach-changed.ts#endAssignment", "domain/row-changes.ts#endAssignment"]),
  invariant("head-coach-role-is-the-head-coach", "S15 S12 AC3", [
    "team:T#head_assignment@team_assignment:S -> team_assignment:S#role@role:O/head_coach",
    "team_assignment:S#role@role:O/head_coach, team_assignment:S#active_on@team:T"
      + " -> team:T#head_assignment@team_assignment:S",
  ], ["events/team-assignment-started.ts#HEAD_COACH", "events/team-assignment-role-changed.ts#HEAD_COACH",
    "events/guards/invite-terms.ts#scopesFault"]),
  {
    name: "row-role-in-use-exists", rules: "PM1 PM5",
    says: ["the role of an active row exists and has the athlete scope"],
    keptBy: ["events/role-deleted.ts#isInUse", "events/guards/references.ts#scopeFault",
      "events/guards/references.ts#roleOrFault"], find: rowRoles,
  },
  {
    name: "role-is-held-by-rows-exactly-while-a-row-has-it", rules: "S12 AC3",
    says: ["a coach holds a role by rows exactly while an active coaching row or head assignment of theirs has it"],
    keptBy: ["domain/row-changes.ts#updateRowHolder", START_COACHING, START_ASSIGNMENT], find: rowHolders,
  },
];
