// Private notes as the tuples tell them: who wrote one, about whom, under which relationship, who else reads it (NP).
import type { Draft, Reader } from "../tuples/delta.ts";
import { idOf } from "../tuples/tuple.ts";
import { athlete, org, seat, user } from "./object-names.ts";
import { onlyUserOf } from "./state-view.ts";

/** A note as an object of the model. */
export const note = (id: string): string => `note:${id}`;

/** A note. */
export interface Note {
  readonly id: string;
  readonly org: string;
  readonly athlete: string;
  readonly author: string;
  /** The relationship it was written under: `coaching:<id>` or `team_assignment:<id>`; an import may have none. */
  readonly under: string | undefined;
  /** The flag: the athlete's account reads it (NP3). */
  readonly visible: boolean;
}

/** The org a note is in; undefined where there is no such note. */
export function orgOfNote(reader: Reader, id: string): string | undefined {
  const found = onlyUserOf(reader, note(id), "org");
  return found === undefined ? undefined : idOf(found);
}

/** The note with that id. */
export function findNote(reader: Reader, id: string): Note | undefined {
  const inOrg = orgOfNote(reader, id);
  const about = onlyUserOf(reader, note(id), "athlete");
  const author = onlyUserOf(reader, note(id), "author");
  const under = onlyUserOf(reader, note(id), "under");
  if (inOrg === undefined || about === undefined || author === undefined) return undefined;
  const visible = reader.has(note(id), "visible_to", about);
  return { id, org: inOrg, athlete: idOf(about), author: idOf(author), under, visible };
}

/** Drafts a new note; `teamId` is the team its relationship is of or held for (NP6). */
export function putNote(draft: Draft, found: Note, teamId: string | undefined): void {
  const self = note(found.id);
  draft.write(self, "org", org(found.org)).write(self, "athlete", athlete(found.athlete));
  draft.write(self, "author", user(found.author));
  if (found.under !== undefined) draft.write(self, "under", found.under);
  if (teamId !== undefined) draft.write(self, "seat", seat(teamId, found.athlete));
  putFlag(draft, found, found.visible);
}

/** Drafts the flag (NP3). */
export function putFlag(draft: Draft, found: Note, visible: boolean): void {
  if (visible) draft.write(note(found.id), "visible_to", athlete(found.athlete));
  else draft.clear(note(found.id), "visible_to");
}

/**
 * Drafts the end of a note, its org last: a part done is continued. Ends once the draft has more tuples than one write
 * holds (`room`).
 */
export function dropNote(draft: Draft, id: string, room: number): void {
  for (const relation of ["shared_with", "visible_to", "seat", "under", "athlete", "author", "org"]) {
    for (const user of draft.users(note(id), relation)) {
      if (draft.size > room) return;
      draft.remove(note(id), relation, user);
    }
  }
}
