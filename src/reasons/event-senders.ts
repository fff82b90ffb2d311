// The users who are tried as senders of an event, and the right that the event asks.
import { orgOfObject } from "../domain/object-org.ts";
import { pairOf, THE_PLATFORM } from "../domain/object-names.ts";
import { EVENT_DESCRIPTIONS } from "../events/descriptions.ts";
import { indexOf } from "../memory/indexed-tuple-set.ts";
import type { Model } from "../model/rewrite.ts";
import type { TupleSet } from "../tuples/tuple-set.ts";
import { idOf } from "../tuples/tuple.ts";
import { FactReader } from "./fact-reader.ts";
import type { LikelyEvent } from "./likely-events.ts";
import { MAX_ACTORS_TRIED } from "./reasons-limits.ts";

/** The users who may have rights in orgs, as far as they were read. Undefined: too many to try. */
export type Staff = Map<string, readonly string[] | undefined>;

/** Returns the right that an event asks, in words. */
export function rightFor({ type }: LikelyEvent): string {
  return (EVENT_DESCRIPTIONS[type]?.actor ?? "").replaceAll("`", "");
}

/**
 * Returns the users who may have the right to send an event: those it names, superadmins, and members of the org.
 * Undefined if there may be more than are tried.
 */
export function candidatesOf(
  model: Model, tuples: TupleSet, event: LikelyEvent, staff: Staff,
): readonly string[] | undefined {
  const objects = Object.entries(event.data).filter(([, value]) => typeof value === "string")
    .map(([field, value]) => ({ field, value: String(value) }));
  const named = objects.filter(({ field }) => field === "user" || field === "coach").map(({ value }) => value);
  const places = objects.map(({ field, value }) => (field === "assignment" ? `team_assignment:${value}`
    : field === "artifact" ? value : `${field}:${value}`));
  const authors = places.flatMap((place) => tuples.users(place, "author").map(idOf));
  const org = places.map((place) => orgOfObject(tuples, place)).find((found) => found !== undefined);
  const areHats = OF_HATS.test(rightFor(event));
  const key = `${areHats} ${org}`;
  if (!staff.has(key)) staff.set(key, staffOf(model, tuples, org, areHats));
  const known = staff.get(key);
  const all = known === undefined ? [] : [...new Set([...authors, ...named, ...known])];
  return known === undefined || all.length > MAX_ACTORS_TRIED ? undefined : all;
}

/** The right to one of the keys `org.*`, which nobody has without the hat of an admin or of the office (S4). */
const OF_HATS = /^org_\w+ on the org$/;

/** Returns the users who may have rights in an org: superadmins and members. Undefined if there are too many to try. */
function staffOf(
  model: Model, tuples: TupleSet, org: string | undefined, areHats: boolean,
): readonly string[] | undefined {
  const platform = tuples.users(THE_PLATFORM, "superadmin").map(idOf);
  if (org === undefined) return platform;
  // Reads a bounded number of tuples, however large the org is.
  const reader = new FactReader(model, indexOf(tuples), undefined);
  const self = reader.endOf(`org:${org}`);
  const ends = areHats ? ["admin_hat", "office_hat"].flatMap((hat) => reader.usersOf(self, hat))
    : reader.objectsOf("membership", "org", self);
  if (ends.length > MAX_ACTORS_TRIED) return undefined;
  const ids = ends.map((end) => reader.nameOf(end)).map((name) => (areHats ? idOf(name) : pairOf(name).id));
  return [...platform, ...ids];
}
