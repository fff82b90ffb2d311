// activity.comment_deleted: the author or an admin deletes a comment; its id is free again (NP10).
import { comment, dropComment, findComment, orgOfComment } from "../domain/activities.ts";
import { change, defineEvent, fields, id, UNCHANGED } from "./event.ts";
import { freeId } from "./ids.ts";

export const activityCommentDeleted = defineEvent({
  type: "activity.comment_deleted",
  data: fields({ comment: id }),
  org: (data, view) => orgOfComment(view.tuples, data.comment),
  freesId: true,
  // A comment that was deleted with its activity leaves tuples. They give nobody a right.
  may: (data, actor, view) =>
    findComment(view.tuples, data.comment) !== undefined && view.allowed(actor, "can_delete", comment(data.comment)),
  decide: (data, scene) => {
    const { tuples } = scene.view;
    if (findComment(tuples, data.comment) === undefined) return UNCHANGED;
    return change(scene, (draft) => {
      dropComment(draft, data.comment);
      freeId(draft, comment(data.comment));
    });
  },
});
