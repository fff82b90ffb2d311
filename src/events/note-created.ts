// note.created: a coach writes a private note about an athlete, under a relationship that reaches them (NP1-NP8).
import { z } from "zod";
import { assignment, athlete, coaching } from "../state/entity.ts";
import { findNote, note, putNote, type Note } from "../state/notes.ts";
import { assignmentRow, coachingRow, homeOf, orgOf, type AssignmentRow, type CoachingRow } from "../state/rows.ts";
import { isOn } from "../state/seats.ts";
import { Draft, NOTHING, type Reader } from "../tuples/delta.ts";
import { idOf, typeOf } from "../tuples/tuple.ts";
import { defineEvent, id, isId } from "./event.ts";
import { isTaken, take, taken } from "./guards/claims.ts";
import { coachFault, unknown } from "./guards/references.ts";
import { refuse, type Refusal } from "./refusal.ts";

const ROW_TYPES = [coaching(""), assignment("")].map(typeOf);

const under = z.string().refine((ref) => ROW_TYPES.includes(typeOf(ref)) && isId(idOf(ref)), "not a relationship");

export const noteCreated = defineEvent({
  type: "note.created",
  data: z.strictObject({ note: id, athlete: id, author: id, under, visible_to_athlete: z.boolean().default(false) }),
  org: (data, view) => homeOf(view.tuples, athlete(data.athlete)),
  may: (data, actor, view) => actor === data.author && view.allowed(actor, "notes_write", athlete(data.athlete)),
  decide: (data, scene) => {
    const { tuples } = scene.view;
    const orgId = orgOf(tuples, athlete(data.athlete));
    if (orgId === undefined) return unknown(athlete(data.athlete));
    const row = rowOf(tuples, data.under);
    if (row === undefined) return unknown(data.under);
    if (row.org !== orgId) return refuse("wrong_org", `${data.under} is not in ${orgId}`);

    const { note: noteId, athlete: about, author, visible_to_athlete: visible } = data;
    const after: Note = { id: noteId, org: orgId, athlete: about, author, under: data.under, visible };
    const before = findNote(tuples, noteId);
    if (before !== undefined && isSame(before, after)) return NOTHING;
    if (isTaken(tuples, note(noteId))) return taken(note(noteId));
    const fault = rowFault(tuples, row, data.under, after) ?? coachFault(tuples, orgId, author);
    if (fault !== undefined) return fault;
    const draft = new Draft(tuples);
    take(draft, note(noteId));
    putNote(draft, after, row.team);
    return draft.delta();
  },
});

function rowOf(reader: Reader, ref: string): CoachingRow | AssignmentRow | undefined {
  return ref.startsWith(coaching("")) ? coachingRow(reader, idOf(ref)) : assignmentRow(reader, idOf(ref));
}

/** A share is not part of what was created: it neither makes a note another one nor the same. */
function isSame(a: Note, b: Note): boolean {
  return a.org === b.org && a.athlete === b.athlete && a.author === b.author && a.under === b.under
    && a.visible === b.visible;
}

/** Refusal unless a relationship is the author's, active, and reaches the athlete. */
function rowFault(
  reader: Reader, row: CoachingRow | AssignmentRow, ref: string, { author, athlete: about }: Note,
): Refusal | undefined {
  if (row.coach !== author) return refuse("relationship_mismatch", `${ref} is not a relationship of ${author}`);
  if (!row.active) return refuse("relationship_ended", `${ref} has ended`);
  const reaches = "athlete" in row ? row.athlete === about : isOn(reader, about, row.team);
  return reaches ? undefined : refuse("relationship_mismatch", `${ref} does not reach ${athlete(about)}`);
}
