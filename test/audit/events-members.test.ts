// Members in events: default roles by kind and hat, deactivated ones wherever they are named, PR7, order of guards.
import { describe, expect, test } from "vitest";
import { KINDS, type Hat, type Kind } from "../../src/policy/seeded-roles.ts";
import { memberOf } from "../../src/domain/members.ts";
import { club } from "../world/club.ts";
import { World } from "../world/world.ts";

const roleIn = (world: World, user: string, org = "fc"): string | undefined => memberOf(world.tuples, org, user)?.role;
const HAT_ROLE: Readonly<Record<Hat, readonly [elsewhere: string | undefined, program: string | undefined]>> = {
  admin: ["admin", "admin"], coach: ["coach", "coach"],
  office: ["front_desk", undefined], athlete: [undefined, "player"],
};
const roleOfHat = (kind: Kind, hat: Hat): string | undefined => HAT_ROLE[hat][kind === "program" ? 1 : 0];

describe("the default role", () => {
  test.each(KINDS)("is the highest hat's own, in an org of kind %s", (kind) => {
    const world = new World();
    world.as("olga", "org.created", { org: "fc", kind, owner: "olga" });
    expect(roleIn(world, "olga")).toBe("owner");
    expect(memberOf(world.tuples, "fc", "olga")?.hats).toEqual(["admin", "coach"]);
    world.as("olga", "member.added", { org: "fc", user: "plain" });
    expect(memberOf(world.tuples, "fc", "plain")).toMatchObject({ hats: ["coach"], role: "coach" });
    const hats: Hat[] = ["athlete", "office", "coach", "admin"];
    hats.forEach((hat, i) => {
      const worn = hats.slice(0, i + 1);
      world.as("olga", "member.added", { org: "fc", user: `m${i}`, hats: worn });
      expect(roleIn(world, `m${i}`), worn.join()).toBe(roleOfHat(kind, hat));
      if (hat === "coach") return;
      world.as("olga", "invite.created", { invite: `i${i}`, org: "fc", hat, email: `m${i}@example.org` });
      world.as(`v${i}`, "invite.redeemed", { invite: `i${i}`, user: `v${i}`, email: `m${i}@example.org` });
      expect(roleIn(world, `v${i}`), hat).toBe(roleOfHat(kind, hat));
    });
    // Up and down again: the default follows the hats.
    world.as("olga", "member.hats_changed", { org: "fc", user: "m1", hats: ["office"] });
    expect(roleIn(world, "m1")).toBe(roleOfHat(kind, "office"));
    for (const hat of ["coach", "admin", "coach", "office"] as const) {
      world.as("olga", "member.hats_changed", { org: "fc", user: "m1", hats: [hat] });
      expect(roleIn(world, "m1"), hat).toBe(roleOfHat(kind, hat));
    }
    world.as("olga", "invite.created", { invite: "up", org: "fc", hat: "coach", email: "m1@example.org" });
    world.as("m1", "invite.redeemed", { invite: "up", user: "m1", email: "m1@example.org" });
    // S18 A coach's role would take the front desk's keys away.
    expect(roleIn(world, "m1")).toBe(roleOfHat(kind, "office") ?? "coach");
  });

  test("is no longer followed once another role is given; owner and custom roles stay", () => {
    const world = club();
    world.as("adam", "role.created", { org: "fc", role: "aide", scope: "org", keys: ["goals.read"] });
    world.as("adam", "member.role_assigned", { org: "fc", user: "dora", role: "aide" });
    world.as("adam", "member.hats_changed", { org: "fc", user: "dora", hats: ["coach", "admin"] });
    expect(roleIn(world, "dora")).toBe("aide");
    world.as("olga", "member.hats_changed", { org: "fc", user: "olga", hats: ["admin"] });
    expect(roleIn(world, "olga")).toBe("owner");
  });

  test("of an assignment is what the kind seeds", () => {
    for (const kind of KINDS) {
      const role = kind === "pro_coach" ? "specialist" : "assistant_coach";
      const world = club(kind);
      world.as("hana", "team_assignment.started", { assignment: "n", team: "red", coach: "dora" });
      expect(world.tuples.users("team_assignment:n", "role")).toEqual([`role:fc/${role}`]);
    }
  });
});

describe("a deactivated member", () => {
  const gus = { org: "fc", user: "gus" };
  test.each<[type: string, data: Record<string, unknown>]>([
    ["member.added", gus], ["member.added", { ...gus, hats: ["office"] }],
    ["member.hats_changed", { ...gus, hats: ["office"] }], ["member.hats_changed", { ...gus, hats: ["coach"] }],
    ["member.role_assigned", { ...gus, role: "front_desk" }], ["member.role_assigned", { ...gus, role: "coach" }],
    ["member.professional_area_set", { ...gus, professional_area: "S&C" }],
    ["team.created", { team: "t", org: "fc", head_coach: "gus" }],
    ["team.head_coach_changed", { team: "red", head_coach: "gus" }],
    ["team_assignment.started", { assignment: "n", team: "red", coach: "gus" }],
    ["athlete.created", { athlete: "n", org: "fc", coach: "gus" }],
    ["athlete.created", { athlete: "n", org: "fc", user: "gus" }],
    ["athlete.linked", { athlete: "a2", user: "gus" }],
    ["coaching.started", { coaching: "n", athlete: "a1", coach: "gus" }],
    ["note.shared", { note: "n1", user: "gus" }],
    ["activity.comment_added", { comment: "n", activity: "r1", author: "gus" }],
    ["artifact.created", { artifact: "drill:n", org: "fc", creator: "gus" }],
    ["note.created", { note: "n", athlete: "a1", author: "gus", under: "coaching:cg" }],
    ["invite.redeemed", { invite: "li", user: "gus" }],
  ])("is told as such: %s %o", (type, data) => {
    const world = club();
    world.system("member.reactivated", gus);
    world.system("coaching.started", { coaching: "cg", athlete: "a1", coach: "gus" });
    world.system("note.created", { note: "n1", athlete: "a1", author: "cora", under: "coaching:c1" });
    world.system("activity.recorded", { activity: "r1", athlete: "a1" });
    world.system("invite.created", { invite: "li", org: "fc", hat: "office" });
    world.as("adam", "member.deactivated", gus);
    world.refused("member_inactive", undefined, type, data);
    world.refused(type === "invite.redeemed" ? "member_inactive" : "actor_not_allowed", "gus", type, data);
  });
});

describe("PR7", () => {
  test("in a program: who is a player stays one, who is not becomes none, by events and by redemption", () => {
    const world = club("program");
    const set = (user: string, hats: readonly string[], role?: string) =>
      ({ org: "fc", user, hats, ...(role && { role }) });
    world.refused("player_role_immutable", "adam", "member.hats_changed", set("ida", ["coach"]));
    world.refused("player_role_immutable", "adam", "member.hats_changed", set("ida", ["athlete", "coach"]));
    world.refused("player_role_immutable", "adam", "member.hats_changed", set("ida", ["athlete"], "coach"));
    world.refused("player_role_immutable", "adam", "member.role_assigned", { org: "fc", user: "ida", role: "coach" });
    world.unchanged("adam", "member.hats_changed", set("ida", ["athlete"]));
    world.unchanged("adam", "member.role_assigned", { org: "fc", user: "ida", role: "player" });
    world.refused("role_not_exchangeable", "adam", "member.hats_changed", set("dora", ["athlete"]));
    world.refused("role_not_exchangeable", "adam", "member.role_assigned", { org: "fc", user: "dora", role: "player" });
    world.as("adam", "member.hats_changed", set("dora", ["admin"]));
    world.as("adam", "member.hats_changed", set("dora", ["coach"]));
    world.as("adam", "invite.created", { invite: "la", org: "fc", hat: "athlete", team: "red" });
    world.as("adam", "invite.created", { invite: "lc", org: "fc", team: "red" });
    world.refused("role_not_exchangeable", "dora", "invite.redeemed", { invite: "la", user: "dora" });
    world.refused("player_role_immutable", "ida", "invite.redeemed", { invite: "lc", user: "ida" });
    world.as("new", "invite.redeemed", { invite: "la", user: "new" });
  });

  test("elsewhere hats are exchanged freely", () => {
    const world = club();
    world.as("adam", "member.hats_changed", { org: "fc", user: "ida", hats: ["coach"] });
    world.as("adam", "member.hats_changed", { org: "fc", user: "ida", hats: ["athlete"] });
    expect(roleIn(world, "ida")).toBeUndefined();
  });
});

describe("of two refusals", () => {
  test("exceeds_own_permissions comes before the last admin, the last admin before the last Owner", () => {
    const world = club();
    world.system("member.deactivated", { org: "fc", user: "adam" });
    world.system("role.created", { org: "fc", role: "hr", scope: "org", keys: ["org.members.manage"] });
    world.system("member.added", { org: "fc", user: "hr", hats: ["office"], role: "hr" });
    world.refused("exceeds_own_permissions", "hr", "member.deactivated", { org: "fc", user: "olga" });
    world.refused("last_admin", "olga", "member.deactivated", { org: "fc", user: "olga" });
    const coach = { org: "fc", user: "olga", hats: ["coach"] };
    world.refused("last_admin", "olga", "member.hats_changed", { ...coach, role: "coach" });
    world.refused("last_owner", "olga", "member.role_assigned", { org: "fc", user: "olga", role: "admin" });
    world.system("member.reactivated", { org: "fc", user: "adam" });
    world.refused("exceeds_own_permissions", "adam", "member.deactivated", { org: "fc", user: "olga" });
    world.refused("last_owner", "root", "member.deactivated", { org: "fc", user: "olga" });
    world.refused("last_owner", "olga", "member.hats_changed", coach);
    world.unchanged("hr", "member.added", { org: "fc", user: "olga", hats: ["admin", "coach"], role: "owner" });
    world.unchanged("hr", "member.role_assigned", { org: "fc", user: "olga", role: "owner" });
  });

  test("unchanged comes before exceeds_own_permissions, and that before every other guard", () => {
    const world = club();
    const keys = ["org.members.manage", "org.roles.manage"];
    world.system("role.created", { org: "fc", role: "hr", scope: "org", keys });
    world.system("member.added", { org: "fc", user: "hr", hats: ["office"], role: "hr" });
    world.unchanged("hr", "member.added", { org: "fc", user: "adam", hats: ["admin"] });
    world.unchanged("hr", "member.hats_changed", { org: "fc", user: "adam", hats: ["admin"] });
    world.refused("exceeds_own_permissions", "hr", "member.hats_changed", { org: "fc", user: "adam", hats: ["coach"] });
    world.refused("exceeds_own_permissions", "hr", "member.added", { org: "fc", user: "gus", hats: ["admin"] });
    world.refused("member_inactive", "hr", "member.added", { org: "fc", user: "gus" });
    const more = { org: "fc", role: "viewer", keys: ["teams.create"] };
    world.refused("exceeds_own_permissions", "hr", "role.updated", more);
    world.refused("exceeds_own_permissions", "hr", "role.created", { ...more, scope: "athlete" });
    world.refused("role_locked", "adam", "role.updated", { org: "fc", role: "owner", keys: [] });
    world.refused("role_locked", "adam", "role.deleted", { org: "fc", role: "owner" });
    world.refused("system_role", "adam", "role.deleted", { org: "fc", role: "viewer" });
    world.refused("exceeds_own_permissions", "root", "member.added", { org: "fc", user: "new", hats: ["admin"] });
  });
});
