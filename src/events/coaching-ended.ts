// coaching.ended: deleting one tuple ends the row's access; nothing restarts the row (NP5, NP8, S12).
import { coaching } from "../domain/object-names.ts";
import { endCoaching } from "../domain/row-changes.ts";
import { coachingRow } from "../domain/relationship-rows.ts";
import { change, defineEvent, fields, id, UNCHANGED } from "./event.ts";
import { mayEndCoaching } from "./guards/row-rights.ts";
import { unknown } from "./refusal.ts";

export const coachingEnded = defineEvent({
  type: "coaching.ended",
  data: fields({ coaching: id }),
  org: (data, view) => coachingRow(view.tuples, data.coaching)?.org,
  may: (data, actor, view) => mayEndCoaching(view, actor, data.coaching),
  decide: (data, scene) => {
    const { tuples } = scene.view;
    const row = coachingRow(tuples, data.coaching);
    if (row === undefined) return unknown(coaching(data.coaching));
    if (!row.active) return UNCHANGED;
    return change(scene, (draft) => endCoaching(draft, row));
  },
});
