// note.shared, note.unshared: the author lets a named staff member read a note, or stops it (NP9).
import { z } from "zod";
import { user } from "../domain/object-names.ts";
import { isPlayer, memberOf } from "../domain/members.ts";
import { findNote, note, orgOfNote } from "../domain/notes.ts";
import type { View } from "../domain/state-view.ts";
import { Draft, NOTHING } from "../tuples/delta.ts";
import { defineEvent, id } from "./event.ts";
import { unknown } from "./guards/references.ts";
import { refuse } from "./refusal.ts";

const data = z.strictObject({ note: id, user: id });
type Share = z.infer<typeof data>;

const org = (share: Share, view: View): string | undefined => orgOfNote(view.tuples, share.note);
const may = (share: Share, actor: string, view: View): boolean => view.allowed(actor, "can_share", note(share.note));

export const noteShared = defineEvent({
  type: "note.shared",
  data, org, may, freesId: true,
  decide: (share, scene) => {
    const { tuples } = scene.view;
    const found = findNote(tuples, share.note);
    if (found === undefined) return unknown(note(share.note));
    if (tuples.has(note(share.note), "shared_with", user(share.user))) return NOTHING;
    const member = memberOf(tuples, found.org, share.user);
    if (member === undefined) return refuse("not_shareable", `${share.user} is not a member of ${found.org}`);
    if (!member.active) return refuse("member_inactive", `${share.user} is deactivated in ${found.org}`);
    if (isPlayer(member.hats)) {
      return refuse("not_shareable", `${share.user} has no admin, coach or office hat in ${found.org}`);
    }
    return new Draft(tuples).write(note(share.note), "shared_with", user(share.user)).delta();
  },
});

export const noteUnshared = defineEvent({
  type: "note.unshared",
  data, org, may, freesId: true,
  decide: (share, scene) => {
    const { tuples } = scene.view;
    if (findNote(tuples, share.note) === undefined) return unknown(note(share.note));
    return new Draft(tuples).remove(note(share.note), "shared_with", user(share.user)).delta();
  },
});
