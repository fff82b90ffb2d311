// Note privacy when an athlete switches coaches, and when assistants come and go (NP1-NP10, AC6, S1-S3).
import { expect } from "vitest";
import { describeOnEachGround } from "../world/grounds.ts";
import { Story } from "./story.ts";

const note = (id: string, author: string, under: string, more: object = {}) =>
  ({ note: id, athlete: "a1", author, under, ...more });

describeOnEachGround("a coach switch", (ground) => {
  const story = new Story(ground);

  story.chapter("two coaches, a team, an assistant, an athlete with an account", async () => {
    await story.at.system(
      ["platform.superadmin_granted", { user: "root" }], ["platform.admin_granted", { user: "pat" }],
      ["org.created", { org: "fc", kind: "club", owner: "olga" }],
      ["member.added", { org: "fc", user: "ida", hats: ["athlete"] }],
      ["member.added", { org: "fc", user: "ofra", hats: ["office"] }],
      ...["cora", "dora", "hana", "asta", "bert"].map((user) => ["member.added", { org: "fc", user }] as const),
      ["team.created", { team: "red", org: "fc", head_coach: "hana", assignment: "hr" }],
      ["team_assignment.started", { assignment: "ar", team: "red", coach: "asta" }],
      ["athlete.created", { athlete: "a1", org: "fc", team: "red", user: "ida" }],
      ["athlete.created", { athlete: "a2", org: "fc", team: "red" }],
      ["coaching.started", { coaching: "c1", athlete: "a1", coach: "cora" }],
    );
    await story.step("cora", "note.created", note("n1", "cora", "coaching:c1"), `
      yes cora can_read,can_edit,can_flag,can_share,can_delete note:n1
      yes olga,pat,root can_read note:n1
      no olga,pat,root can_edit,can_flag,can_share,can_delete note:n1
      no ida,dora,hana,asta,bert,ofra can_read note:n1
      users can_read note:n1 = cora olga pat root
    `);
    await story.step("asta", "note.created", note("n2", "asta", "team_assignment:ar"), `
      yes asta,hana,cora,olga,pat,root can_read note:n2
      no ida,dora,bert,ofra can_read note:n2
      no hana,cora,olga can_edit,can_flag,can_share note:n2
      objects cora can_read note = n1 n2
      objects asta can_read note = n2
    `);
    await story.judged();
  });

  story.chapter("NP3 S2: the flag alone opens it to the athlete", async () => {
    await story.refused("actor_not_allowed", "olga", "note.visibility_changed",
      { note: "n1", visible_to_athlete: true });
    await story.refused("actor_not_allowed", "ida", "note.visibility_changed",
      { note: "n1", visible_to_athlete: true });
    await story.step("cora", "note.visibility_changed", { note: "n1", visible_to_athlete: true }, `
      yes ida can_read note:n1
      users can_read note:n1 = cora ida olga pat root
    `);
    await story.step("asta", "note.visibility_changed", { note: "n2", visible_to_athlete: true },
      "yes ida can_read note:n2");
    await story.step("asta", "note.visibility_changed", { note: "n2", visible_to_athlete: false },
      "no ida can_read note:n2");
  });

  story.chapter("NP5: another coach of the athlete reads while the row it was written under is active", async () => {
    await story.step("olga", "coaching.started", { coaching: "d1", athlete: "a1", coach: "dora", role: "viewer" }, `
      yes dora can_read note:n1,note:n2
      no dora notes_write athlete:a1
      users can_read note:n1 = cora dora ida olga pat root
    `);
  });

  story.chapter("NP8 NP4 NP1: the switch", async () => {
    await story.step("ida", "coaching.ended", { coaching: "c1" }, `
      no dora can_read note:n1
      no cora can_read note:n2
      no cora can_view,notes_write,current_coach athlete:a1
      users can_read note:n1 = cora ida olga pat root
      objects cora can_read note = n1
    `);
    await story.judged();
    await story.refused("relationship_ended", "olga", "coaching.started",
      { coaching: "c1", athlete: "a1", coach: "cora" });
    await story.step("olga", "coaching.started", { coaching: "c2", athlete: "a1", coach: "cora" }, `
      yes cora can_view,notes_write,current_coach athlete:a1
      yes cora can_read note:n2
      objects cora can_read note = n1 n2
    `);
    await story.refused("relationship_ended", "cora", "note.created", note("n3", "cora", "coaching:c1"));
    await story.refused("relationship_mismatch", "cora", "note.created", note("n3", "cora", "coaching:d1"));
  });

  story.chapter("NP9: the author shares, also afterwards; a share ends with the hat", async () => {
    await story.refused("actor_not_allowed", "dora", "note.shared", { note: "n1", user: "dora" });
    await story.refused("not_shareable", "cora", "note.shared", { note: "n1", user: "ida" });
    await story.refused("not_shareable", "cora", "note.shared", { note: "n1", user: "stranger" });
    await story.step("cora", "note.shared", { note: "n1", user: "ofra" }, `
      yes ofra can_read note:n1
      no ofra can_edit note:n1
      users can_read note:n1 = cora ida ofra olga pat root
    `);
    await story.step("cora", "note.shared", { note: "n1", user: "bert" }, `
      yes bert can_read note:n1
      users can_read note:n1 = bert cora ida ofra olga pat root
    `);
    await story.step("cora", "note.unshared", { note: "n1", user: "bert" }, `
      no bert can_read note:n1
      users can_read note:n1 = cora ida ofra olga pat root
    `);
    await story.step("olga", "member.hats_changed", { org: "fc", user: "ofra", hats: ["athlete"] }, `
      no ofra can_read note:n1
      users can_read note:n1 = cora ida olga pat root
    `);
    await story.judged();
  });

  story.chapter("AC6 NP6: the assistant's assignment ends", async () => {
    await story.step("hana", "team_assignment.ended", { assignment: "ar" }, `
      no hana,dora,cora can_read note:n2
      objects asta can_read note = n2
      objects cora can_read note = n1
      users can_read note:n2 = asta olga pat root
      objects hana can_read note =
    `);
    await story.step("hana", "team_assignment.started", { assignment: "ar2", team: "red", coach: "asta" },
      "no hana can_edit note:n1");
    await story.step("asta", "note.created", note("n4", "asta", "team_assignment:ar2"), `
      yes hana,dora,cora,asta can_read note:n4
      no ida,bert can_read note:n4
      objects cora can_read note = n1 n4
      objects asta can_read note = n2 n4
      objects hana can_read note = n4
    `);
    await story.step("olga", "team.athlete_removed", { team: "red", athlete: "a1" }, `
      no hana can_read note:n4
      objects hana can_read note =
    `);
    await story.step("olga", "team.athlete_added", { team: "red", athlete: "a1" }, `
      yes hana can_read note:n4
      objects hana can_read note = n4
    `);
    await story.judged();
  });

  story.chapter("S3 NP9: the author is locked out, and the flag stands", async () => {
    await story.step("olga", "member.deactivated", { org: "fc", user: "cora" }, `
      no cora can_read,can_edit,can_flag,can_share,can_delete note:n1
      no cora can_read note:n4
      no cora can_view,notes_write,current_coach athlete:a1
      objects cora can_read note =
      users can_read note:n1 = ida olga pat root
    `);
    await story.step("olga", "member.reactivated", { org: "fc", user: "cora" }, `
      yes cora can_read,can_edit,can_flag,can_share,can_delete note:n1
      yes cora can_read note:n4
      yes cora can_view,notes_write,current_coach athlete:a1
      objects cora can_read note = n1 n4
      users can_read note:n1 = cora ida olga pat root
    `);
  });

  story.chapter("NP10: comments have no gate of their own", async () => {
    await story.step("ida", "activity.recorded", { activity: "act", athlete: "a1" }, `
      yes ida,cora,dora,hana,asta,olga,pat,root can_view,can_comment activity:act
      no bert,ofra,stranger can_view,can_comment activity:act
    `);
    await story.step("dora", "activity.comment_added", { comment: "k1", activity: "act", author: "dora" }, `
      yes ida,cora,dora,hana,asta,olga,pat,root can_view activity_comment:k1
      no bert,ofra,stranger can_view activity_comment:k1
    `);
    await story.refused("actor_not_allowed", "cora", "activity.comment_deleted", { comment: "k1" });
    await story.step("olga", "activity.comment_deleted", { comment: "k1" },
      "no ida,cora,dora,hana,asta,olga,pat,root can_view activity_comment:k1");
  });

  story.chapter("S17: the athlete is deleted, the notes stay with author, shares and admins", async () => {
    await story.step("olga", "athlete.deleted", { athlete: "a1" }, `
      no ida can_read note:n1
      no hana,dora,cora can_read note:n4
      no ida,cora,dora,hana,asta can_view,can_comment activity:act
      no cora can_view,notes_write,current_coach athlete:a1
      users can_read note:n1 = cora olga pat root
      objects cora can_read note = n1
      objects hana can_read note =
    `);
    await story.judged();
    expect(story.at.logged).toEqual([]);
  });
});
