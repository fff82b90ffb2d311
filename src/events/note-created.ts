// note.created: a coach writes a private note about an athlete, under a relationship that reaches them (NP1-NP8).
import { z } from "zod";
import { assignment, athlete, coaching } from "../domain/object-names.ts";
import { findNote, note, putNote, type Note } from "../domain/notes.ts";
import {
  assignmentRow, coachingRow, homeOf, orgOf, type AssignmentRow, type CoachingRow,
} from "../domain/relationship-rows.ts";
import { isOn } from "../domain/seats.ts";
import type { Reader } from "../tuples/delta.ts";
import { idOf, typeOf } from "../tuples/tuple.ts";
import { change, defineEvent, fields, id, isId, UNCHANGED } from "./event.ts";
import { isTaken, claimId, idTaken } from "./ids.ts";
import { coachFault } from "./guards/references.ts";
import { refuse, unknown, type Refusal } from "./refusal.ts";

const ROW_TYPES = [coaching(""), assignment("")].map(typeOf);

const under = z.string()
  .refine((ref) => ROW_TYPES.includes(typeOf(ref)) && isId(idOf(ref)), `must be ${ROW_TYPES.join(":id or ")}:id`);

export const noteCreated = defineEvent({
  type: "note.created",
  data: fields({
    note: id, athlete: id, author: id, under: under.optional(),
    // NP3: the flag is off by default.
    visible_to_athlete: z.boolean().default(false),
  }),
  org: (data, view) => homeOf(view.tuples, athlete(data.athlete)),
  may: (data, actor, view) => actor === data.author && view.allowed(actor, "notes_write", athlete(data.athlete)),
  decide: (data, scene) => {
    const { tuples } = scene.view;
    const orgId = orgOf(tuples, athlete(data.athlete));
    if (orgId === undefined) return unknown(athlete(data.athlete));
    const { note: noteId, athlete: about, author, under: ref, visible_to_athlete: visible } = data;
    const row = ref === undefined ? undefined : rowOf(tuples, ref);
    if (ref !== undefined && row === undefined) return unknown(ref);
    if (row !== undefined && row.org !== orgId) return refuse("wrong_org", `${ref} is not in ${orgId}`);

    const after: Note = { id: noteId, org: orgId, athlete: about, author, under: ref, visible };
    const before = findNote(tuples, noteId);
    if (before !== undefined && isSame(before, after)) return UNCHANGED;
    if (isTaken(tuples, note(noteId))) return idTaken(note(noteId));
    const isHistory = scene.actor === undefined && row?.active !== true;
    const fault = isHistory ? historyFault(row, after)
      : rowFault(tuples, row, after) ?? coachFault(tuples, orgId, author);
    if (fault !== undefined) return fault;
    return change(scene, (draft) => {
      claimId(draft, note(noteId));
      // NP6: the coaches of the team that the relationship is held for may read it.
      putNote(draft, after, row?.team);
    });
  },
});

function rowOf(reader: Reader, ref: string): Row | undefined {
  return ref.startsWith(coaching("")) ? coachingRow(reader, idOf(ref)) : assignmentRow(reader, idOf(ref));
}

/** True if two notes were created alike. Shares came later and are not compared. */
function isSame(a: Note, b: Note): boolean {
  return a.org === b.org && a.athlete === b.athlete && a.author === b.author && a.under === b.under
    && a.visible === b.visible;
}

type Row = CoachingRow | AssignmentRow;

/** Refuses a note unless it names a relationship that is active, is the author's, and reaches the athlete. */
function rowFault(reader: Reader, row: Row | undefined, after: Note): Refusal | undefined {
  if (row === undefined) {
    const message = "required: only the system may record a note without a relationship";
    return refuse("invalid_event", `under: ${message}`, [{ path: "data.under", message }]);
  }
  return ownFault(row, after) ?? (row.active ? reachFault(reader, row, after)
    : refuse("relationship_ended", `${after.under} has ended`));
}

/**
 * Refuses a past note, which the system imports, if it names a relationship that was not the author's, or a coaching
 * row over another athlete. The author may have left since, or the athlete may have left an ended assignment's team.
 */
function historyFault(row: Row | undefined, after: Note): Refusal | undefined {
  if (row === undefined) return undefined;
  const fault = ownFault(row, after);
  return fault !== undefined || !("athlete" in row) || row.athlete === after.athlete ? fault
    : reachesNot(after);
}

function ownFault(row: Row, { author, under: ref }: Note): Refusal | undefined {
  return row.coach === author ? undefined
    : refuse("relationship_mismatch", `${ref} is not a relationship of ${author}`);
}

function reachFault(reader: Reader, row: Row, after: Note): Refusal | undefined {
  const reaches = "athlete" in row ? row.athlete === after.athlete : isOn(reader, after.athlete, row.team);
  return reaches ? undefined : reachesNot(after);
}

function reachesNot({ athlete: about, under: ref }: Note): Refusal {
  return refuse("relationship_mismatch", `${ref} does not reach ${athlete(about)}`);
}
