// The query of a page: the fields that some page reads, and no other. Links, forms and the login repeat it.
import { EVENTS } from "../../events/table.ts";
import { fieldsOf, type EventField } from "../reference/event-schemas.ts";
import type { Query } from "./console-links.ts";

const FIELDS = new Set([
  "actor", "after", "as_of", "as_of_time", "athlete", "hat", "id", "invites", "org", "outcome", "q", "range",
  "relation", "since", "source", "status", "token", "try", "type", "user",
]);

/** Returns the fields of an event that a form shows: an address of a page must not carry an email address. */
export function shownFields(type: string): EventField[] {
  return fieldsOf(type).filter(({ name }) => name !== "email");
}

/** Fields that are of one time only: the time itself, and the place in a list of then. */
const OF_ONE_TIME: readonly string[] = ["as_of", "as_of_time", "after", "invites", "since", "token"];

/** Returns the query of the same page at another time: it begins with the first page of its list. */
export function atAnotherTime(query: Query): Query {
  return Object.fromEntries(Object.entries(query).filter(([name]) => !OF_ONE_TIME.includes(name)));
}

/**
 * Returns the fields of a query that a page of the console reads, the first of each name. An email address of an event
 * is no such field, so no page repeats it.
 */
export function readQuery(given: URLSearchParams): Record<string, string> {
  const query = Object.fromEntries([...given].reverse());
  const type = query["type"] ?? "";
  const ofEvent = new Set(EVENTS.has(type) ? shownFields(type).map(({ name }) => `f.${name}`) : []);
  return Object.fromEntries(Object.entries(query).filter(([name]) => FIELDS.has(name) || ofEvent.has(name)));
}
