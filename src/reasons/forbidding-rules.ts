// The rules by which no event writes a tuple, for ways to a yes that no event brings about.
import type { RefusalCode } from "../events/refusal.ts";
import { typeOf, type Tuple } from "../tuples/tuple.ts";

/** A rule that forbids, with its number, and its content as the end of a sentence. */
export interface ForbiddingRule {
  readonly rule: string;
  readonly says: string;
}

const ENDED = { rule: "NP8", says: "a row that ended never starts again" };
const DELETED = { rule: "S17", says: "a deleted athlete or team does not come back" };

/** Rules by the relation of an absent tuple. */
const OF_TUPLES: Readonly<Record<string, ForbiddingRule>> = {
  "coaching#active_on": ENDED,
  "team_assignment#active_on": ENDED,
  "note#author": { rule: "NP1", says: "the author of a note never changes" },
  "activity_comment#author": { rule: "NP10", says: "the author of a comment never changes" },
  "drill#creator": { rule: "PM12", says: "the creator of a drill never changes" },
  "spot#creator": { rule: "PM12", says: "the creator of a spot never changes" },
  "athlete#org": DELETED,
  "team#org": DELETED,
  "activity#org": { rule: "S9", says: "the activity was deleted" },
  "athlete#link": { rule: "PR10", says: "an athlete has one account, and an account one athlete in an org" },
  "invite#open": { rule: "IN5", says: "an invite that was revoked, used up or accepted does not open again" },
};

/** Rules by the refusal of the event that comes nearest. */
const OF_REFUSALS: Partial<Record<RefusalCode, ForbiddingRule>> = {
  relationship_ended: ENDED,
  player_role_immutable: { rule: "PR7", says: "the role of a player does not change" },
  role_not_exchangeable: { rule: "PR7", says: "nobody becomes a player by a change of role" },
  athlete_already_linked: { rule: "PR10", says: "an athlete has one account at most" },
  user_already_linked: { rule: "PR10", says: "a user has one athlete at most in an org" },
  not_shareable: { rule: "NP9", says: "a note is shared with active staff only" },
  role_locked: { rule: "PM2", says: "the Owner role is locked" },
  role_scope_mismatch: { rule: "S12", says: "a role of this scope does not take this key or this place" },
  not_a_coach: { rule: "S7", says: "a row needs an active member with the coach hat" },
  not_an_athlete: { rule: "S7", says: "a link needs an active member with the athlete hat" },
  relationship_mismatch: { rule: "S15", says: "an assistant becomes the head coach in the assignment they have" },
  last_admin: { rule: "PR9", says: "an org keeps its only admin" },
  last_owner: { rule: "S6", says: "an org keeps its last active Owner" },
  wrong_org: { rule: "S8", says: "everything that an event names is of one org" },
  member_inactive: { rule: "PR8", says: "a deactivated member must come back first" },
  unknown_entity: { rule: "S9", says: "something that the event needs does not exist" },
};

/** The tuples of a way to a yes. */
interface Way {
  readonly present: readonly Tuple[];
  readonly absent: readonly Tuple[];
}

/**
 * Returns the rule by which no event writes the absent tuples, if the tables have one. `existed` says whether an object
 * exists or has existed: only then did it end, or get an author for good.
 */
export function forbiddingRule(
  way: Way, refused: RefusalCode | undefined, existed: (object: string) => boolean,
): ForbiddingRule | undefined {
  const { absent } = way;
  const ofTuple = absent.filter(({ object }) => existed(object))
    .map(({ object, relation }) => OF_TUPLES[`${typeOf(object)}#${relation}`]).find((rule) => rule !== undefined);
  const unknown = absent.find(({ object }) => !isNew(object) && !existed(object));
  if (unknown !== undefined) return { rule: "S9", says: `${unknown.object} does not exist` };
  if (refused === "relationship_ended") return ENDED;
  const ofHead = refused === undefined || refused === "role_scope_mismatch" ? headCoachRule(way) : undefined;
  return ofTuple ?? ofHead ?? (refused === undefined ? undefined : OF_REFUSALS[refused]);
}

/** Returns the rule about head coaches that a way breaks. */
function headCoachRule({ present, absent }: Way): ForbiddingRule | undefined {
  const all = [...present, ...absent];
  const heads = all.filter(({ relation }) => relation === "head_assignment");
  const breaksRole = absent.some(({ object, relation, user }) => object.startsWith("team_assignment:")
    && relation === "role" && heads.some((head) => head.user === object) !== HEAD_COACH_ROLE.test(user));
  if (breaksRole) return { rule: "S15", says: "a head coach's assignment, and no other, has the role head_coach" };
  // The way also needs the assignment that a new head coach ends.
  return absent.some(({ relation }) => relation === "head_assignment")
    ? { rule: "S15", says: "a new head coach ends the assignment of the former one" } : undefined;
}

const HEAD_COACH_ROLE = /^role:(?:[^/]+\/)?head_coach$/;

/** Whether a way to a yes made a name up for an object that would be new. */
function isNew(object: string): boolean {
  return /^new(?:\.\d+)?$/.test(object.slice(object.indexOf(":") + 1));
}
