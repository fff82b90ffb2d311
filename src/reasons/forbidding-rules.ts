// Why no event brings a way to a yes about: a rule that forbids it for good, or the refusal of the nearest event.
import type { Refusal, RefusalCode } from "../events/refusal.ts";
import { typeOf, type Tuple } from "../tuples/tuple.ts";

/** Why a way is closed, as the end of a sentence, and the number of the rule. */
export interface Closing {
  readonly rule: string;
  readonly says: string;
}

const ENDED = { rule: "NP8", says: "a row that ended never starts again" };
const DELETED = { rule: "S17", says: "a deleted athlete or team does not come back" };
const SPENT = { rule: "IN5", says: "an invite that was revoked, used up or accepted does not open again" };
const EXPIRED = { rule: "IN4", says: "a resend gives no link a later expiry" };

/** Facts that no event ever writes, by the relation of an absent tuple of an object that exists or has existed. */
const NEVER_WRITTEN: Readonly<Record<string, Closing>> = {
  "coaching#active_on": ENDED,
  "team_assignment#active_on": ENDED,
  "note#author": { rule: "NP1", says: "the author of a note never changes" },
  "activity_comment#author": { rule: "NP10", says: "the author of a comment never changes" },
  "drill#creator": { rule: "PM12", says: "the creator of a drill never changes" },
  "spot#creator": { rule: "PM12", says: "the creator of a spot never changes" },
  "athlete#org": DELETED,
  "team#org": DELETED,
  "activity#org": { rule: "S9", says: "the activity was deleted" },
};

/** Rules by the refusal of an event. */
const OF_REFUSALS: Partial<Record<RefusalCode, string>> = {
  relationship_ended: "NP8",
  player_role_immutable: "PR7",
  role_not_exchangeable: "PR7",
  athlete_already_linked: "PR10",
  user_already_linked: "PR10",
  not_shareable: "NP9",
  role_locked: "PM2",
  role_scope_mismatch: "S12",
  not_a_coach: "S7",
  not_an_athlete: "S7",
  relationship_mismatch: "S15",
  last_admin: "PR9",
  last_owner: "S6",
  wrong_org: "S8",
  member_inactive: "PR8",
  unknown_entity: "S9",
  invite_revoked: "IN5",
  invite_already_accepted: "PR6",
};

/** The tuples of a way to a yes, and what is known about its objects. */
export interface ClosedWay {
  readonly present: readonly Tuple[];
  readonly absent: readonly Tuple[];
  /** Whether an object exists or has existed: only then did it end, or get an author for good. */
  readonly existed: (object: string) => boolean;
  /** Whether a tuple exists, so that only its condition is not met. */
  readonly isStored: (tuple: Tuple) => boolean;
}

/** The refusal of an event that was tried. */
export interface RefusedEvent {
  readonly type: string;
  readonly refusal: Refusal;
  /** True if the question has contextual tuples, which events do not see. */
  readonly hasContext: boolean;
}

/** Returns why a way is closed, if that is known. `refused`: the event of it that is refused, if one is. */
export function closingOf(way: ClosedWay, refused: RefusedEvent | undefined): Closing | undefined {
  const { absent, existed } = way;
  const unknown = absent.find(({ object }) => !isNew(object) && !existed(object));
  if (unknown !== undefined) return { rule: "S9", says: `${unknown.object} does not exist` };
  const forbidden = absent.filter(({ object }) => existed(object))
    .map(({ object, relation }) => NEVER_WRITTEN[`${typeOf(object)}#${relation}`]).find((found) => found !== undefined);
  if (forbidden !== undefined) return withoutEvent(forbidden);
  if (refused === undefined) return headCoachRule(way) ?? promotionRule(way) ?? inviteRule(way);
  const { refused: code } = refused.refusal;
  const ofHead = code === "role_scope_mismatch" ? headCoachRule(way) : undefined;
  const rule = OF_REFUSALS[code];
  return ofHead ?? (rule === undefined ? undefined : ofRefusal(rule, refused));
}

function withoutEvent({ rule, says }: Closing): Closing {
  return { rule, says: `no event does that, because ${says}` };
}

function ofRefusal(rule: string, { type, refusal, hasContext }: RefusedEvent): Closing {
  const event = hasContext ? `${type}, tried without the contextual tuples,` : type;
  return { rule, says: `${event} is refused: ${refusal.detail}` };
}

/** Returns the rule about head coaches that a way breaks. */
function headCoachRule({ present, absent }: ClosedWay): Closing | undefined {
  const heads = [...present, ...absent].filter(({ relation }) => relation === "head_assignment");
  const breaksRole = absent.some(({ object, relation, user }) => relation === "role"
    && heads.some((head) => head.user === object) && !isHeadCoach(user));
  if (breaksRole) {
    return withoutEvent({ rule: "S15", says: "a head coach's assignment, and no other, has the role head_coach" });
  }
  // The way also needs the assignment that a new head coach ends.
  return absent.some(({ relation }) => relation === "head_assignment")
    ? withoutEvent({ rule: "S15", says: "a new head coach ends the assignment of the former one" }) : undefined;
}

/** Returns the rule by which an assignment does not become the head coach's, although its coach may. */
function promotionRule({ absent }: ClosedWay): Closing | undefined {
  const isPromotion = absent.some(({ object, relation, user }) =>
    object.startsWith("team_assignment:") && relation === "role" && isHeadCoach(user));
  return isPromotion
    ? { rule: "S15", says: "a coach becomes the head of a team in the oldest assignment that they have there" }
    : undefined;
}

/** Returns the rule by which an invite stays closed. A resend of an email invitation was tried, and opens it. */
function inviteRule({ absent, isStored }: ClosedWay): Closing | undefined {
  const closed = absent.find(({ object }) => typeOf(object) === "invite");
  if (closed === undefined) return undefined;
  return withoutEvent(absent.some(isStored) ? EXPIRED : SPENT);
}

/** Whether a name is that of the role of head coaches, in an org or not. */
export function isHeadCoach(role: string): boolean {
  return /^role:(?:[^/]+\/)?head_coach$/.test(role);
}

/** Whether a way to a yes made a name up for an object that would be new. */
function isNew(object: string): boolean {
  return /^new(?:\.\d+)?$/.test(object.slice(object.indexOf(":") + 1));
}
