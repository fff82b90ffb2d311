// Activities of athletes and the comments on them, as the tuples tell them (NP10).
import type { Draft, Reader } from "../tuples/delta.ts";
import { idOf } from "../tuples/tuple.ts";
import { athlete, home, org, user } from "./object-names.ts";
import { onlyUserOf } from "./state-view.ts";

/** An activity as an object of the model. */
export const activity = (id: string): string => `activity:${id}`;
/** A comment on an activity as an object of the model. */
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

/** The activity with that id; undefined where it never was or was deleted. */
export function findActivity(reader: Reader, id: string): Activity | undefined {
  const inOrg = onlyUserOf(reader, activity(id), "org");
  const of = onlyUserOf(reader, activity(id), "athlete");
  return inOrg === undefined || of === undefined ? undefined : { id, org: idOf(inOrg), athlete: idOf(of) };
}

/** Id of the athlete whose activity it is, or was before it was deleted; undefined where it never was. */
export function athleteOfActivity(reader: Reader, id: string): string | undefined {
  const of = onlyUserOf(reader, home(activity(id)), "athlete");
  return of === undefined ? undefined : idOf(of);
}

/** Drafts a new activity. */
export function putActivity(draft: Draft, found: Activity): void {
  draft.write(home(activity(found.id)), "athlete", athlete(found.athlete));
  draft.write(activity(found.id), "org", org(found.org)).write(activity(found.id), "athlete", athlete(found.athlete));
}

/** Drafts the end of an activity. Its comments are gone with it: a comment is there while its activity is. */
export function dropActivity(draft: Draft, id: string): void {
  draft.clear(activity(id), "athlete").clear(activity(id), "org");
}

/** The org a comment is or was in; undefined where nothing is left of it. */
export function orgOfComment(reader: Reader, id: string): string | undefined {
  const found = onlyUserOf(reader, comment(id), "org");
  return found === undefined ? undefined : idOf(found);
}

/** The comment with that id; undefined where it never was, was deleted, or its activity was. */
export function findComment(reader: Reader, id: string): ActivityComment | undefined {
  const inOrg = orgOfComment(reader, id);
  const on = onlyUserOf(reader, comment(id), "activity");
  const author = onlyUserOf(reader, comment(id), "author");
  if (inOrg === undefined || on === undefined || author === undefined) return undefined;
  if (findActivity(reader, idOf(on)) === undefined) return undefined;
  return { id, org: inOrg, activity: idOf(on), author: idOf(author) };
}

/** Drafts a new comment, in place of what is left of one that went with its activity. */
export function putComment(draft: Draft, found: ActivityComment): void {
  draft.replace(comment(found.id), "org", org(found.org));
  draft.replace(comment(found.id), "activity", activity(found.activity));
  draft.replace(comment(found.id), "author", user(found.author));
}

/** Drafts the end of a comment. */
export function dropComment(draft: Draft, id: string): void {
  draft.clear(comment(id), "author").clear(comment(id), "activity").clear(comment(id), "org");
}
