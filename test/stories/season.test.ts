// A season at a club: teams, assistants, the limits of their access, and its end (AC1-AC6, PM4, PM11, S14-S17).
import { expect } from "vitest";
import { describeOnEachGround } from "../world/grounds.ts";
import { Story } from "./story.ts";

describeOnEachGround("a season at a club", (ground) => {
  const story = new Story(ground);

  story.chapter("the club is founded and staffed", async () => {
    await story.step("olga", "org.created", { org: "fc", kind: "club", owner: "olga" }, `
      yes olga member,admin,coach,enter_admin,enter_coach,org_manage,org_billing_manage,teams_create org:fc
      no olga office,athlete,enter_athlete org:fc
      no hana member,coach,teams_create,athletes_create org:fc
    `);
    await story.step("olga", "member.added", { org: "fc", user: "hana" }, `
      yes hana member,coach org:fc
      no hana org_manage,org_members_invite org:fc
    `);
    for (const user of ["milo", "asta", "bert"]) await story.step("olga", "member.added", { org: "fc", user });
    await story.step("olga", "team.created", { team: "red", org: "fc", head_coach: "hana" }, `
      yes hana teams_create,athletes_create org:fc
      yes hana head_coach,coach,can_manage,can_edit_membership,can_assign_coaches team:red
      yes olga can_manage,can_edit_membership,can_assign_coaches,can_view team:red
      no olga,asta,milo coach,head_coach team:red
      no asta,milo can_view,can_manage,can_edit_membership team:red
    `);
    await story.step("olga", "team.created", { team: "blue", org: "fc", head_coach: "milo", assignment: "mb" }, `
      yes milo head_coach,can_manage team:blue
      no hana can_view,can_manage,can_edit_membership,can_assign_coaches team:blue
    `);
    await story.judged();
  });

  story.chapter("PM11: who creates an athlete has a row at once", async () => {
    await story.step("hana", "athlete.created", { athlete: "a1", org: "fc", team: "red" }, `
      yes hana current_coach,can_view,sessions_write,premium_grant,can_place athlete:a1
      yes olga can_view,sessions_write,premium_grant,can_place,can_delete athlete:a1
      no hana can_delete,can_assign_coaches athlete:a1
      no asta,milo,bert,ida can_view,current_coach,sessions_read athlete:a1
      objects hana can_view athlete = a1
      objects asta can_view athlete =
    `);
    await story.step("hana", "athlete.created", { athlete: "a2", org: "fc", team: "red" },
      "objects hana can_view athlete = a1 a2");
    await story.step("milo", "athlete.created", { athlete: "a3", org: "fc", team: "blue" }, `
      yes milo can_view,sessions_write athlete:a3
      no hana can_view,sessions_read,can_place athlete:a3
      users can_view athlete:a3 = milo olga
      objects olga can_view athlete = a1 a2 a3
    `);
  });

  story.chapter("AC1 AC2 AC3: an assistant reaches the team's athletes, with less", async () => {
    await story.step("hana", "team_assignment.started", { assignment: "ar", team: "red", coach: "asta" }, `
      yes asta coach,can_view team:red
      yes asta current_coach,can_view,sessions_read athlete:a1
      yes asta dashboard_read,activities_read,wellness_read,equipment_read,races_read,notes_write athlete:a1
      yes asta assessments_read,assessments_write,calculators_run,race_planning_run,race_calendar_write athlete:a1
      yes asta macrocycle_write,submissions_review,activities_upload,video_annotate athlete:a1,athlete:a2
      no asta can_view,dashboard_read,notes_write athlete:a3
      no asta premium_grant,can_place,can_delete,can_assign_coaches,profile_write,goals_read athlete:a1
      no asta can_assign_coaches team:red
      no asta athletes_create,teams_create,org_billing_read,org_manage org:fc
      objects asta can_view athlete = a1 a2
      users coach team:red = asta hana
      users dashboard_read athlete:a1 = asta hana olga
    `);
    await story.refused("actor_not_allowed", "asta", "athlete.created", { athlete: "a9", org: "fc", team: "red" });
    await story.refused("actor_not_allowed", "asta", "team.athlete_added", { team: "red", athlete: "a3" });
    await story.refused("actor_not_allowed", "asta", "team.athlete_moved", { athlete: "a1", from: "red", to: "blue" });
    await story.refused("actor_not_allowed", "asta", "team_assignment.started",
      { assignment: "x", team: "red", coach: "bert" });
    await story.refused("actor_not_allowed", "asta", "team.deleted", { team: "red" });
    await story.judged();
  });

  story.chapter("AC4: many teams, one roster, each athlete once", async () => {
    await story.step("milo", "team_assignment.started", { assignment: "ab", team: "blue", coach: "asta" }, `
      yes asta can_view,dashboard_read,notes_write athlete:a3
      objects asta can_view athlete = a1 a2 a3
      users can_view athlete:a3 = asta milo olga
    `);
    await story.step("olga", "team.athlete_added", { team: "blue", athlete: "a2" }, `
      yes milo can_view,can_place athlete:a2
      users can_view athlete:a2 = asta hana milo olga
    `);
    await story.step("milo", "team_assignment.ended", { assignment: "ab" }, `
      no asta can_view,dashboard_read,notes_write athlete:a3
      objects asta can_view athlete = a1 a2
      users can_view athlete:a3 = milo olga
      users can_view athlete:a2 = asta hana milo olga
    `);
    await story.refused("relationship_ended", "milo", "team_assignment.started",
      { assignment: "ab", team: "blue", coach: "asta" });
  });

  story.chapter("AC1: no head coach, and the assistants keep what they have", async () => {
    await story.step("olga", "team.head_coach_changed", { team: "red", head_coach: null }, `
      no hana head_coach,coach,can_manage,can_edit_membership,can_assign_coaches team:red
      no hana can_place athlete:a1
      users coach team:red = asta
    `);
    await story.step("olga", "team.head_coach_changed", { team: "red", head_coach: "asta" }, `
      yes asta head_coach,can_manage,can_edit_membership,can_assign_coaches team:red
      yes asta premium_grant,can_place,profile_write,goals_read athlete:a1
      yes asta athletes_create,teams_create org:fc
    `);
    await story.step("olga", "team.head_coach_changed", { team: "red", head_coach: "hana" }, `
      yes hana head_coach,coach,can_manage,can_edit_membership,can_assign_coaches team:red
      yes hana can_place athlete:a1
      no asta coach,head_coach,can_view,can_manage,can_edit_membership,can_assign_coaches team:red
      no asta current_coach,can_view,sessions_read,dashboard_read,activities_read,wellness_read athlete:a1
      no asta equipment_read,races_read,notes_write,assessments_read,assessments_write athlete:a1
      no asta calculators_run,race_planning_run,race_calendar_write,premium_grant,can_place athlete:a1
      no asta profile_write,goals_read athlete:a1
      no asta macrocycle_write,submissions_review,activities_upload,video_annotate athlete:a1,athlete:a2
      no asta athletes_create,teams_create org:fc
      users coach team:red = hana
      users dashboard_read athlete:a1 = hana olga
      users can_view athlete:a2 = hana milo olga
      objects asta can_view athlete =
    `);
    await story.judged();
  });

  story.chapter("moving an athlete ends one reach and begins another", async () => {
    await story.refused("actor_not_allowed", "hana", "team.athlete_moved", { athlete: "a1", from: "red", to: "blue" });
    await story.step("olga", "team.athlete_moved", { athlete: "a1", from: "red", to: "blue" }, `
      yes milo can_view,current_coach,sessions_read athlete:a1
      no hana can_place athlete:a1
      users dashboard_read athlete:a1 = hana milo olga
    `);
    await story.refused("not_on_team", "olga", "team.athlete_moved", { athlete: "a3", from: "red", to: "red" });
    await story.step("olga", "coaching.ended", { coaching: "a1.hana" }, `
      no hana current_coach,can_view,sessions_write,premium_grant athlete:a1
      users dashboard_read athlete:a1 = milo olga
      objects hana can_view athlete = a2
    `);
  });

  story.chapter("PR8 S3: a coach is deactivated, and comes back", async () => {
    await story.step("olga", "member.deactivated", { org: "fc", user: "milo" }, `
      no milo can_view,can_place athlete:a2
      no milo can_view,current_coach,sessions_read athlete:a1
      no milo can_view,sessions_write athlete:a3
      no milo head_coach,can_manage team:blue
      users can_view athlete:a3 = olga
      users dashboard_read athlete:a1 = olga
      users can_view athlete:a2 = hana olga
    `);
    await story.refused("actor_not_allowed", "milo", "athlete.created", { athlete: "a8", org: "fc" });
    await story.judged();
    await story.step("olga", "member.reactivated", { org: "fc", user: "milo" }, `
      yes milo can_view,can_place athlete:a2
      yes milo can_view,current_coach,sessions_read athlete:a1
      yes milo can_view,sessions_write athlete:a3
      yes milo head_coach,can_manage team:blue
      users can_view athlete:a3 = milo olga
      users dashboard_read athlete:a1 = milo olga
      users can_view athlete:a2 = hana milo olga
    `);
  });

  story.chapter("S17: team and athlete are deleted", async () => {
    await story.step("milo", "team.deleted", { team: "blue" }, `
      no milo head_coach,can_manage team:blue
      no milo can_view,can_place athlete:a2
      no milo can_view,current_coach,sessions_read athlete:a1
      users can_view athlete:a2 = hana olga
      users dashboard_read athlete:a1 = olga
    `);
    await story.refused("already_exists", "olga", "team.created", { team: "blue", org: "fc" });
    await story.step("olga", "athlete.deleted", { athlete: "a3" }, `
      no milo can_view,sessions_write athlete:a3
      users can_view athlete:a3 =
      objects olga can_view athlete = a1 a2
    `);
    await story.refused("already_exists", "olga", "athlete.created", { athlete: "a3", org: "fc" });
    await story.judged();
    expect(story.at.logged).toEqual([]);
  });
});
