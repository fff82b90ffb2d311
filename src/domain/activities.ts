// Activities of athletes and the comments on them, in the tuples (NP10).
import type { Draft, Reader } from "../tuples/delta.ts";
import { idOf } from "../tuples/tuple.ts";
import { athlete, home, org, user } from "./object-names.ts";
import { onlyUserOf } from "./state-view.ts";

/** Returns the object of an activity. */
export const activity = (id: string): string => `activity:${id}`;
/** Returns the object of a comment on an activity. */
export const comment = (id: string): string => `activity_comment:${id}`;

/** An activity. */
export interface Activity {
  readonly id: string;
  readonly org: string;
  readonly athlete: string;
}

/** A comment on an activity. */
export interface ActivityComment {
  readonly id: string;
  readonly org: string;
  readonly activity: string;
  readonly author: string;
}

/** Returns the activity with this id, or undefined if it never existed or was deleted. */
export function findActivity(reader: Reader, id: string): Activity | undefined {
  const inOrg = onlyUserOf(reader, activity(id), "org");
  const of = onlyUserOf(reader, activity(id), "athlete");
  return inOrg === undefined || of === undefined ? undefined : { id, org: idOf(inOrg), athlete: idOf(of) };
}

/** Returns the id of the athlete of an activity, even a deleted one, or undefined if it never existed. */
export function athleteOfActivity(reader: Reader, id: string): string | undefined {
  const of = onlyUserOf(reader, home(activity(id)), "athlete");
  return of === undefined ? undefined : idOf(of);
}

/** Drafts a new activity. */
export function putActivity(draft: Draft, found: Activity): void {
  draft.write(home(activity(found.id)), "athlete", athlete(found.athlete));
  draft.write(activity(found.id), "org", org(found.org)).write(activity(found.id), "athlete", athlete(found.athlete));
}

/** Drafts the deletion of an activity and so of its comments: a comment exists only while its activity does. */
export function dropActivity(draft: Draft, id: string): void {
  draft.clear(activity(id), "athlete").clear(activity(id), "org");
}

/** Returns the id of the org a comment is or was in, or undefined if none of its tuples is left. */
export function orgOfComment(reader: Reader, id: string): string | undefined {
  const found = onlyUserOf(reader, comment(id), "org");
  return found === undefined ? undefined : idOf(found);
}

/** Returns the comment with this id, or undefined if it never existed, or if it or its activity was deleted. */
export function findComment(reader: Reader, id: string): ActivityComment | undefined {
  const inOrg = orgOfComment(reader, id);
  const on = onlyUserOf(reader, comment(id), "activity");
  const author = onlyUserOf(reader, comment(id), "author");
  if (inOrg === undefined || on === undefined || author === undefined) return undefined;
  if (findActivity(reader, idOf(on)) === undefined) return undefined;
  return { id, org: inOrg, activity: idOf(on), author: idOf(author) };
}

/** Drafts a new comment, and replaces the remains of a comment that was deleted with its activity. */
export function putComment(draft: Draft, found: ActivityComment): void {
  draft.replace(comment(found.id), "org", org(found.org));
  draft.replace(comment(found.id), "activity", activity(found.activity));
  draft.replace(comment(found.id), "author", user(found.author));
}

/** Drafts the deletion of a comment. */
export function dropComment(draft: Draft, id: string): void {
  draft.clear(comment(id), "author").clear(comment(id), "activity").clear(comment(id), "org");
}
