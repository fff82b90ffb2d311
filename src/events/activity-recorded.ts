// activity.recorded: an athlete's account or a coach uploads an activity of the athlete (NP10, PM8, AC2).
import { activity, findActivity, putActivity } from "../domain/activities.ts";
import { athlete } from "../domain/object-names.ts";
import { homeOf, orgOf } from "../domain/relationship-rows.ts";
import { change, defineEvent, fields, id, UNCHANGED } from "./event.ts";
import { isTaken, claimForGood, idTaken } from "./ids.ts";
import { unknown } from "./refusal.ts";

export const activityRecorded = defineEvent({
  type: "activity.recorded",
  data: fields({ activity: id, athlete: id }),
  org: (data, view) => homeOf(view.tuples, athlete(data.athlete)),
  may: (data, actor, view) => view.allowed(actor, "activities_upload", athlete(data.athlete)),
  decide: (data, scene) => {
    const { tuples } = scene.view;
    const orgId = orgOf(tuples, athlete(data.athlete));
    if (orgId === undefined) return unknown(athlete(data.athlete));
    if (findActivity(tuples, data.activity)?.athlete === data.athlete) return UNCHANGED;
    if (isTaken(tuples, activity(data.activity))) return idTaken(activity(data.activity));
    return change(scene, (draft) => {
      claimForGood(draft, activity(data.activity), orgId);
      putActivity(draft, { id: data.activity, org: orgId, athlete: data.athlete });
    });
  },
});
