// activity.deleted: an activity is deleted with its comments; its id stays taken (NP10).
import { z } from "zod";
import { activity, athleteOfActivity, dropActivity } from "../domain/activities.ts";
import { athlete } from "../domain/object-names.ts";
import { homeOf } from "../domain/relationship-rows.ts";
import { Draft } from "../tuples/delta.ts";
import { defineEvent, id } from "./event.ts";
import { unknown } from "./guards/references.ts";

export const activityDeleted = defineEvent({
  type: "activity.deleted",
  data: z.strictObject({ activity: id }),
  org: (data, view) => homeOf(view.tuples, activity(data.activity)),
  // True even after the deletion: the tuples still say whose activity it was.
  may: (data, actor, view) => {
    const of = athleteOfActivity(view.tuples, data.activity);
    return of !== undefined && view.allowed(actor, "activities_upload", athlete(of));
  },
  decide: (data, scene) => {
    const { tuples } = scene.view;
    if (homeOf(tuples, activity(data.activity)) === undefined) return unknown(activity(data.activity));
    const draft = new Draft(tuples);
    dropActivity(draft, data.activity);
    return draft.delta();
  },
});
