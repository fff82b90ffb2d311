// The names of things as objects of the model, and texts and numbers as `value` objects.
import { digest } from "../tuples/digest.ts";

/** Longest object of a tuple, in characters, type included: OpenFGA's limit. */
export const MAX_OBJECT_LENGTH = 256;

/** Names of objects by their id, the type put before it. */
export const user = (id: string): string => `user:${id}`;
export const org = (id: string): string => `org:${id}`;
export const team = (id: string): string => `team:${id}`;
export const athlete = (id: string): string => `athlete:${id}`;
export const coaching = (id: string): string => `coaching:${id}`;
export const assignment = (id: string): string => `team_assignment:${id}`;
export const invite = (id: string): string => `invite:${id}`;
export const invitation = (id: string): string => `invitation:${id}`;

/** The one platform. */
export const THE_PLATFORM = "platform:main";

/** A role of an org. */
export const role = (orgId: string, id: string): string => `role:${orgId}/${id}`;
/** The bookkeeping of a role somebody made. */
export const roleEntry = (orgId: string, id: string): string => `role_entry:${orgId}/${id}`;
/** The bookkeeping of a member. */
export const membership = (orgId: string, userId: string): string => `membership:${orgId}/${userId}`;
/** Where a team or roster row is or was. */
export const home = (object: string): string => `home:${object.replace(":", "/")}`;
/** The claim of an id. */
export const claim = (object: string): string => `claim:${object.replace(":", "/")}`;
/** The order of an org's events. */
export const orgLedger = (id: string): string => `ledger:org/${id}`;
/** The order of the platform's events. */
export const PLATFORM_LEDGER = "ledger:platform";

/** An athlete's place on a team. Two ids of 128 characters do not fit one object: then a digest stands for them. */
export function seat(teamId: string, athleteId: string): string {
  const plain = `seat:${teamId}/${athleteId}`;
  return plain.length <= MAX_OBJECT_LENGTH ? plain : `seat:${digest(`${teamId}/${athleteId}`)}`;
}

/** A text with what OpenFGA does not take in a user escaped. Lone surrogates throw. */
export function escaped(text: string): string {
  return text.replace(/[\s\p{C}%#:*@]/gu, (c) => (c === "*" ? "%2A" : encodeURIComponent(c)));
}

/** A text as a `value` object. */
export function value(text: string): string {
  return `value:${escaped(text)}`;
}

/** The text of a `value` object. */
export function textOf(object: string): string {
  const text = object.slice("value:".length);
  return text.includes("%") ? decodeURIComponent(text) : text;
}

/** The org and the id of `role:<org>/<id>`, `membership:<org>/<user>` and the like. */
export function pairOf(object: string): { readonly org: string; readonly id: string } {
  const colon = object.indexOf(":");
  const slash = object.indexOf("/", colon);
  return { org: object.slice(colon + 1, slash), id: object.slice(slash + 1) };
}

/** Types of bookkeeping: their tuples grant nothing and are not counted in a receipt. */
const BOOKKEEPING = new Set(
  ["ledger", "event", "stream", "claim", "home", "membership", "role_entry", "invitation", "policy"],
);

/** True for an object of a bookkeeping type (the model's last section). */
export function isBookkeeping(object: string): boolean {
  return BOOKKEEPING.has(object.slice(0, object.indexOf(":")));
}
