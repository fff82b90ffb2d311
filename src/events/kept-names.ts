// The names that history shows of an event: its source, its id and its actor, each without an email address.
import { MAX_NAME_KEPT_LENGTH } from "../domain/event-limits.ts";
import { maskAddresses } from "./refusal.ts";

/**
 * Returns the `source` or `id` of an event as its record keeps it: addresses are masked, then it is cut. So no store
 * ever holds an address that came in such a name.
 *
 * @example keptName("mailto:ann@example.org") // "(an address)"
 */
export function keptName(text: string): string {
  // A store takes no half of a character, such as one that was cut through.
  return maskAddresses(text).slice(0, MAX_NAME_KEPT_LENGTH).replace(/\p{Cs}/gu, "\ufffd");
}

/** Returns the actor of an event as answers show it: null for the system; an id that is an address is masked. */
export function shownActor(actor: string | undefined): string | null {
  return actor === undefined ? null : maskAddresses(actor);
}
