// activity.recorded: an athlete's account or a coach uploads an activity of the athlete (NP10, PM8, AC2).
import { z } from "zod";
import { activity, findActivity, putActivity } from "../domain/activities.ts";
import { athlete } from "../domain/object-names.ts";
import { homeOf, orgOf } from "../domain/relationship-rows.ts";
import { Draft, NOTHING } from "../tuples/delta.ts";
import { defineEvent, id } from "./event.ts";
import { isTaken, claimForGood, idTaken } from "./ids.ts";
import { unknown } from "./guards/references.ts";

export const activityRecorded = defineEvent({
  type: "activity.recorded",
  data: z.strictObject({ activity: id, athlete: id }),
  org: (data, view) => homeOf(view.tuples, athlete(data.athlete)),
  may: (data, actor, view) => view.allowed(actor, "activities_upload", athlete(data.athlete)),
  decide: (data, scene) => {
    const { tuples } = scene.view;
    const orgId = orgOf(tuples, athlete(data.athlete));
    if (orgId === undefined) return unknown(athlete(data.athlete));
    if (findActivity(tuples, data.activity)?.athlete === data.athlete) return NOTHING;
    if (isTaken(tuples, activity(data.activity))) return idTaken(activity(data.activity));
    const draft = new Draft(tuples);
    claimForGood(draft, activity(data.activity), orgId);
    putActivity(draft, { id: data.activity, org: orgId, athlete: data.athlete });
    return draft.delta();
  },
});
