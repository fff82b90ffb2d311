// Generated: the codes of problems.
/** The codes of problems, with the status of each. */
export interface ProblemCodes {
  /** The request is malformed: `errors` or `detail` names the field and the rule it breaks. Correct the request. */
  invalid_request: 400;
  /**
   * The envelope or the payload of the event breaks its schema: `errors` lists each field and its fault. Correct the
   * event and send it again, with the same id.
   */
  invalid_event: 400;
  /** No event has this type. Look up the type in the reference. */
  unknown_event_type: 400;
  /**
   * A role or an override names a permission key that does not exist or does not belong there. Use the keys of the
   * reference.
   */
  unknown_key: 400;
  /**
   * The request has no API key, or one that is unknown or has expired; or its signature does not hold. Send
   * `Authorization: Bearer <key>` with a valid key, or sign the request as `detail` says.
   */
  unauthenticated: 401;
  /** The API key lacks the scope that the request needs. Use a key with the scope that `detail` names. */
  scope_missing: 403;
  /**
   * The API key may not send events as this CloudEvents source. Use the key of this source, or add the source to the
   * key's `sources`.
   */
  source_not_allowed: 403;
  /** Webhooks of this origin are not expected here. Add the origin to `SIDELINE_WEBHOOK_ORIGINS`. */
  origin_not_allowed: 403;
  /**
   * An event without an actor is the system's own word, and the API key lacks the scope `events:system`. Name the
   * actor, or use a key with the scope `events:system`.
   */
  actor_required: 403;
  /**
   * The policy does not let this actor do this. An object that does not exist gets the same answer, so that ids cannot
   * be probed. Show the user that they lack the right. Do not send the event again on their behalf.
   */
  actor_not_allowed: 403;
  /** The actor would give more than they hold (S6, S14, S19). Let somebody who holds those rights do it. */
  exceeds_own_permissions: 403;
  /** The invitation is for another email address. Ask the user to sign in with the address that was invited. */
  email_mismatch: 403;
  /**
   * Something that the request names does not exist, or is not in this org: `detail` names it. Send the event that
   * creates it first.
   */
  unknown_entity: 404;
  /** No invite has this id. Ask for a new link. */
  invite_invalid: 404;
  /** There is nothing at this path. Look up the path in the reference. */
  not_found: 404;
  /**
   * The path exists but does not take this method: the header `Allow` lists those it takes. Use one of those methods.
   */
  method_not_allowed: 405;
  /**
   * A server without API keys answers only requests whose `Host` is a loopback address. Ask it by its loopback
   * address, or run it with a key file.
   */
  wrong_host: 421;
  /**
   * The id is taken by something else, or by the same thing in another state. Choose another id, or send the event
   * that changes what exists.
   */
  already_exists: 409;
  /**
   * An event with this source and id was applied in this org with other content. Give the new event an id of its own.
   */
  event_conflict: 409;
  /** Things of different orgs do not go together. Name things of one org. */
  wrong_org: 409;
  /** The org would lose its only active admin (PR9). Make somebody else an admin first. */
  last_admin: 409;
  /** The org would lose its only active owner (S6). Make somebody else the owner first. */
  last_owner: 409;
  /**
   * The member is a player, whose role cannot be exchanged (PR7). Deactivate the member, or invite them under another
   * hat.
   */
  player_role_immutable: 409;
  /**
   * The athlete has an account, or an open invite reserves the row for one. Unlink the account, or revoke the invite
   * first.
   */
  athlete_already_linked: 409;
  /** The user is the account of another athlete of the org. Unlink that athlete first. */
  user_already_linked: 409;
  /** The user is not a member of the org who wears the coach hat. Give them the coach hat first. */
  not_a_coach: 409;
  /** The user is not a member of the org who wears the athlete hat. Give them the athlete hat first. */
  not_an_athlete: 409;
  /** The athlete is not on this team. Add the athlete to the team first. */
  not_on_team: 409;
  /**
   * The note cannot be shared with this user: only with active members who wear the admin, coach or office hat (NP9).
   * Share it with such a member.
   */
  not_shareable: 409;
  /** The member is deactivated. Reactivate the member first. */
  member_inactive: 409;
  /**
   * The coaching row or assignment has ended, and an ended row never reopens (NP8). Start a new one, with an id of its
   * own.
   */
  relationship_ended: 409;
  /**
   * The relationship is not the one that the event needs: another coach's, or over another athlete. Name the
   * relationship that connects the two.
   */
  relationship_mismatch: 409;
  /** The role owner cannot be changed or deleted (PM2). Create a custom role. */
  role_locked: 409;
  /** The org starts with this role, and it cannot be deleted (PM2). Change its keys, or leave it unused. */
  system_role: 409;
  /** A member, an active row or an open invite holds the role. Give them another role first. */
  role_in_use: 409;
  /**
   * The role has the wrong scope, or the key does not belong to a role of this scope. Use a role of the other scope.
   */
  role_scope_mismatch: 409;
  /** The member would become a player, which no exchange of roles does (PR7). Invite the person as a player. */
  role_not_exchangeable: 409;
  /** The user wears the admin hat already, which the invite would give (IN6). Nothing: the user is an admin. */
  duplicate_admin_grant: 409;
  /** The invite has expired. Resend the invitation, or create a new link. */
  invite_expired: 409;
  /** The invite was revoked. Create a new invite. */
  invite_revoked: 409;
  /** The link has been redeemed as often as it may be. Create a new link. */
  invite_exhausted: 409;
  /** The invitation was accepted. Nothing, or invite again under a new id. */
  invite_already_accepted: 409;
  /** The maker of the invite may no longer give what it gives (S19). Let somebody who may resend it. */
  inviter_lost_right: 409;
  /**
   * A later event of the same source and subject was applied: the `sequence` is not greater than its. Drop the event:
   * it is out of date.
   */
  stale_event: 409;
  /** The body is larger than the limit that `detail` names. Send less in one request. */
  body_too_large: 413;
  /** The batch, or the dry run, holds more than the limit that `detail` names. Send it in smaller batches. */
  batch_too_large: 413;
  /**
   * The Content-Type or Content-Encoding is not one that the path takes. Send JSON, without compression, with its
   * content type.
   */
  unsupported_media_type: 415;
  /** Too many events are waiting. Send the same request again after `Retry-After` seconds. */
  too_many_events: 429;
  /**
   * The store cannot be read or written now. No event was applied in part. Send the same request, with the same event
   * ids, again after `Retry-After` seconds.
   */
  store_unavailable: 503;
  /** Another backup is being made. Ask again when it has ended. */
  backup_running: 409;
  /**
   * An unexpected error, which the log of the server holds. Send the same request again; if it fails again, report the
   * log line.
   */
  internal_error: 500;
  /** The store behind this server cannot do this. See docs/operations.md for the way that this store offers. */
  not_supported: 501;
}

/** The codes of problems after which the same request can succeed later without any change. */
export const TEMPORARY_CODES: readonly string[] = [
  "too_many_events", "store_unavailable", "backup_running", "internal_error",
];

/** The codes with which the server judges an event and refuses it. */
export const VERDICT_CODES: readonly string[] = [
  "invalid_event", "unknown_key", "actor_not_allowed", "exceeds_own_permissions", "email_mismatch", "unknown_entity",
  "invite_invalid", "already_exists", "event_conflict", "wrong_org", "last_admin", "last_owner",
  "player_role_immutable", "athlete_already_linked", "user_already_linked", "not_a_coach", "not_an_athlete",
  "not_on_team", "not_shareable", "member_inactive", "relationship_ended", "relationship_mismatch", "role_locked",
  "system_role", "role_in_use", "role_scope_mismatch", "role_not_exchangeable", "duplicate_admin_grant",
  "invite_expired", "invite_revoked", "invite_exhausted", "invite_already_accepted", "inviter_lost_right",
  "stale_event",
];
