// S4-S7: nobody promotes themself: by a role's keys, a hat, a member, an invite, an owner, or a dormant key woken.
import { describe, expect, test } from "vitest";
import type { Installation } from "../world/installation.ts";
import { club, fails, works } from "./club.ts";

/** Makes ofra (office) hold these org keys by a custom role. */
async function officer(at: Installation, keys: readonly string[]): Promise<void> {
  await works(at, "olga", "role.created", { org: "fc", role: "officer", scope: "org", keys });
  await works(at, "olga", "member.role_assigned", { org: "fc", user: "ofra", role: "officer" });
}

describe("a plain coach", () => {
  test("has no event that touches members, roles or invites", async () => {
    const at = await club();
    for (const [type, data] of [
      ["member.hats_changed", { org: "fc", user: "mal", hats: ["admin"] }],
      ["member.role_assigned", { org: "fc", user: "mal", role: "admin" }],
      ["member.role_assigned", { org: "fc", user: "mal", role: "owner" }],
      ["member.added", { org: "fc", user: "mal", hats: ["admin"] }],
      ["member.added", { org: "fc", user: "mal2", hats: ["athlete"] }],
      ["member.deactivated", { org: "fc", user: "adam" }],
      ["member.reactivated", { org: "fc", user: "mal" }],
      ["role.created", { org: "fc", role: "x", scope: "org", keys: [] }],
      ["role.updated", { org: "fc", role: "coach", keys: ["org.manage"] }],
      ["role.updated", { org: "fc", role: "viewer", keys: ["athletes.create"] }],
      ["role.deleted", { org: "fc", role: "x" }],
      ["invite.created", { invite: "x", org: "fc", hat: "admin" }],
      ["invite.created", { invite: "x", org: "fc", team: "red" }],
      ["athlete.linked", { athlete: "a2", user: "mal" }],
      ["athlete.unlinked", { athlete: "a1", user: "ida" }],
      ["coaching.ended", { coaching: "c1" }], ["athlete.deleted", { athlete: "a1" }],
      ["platform.superadmin_granted", { user: "mal" }], ["platform.admin_granted", { user: "mal" }],
      ["platform.superadmin_revoked", { user: "root" }],
      ["org.created", { org: "fc2", kind: "club", owner: "adam" }],
    ] as const) await fails(at, "actor_not_allowed", "mal", type, data);
    await fails(at, "already_exists", "mal", "org.created", { org: "fc", kind: "club", owner: "mal" });
    expect(await at.can("mal", "org_manage", "org:fc")).toBe(false);
  });

  test("an own org gives nothing in another", async () => {
    const at = await club();
    await works(at, "mal", "org.created", { org: "evil", kind: "club", owner: "mal" });
    await fails(at, "actor_not_allowed", "mal", "member.added", { org: "fc", user: "mal", hats: ["admin"] });
    await fails(at, "actor_not_allowed", "mal", "team.athlete_added", { team: "red", athlete: "a1" });
    await works(at, "mal", "team.created", { team: "et", org: "evil", head_coach: "mal" });
    await fails(at, "actor_not_allowed", "mal", "team.athlete_added", { team: "et", athlete: "a1" });
    await fails(at, "already_exists", "mal", "athlete.created", { athlete: "a1", org: "evil", team: "et" });
    await fails(at, "wrong_org", "mal", "invite.created", { invite: "ei", org: "evil", team: "red" });
    await fails(at, "wrong_org", "mal", "invite.created",
      { invite: "ei", org: "evil", hat: "athlete", team: "et", athlete: "a2" });
    await fails(at, "wrong_org", "mal", "artifact.created", { artifact: "dev_card:e", org: "evil", athlete: "a1" });
    await works(at, "mal", "member.added", { org: "evil", user: "hana" });
    await works(at, "mal", "member.deactivated", { org: "evil", user: "hana" });
    expect(await at.can("hana", "head_coach", "team:red")).toBe(true);
    expect(await at.objects("mal", "can_view", "athlete")).toEqual([]);
    expect(await at.objects("mal", "can_read", "note")).toEqual([]);
  });
});

describe("an officer with some org keys", () => {
  test("org.roles.manage adds to a role only what its holder has", async () => {
    const at = await club();
    await officer(at, ["org.roles.manage", "sessions.read"]);
    const over = (type: string, data: object) =>
      fails(at, "exceeds_own_permissions", "ofra", type, { org: "fc", ...data });
    await over("role.updated", { role: "officer", keys: ["org.roles.manage", "sessions.read", "org.manage"] });
    await over("role.updated",
      { role: "officer", keys: ["org.roles.manage", "sessions.read", "athletes.assign_coaches"] });
    await over("role.updated", { role: "coach", keys: ["org.members.manage"] });
    await over("role.updated", { role: "front_desk", keys: ["sessions.write"] });
    await over("role.updated", { role: "viewer", keys: ["athletes.create"] });
    await over("role.created", { role: "new", scope: "org", keys: ["org.billing.manage"] });
    await over("role.created", { role: "new", scope: "org", keys: ["practice_plans.view"] });
    await over("role.created", { role: "new", scope: "athlete", keys: ["teams.create"] });
    await fails(at, "role_locked", "ofra", "role.updated", { org: "fc", role: "owner", keys: [] });
    await fails(at, "unknown_key", "ofra", "role.created", { org: "fc", role: "new", scope: "org", keys: ["*"] });
    await fails(at, "unknown_key", "ofra", "role.created", { org: "fc", role: "new", scope: "org", keys: ["org.*"] });
    await fails(at, "actor_not_allowed", "ofra", "member.role_assigned", { org: "fc", user: "ofra", role: "admin" });
    await works(at, "ofra", "role.created", { org: "fc", role: "new", scope: "org", keys: ["sessions.read"] });
  });

  test("org.members.manage gives no role, hat or owner beyond itself, and touches nobody above", async () => {
    const at = await club();
    await officer(at, ["org.members.manage"]);
    const over = (type: string, data: object) =>
      fails(at, "exceeds_own_permissions", "ofra", type, { org: "fc", ...data });
    await over("member.role_assigned", { user: "ofra", role: "admin" });
    await over("member.role_assigned", { user: "ofra", role: "owner" });
    await over("member.role_assigned", { user: "mal", role: "front_desk" });
    await over("member.hats_changed", { user: "ofra", hats: ["admin", "office"] });
    await over("member.hats_changed", { user: "mal", hats: ["admin"], role: "officer" });
    await over("member.added", { user: "pal", hats: ["admin"] });
    await over("member.added", { user: "pal", hats: ["office"] });
    await over("member.added", { user: "pal", hats: ["coach"], role: "owner" });
    await over("member.deactivated", { user: "adam" });
    await over("member.deactivated", { user: "olga" });
    await over("member.hats_changed", { user: "adam", hats: ["athlete"] });
    await over("member.role_assigned", { user: "adam", role: "coach" });
    await works(at, "ofra", "member.added", { org: "fc", user: "pal", hats: ["office"], role: "officer" });
  });

  test("S6 a dormant key is not woken by a hat, a reactivation or a redemption", async () => {
    const at = await club();
    await officer(at, ["org.members.manage", "org.members.invite"]);
    await works(at, "olga", "role.created",
      { org: "fc", role: "sleep", scope: "org", keys: ["org.manage", "org.billing.manage"] });
    await works(at, "olga", "member.role_assigned", { org: "fc", user: "mal", role: "sleep" });
    expect(await at.can("mal", "org_manage", "org:fc")).toBe(false);
    await fails(at, "exceeds_own_permissions", "ofra", "member.hats_changed",
      { org: "fc", user: "mal", hats: ["coach", "office"] });
    await fails(at, "exceeds_own_permissions", "ofra", "invite.created", { invite: "i1", org: "fc", hat: "office" });
    await works(at, "adam", "invite.created", { invite: "i2", org: "fc", hat: "office" });
    await fails(at, "inviter_lost_right", "mal", "invite.redeemed", { invite: "i2", user: "mal" });
    await works(at, "olga", "member.deactivated", { org: "fc", user: "mal" });
    await fails(at, "exceeds_own_permissions", "ofra", "member.reactivated", { org: "fc", user: "mal" });
    await fails(at, "exceeds_own_permissions", "adam", "member.reactivated", { org: "fc", user: "mal" });
    await works(at, "olga", "member.reactivated", { org: "fc", user: "mal" });
    // The Owner holds what the invite wakes, and may give it.
    await works(at, "olga", "invite.created", { invite: "i3", org: "fc", hat: "office" });
    await works(at, "mal", "invite.redeemed", { invite: "i3", user: "mal" });
    expect(await at.can("mal", "org_manage", "org:fc")).toBe(true);
  });

  test("S6 an invite for oneself gives no more than its maker holds", async () => {
    const at = await club();
    await officer(at, ["org.members.invite"]);
    const over = (data: object) =>
      fails(at, "exceeds_own_permissions", "ofra", "invite.created", { invite: "i", org: "fc", ...data });
    await over({ hat: "admin" });
    await over({ hat: "admin", role: "officer" });
    await over({ hat: "admin", email: "me@example.org" });
    await over({ hat: "office", role: "admin" });
    await over({ hat: "coach", team: "red", role: "owner" });
    await over({ hat: "office" });
    await over({ team: "red" });
    await over({ team: "red", assignment_role: "head_coach" });
    await fails(at, "role_scope_mismatch", "olga", "invite.created",
      { invite: "i", org: "fc", team: "red", assignment_role: "head_coach" });
    await fails(at, "role_scope_mismatch", "olga", "invite.created",
      { invite: "i", org: "fc", team: "red", role: "viewer" });
    // S14: a reserved row is taken to a team by whoever may place it there.
    await over({ hat: "athlete", team: "red" });
    await over({ hat: "athlete", team: "red", athlete: "a3" });
    await works(at, "ofra", "invite.created", { invite: "i", org: "fc", email: "mal@example.org" });
    await works(at, "mal", "invite.redeemed", { invite: "i", user: "mal", email: "mal@example.org" });
    expect(await at.can("mal", "premium_grant", "athlete:a1")).toBe(false);
  });
});

describe("admins and owners", () => {
  test("an admin makes no owner and takes none down; the Owner keeps billing", async () => {
    const at = await club();
    const over = (type: string, data: object) =>
      fails(at, "exceeds_own_permissions", "adam", type, { org: "fc", ...data });
    await over("member.role_assigned", { user: "adam", role: "owner" });
    await over("member.role_assigned", { user: "olga", role: "coach" });
    await over("member.deactivated", { user: "olga" });
    await over("member.hats_changed", { user: "olga", hats: ["coach"] });
    await over("member.added", { user: "pal", role: "owner", hats: ["admin"] });
    await over("role.updated", { role: "admin", keys: ["org.billing.manage"] });
    await over("role.created", { role: "pay", scope: "org", keys: ["org.billing.manage"] });
    await fails(at, "last_owner", "olga", "member.role_assigned", { org: "fc", user: "olga", role: "admin" });
    await fails(at, "last_owner", "olga", "member.hats_changed", { org: "fc", user: "olga", hats: ["coach"] });
    await fails(at, "last_owner", undefined, "member.deactivated", { org: "fc", user: "olga" });
    expect(await at.users("org:fc", "org_billing_manage")).toEqual(["olga", "root"]);
  });

  test("NP2 PM7 an admin or superadmin reads a note and no more, and wears no hat", async () => {
    const at = await club();
    for (const who of ["adam", "root"]) {
      expect(await at.can(who, "can_read", "note:n1")).toBe(true);
      for (const relation of ["can_edit", "can_flag", "can_share", "can_delete"]) {
        expect(await at.can(who, relation, "note:n1"), relation).toBe(false);
      }
      await fails(at, "actor_not_allowed", who, "note.visibility_changed", { note: "n1", visible_to_athlete: true });
      await fails(at, "actor_not_allowed", who, "note.shared", { note: "n1", user: "mal" });
      await fails(at, "actor_not_allowed", who, "note.deleted", { note: "n1" });
      await fails(at, "actor_not_allowed", who, "note.created",
        { note: "n9", athlete: "a3", author: "cora", under: "coaching:c1" });
    }
    await fails(at, "relationship_mismatch", "adam", "note.created",
      { note: "n9", athlete: "a3", author: "adam", under: "coaching:c1" });
    for (const relation of ["member", "admin", "coach", "office", "athlete"]) {
      expect(await at.can("root", relation, "org:fc"), relation).toBe(false);
    }
    for (const [relation, object] of [
      ["head_coach", "team:red"], ["coach", "team:red"], ["current_coach", "athlete:a1"], ["account", "athlete:a1"],
    ] as const) expect(await at.can("root", relation, object), relation).toBe(false);
  });
});
