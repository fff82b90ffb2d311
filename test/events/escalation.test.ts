// S6: nobody gives more than they hold or touches a member who holds more, and attacks on both.
import { beforeEach, describe, expect, it, test } from "vitest";
import { seededRole } from "../../src/policy/seeded-roles.ts";
import { memberOf } from "../../src/domain/members.ts";
import { startCoaching } from "../../src/domain/row-changes.ts";
import { applyDelta, Draft } from "../../src/tuples/delta.ts";
import { club } from "../world/club.ts";
import { World } from "../world/world.ts";

const EVERY_KEY = seededRole("club", "owner")!.keys;
const MANAGER = ["org.members.manage", "org.roles.manage", "athletes.create", "profile.read", "sessions.write"];

/**
 * Club `o` owned by `own`, with admin `ada`, coach `carl`, office `olga` (role `manager`: MANAGER), office `otto`
 * (role `owner`: an Owner without the admin hat), superadmin `sam` who is no member.
 */
let w: World;
beforeEach(() => {
  w = new World();
  w.system("platform.superadmin_granted", { user: "sam" });
  w.system("org.created", { org: "o", kind: "club", owner: "own" });
  w.system("role.created", { org: "o", role: "manager", scope: "org", keys: MANAGER });
  w.system("role.created", { org: "o", role: "less", scope: "org", keys: ["athletes.create", "profile.read"] });
  w.system("role.created", { org: "o", role: "row", scope: "athlete", keys: ["goals.read"] });
  w.system("member.added", { org: "o", user: "ada", hats: ["admin"] });
  w.system("member.added", { org: "o", user: "carl" });
  w.system("member.added", { org: "o", user: "olga", hats: ["office"], role: "manager" });
  w.system("member.added", { org: "o", user: "otto", hats: ["office"], role: "owner" });
});

const code = "exceeds_own_permissions";
const on = (user: string, more: object = {}): object => ({ org: "o", user, ...more });

describe("S6 giving a role", () => {
  it("only with keys and levels that the actor holds across the org", () => {
    w.as("olga", "member.added", on("a", { hats: ["office"], role: "less" }));
    w.as("olga", "member.added", on("b", { hats: ["office"], role: "manager" }));
    w.system("role.updated", { org: "o", role: "less", keys: ["athletes.create", "goals.read"] });
    w.refused(code, "olga", "member.added", on("c", { hats: ["office"], role: "less" }));
    w.refused(code, "olga", "member.role_assigned", on("carl", { role: "less" }));
    w.system("role.updated", { org: "o", role: "less", keys: ["roster.view"] });
    w.refused(code, "olga", "member.role_assigned", on("carl", { role: "less" }));
    w.as("ada", "member.role_assigned", on("carl", { role: "less" }));
  });

  it("counts keys that a floor keeps dormant, until the hat would wake them", () => {
    w.refused(code, "olga", "member.role_assigned", on("carl", { role: "admin" }));
    w.refused(code, "olga", "member.added", on("c", { hats: ["athlete"], role: "admin" }));
    w.system("member.added", on("p", { hats: ["athlete"], role: "less" }));
    w.system("role.updated", { org: "o", role: "less", keys: ["goals.read", "sessions.write"] });
    w.refused(code, "olga", "member.hats_changed", on("p", { hats: ["athlete", "coach"] }));
    w.system("role.updated", { org: "o", role: "less", keys: ["sessions.write"] });
    w.as("olga", "member.hats_changed", on("p", { hats: ["athlete", "coach"] }));
  });

  it("counts the default role that follows the hats", () => {
    // front_desk holds keys that the manager lacks; coach (in a club) holds none.
    w.refused(code, "olga", "member.added", on("c", { hats: ["office"] }));
    w.refused(code, "olga", "member.hats_changed", on("carl", { hats: ["office"] }));
    w.as("olga", "member.added", on("c"));
    w.as("olga", "member.hats_changed", on("c", { hats: ["coach", "athlete"] }));
  });

  it("nobody raises themselves, by role, hat or the role's keys", () => {
    w.refused(code, "olga", "member.role_assigned", on("olga", { role: "admin" }));
    w.refused(code, "olga", "member.role_assigned", on("olga", { role: "front_desk" }));
    w.refused(code, "olga", "member.hats_changed", on("olga", { hats: ["admin"] }));
    w.refused(code, "olga", "role.updated", { org: "o", role: "manager", keys: [...MANAGER, "org.manage"] });
    w.refused(code, "ada", "role.updated", { org: "o", role: "admin", keys: ["org.billing.manage", "org.manage"] });
    w.refused(code, "ada", "member.role_assigned", on("ada", { role: "owner" }));
    w.as("olga", "member.hats_changed", on("olga", { hats: ["office", "coach"] }));
    w.as("olga", "member.role_assigned", on("olga", { role: "less" }));
  });

  it("Owner is given by Owners and superadmins, not by admins, whatever their hats", () => {
    w.refused(code, "ada", "member.added", on("x", { hats: ["coach"], role: "owner" }));
    w.refused(code, "ada", "member.role_assigned", on("carl", { role: "owner" }));
    w.refused(code, "ada", "member.hats_changed", on("carl", { hats: ["coach"], role: "owner" }));
    w.as("own", "member.role_assigned", on("carl", { role: "owner" }));
    w.as("sam", "member.added", on("x", { hats: ["coach"], role: "owner" }));
    // Levels under the admin hat are not held without it, so this Owner cannot give them either.
    w.refused(code, "otto", "member.added", on("y", { hats: ["coach"], role: "owner" }));
  });

  it("a holder of every key by another role is no Owner", () => {
    w.system("role.created", { org: "o", role: "all", scope: "org", keys: EVERY_KEY });
    w.system("member.role_assigned", on("ada", { role: "all" }));
    expect(w.can("ada", "org_billing_manage", "org:o")).toBe(true);
    w.as("ada", "member.role_assigned", on("carl", { role: "all" }));
    w.refused(code, "ada", "member.role_assigned", on("carl", { role: "owner" }));
    w.refused(code, "ada", "member.added", on("x", { hats: ["office"], role: "owner" }));
    w.as("ada", "member.deactivated", on("otto"));
    w.refused(code, "ada", "member.reactivated", on("otto"));
  });

  it("a holder of every key by another role changes an Owner's hats, which makes no Owner", () => {
    w.system("role.created", { org: "o", role: "all", scope: "org", keys: EVERY_KEY });
    w.system("member.role_assigned", on("ada", { role: "all" }));
    w.as("ada", "member.hats_changed", on("otto", { hats: ["office", "coach"] }));
    expect(memberOf(w.tuples, "o", "otto")).toMatchObject({ hats: ["coach", "office"], role: "owner" });
    w.refused(code, "ada", "member.hats_changed", on("carl", { hats: ["coach", "office"], role: "owner" }));
  });

  it("a former Owner makes no more Owners; a superadmin does", () => {
    w.as("own", "member.role_assigned", on("ada", { role: "owner" }));
    w.as("ada", "member.role_assigned", on("own", { role: "admin" }));
    w.refused(code, "own", "member.role_assigned", on("carl", { role: "owner" }));
    w.as("sam", "member.role_assigned", on("carl", { role: "owner" }));
  });
});

describe("S6 giving the admin hat", () => {
  it("only a member who wears it: not the office, not a superadmin; the system may", () => {
    for (const actor of ["otto", "sam"]) {
      w.refused(code, actor, "member.added", on("x", { hats: ["admin"], role: "less" }));
      w.refused(code, actor, "member.hats_changed", on("carl", { hats: ["admin", "coach"], role: "coach" }));
    }
    w.as("ada", "member.hats_changed", on("carl", { hats: ["admin", "coach"] }));
    w.system("member.added", on("x", { hats: ["admin"] }));
    w.as("sam", "member.hats_changed", on("x", { hats: ["admin", "coach"] }));
  });

  it("a superadmin does not receive it, but can remove it", () => {
    w.system("member.added", on("sam"));
    w.refused(code, "sam", "member.hats_changed", on("sam", { hats: ["admin"] }));
    w.as("sam", "member.hats_changed", on("ada", { hats: ["coach"] }));
    expect(w.can("ada", "admin", "org:o")).toBe(false);
  });
});

describe("S6 touching a member", () => {
  it("a member with org keys that the actor lacks is out of reach, in each way", () => {
    for (const [actor, user] of [["olga", "ada"], ["ada", "own"], ["ada", "otto"], ["olga", "otto"]] as const) {
      w.refused(code, actor, "member.deactivated", on(user));
      w.refused(code, actor, "member.hats_changed", on(user, { hats: ["coach"], role: "coach" }));
      w.refused(code, actor, "member.role_assigned", on(user, { role: "coach" }));
      w.refused(code, actor, "member.professional_area_set", on(user, { professional_area: "x" }));
    }
  });

  it("a member with no more org keys is in reach, whatever their athlete keys and levels", () => {
    w.system("role.created", { org: "o", role: "reader", scope: "org", keys: ["goals.read", "roster.view"] });
    w.system("member.role_assigned", on("carl", { role: "reader" }));
    w.as("olga", "member.deactivated", on("carl"));
    w.as("own", "member.hats_changed", on("ada", { hats: ["admin", "coach"] }));
    w.as("sam", "member.deactivated", on("otto"));
  });

  it("everyone reaches themselves: a coach whose role's org keys are dormant sets their own area", () => {
    w.system("member.role_assigned", on("carl", { role: "admin" }));
    w.as("carl", "member.professional_area_set", on("carl", { professional_area: "x" }));
    w.refused(code, "olga", "member.professional_area_set", on("carl", { professional_area: "y" }));
  });

  it("one key makes the difference", () => {
    w.system("member.role_assigned", on("carl", { role: "less" }));
    w.as("olga", "member.professional_area_set", on("carl", { professional_area: "x" }));
    w.system("role.updated", { org: "o", role: "less", keys: ["athletes.create", "teams.create"] });
    w.refused(code, "olga", "member.professional_area_set", on("carl", { professional_area: "y" }));
  });

  it("rights held by rows put nobody out of reach", () => {
    const draft = new Draft(w.tuples);
    draft.write("athlete:a", "org", "org:o");
    startCoaching(draft, { id: "c", org: "o", coach: "carl", athlete: "a", team: undefined, role: "head_coach" });
    applyDelta(w.tuples, draft.delta());
    expect(w.can("carl", "teams_create", "org:o")).toBe(true);
    w.as("olga", "member.deactivated", on("carl"));
  });
});

describe("S6 reactivating", () => {
  it("restores only what the actor could give", () => {
    for (const user of ["carl", "ada", "otto"]) w.system("member.deactivated", on(user));
    w.as("olga", "member.reactivated", on("carl"));
    w.refused(code, "olga", "member.reactivated", on("ada"));
    w.refused(code, "sam", "member.reactivated", on("ada"));
    w.system("member.added", on("abe", { hats: ["admin"] }));
    w.refused(code, "abe", "member.reactivated", on("otto"));
    w.as("abe", "member.reactivated", on("ada"));
    w.as("own", "member.reactivated", on("otto"));
  });

  it("a role that was widened in the meantime counts as it is now", () => {
    w.system("member.role_assigned", on("carl", { role: "less" }));
    w.system("member.deactivated", on("carl"));
    w.system("role.updated", { org: "o", role: "less", keys: ["goals.write"] });
    w.refused(code, "olga", "member.reactivated", on("carl"));
    w.system("role.updated", { org: "o", role: "less", keys: ["sessions.write"] });
    w.as("olga", "member.reactivated", on("carl"));
  });
});

describe("S6 the keys of a role", () => {
  const made = (role: string, scope: string, keys: string[]): object => ({ org: "o", role, scope, keys });
  const edited = (role: string, keys: string[]): object => ({ org: "o", role, keys });

  it("are added to an org-scope role only when held, including athlete keys and levels", () => {
    w.as("olga", "role.created", made("x", "org", MANAGER));
    for (const key of ["org.manage", "goals.read", "roster.view", "teams.create"]) {
      w.refused(code, "olga", "role.created", made("y", "org", [...MANAGER, key]));
      w.refused(code, "olga", "role.updated", edited("x", [...MANAGER, key]));
    }
    w.as("ada", "role.updated", edited("x", [...MANAGER, "org.manage", "users.generate"]));
    w.refused(code, "ada", "role.updated", edited("x", ["org.billing.manage"]));
  });

  it("that the role already had may stay or be removed, though the actor lacks them", () => {
    w.system("role.created", made("x", "org", ["goals.read", "roster.edit", "org.billing.read"]));
    w.as("olga", "role.updated", edited("x", ["goals.read", "roster.edit", "org.billing.read", "profile.read"]));
    w.as("olga", "role.updated", edited("x", ["roster.view"]));
    w.refused(code, "olga", "role.updated", edited("x", ["roster.edit"]));
    w.as("ada", "role.updated", edited("x", ["roster.edit"]));
    w.as("olga", "role.deleted", { org: "o", role: "x" });
  });

  it("are athlete keys for anyone to add to an athlete-scope role, and two org keys for their holders", () => {
    w.as("olga", "role.updated", edited("row", ["premium.grant", "notes.write"]));
    w.as("olga", "role.updated", edited("row", ["premium.grant", "athletes.create"]));
    w.refused(code, "olga", "role.updated", edited("row", ["premium.grant", "teams.create"]));
    w.refused(code, "olga", "role.created", made("r2", "athlete", ["teams.create"]));
    w.refused(code, "olga", "role.created", made("r2", "athlete", ["org.billing.manage"]));
    w.refused("role_scope_mismatch", "olga", "role.created", made("r2", "athlete", ["org.members.manage"]));
    w.as("ada", "role.created", made("r2", "athlete", ["teams.create"]));
  });

  it("that lack their hat are not held: the office adds no settings level", () => {
    expect(w.can("otto", "org_roles_manage", "org:o")).toBe(true);
    w.refused(code, "otto", "role.created", made("x", "org", ["users.view"]));
    w.refused(code, "otto", "role.created", made("x", "org", ["program_settings.edit"]));
    w.as("otto", "role.created", made("x", "org", ["program_settings.view", "org.billing.manage"]));
  });

  it("the system adds any, and obeys the other guards", () => {
    w.system("role.updated", edited("manager", ["org.billing.manage", "users.generate"]));
    w.refused("role_locked", undefined, "role.updated", edited("owner", []));
  });
});

describe("a plain coach", () => {
  test("may send no event that touches members, roles or invites", () => {
    const world = club();
    for (const [type, data] of [
      ["member.hats_changed", { org: "fc", user: "dora", hats: ["admin"] }],
      ["member.role_assigned", { org: "fc", user: "dora", role: "admin" }],
      ["member.role_assigned", { org: "fc", user: "dora", role: "owner" }],
      ["member.added", { org: "fc", user: "dora", hats: ["admin"] }],
      ["member.added", { org: "fc", user: "newcomer", hats: ["athlete"] }],
      ["member.deactivated", { org: "fc", user: "adam" }],
      ["member.reactivated", { org: "fc", user: "dora" }],
      ["role.created", { org: "fc", role: "x", scope: "org", keys: [] }],
      ["role.updated", { org: "fc", role: "coach", keys: ["org.manage"] }],
      ["role.updated", { org: "fc", role: "viewer", keys: ["athletes.create"] }],
      ["role.deleted", { org: "fc", role: "x" }],
      ["invite.created", { invite: "x", org: "fc", hat: "admin" }],
      ["invite.created", { invite: "x", org: "fc", team: "red" }],
      ["athlete.linked", { athlete: "a2", user: "dora" }],
      ["athlete.unlinked", { athlete: "a1", user: "ida" }],
      ["coaching.ended", { coaching: "c1" }], ["athlete.deleted", { athlete: "a1" }],
      ["platform.superadmin_granted", { user: "dora" }], ["platform.admin_granted", { user: "dora" }],
      ["platform.superadmin_revoked", { user: "root" }],
      ["org.created", { org: "fc2", kind: "club", owner: "adam" }],
    ] as const) world.refused("actor_not_allowed", "dora", type, data);
    world.refused("already_exists", "dora", "org.created", { org: "fc", kind: "club", owner: "dora" });
    expect(world.can("dora", "org_manage", "org:fc")).toBe(false);
  });

  test("an org of one's own gives nothing in another", () => {
    const world = club();
    world.as("dora", "org.created", { org: "evil", kind: "club", owner: "dora" });
    world.refused("actor_not_allowed", "dora", "member.added", { org: "fc", user: "dora", hats: ["admin"] });
    world.refused("actor_not_allowed", "dora", "team.athlete_added", { team: "red", athlete: "a1" });
    world.as("dora", "team.created", { team: "et", org: "evil", head_coach: "dora" });
    world.refused("actor_not_allowed", "dora", "team.athlete_added", { team: "et", athlete: "a1" });
    world.refused("already_exists", "dora", "athlete.created", { athlete: "a1", org: "evil", team: "et" });
    world.refused("wrong_org", "dora", "invite.created", { invite: "ei", org: "evil", team: "red" });
    world.refused("wrong_org", "dora", "invite.created",
      { invite: "ei", org: "evil", hat: "athlete", team: "et", athlete: "a2" });
    world.refused("wrong_org", "dora", "artifact.created", { artifact: "dev_card:e", org: "evil", athlete: "a1" });
    world.as("dora", "member.added", { org: "evil", user: "hana" });
    world.as("dora", "member.deactivated", { org: "evil", user: "hana" });
    expect(world.can("hana", "head_coach", "team:red")).toBe(true);
    expect(world.objects("dora", "can_view", "athlete")).toEqual([]);
    expect(world.objects("dora", "can_read", "note")).toEqual([]);
  });
});
