// note.visibility_changed: the author lets the athlete read a note, or stops it (NP3, NP4, NP9).
import { z } from "zod";
import { findNote, note, orgOfNote, putFlag } from "../domain/notes.ts";
import { change, defineEvent, fields, id } from "./event.ts";
import { unknown } from "./refusal.ts";

export const noteVisibilityChanged = defineEvent({
  type: "note.visibility_changed",
  data: fields({ note: id, visible_to_athlete: z.boolean() }),
  org: (data, view) => orgOfNote(view.tuples, data.note),
  freesId: true,
  may: (data, actor, view) => view.allowed(actor, "can_flag", note(data.note)),
  decide: (data, scene) => {
    const found = findNote(scene.view.tuples, data.note);
    if (found === undefined) return unknown(note(data.note));
    return change(scene, (draft) => putFlag(draft, found, data.visible_to_athlete));
  },
});
