// The guards that only choose an answer: without one of them, another guard refuses, or the event changes nothing.

const UNKNOWN = "without it, the event is refused for a role, a member or a place that does not exist either";
const NOTHING_LEFT = "without it, an event about an object that does not exist is `unchanged`";
const RIGHT_AGAIN = "the judgement of the invite asks for the same key, with another code";

/** Reasons by the name of the guard. Any other guard breaks an invariant or a law when it is removed. */
export const ANSWER_ONLY: Readonly<Record<string, string>> = {
  "activity-comment-deleted.ts may findComment(view.tuples, data.comment) !== undefined": NOTHING_LEFT,
  "activity-deleted.ts may of !== undefined": "nobody has a right over an athlete that does not exist",
  "activity-deleted.ts decide unknown_entity": NOTHING_LEFT,
  "athlete-created.ts assign already_exists": "the guard of row ids refuses a default id that is taken",
  "athlete-deleted.ts decide unknown_entity": NOTHING_LEFT,
  "athlete-linked.ts decide unknown_entity": UNKNOWN,
  "athlete-unlinked.ts may home !== undefined": "nobody has a right over an org that does not exist",
  "athlete-unlinked.ts decide unknown_entity": NOTHING_LEFT,
  "coaching-started.ts decide unknown_entity": UNKNOWN,
  "decide-event.ts decideFirst invalid_event": "nobody with a malformed id has a right",
  "guards/last-admin.ts takesTheLast last_admin": "an Owner counts with the admin hat only, so `last_owner` follows",
  "guards/references.ts wearerFault code": "somebody who is no member is not an active one either",
  "guards/row-ids.ts rowIdFault already_exists": "chooses between two refusals",
  "guards/row-ids.ts rowIdFault relationship_ended": "chooses between two refusals",
  "invite-created.ts may right": RIGHT_AGAIN,
  "invite-redeemed.ts decide namesFault()": "deletions revoke the invites that name a team or a row, and the guard of "
    + "scopes refuses a role that does not exist",
  "invite-resent.ts may view.allowed(actor, \"can_revoke\", invite(data.invite))": RIGHT_AGAIN,
  "invite-resent.ts decide namesFault()": "as for `invite-redeemed.ts`",
  "member-added.ts decide member_inactive": "a deactivated member is a member already",
  "member-hats-changed.ts decide unknown_entity": UNKNOWN,
  "member-reactivated.ts decide unknown_entity": UNKNOWN,
  "member-role-assigned.ts decide unknown_entity": UNKNOWN,
  "note-shared-unshared.ts decide unknown_entity (2)": NOTHING_LEFT,
  "redemption-effects.ts claimReserved actor_not_allowed": "chooses the code by the sender",
  "role-deleted.ts decide role_locked": "Owner is a system role",
  "role-deleted.ts decide system_role": "the state is that of `role.updated` without keys, which the same right allows",
  "role-deleted.ts decide unknown_entity": NOTHING_LEFT,
  "team-assignment-started.ts decide unknown_entity": UNKNOWN,
  "team-athlete-added.ts decide unknown_entity": UNKNOWN,
  "team-athlete-moved.ts may view.allowed(actor, \"can_place\", athlete(data.athlete))":
    "whoever manages a team that the athlete is on may place the athlete",
  "team-athlete-moved.ts decide athleteFault()": "an athlete of another org, or a deleted one, is on no team here",
  "team-athlete-moved.ts decide unknown_entity": UNKNOWN,
  "team-athlete-removed.ts decide athleteFault()": NOTHING_LEFT,
  "team-athlete-removed.ts decide unknown_entity": UNKNOWN,
  "team-deleted.ts decide unknown_entity": NOTHING_LEFT,
  "team-head-coach-changed.ts decide relationship_mismatch": "the appointment refuses the other id as well",
  "team-head-coach-changed.ts decide unknown_entity": UNKNOWN,
};
