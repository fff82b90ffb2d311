// activity.comment_added: a user who can see an activity comments on it in their own name (NP10).
import {
  activity, comment, findActivity, findComment, putComment, type ActivityComment,
} from "../domain/activities.ts";
import { memberOf } from "../domain/members.ts";
import { homeOf } from "../domain/relationship-rows.ts";
import { change, defineEvent, fields, id, UNCHANGED } from "./event.ts";
import { claimId, idTaken } from "./ids.ts";
import { refuse, unknown } from "./refusal.ts";

export const activityCommentAdded = defineEvent({
  type: "activity.comment_added",
  data: fields({ comment: id, activity: id, author: id }),
  org: (data, view) => homeOf(view.tuples, activity(data.activity)),
  may: (data, actor, view) =>
    actor === data.author && view.allowed(actor, "can_comment", activity(data.activity)),
  decide: (data, scene) => {
    const { tuples } = scene.view;
    const on = findActivity(tuples, data.activity);
    if (on === undefined) return unknown(activity(data.activity));
    const after: ActivityComment = { id: data.comment, org: on.org, activity: on.id, author: data.author };
    const before = findComment(tuples, data.comment);
    if (before?.activity === after.activity && before.author === after.author) return UNCHANGED;
    // The claim is not enough: a comment that was deleted with its activity leaves its claim, but its id is free.
    if (before !== undefined) return idTaken(comment(data.comment));
    if (memberOf(tuples, on.org, data.author)?.active === false) {
      return refuse("member_inactive", `${data.author} is deactivated in ${on.org}`);
    }
    return change(scene, (draft) => {
      claimId(draft, comment(data.comment));
      putComment(draft, after);
    });
  },
});
