// coaching.overrides_set: what one row allows or refuses whatever its role says; the whole map (PM6).
import { z } from "zod";
import { isAthleteKey } from "../policy/permission-keys.ts";
import { coaching } from "../domain/object-names.ts";
import { putCoachingRole } from "../domain/row-changes.ts";
import { coachingRow } from "../domain/relationship-rows.ts";
import { Draft } from "../tuples/delta.ts";
import { defineEvent, id } from "./event.ts";
import { unknown } from "./guards/references.ts";
import { rowEnded } from "./guards/row-ids.ts";
import { mayAssignIn } from "./guards/row-rights.ts";

/** Athlete keys, each allowed or refused. Keys are judged as sent: a record would drop `__proto__` unseen. */
const overrides = z.unknown().superRefine((given, context) => {
  const isMap = typeof given === "object" && !Array.isArray(given);
  for (const key of isMap ? Object.keys(given ?? {}) : []) {
    if (isAthleteKey(key)) continue;
    const message = "not an athlete key";
    context.addIssue({ code: "custom", path: [key], message, params: { refusal: "unknown_key" } });
  }
}).pipe(z.record(z.string(), z.boolean()));

export const coachingOverridesSet = defineEvent({
  type: "coaching.overrides_set",
  data: z.strictObject({ coaching: id, overrides }),
  org: (data, view) => coachingRow(view.tuples, data.coaching)?.org,
  may: (_data, actor, view, inOrg) => mayAssignIn(view, actor, inOrg),
  decide: (data, scene) => {
    const { tuples } = scene.view;
    const row = coachingRow(tuples, data.coaching);
    if (row === undefined) return unknown(coaching(data.coaching));
    if (!row.active) return rowEnded(coaching(data.coaching));
    // Up to two tuples a key: it can need more than one write; drawn on a part done, this is the rest.
    const draft = new Draft(tuples);
    putCoachingRole(draft, row, row.role, data.overrides);
    return draft.delta();
  },
});
