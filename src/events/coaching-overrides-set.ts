// coaching.overrides_set: replaces all overrides of a row, which allow or refuse keys whatever its role says (PM6).
import { z } from "zod";
import { isAthleteKey } from "../policy/permission-keys.ts";
import { coaching } from "../domain/object-names.ts";
import { putCoachingRole } from "../domain/row-changes.ts";
import { coachingRow } from "../domain/relationship-rows.ts";
import { change, defineEvent, fields, id, needs } from "./event.ts";
import { rowEnded } from "./guards/row-ids.ts";
import { unknown } from "./refusal.ts";

/** Athlete keys, each allowed or refused. The keys are checked as sent: a record would silently drop `__proto__`. */
const overrides = z.unknown().superRefine((given, context) => {
  const isMap = typeof given === "object" && !Array.isArray(given);
  for (const key of isMap ? Object.keys(given ?? {}) : []) {
    if (isAthleteKey(key)) continue;
    const message = "not an athlete key: only athlete keys can be overridden";
    context.addIssue({ code: "custom", path: [key], message, params: { refusal: "unknown_key" } });
  }
}).pipe(z.record(z.string(), z.boolean()));

export const coachingOverridesSet = defineEvent({
  type: "coaching.overrides_set",
  data: fields({ coaching: id, overrides }),
  org: (data, view) => coachingRow(view.tuples, data.coaching)?.org,
  may: needs("athletes.assign_coaches"),
  decide: (data, scene) => {
    const { tuples } = scene.view;
    const row = coachingRow(tuples, data.coaching);
    if (row === undefined) return unknown(coaching(data.coaching));
    if (!row.active) return rowEnded(coaching(data.coaching));
    // A key takes up to two tuples, so this can need several writes. After a partial write, it drafts the rest.
    return change(scene, (draft) => putCoachingRole(draft, row, row.role, data.overrides));
  },
});
