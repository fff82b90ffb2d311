// activity.deleted: an activity is deleted with its comments; its id stays taken (NP10).
import { activity, athleteOfActivity, dropActivity } from "../domain/activities.ts";
import { athlete } from "../domain/object-names.ts";
import { homeOf } from "../domain/relationship-rows.ts";
import { change, defineEvent, fields, id } from "./event.ts";
import { unknown } from "./refusal.ts";

export const activityDeleted = defineEvent({
  type: "activity.deleted",
  data: fields({ activity: id }),
  org: (data, view) => homeOf(view.tuples, activity(data.activity)),
  // True even after the deletion: the tuples still say whose activity it was.
  may: (data, actor, view) => {
    const of = athleteOfActivity(view.tuples, data.activity);
    return of !== undefined && view.allowed(actor, "activities_upload", athlete(of));
  },
  decide: (data, scene) => {
    const { tuples } = scene.view;
    if (homeOf(tuples, activity(data.activity)) === undefined) return unknown(activity(data.activity));
    return change(scene, (draft) => dropActivity(draft, data.activity));
  },
});
