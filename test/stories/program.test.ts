// A program: levels, players and their floors, invitations, the only admin (PR1-PR11, S4, S5, S10).
import { expect } from "vitest";
import { describeOnEachGround } from "../world/grounds.ts";
import { Story } from "./story.ts";

describeOnEachGround("a program and its players", (ground) => {
  const story = new Story(ground);

  story.chapter("PR2: what admins, coaches and players have by default", async () => {
    await story.at.system(
      ["org.created", { org: "pg", kind: "program", owner: "olga" }],
      ["member.added", { org: "pg", user: "carl" }],
      ["member.added", { org: "pg", user: "dina" }],
      ["member.added", { org: "pg", user: "pia", hats: ["athlete"] }],
      ["member.added", { org: "pg", user: "quin", hats: ["athlete"] }],
      ["athlete.created", { athlete: "p1", org: "pg", user: "pia" }],
      ["athlete.created", { athlete: "p2", org: "pg", user: "quin" }],
      ["athlete.created", { athlete: "p3", org: "pg" }],
    );
    await story.expects(`
      yes olga users_generate,program_settings_generate,scouting_reports_generate,playbook_generate org:pg
      yes carl practice_plans_generate,game_briefs_generate,weekly_reports_generate org:pg
      yes carl development_plans_generate,dev_cards_generate,scouting_reports_generate org:pg
      yes carl roster_edit,player_profiles_edit,playbook_edit,drill_library_edit,athletes_create org:pg
      no carl roster_generate,playbook_generate,users_view,program_settings_view,org_members_invite org:pg
      no pia practice_plans_view,game_briefs_view,weekly_reports_view,scouting_reports_view,roster_view org:pg
      yes pia playbook_view org:pg
      no pia playbook_edit,users_view,library_contribute org:pg
      yes carl can_view athlete:p1,athlete:p2,athlete:p3
      no carl sessions_read,notes_write,current_coach athlete:p1
      yes pia account,can_view,sessions_read athlete:p1
      no pia can_view,sessions_read athlete:p2
    `);
  });

  story.chapter("PR2 PR3: drafts, finals, and one's own development data", async () => {
    for (const artifact of ["practice_plan:t", "game_brief:g", "weekly_report:w", "scouting_report:s",
      "playbook_item:b"]) {
      await story.step("carl", "artifact.created", { artifact, org: "pg", generated: artifact.startsWith("practice") });
    }
    for (const artifact of ["development_plan:d", "dev_card:c", "player_profile:f"]) {
      await story.step("carl", "artifact.created", { artifact, org: "pg", athlete: "p1" });
    }
    await story.expects(`
      yes carl,dina,olga can_view,can_edit practice_plan:t,game_brief:g,weekly_report:w,scouting_report:s
      yes carl can_view,can_edit development_plan:d,dev_card:c,player_profile:f,playbook_item:b
      no pia,quin can_view,can_edit practice_plan:t,game_brief:g,weekly_report:w,scouting_report:s
      yes pia can_view development_plan:d,dev_card:c,player_profile:f,playbook_item:b
      no pia can_edit development_plan:d,dev_card:c,player_profile:f,playbook_item:b
      no quin can_view development_plan:d,dev_card:c,player_profile:f
      objects pia can_view practice_plan =
    `);
    await story.refused("actor_not_allowed", "pia", "artifact.finalized", { artifact: "practice_plan:t" });
    await story.step("dina", "artifact.finalized", { artifact: "practice_plan:t" }, `
      yes pia,quin can_view practice_plan:t
      objects pia can_view practice_plan = t
    `);
    await story.step("carl", "artifact.finalized", { artifact: "game_brief:g" }, "yes pia,quin can_view game_brief:g");
    await story.judged();
    await story.step("dina", "artifact.reopened", { artifact: "practice_plan:t" }, `
      no pia,quin can_view practice_plan:t
      objects pia can_view practice_plan =
    `);
  });

  story.chapter("S5: a role with everything leaves a player on the floor", async () => {
    const keys = ["scouting_reports.generate", "practice_plans.edit", "playbook.generate", "sessions.read",
      "athletes.create",
      "users.generate", "org.members.manage"];
    await story.step("olga", "role.created", { org: "pg", role: "all", scope: "org", keys });
    await story.refused("player_role_immutable", "olga", "member.role_assigned",
      { org: "pg", user: "pia", role: "all" });
    await story.step("olga", "role.updated", { org: "pg", role: "player", keys: [...keys, "game_briefs.view"] },
      "no pia athletes_create,org_members_manage,practice_plans_edit,scouting_reports_generate org:pg");
    await story.step("olga", "role.updated", { org: "pg", role: "coach", keys }, `
      no carl game_briefs_generate,weekly_reports_generate,development_plans_generate,dev_cards_generate org:pg
      no carl practice_plans_generate,roster_edit,player_profiles_edit,drill_library_edit org:pg
      yes carl playbook_generate,practice_plans_edit org:pg
      no carl users_generate,org_members_manage org:pg
      no carl can_view,can_edit weekly_report:w
      no carl,dina can_view,can_edit game_brief:g
      no dina can_view,can_edit weekly_report:w
      no carl can_view,can_edit development_plan:d,dev_card:c,player_profile:f
      no carl can_view athlete:p1,athlete:p2,athlete:p3
      yes carl sessions_read athlete:p1
    `);
    await story.judged();
  });

  story.chapter("PR7: admin and coach are exchanged, players are not", async () => {
    await story.refused("player_role_immutable", "olga", "member.hats_changed",
      { org: "pg", user: "pia", hats: ["coach"] });
    await story.refused("role_not_exchangeable", "olga", "member.hats_changed",
      { org: "pg", user: "carl", hats: ["athlete"] });
    await story.refused("role_not_exchangeable", "olga", "member.role_assigned",
      { org: "pg", user: "carl", role: "player" });
    await story.step("olga", "member.hats_changed", { org: "pg", user: "dina", hats: ["admin"] }, `
      yes dina admin,enter_admin,users_generate org:pg
      yes dina can_view,can_edit weekly_report:w,game_brief:g
      no dina coach org:pg
    `);
    await story.refused("exceeds_own_permissions", "dina", "member.role_assigned",
      { org: "pg", user: "dina", role: "owner" });
    await story.step("olga", "member.hats_changed", { org: "pg", user: "dina", hats: ["coach"] }, `
      no dina admin,enter_admin,users_generate org:pg
      yes dina coach org:pg
      no dina can_view,can_edit weekly_report:w,game_brief:g
    `);
  });

  story.chapter("PR9: the only admin stays", async () => {
    await story.refused("last_admin", "olga", "member.hats_changed", { org: "pg", user: "olga", hats: ["coach"] });
    await story.refused("last_admin", "olga", "member.deactivated", { org: "pg", user: "olga" });
    await story.refused("last_admin", undefined, "member.deactivated", { org: "pg", user: "olga" });
    await story.refused("last_owner", "olga", "member.role_assigned", { org: "pg", user: "olga", role: "admin" });
  });

  story.chapter("PR8 PR10: the link goes with the membership and does not come back", async () => {
    await story.refused("user_already_linked", "olga", "athlete.linked", { athlete: "p3", user: "pia" });
    await story.refused("athlete_already_linked", "olga", "athlete.linked", { athlete: "p2", user: "pia" });
    await story.step("olga", "member.deactivated", { org: "pg", user: "pia" }, `
      no pia account,can_view,sessions_read athlete:p1
      no pia can_view development_plan:d,dev_card:c,player_profile:f,playbook_item:b
      no pia can_view game_brief:g
      no pia playbook_view org:pg
    `);
    await story.step("olga", "member.reactivated", { org: "pg", user: "pia" }, `
      yes pia can_view game_brief:g,playbook_item:b
      yes pia playbook_view org:pg
    `);
    await story.step("olga", "athlete.linked", { athlete: "p1", user: "pia" }, `
      yes pia account,can_view,sessions_read athlete:p1
      yes pia can_view development_plan:d,dev_card:c,player_profile:f
    `);
    await story.judged();
  });

  story.chapter("PR4: the people list by hat and by status", async () => {
    await story.step("olga", "invite.created",
      { invite: "i3", org: "pg", hat: "athlete", email: "x@example.org", athlete: "p3" });
    const people = async (query: string) => {
      const { body } = await story.at.send("GET", `/orgs/pg/members${query}`);
      const lines = body.members.map((m: any) => `${m.user} ${m.role} ${m.status} ${m.athlete}`);
      return [...lines, ...body.invites.map((i: any) => `${i.invite} ${i.status} ${i.athlete}`)];
    };
    expect(await people("")).toEqual([
      "carl coach active null", "dina coach active null", "olga owner active null", "pia player active p1",
      "quin player active p2", "i3 invited p3",
    ]);
    expect(await people("?hat=athlete")).toEqual(["pia player active p1", "quin player active p2", "i3 invited p3"]);
    expect(await people("?status=active&hat=coach")).toHaveLength(3);
    expect(await people("?status=invited")).toEqual(["i3 invited p3"]);
    expect(await people("?status=inactive")).toEqual([]);
    await story.step("olga", "invite.revoked", { invite: "i3" });
    expect(await people("?status=invited")).toEqual([]);
    await story.step("olga", "invite.created",
      { invite: "i4", org: "pg", hat: "athlete", email: "y@example.org", athlete: "p3" });
    expect(story.at.logged).toEqual([]);
  });
});
