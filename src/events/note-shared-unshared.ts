// note.shared, note.unshared: the author lets a named staff member read a note, or stops it (NP9).
import { z } from "zod";
import { user } from "../domain/object-names.ts";
import { isPlayer, memberOf } from "../domain/members.ts";
import { findNote, note, orgOfNote } from "../domain/notes.ts";
import type { View } from "../domain/state-view.ts";
import { change, defineEvent, fields, id, UNCHANGED } from "./event.ts";
import { refuse, unknown } from "./refusal.ts";

const data = fields({ note: id, user: id });
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
    if (tuples.has(note(share.note), "shared_with", user(share.user))) return UNCHANGED;
    const member = memberOf(tuples, found.org, share.user);
    if (member === undefined) return refuse("not_shareable", `${share.user} is not a member of ${found.org}`);
    if (!member.active) return refuse("member_inactive", `${share.user} is deactivated in ${found.org}`);
    // NP3: a share does not replace the flag, so nobody who is only an athlete gets one.
    if (isPlayer(member.hats)) {
      return refuse("not_shareable", `${share.user} has no admin, coach or office hat in ${found.org}`);
    }
    return change(scene, (draft) => draft.write(note(share.note), "shared_with", user(share.user)));
  },
});

export const noteUnshared = defineEvent({
  type: "note.unshared",
  data, org, may, freesId: true,
  decide: (share, scene) => {
    if (findNote(scene.view.tuples, share.note) === undefined) return unknown(note(share.note));
    return change(scene, (draft) => draft.remove(note(share.note), "shared_with", user(share.user)));
  },
});
