// The permission matrix: seeded and custom roles, overrides, isolation, superadmins (PM1-PM12, S4, S11, S12, S16).
import { expect } from "vitest";
import { describeOnEachGround } from "../world/grounds.ts";
import { Story } from "./story.ts";

describeOnEachGround("roles and rows", (ground) => {
  const story = new Story(ground);

  story.chapter("PM2 PM3 PM4: the seeded roles", async () => {
    await story.at.system(
      ["platform.superadmin_granted", { user: "root" }],
      ["org.created", { org: "sc", kind: "club", owner: "olga" }],
      ["member.added", { org: "sc", user: "adam", hats: ["admin"] }],
      ["member.added", { org: "sc", user: "fred", hats: ["office"] }],
      ...["cora", "dora"].map((user) => ["member.added", { org: "sc", user }] as const),
      ...["a1", "a2"].map((athlete) => ["athlete.created", { athlete, org: "sc" }] as const),
      ["artifact.created", { artifact: "drill:dr", org: "sc", creator: "cora" }],
    );
    await story.expects(`
      yes olga org_billing_manage,org_billing_read,org_roles_manage,athletes_delete org:sc
      no adam org_billing_manage org:sc
      yes adam org_billing_read,org_roles_manage,athletes_delete org:sc
      yes fred athletes_create org:sc
      yes fred training_sessions_delete,messages_write,profile_read,can_view athlete:a1,athlete:a2
      no fred sessions_read,dashboard_read,notes_write,can_place athlete:a1
      no fred org_members_invite,athletes_delete,org_billing_read org:sc
      no cora athletes_create,teams_create,org_manage org:sc
      no cora,dora can_view,sessions_read athlete:a1,athlete:a2
      yes olga,adam sessions_write,premium_grant,can_view athlete:a1
      yes cora,dora,fred,adam can_view drill:dr
      yes cora,adam can_edit drill:dr
      no dora,fred can_edit drill:dr
      yes root org_billing_manage,enter_coach,athletes_delete,library_contribute org:sc
      no root member,admin,coach org:sc
      yes root can_view,sessions_write,premium_grant athlete:a1
      no root current_coach,account athlete:a1
      objects cora can_view athlete =
      users org_billing_manage org:sc = olga root
    `);
    await story.judged();
  });

  story.chapter("PM10 PM6: rows, overrides, and a role that changes underneath", async () => {
    await story.step("adam", "coaching.started", { coaching: "v1", athlete: "a1", coach: "cora", role: "viewer" }, `
      yes cora can_view,sessions_read,current_coach athlete:a1
      no cora sessions_write,notes_write athlete:a1
      objects cora can_view athlete = a1
    `);
    await story.step("adam", "coaching.overrides_set",
      { coaching: "v1", overrides: { "sessions.read": false, "notes.write": true } }, `
      no cora sessions_read athlete:a1
      yes cora notes_write athlete:a1
    `);
    await story.step("adam", "role.updated", { org: "sc", role: "viewer", keys: ["sessions.read", "goals.write"] }, `
      yes cora goals_write athlete:a1
      no cora profile_read,dashboard_read athlete:a1
    `);
    await story.step("adam", "coaching.started", { coaching: "v2", athlete: "a1", coach: "cora", role: "specialist" }, `
      yes cora sessions_read,sessions_write,profile_read athlete:a1
    `);
    await story.judged();
    await story.step("cora", "coaching.ended", { coaching: "v2" },
      "no cora sessions_read,sessions_write,profile_read athlete:a1");
    await story.step("adam", "coaching.overrides_set", { coaching: "v1", overrides: {} }, `
      yes cora sessions_read athlete:a1
      no cora notes_write athlete:a1
    `);
    await story.refused("unknown_key", "adam", "coaching.overrides_set",
      { coaching: "v1", overrides: { "org.manage": true } });
  });

  story.chapter("PM5: custom roles take effect at once, and end", async () => {
    await story.step("adam", "role.created",
      { org: "sc", role: "scout", scope: "athlete", keys: ["competitions.read"] });
    await story.step("adam", "coaching.started", { coaching: "s1", athlete: "a2", coach: "dora", role: "scout" }, `
      yes dora competitions_read,can_view athlete:a2
      no dora competitions_write athlete:a2
      objects dora can_view athlete = a2
    `);
    await story.step("adam", "role.updated",
      { org: "sc", role: "scout", keys: ["competitions.write", "athletes.create"] }, `
      yes dora competitions_write athlete:a2
      no dora competitions_read athlete:a2
      yes dora athletes_create org:sc
    `);
    await story.refused("role_in_use", "adam", "role.deleted", { org: "sc", role: "scout" });
    await story.refused("role_scope_mismatch", "adam", "role.updated",
      { org: "sc", role: "scout", keys: ["org.manage"] });
    await story.refused("system_role", "adam", "role.deleted", { org: "sc", role: "viewer" });
    await story.refused("role_locked", "olga", "role.deleted", { org: "sc", role: "owner" });
    await story.refused("role_locked", "olga", "role.updated", { org: "sc", role: "owner", keys: [] });
    await story.step("dora", "coaching.ended", { coaching: "s1" }, `
      no dora competitions_write,can_view athlete:a2
      no dora athletes_create org:sc
      objects dora can_view athlete =
    `);
    await story.step("adam", "role.deleted", { org: "sc", role: "scout" });
    const { body } = await story.at.send("GET", "/orgs/sc/roles");
    expect(body.roles.map((role: any) => `${role.role} ${role.scope} ${role.system} ${role.holders}`).sort()).toEqual([
      "admin org true 1", "assistant_coach athlete true 0", "coach org true 2", "front_desk org true 1",
      "head_coach athlete true 0", "owner org true 1", "specialist athlete true 0", "viewer athlete true 1",
    ]);
    await story.judged();
  });

  story.chapter("PM9 S4: a key of a custom org role, under which hat", async () => {
    await story.step("olga", "role.created",
      { org: "sc", role: "desk", scope: "org", keys: ["org.members.invite", "athletes.assign_coaches"] });
    await story.step("olga", "member.role_assigned", { org: "sc", user: "dora", role: "desk" }, `
      yes dora athletes_assign_coaches org:sc
      no dora org_members_invite org:sc
      yes dora can_view,sessions_read,competitions_read,competitions_write athlete:a2
      yes dora premium_grant,can_assign_coaches,can_place athlete:a2
      yes dora can_view,sessions_read athlete:a1
      objects dora can_view athlete = a1 a2
    `);
    await story.step("olga", "member.hats_changed", { org: "sc", user: "dora", hats: ["coach", "office"] },
      "yes dora org_members_invite org:sc");
    await story.step("olga", "member.hats_changed", { org: "sc", user: "dora", hats: ["athlete"] }, `
      no dora org_members_invite,athletes_assign_coaches org:sc
      no dora can_view,sessions_read,competitions_read,competitions_write athlete:a2
      no dora premium_grant,can_assign_coaches,can_place athlete:a2
      no dora can_view,sessions_read athlete:a1
      no dora can_view drill:dr
      objects dora can_view athlete =
    `);
    await story.judged();
  });

  story.chapter("PM12: a creator edits their entry while on the staff", async () => {
    await story.step("olga", "member.deactivated", { org: "sc", user: "cora" }, `
      no cora can_view,can_edit drill:dr
      no cora can_view,current_coach,sessions_read,goals_write athlete:a1
      objects cora can_view athlete =
    `);
    await story.refused("actor_not_allowed", "cora", "artifact.created", { artifact: "spot:x", org: "sc" });
    await story.judged();
    expect(story.at.logged).toEqual([]);
  });
});
