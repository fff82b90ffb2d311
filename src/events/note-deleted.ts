// note.deleted: the author deletes a note; its id is free again (NP9).
import { dropNote, note, orgOfNote } from "../domain/notes.ts";
import { change, defineEvent, fields, id } from "./event.ts";
import { freeId } from "./ids.ts";

export const noteDeleted = defineEvent({
  type: "note.deleted",
  data: fields({ note: id }),
  org: (data, view) => orgOfNote(view.tuples, data.note),
  freesId: true,
  may: (data, actor, view) => view.allowed(actor, "can_delete", note(data.note)),
  decide: (data, scene) => change(scene, (draft) => {
    dropNote(draft, data.note, scene.room);
    // This comes last, so that nobody can take the id while a part of the note still exists.
    freeId(draft, note(data.note));
  }),
});
