// Each problem code in words: what it means, whether the same request may be sent again, and what to do.
import type { ProblemCode } from "./problem.ts";

/** A problem code in words. */
export interface ProblemMeaning {
  readonly means: string;
  /** False: the same request can succeed later without any change. True: something must change first. */
  readonly isFinal: boolean;
  readonly action: string;
}

const final = (means: string, action: string): ProblemMeaning => ({ means, isFinal: true, action });
const temporary = (means: string, action: string): ProblemMeaning => ({ means, isFinal: false, action });

/** Every problem code in words. */
export const PROBLEM_MEANINGS: Readonly<Record<ProblemCode, ProblemMeaning>> = {
  invalid_request: final(
    "The request is malformed: `errors` or `detail` names the field and the rule it breaks.", "Correct the request.",
  ),
  invalid_event: final(
    "The envelope or the payload of the event breaks its schema: `errors` lists each field and its fault.",
    "Correct the event and send it again, with the same id.",
  ),
  unknown_event_type: final("No event has this type.", "Look up the type in the reference."),
  unknown_key: final(
    "A role or an override names a permission key that does not exist or does not belong there.",
    "Use the keys of the reference.",
  ),
  unauthenticated: final(
    "The request has no API key, or one that is unknown or has expired; or its signature does not hold.",
    "Send `Authorization: Bearer <key>` with a valid key, or sign the request as `detail` says.",
  ),
  scope_missing: final(
    "The API key lacks the scope that the request needs.", "Use a key with the scope that `detail` names.",
  ),
  source_not_allowed: final(
    "The API key may not send events as this CloudEvents source.",
    "Use the key of this source, or add the source to the key's `sources`.",
  ),
  origin_not_allowed: final(
    "Webhooks of this origin are not expected here.", "Add the origin to `SIDELINE_WEBHOOK_ORIGINS`.",
  ),
  actor_required: final(
    "An event without an actor is the system's own word, and the API key lacks the scope `events:system`.",
    "Name the actor, or use a key with the scope `events:system`.",
  ),
  actor_not_allowed: final(
    "The policy does not let this actor do this. An object that does not exist gets the same answer, so that ids "
      + "cannot be probed.",
    "Show the user that they lack the right. Do not send the event again on their behalf.",
  ),
  exceeds_own_permissions: final(
    "The actor would give more than they hold (S6, S14, S19).", "Let somebody who holds those rights do it.",
  ),
  email_mismatch: final(
    "The invitation is for another email address.", "Ask the user to sign in with the address that was invited.",
  ),
  unknown_entity: final(
    "Something that the request names does not exist, or is not in this org: `detail` names it.",
    "Send the event that creates it first.",
  ),
  invite_invalid: final("No invite has this id.", "Ask for a new link."),
  not_found: final("There is nothing at this path.", "Look up the path in the reference."),
  method_not_allowed: final(
    "The path exists but does not take this method: the header `Allow` lists those it takes.",
    "Use one of those methods.",
  ),
  wrong_host: final(
    "A server without API keys answers only requests whose `Host` is a loopback address.",
    "Ask it by its loopback address, or run it with a key file.",
  ),
  already_exists: final(
    "The id is taken by something else, or by the same thing in another state.",
    "Choose another id, or send the event that changes what exists.",
  ),
  event_conflict: final(
    "An event with this source and id was applied in this org with other content.",
    "Give the new event an id of its own.",
  ),
  wrong_org: final("Things of different orgs do not go together.", "Name things of one org."),
  last_admin: final("The org would lose its only active admin (PR9).", "Make somebody else an admin first."),
  last_owner: final("The org would lose its only active owner (S6).", "Make somebody else the owner first."),
  player_role_immutable: final(
    "The member is a player, whose role cannot be exchanged (PR7).",
    "Deactivate the member, or invite them under another hat.",
  ),
  athlete_already_linked: final(
    "The athlete has an account, or an open invite reserves the row for one.",
    "Unlink the account, or revoke the invite first.",
  ),
  user_already_linked: final("The user is the account of another athlete of the org.", "Unlink that athlete first."),
  not_a_coach: final("The user is not a member of the org who wears the coach hat.", "Give them the coach hat first."),
  not_an_athlete: final(
    "The user is not a member of the org who wears the athlete hat.", "Give them the athlete hat first.",
  ),
  not_on_team: final("The athlete is not on this team.", "Add the athlete to the team first."),
  not_shareable: final(
    "The note cannot be shared with this user: only with active members who wear the admin, coach or office hat "
      + "(NP9).",
    "Share it with such a member.",
  ),
  member_inactive: final("The member is deactivated.", "Reactivate the member first."),
  relationship_ended: final(
    "The coaching row or assignment has ended, and an ended row never reopens (NP8).",
    "Start a new one, with an id of its own.",
  ),
  relationship_mismatch: final(
    "The relationship is not the one that the event needs: another coach's, or over another athlete.",
    "Name the relationship that connects the two.",
  ),
  role_locked: final("The role owner cannot be changed or deleted (PM2).", "Create a custom role."),
  system_role: final(
    "The org starts with this role, and it cannot be deleted (PM2).", "Change its keys, or leave it unused.",
  ),
  role_in_use: final("A member, an active row or an open invite holds the role.", "Give them another role first."),
  role_scope_mismatch: final(
    "The role has the wrong scope, or the key does not belong to a role of this scope.",
    "Use a role of the other scope.",
  ),
  role_not_exchangeable: final(
    "The member would become a player, which no exchange of roles does (PR7).", "Invite the person as a player.",
  ),
  duplicate_admin_grant: final(
    "The user wears the admin hat already, which the invite would give (IN6).", "Nothing: the user is an admin.",
  ),
  invite_expired: final("The invite has expired.", "Resend the invitation, or create a new link."),
  invite_revoked: final("The invite was revoked.", "Create a new invite."),
  invite_exhausted: final("The link has been redeemed as often as it may be.", "Create a new link."),
  invite_already_accepted: final("The invitation was accepted.", "Nothing, or invite again under a new id."),
  inviter_lost_right: final(
    "The maker of the invite may no longer give what it gives (S19).", "Let somebody who may resend it.",
  ),
  stale_event: final(
    "A later event of the same source and subject was applied: the `sequence` is not greater than its.",
    "Drop the event: it is out of date.",
  ),
  body_too_large: final("The body is larger than the limit that `detail` names.", "Send less in one request."),
  batch_too_large: final(
    "The batch, or the dry run, holds more than the limit that `detail` names.", "Send it in smaller batches.",
  ),
  unsupported_media_type: final(
    "The Content-Type or Content-Encoding is not one that the path takes.",
    "Send JSON, without compression, with its content type.",
  ),
  too_many_events: temporary(
    "Too many events are waiting.", "Send the same request again after `Retry-After` seconds.",
  ),
  store_unavailable: temporary(
    "The store cannot be read or written now. No event was applied in part.",
    "Send the same request, with the same event ids, again after `Retry-After` seconds.",
  ),
  backup_running: temporary("Another backup is being made.", "Ask again when it has ended."),
  internal_error: temporary(
    "An unexpected error, which the log of the server holds.",
    "Send the same request again; if it fails again, report the log line.",
  ),
  not_supported: final(
    "The store behind this server cannot do this.", "See docs/operations.md for the way that this store offers.",
  ),
};
