// Laws about answers: what an event may and may not change for anybody.
import { LEVELS, ORG_KEYS, relationOf, RESOURCES } from "../../src/policy/permission-keys.ts";
import type { Facts } from "./facts.ts";
import type { Transition } from "./explorer.ts";
import { orgOf, text, type Law } from "./law.ts";
import { bitOf, gains, printGain, type Gain, type Snapshot } from "./snapshot.ts";

/** Events that end something and begin nothing. */
const ENDINGS = new Set([
  "platform.superadmin_revoked", "platform.admin_revoked", "member.deactivated", "role.deleted", "team.deleted",
  "team.athlete_removed", "team_assignment.ended", "athlete.deleted", "athlete.unlinked", "coaching.ended",
  "note.unshared", "note.deleted", "activity.deleted", "activity.comment_deleted", "artifact.reopened",
  "artifact.deleted", "invite.revoked",
]);

const HATS = ["admin_hat", "coach_hat", "office_hat", "athlete_hat"];

/** True if a member has no hat that they lacked, and the same role. */
function isDemotion(before: Facts, after: Facts, org: string, user: string): boolean {
  const held = (facts: Facts): string => facts.at("role#holder")
    .filter((fact) => fact.user === user && fact.ids[0] === org).map(({ object }) => object).join();
  return held(before) === held(after) && HATS.every((hat) =>
    !after.has(`org:${org}`, hat, user) || before.has(`org:${org}`, hat, user));
}

/** True for an event that ends something and begins nothing. */
function isEnding({ move: { type, data }, before, after }: Transition): boolean {
  if (ENDINGS.has(type)) return true;
  if (type === "team.head_coach_changed") return data["head_coach"] === null;
  if (type === "note.visibility_changed") return data["visible_to_athlete"] === false;
  return type === "member.hats_changed"
    && isDemotion(before.facts, after.facts, text(data, "org"), `user:${text(data, "user")}`);
}

/** S21: the one ending that can add access, for the named account on the notes about that athlete. */
function liftsMark({ move: { type, data }, before }: Transition, { relation, object, people }: Gain): boolean {
  return type === "athlete.unlinked" && data["mistaken"] === true && relation === "can_read"
    && before.facts.has(object, "athlete", `athlete:${text(data, "athlete")}`)
    && people === bitOf(text(data, "user"));
}

const ENDING_LAW: Law = {
  name: "ending adds access for nobody", rules: "S21 NP5 NP6 PR8",
  check: (transition) => !isEnding(transition) ? [] : gains(transition.before, transition.after)
    .filter((gain) => !liftsMark(transition, gain)).map(printGain),
};

/** The invite itself may be used up, and a new athlete of a note reads it only by the flag (NP3). */
function isUsedUp({ move: { data }, after }: Transition, { relation, object, people }: Gain): boolean {
  if (relation === "can_redeem") return object === `invite:${text(data, "invite")}`;
  const user = text(data, "user");
  return relation === "can_read" && people === bitOf(user)
    && after.facts.users(object, "athlete").some((about) => after.facts.has(about, "link", `user:${user}`));
}

const REDEEMING_TAKES_NOTHING: Law = {
  name: "redeeming takes nothing away", rules: "S18",
  check: (transition) => transition.move.type !== "invite.redeemed" ? []
    : gains(transition.after, transition.before).filter((loss) => !isUsedUp(transition, loss)).map(printGain),
};

/** The orgs of an object, by its own tuples or those that stay after its deletion. */
function homesOf({ facts }: Snapshot, object: string): string[] {
  if (object.startsWith("org:")) return [object];
  const homes = facts.users(object, "org");
  if (homes.length > 0) return homes;
  return ["athlete", "team"].flatMap((relation) => facts.users(object, relation))
    .flatMap((over) => facts.users(`home:${over.replace(":", "/")}`, "org"));
}

/** True for the remains of a comment that was deleted with its activity: another org may use its id (NP10). */
function isLeft({ facts }: Snapshot, object: string): boolean {
  const [on] = facts.users(object, "activity");
  return object.startsWith("activity_comment:") && on !== undefined && facts.users(on, "org").length === 0;
}

const ORGS_APART: Law = {
  name: "no event in one org changes an answer in another", rules: "PR11 S8",
  check: (transition) => {
    const { before, after, move: { type } } = transition;
    if (type.startsWith("platform.")) return [];
    const own = orgOf(transition);
    return [...gains(before, after), ...gains(after, before)].filter(({ object }) => {
      const isTaken = isLeft(before, object) && !isLeft(after, object);
      return [...isTaken ? [] : homesOf(before, object), ...homesOf(after, object)].some((home) => home !== own);
    }).map(printGain);
  },
};

const KEYS = new Set([...ORG_KEYS, ...RESOURCES.flatMap((one) => LEVELS.map((level) => `${one}.${level}`))]
  .map(relationOf));
/** Keys that a row can also hold (S12): activating a row requires only the right to assign coaches. */
const BY_ROW = new Set(["athletes_create", "teams_create"]);

/** True if a person could give a yes about their org by their own events, by the answers on the state before. */
function couldGive(before: Snapshot, giver: string, { relation, object }: Gain, adds: string): boolean {
  const may = (right: string, on = object): boolean => before.can(giver, right, on);
  if (relation === "admin" || relation === "enter_admin") return may("admin");
  if (KEYS.has(relation)) return may(relation) || (BY_ROW.has(relation) && may("athletes_assign_coaches"));
  return may(adds);
}

/** The person who answers for what an event gives: its actor, or the maker of an invite; undefined for the system. */
function giverOf({ move: { type, data, actor }, before }: Transition): string | undefined {
  if (type !== "invite.redeemed") return actor;
  return before.facts.users(`invitation:${text(data, "invite")}`, "invited_by")[0]?.slice("user:".length);
}

/** Events that give a place in the org itself: rows are given by the right over rows (PM11, S12). */
const GIVES_PLACES = /^(?:member|role|invite)\./;

/**
 * True if a user's active row holds a role that gives a key in an org (S12). Among rows on teams only a head coach's
 * counts (AC3).
 */
function holdsByRow(facts: Facts, user: string, relation: string, org: string): boolean {
  const gives = (role: string): boolean => [`${relation}_by_row`, "head_coach_rows"]
    .some((given) => facts.has(org, given, `${role}#row_holder`));
  return ["coaching", "team_assignment"].flatMap((type) => facts.at(`${type}#active_on`)).some(({ object, user: on }) =>
    facts.has(object, "coach", `user:${user}`) && facts.users(object, "role").some(gives)
    && (object.startsWith("coaching:") || facts.has(on, "head_assignment", object)));
}

const NO_ESCALATION: Law = {
  name: "nobody gives a key, a level or a hat of the org that they lack", rules: "S6 S19 S22",
  check: (transition) => {
    const { before, after, move: { type, actor, data } } = transition;
    const giver = GIVES_PLACES.test(type) ? giverOf(transition) : undefined;
    if (giver === undefined) return [];
    const org = orgOf(transition);
    const adds = type === "invite.redeemed" ? "org_members_invite" : "org_members_manage";
    // A member who comes back as a coach, or gets the coach hat back, has their own rows again (PR8, S7), and with them
    // what the rows give in the org (S12).
    const user = type === "invite.redeemed" ? actor ?? "" : text(data, "user");
    const isBack = !before.can(user, "coach", org) && after.can(user, "coach", org);
    const restores = ({ relation, people }: Gain): boolean => isBack && BY_ROW.has(relation) && people === bitOf(user)
      && [before, after].every(({ facts }) => holdsByRow(facts, user, relation, org));
    return gains(before, after).filter((gain) => gain.object === org && !restores(gain))
      .filter((gain) => !couldGive(before, giver, gain, adds)).map((gain) => `${giver} gives ${printGain(gain)}`);
  },
};

/** True if an athlete who was on a team got an account: whoever may link gives it the athlete's places (PR10). */
function linksOn({ before, after }: Transition, team: string): boolean {
  return after.facts.at("athlete#link").some(({ object, user }) =>
    !before.facts.has(object, "link", user) && before.facts.has(object, "team", team));
}

const INVITED: Law = {
  name: "redeeming gives no place on a team and no account that the maker could not give", rules: "S14 S19",
  check: (transition) => {
    const { before, after, move: { type } } = transition;
    const giver = type === "invite.redeemed" ? giverOf(transition) : undefined;
    if (giver === undefined) return [];
    const org = orgOf(transition);
    const may = (right: string, on = org): boolean => before.can(giver, right, on);
    return gains(before, after).filter(({ relation, object }) => {
      if (object.startsWith("team:") && relation === "coach") return !may("can_assign_coaches", object);
      if (object.startsWith("team:") && relation === "athlete") {
        return !may("can_edit_membership", object) && !may("athletes_create")
          && !(may("org_members_manage") && linksOn(transition, object));
      }
      if (relation !== "account" || before.facts.users(object, "org").length === 0) return false;
      const joined = after.facts.users(object, "team").filter((team) => !before.facts.has(object, "team", team));
      return !may("org_members_manage") || (joined.length > 0 && !may("can_place", object));
    }).map((gain) => `${giver} gives ${printGain(gain)}`);
  },
};

const STRANGERS: Law = {
  name: "only a redeemer and a founder are strangers to the org that they change", rules: "PR11 S9",
  check: (transition) => {
    const { before, move: { type, actor } } = transition;
    if (actor === undefined || type === "invite.redeemed" || type === "org.created") return [];
    const isStaff = before.can(actor, "superadmin", "platform:main");
    return isStaff || before.can(actor, "member", orgOf(transition)) ? [] : [`${actor} is a stranger`];
  },
};

const NEW_YES_IS_A_MEMBERS: Law = {
  name: "an event gives a yes to active members and platform staff only", rules: "PR8 PR11 S3",
  check: (transition) => {
    const { before, after } = transition;
    const staff = ["superadmin", "admin"].map((relation) => after.answers.get(`${relation} platform:main`) ?? 0)
      .reduce((all, bits) => all | bits, 0);
    return gains(before, after)
      .filter(({ object, relation }) => !object.startsWith("platform:") && relation !== "can_redeem")
      .filter(({ object, people }) => homesOf(after, object).some((home) =>
        (people & ~staff & ~(after.answers.get(`member ${home}`) ?? 0)) !== 0)).map(printGain);
  },
};

/** The laws that compare the answers before and after an event. */
export const ANSWER_LAWS: readonly Law[] = [
  ENDING_LAW, REDEEMING_TAKES_NOTHING, ORGS_APART, NO_ESCALATION, INVITED, STRANGERS, NEW_YES_IS_A_MEMBERS,
];
