// invite.redeemed by members: their role afterwards, and members whom an invite does not change (IN7, PR7, PR8, S6).
import { describe, expect, test } from "vitest";
import { ATHLETE_KEYS, ORG_KEYS, RESOURCES } from "../../src/policy/permission-keys.ts";
import { memberOf, professionalAreaOf } from "../../src/domain/members.ts";
import { club } from "../world/club.ts";
import type { World } from "../world/world.ts";

/** An invite i1, a link to the team blue. */
function invite(world: World, more: object = {}): void {
  world.system("invite.created", { invite: "i1", org: "fc", team: "blue", ...more });
}

const redeem = (world: World, user: string) => world.as(user, "invite.redeemed", { invite: "i1", user });

describe("an existing member", () => {
  test("S18 the default of the new hat replaces a role of which it has every key; another role stays", () => {
    const world = club();
    world.system("role.created", { org: "fc", role: "host", scope: "org", keys: ["goals.read"] });
    world.system("role.created", { org: "fc", role: "payer", scope: "org", keys: ["org.billing.manage"] });
    for (const [user, role] of [["dora", "host"], ["hana", "payer"]]) {
      world.system("member.role_assigned", { org: "fc", user, role });
    }
    invite(world, { hat: "admin" });
    for (const user of ["dora", "cora", "hana", "ofra"]) redeem(world, user);
    const roles = ["dora", "cora", "hana", "ofra"].map((user) => memberOf(world.tuples, "fc", user)?.role);
    expect(roles).toEqual(["admin", "admin", "payer", "admin"]);
  });

  test("S18 a plain coach link leaves the front desk's role, an admin's and an Owner's", () => {
    const world = club();
    world.system("member.hats_changed", { org: "fc", user: "olga", hats: ["admin"] });
    invite(world);
    for (const [user, role] of [["ofra", "front_desk"], ["adam", "admin"], ["olga", "owner"]] as const) {
      redeem(world, user);
      expect(memberOf(world.tuples, "fc", user)?.role, user).toBe(role);
      expect(world.can(user, "coach", "team:blue"), user).toBe(true);
    }
    expect(world.can("ofra", "training_sessions_delete", "athlete:a1")).toBe(true);
  });

  test("S18 levels compare by inclusion: edit covers view, and not the other way round", () => {
    const world = club("program");
    for (const [role, key] of [["low", "roster.view"], ["high", "roster.edit"]]) {
      world.system("role.created", { org: "fc", role, scope: "org", keys: [key] });
    }
    world.system("member.role_assigned", { org: "fc", user: "dora", role: "low" });
    world.system("member.role_assigned", { org: "fc", user: "cora", role: "high" });
    world.system("invite.created", { invite: "up", org: "fc", hat: "office", role: "high" });
    world.system("invite.created", { invite: "down", org: "fc", hat: "office", role: "low" });
    world.as("dora", "invite.redeemed", { invite: "up", user: "dora" });
    world.as("cora", "invite.redeemed", { invite: "down", user: "cora" });
    expect(["dora", "cora"].map((user) => memberOf(world.tuples, "fc", user)?.role)).toEqual(["high", "high"]);
  });

  test("IN6 a role that the invite names comes with a new hat, and not with one that is worn", () => {
    const world = club();
    world.system("role.created", { org: "fc", role: "host", scope: "org", keys: ["goals.read"] });
    invite(world, { role: "host" });
    redeem(world, "dora");
    redeem(world, "ida");
    expect(memberOf(world.tuples, "fc", "dora")?.role).toBe("coach");
    expect(memberOf(world.tuples, "fc", "ida")).toMatchObject({ hats: ["coach", "athlete"], role: "host" });
  });

  test("S18 an Owner stays Owner, whatever role an invite names", () => {
    const world = club();
    const all = [...ORG_KEYS, ...ATHLETE_KEYS, ...RESOURCES.map((resource) => `${resource}.generate`)];
    world.system("role.created", { org: "fc", role: "all", scope: "org", keys: all });
    world.system("member.added", { org: "fc", user: "omar", hats: ["admin"], role: "owner" });
    invite(world, { hat: "office", role: "coach" });
    world.system("invite.created", { invite: "i2", org: "fc", hat: "office", role: "all" });
    redeem(world, "olga");
    world.as("omar", "invite.redeemed", { invite: "i2", user: "omar" });
    expect(["olga", "omar"].map((user) => memberOf(world.tuples, "fc", user)?.role)).toEqual(["owner", "owner"]);
  });

  test("PR8 a deactivated member does not return by an invite", () => {
    const world = club();
    invite(world);
    world.refused("member_inactive", "gus", "invite.redeemed", { invite: "i1", user: "gus" });
    expect(world.can("gus", "member", "org:fc")).toBe(false);
  });

  test("a professional area fills an empty one", () => {
    const world = club();
    world.system("member.professional_area_set", { org: "fc", user: "dora", professional_area: "Medical" });
    invite(world, { hat: "office", professional_area: "S&C" });
    redeem(world, "dora");
    redeem(world, "cora");
    expect(["dora", "cora"].map((user) => professionalAreaOf(world.tuples, "fc", user))).toEqual(["Medical", "S&C"]);
  });

  test("PR7 in a program a player stays one, and no other member becomes one", () => {
    const world = club("program");
    for (const hat of ["admin", "coach", "office"]) {
      world.system("invite.created", { invite: hat, org: "fc", team: "blue", hat });
      world.refused("player_role_immutable", "ida", "invite.redeemed", { invite: hat, user: "ida" });
    }
    invite(world, { hat: "athlete" });
    for (const user of ["dora", "ofra", "adam"]) {
      world.refused("role_not_exchangeable", user, "invite.redeemed", { invite: "i1", user });
    }
    // S18 The player's role would remove a coach's levels, so the coach's stays; a member without a role would become a
    // player.
    world.system("invite.created", { invite: "as-player", org: "fc", team: "blue", hat: "office", role: "player" });
    world.as("dora", "invite.redeemed", { invite: "as-player", user: "dora" });
    expect(memberOf(world.tuples, "fc", "dora")).toMatchObject({ hats: ["coach", "office"], role: "coach" });
    world.system("invite.created", { invite: "as-player2", org: "fc", team: "blue", role: "player" });
    world.refused("role_not_exchangeable", "ofra", "invite.redeemed", { invite: "as-player2", user: "ofra" });
    redeem(world, "ida");
    expect(world.can("ida", "athlete", "team:blue")).toBe(true);
    expect(memberOf(world.tuples, "fc", "ida")).toMatchObject({ hats: ["athlete"], role: "player" });
  });

  test("PR7 elsewhere hats add up", () => {
    const world = club();
    invite(world, { hat: "athlete" });
    redeem(world, "dora");
    expect(memberOf(world.tuples, "fc", "dora")).toMatchObject({ hats: ["coach", "athlete"], role: "coach" });
  });
});
