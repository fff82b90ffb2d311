// Object names of the model's types, and texts and numbers as `value` objects.
import { digest } from "../tuples/digest.ts";
import { MAX_OBJECT_LENGTH } from "../tuples/field-sizes.ts";

/** Return the name of an object: its type and its id. */
export const user = (id: string): string => `user:${id}`;
export const org = (id: string): string => `org:${id}`;
export const team = (id: string): string => `team:${id}`;
export const athlete = (id: string): string => `athlete:${id}`;
export const coaching = (id: string): string => `coaching:${id}`;
export const assignment = (id: string): string => `team_assignment:${id}`;
export const invite = (id: string): string => `invite:${id}`;
export const invitation = (id: string): string => `invitation:${id}`;

/** The type of the objects that keep the order of events. */
export const LEDGER_TYPE = "ledger";

/** The only platform object. */
export const THE_PLATFORM = "platform:main";

/** Returns the object of a role. */
export const role = (orgId: string, id: string): string => `role:${orgId}/${id}`;
/** Returns the bookkeeping object of a custom role. */
export const roleEntry = (orgId: string, id: string): string => `role_entry:${orgId}/${id}`;
/** Returns the bookkeeping object of a member. */
export const membership = (orgId: string, userId: string): string => `membership:${orgId}/${userId}`;
/** Returns the bookkeeping object of a team, row or activity. It keeps facts such as the org after a deletion. */
export const home = (object: string): string => `home:${object.replace(":", "/")}`;
/** Returns the object that claims an id. */
export const claim = (object: string): string => `claim:${object.replace(":", "/")}`;
/** Returns the ledger that orders an org's events. */
export const orgLedger = (id: string): string => `${LEDGER_TYPE}:org/${id}`;
/** Ledger that orders the platform's events. */
export const PLATFORM_LEDGER = `${LEDGER_TYPE}:platform`;

/** Returns the object of an athlete's place on a team. Two ids of 128 characters do not fit: a digest replaces them. */
export function seat(teamId: string, athleteId: string): string {
  const plain = `seat:${teamId}/${athleteId}`;
  return plain.length <= MAX_OBJECT_LENGTH ? plain : `seat:${digest(`${teamId}/${athleteId}`)}`;
}

/** Escapes the characters that OpenFGA refuses in a user. Throws on lone surrogates. */
export function escaped(text: string): string {
  return text.replace(/[\s\p{C}%#:*@]/gu, (c) => (c === "*" ? "%2A" : encodeURIComponent(c)));
}

/**
 * Returns a text as a `value` object.
 *
 * @example value("50 %") // "value:50%20%25"
 */
export function value(text: string): string {
  return `value:${escaped(text)}`;
}

/**
 * Returns the text of a `value` object.
 *
 * @example textOf(value("50 %")) // "50 %"
 */
export function textOf(object: string): string {
  const text = object.slice("value:".length);
  return text.includes("%") ? decodeURIComponent(text) : text;
}

/**
 * Returns the org and the id in `role:<org>/<id>`, `membership:<org>/<user>` and the like.
 *
 * @example pairOf("membership:fc/ann") // { org: "fc", id: "ann" }
 */
export function pairOf(object: string): { readonly org: string; readonly id: string } {
  const colon = object.indexOf(":");
  const slash = object.indexOf("/", colon);
  return { org: object.slice(colon + 1, slash), id: object.slice(slash + 1) };
}

/** Bookkeeping types. Their tuples grant nothing, and a receipt does not count them. */
const BOOKKEEPING = new Set(
  [LEDGER_TYPE, "event", "stream", "claim", "home", "membership", "role_entry", "invitation", "policy"],
);

/**
 * Returns true for an object of a bookkeeping type (the model's last section).
 *
 * @example
 * isBookkeeping(`${LEDGER_TYPE}:platform`) // true
 * isBookkeeping("note:1") // false
 */
export function isBookkeeping(object: string): boolean {
  return BOOKKEEPING.has(object.slice(0, object.indexOf(":")));
}
