// Private notes in the tuples: the author, the athlete, the relationship it was written under, other readers (NP).
import type { Draft, Reader } from "../tuples/delta.ts";
import { idOf } from "../tuples/tuple.ts";
import { athlete, org, seat, user } from "./object-names.ts";
import { onlyUserOf } from "./state-view.ts";

/** Returns the object of a note. */
export const note = (id: string): string => `note:${id}`;

/** A note. */
export interface Note {
  readonly id: string;
  readonly org: string;
  readonly athlete: string;
  readonly author: string;
  /** Relationship it was written under: `coaching:<id>` or `team_assignment:<id>`. An imported note may have none. */
  readonly under: string | undefined;
  /** Visibility flag: the athlete's account may read the note (NP3). */
  readonly visible: boolean;
}

/** Returns the id of a note's org, or undefined if the note does not exist. */
export function orgOfNote(reader: Reader, id: string): string | undefined {
  const found = onlyUserOf(reader, note(id), "org");
  return found === undefined ? undefined : idOf(found);
}

/** Returns the note with this id, or undefined if it does not exist. */
export function findNote(reader: Reader, id: string): Note | undefined {
  const inOrg = orgOfNote(reader, id);
  const about = onlyUserOf(reader, note(id), "athlete");
  const author = onlyUserOf(reader, note(id), "author");
  const under = onlyUserOf(reader, note(id), "under");
  if (inOrg === undefined || about === undefined || author === undefined) return undefined;
  const visible = reader.has(note(id), "visible_to", about);
  return { id, org: inOrg, athlete: idOf(about), author: idOf(author), under, visible };
}

/** Drafts a new note; `teamId` is the team that its relationship is on or is held for (NP6). */
export function putNote(draft: Draft, found: Note, teamId: string | undefined): void {
  const self = note(found.id);
  draft.write(self, "org", org(found.org)).write(self, "athlete", athlete(found.athlete));
  draft.write(self, "author", user(found.author));
  if (found.under !== undefined) draft.write(self, "under", found.under);
  if (teamId !== undefined) draft.write(self, "seat", seat(teamId, found.athlete));
  putFlag(draft, found, found.visible);
}

/** Drafts the visibility flag (NP3). */
export function putFlag(draft: Draft, found: Note, visible: boolean): void {
  if (visible) draft.write(note(found.id), "visible_to", athlete(found.athlete));
  else draft.clear(note(found.id), "visible_to");
}

/**
 * Drafts the deletion of a note, its org last, so that a partial deletion can be continued. Stops once the draft has
 * more tuples than one write holds (`room`).
 */
export function dropNote(draft: Draft, id: string, room: number): void {
  for (const relation of ["shared_with", "visible_to", "seat", "under", "athlete", "author", "org"]) {
    for (const user of draft.users(note(id), relation)) {
      if (draft.size > room) return;
      draft.remove(note(id), relation, user);
    }
  }
}
