// coaching.ended: deleting one tuple ends the row's access; nothing restarts the row (NP5, NP8, S12).
import { z } from "zod";
import { coaching } from "../domain/object-names.ts";
import { endCoaching } from "../domain/row-changes.ts";
import { coachingRow } from "../domain/relationship-rows.ts";
import { Draft, NOTHING } from "../tuples/delta.ts";
import { defineEvent, id } from "./event.ts";
import { unknown } from "./guards/references.ts";
import { mayEndCoaching } from "./guards/row-rights.ts";

export const coachingEnded = defineEvent({
  type: "coaching.ended",
  data: z.strictObject({ coaching: id }),
  org: (data, view) => coachingRow(view.tuples, data.coaching)?.org,
  may: (data, actor, view) => mayEndCoaching(view, actor, data.coaching),
  decide: (data, scene) => {
    const { tuples } = scene.view;
    const row = coachingRow(tuples, data.coaching);
    if (row === undefined) return unknown(coaching(data.coaching));
    if (!row.active) return NOTHING;
    const draft = new Draft(tuples);
    endCoaching(draft, row);
    return draft.delta();
  },
});
