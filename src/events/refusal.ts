// The reasons why an event is not applied: a closed union of codes, and the HTTP status of each.
import {
  ADDRESS, AT_DOMAIN, BRACKETED_AT, QUOTED_ADDRESS, SIGN_START, SPACED_SIGN, SPELLED,
} from "./address-patterns.ts";

/** HTTP status of every refusal code (contract of `POST /events`). */
export const REFUSAL_STATUS = {
  invalid_event: 400,
  unknown_event_type: 400,
  unknown_key: 400,
  actor_required: 403,
  actor_not_allowed: 403,
  exceeds_own_permissions: 403,
  email_mismatch: 403,
  unknown_entity: 404,
  invite_invalid: 404,
  already_exists: 409,
  event_conflict: 409,
  wrong_org: 409,
  last_admin: 409,
  last_owner: 409,
  player_role_immutable: 409,
  athlete_already_linked: 409,
  user_already_linked: 409,
  not_a_coach: 409,
  not_an_athlete: 409,
  not_on_team: 409,
  not_shareable: 409,
  member_inactive: 409,
  relationship_ended: 409,
  relationship_mismatch: 409,
  role_locked: 409,
  system_role: 409,
  role_in_use: 409,
  role_scope_mismatch: 409,
  role_not_exchangeable: 409,
  duplicate_admin_grant: 409,
  invite_expired: 409,
  invite_revoked: 409,
  invite_exhausted: 409,
  invite_already_accepted: 409,
  inviter_lost_right: 409,
  stale_event: 409,
  batch_too_large: 413,
  store_unavailable: 503,
} as const;

export type RefusalCode = keyof typeof REFUSAL_STATUS;

/** One fault of a payload: its path, such as `data.hats.0`, and a message. */
export interface PayloadError {
  readonly path: string;
  readonly message: string;
}

/** A refused event. `detail` is a sentence for a human reader; it never contains an email address. */
export interface Refusal {
  readonly refused: RefusalCode;
  readonly detail: string;
  readonly errors?: readonly PayloadError[];
}

/** Builds a refusal. */
export function refuse(code: RefusalCode, detail: string, errors?: readonly PayloadError[]): Refusal {
  return errors === undefined ? { refused: code, detail } : { refused: code, detail, errors };
}

/** Builds the refusal that names an entity that does not exist. */
export function unknown(object: string): Refusal {
  return refuse("unknown_entity", `there is no ${object}`);
}

/** Builds the refusal of a type that no event has. */
export function unknownType(type: string): Refusal {
  return refuse("unknown_event_type", `there is no event type ${maskAddresses(type)}`);
}

/**
 * Returns a text with its email addresses masked, such as an address in the place of a field's name. An `@` counts in
 * each of its writings. ` at `, and an `@` next to white space, count where a domain follows. An id without an `@`
 * stays as it is.
 *
 * @example
 * maskAddresses("data.ann@example.org is unknown") // "(an address) is unknown"
 * maskAddresses('"ann.doe"@example.org is unknown') // "(an address) is unknown"
 * maskAddresses("ann (at) example.org, bob at example dot org") // "(an address) (an address) dot org"
 */
export function maskAddresses(text: string): string {
  const spelled = SPELLED.test(text) ? text.replace(BRACKETED_AT, "@").replace(AT_DOMAIN, "@") : text;
  if (!SIGN_START.test(spelled)) return spelled;
  const joined = spelled.replace(SPACED_SIGN, "@");
  const words = joined.replace(/[^\s"'`]+/g, (word) => (ADDRESS.test(word) ? "(an address)" : word));
  return words.replace(/\S+/g, (word) => (QUOTED_ADDRESS.test(word) ? "(an address)" : word));
}

/** True if the outcome of a decision is a refusal. */
export function isRefusal(outcome: object): outcome is Refusal {
  return "refused" in outcome;
}
