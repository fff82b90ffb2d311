// invite.redeemed by members: which role they have then, and whom an invite does not change (IN7, PR7, PR8, S6).
import { describe, expect, test } from "vitest";
import { memberOf, professionalAreaOf } from "../../src/state/members.ts";
import { club } from "./club.ts";
import type { World } from "./world.ts";

/** An invite i1, a link to the team blue. */
function invite(world: World, more: object = {}): void {
  world.system("invite.created", { invite: "i1", org: "fc", team: "blue", ...more });
}

const redeem = (world: World, user: string) => world.as(user, "invite.redeemed", { invite: "i1", user });

describe("who is a member already", () => {
  test("the default of the old highest hat becomes that of the new one; another role stays", () => {
    const world = club();
    world.system("role.created", { org: "fc", role: "host", scope: "org", keys: ["goals.read"] });
    world.system("member.role_assigned", { org: "fc", user: "dora", role: "host" });
    invite(world, { hat: "admin" });
    redeem(world, "dora");
    redeem(world, "cora");
    expect(memberOf(world.tuples, "fc", "dora")).toMatchObject({ hats: ["admin", "coach"], role: "host" });
    expect(memberOf(world.tuples, "fc", "cora")).toMatchObject({ hats: ["admin", "coach"], role: "admin" });
  });

  test("a role the invite names comes with a new hat, and not with one that is worn", () => {
    const world = club();
    world.system("role.created", { org: "fc", role: "host", scope: "org", keys: ["goals.read"] });
    invite(world, { role: "host" });
    redeem(world, "dora");
    redeem(world, "ofra");
    expect(memberOf(world.tuples, "fc", "dora")?.role).toBe("coach");
    expect(memberOf(world.tuples, "fc", "ofra")).toMatchObject({ hats: ["coach", "office"], role: "host" });
  });

  test("S6 the last Owner does not lose that role by an invite", () => {
    const world = club();
    invite(world, { hat: "office", role: "coach" });
    world.refused("last_owner", "olga", "invite.redeemed", { invite: "i1", user: "olga" });
    world.system("member.role_assigned", { org: "fc", user: "adam", role: "owner" });
    redeem(world, "olga");
    expect(memberOf(world.tuples, "fc", "olga")?.role).toBe("coach");
  });

  test("PR8 a deactivated member does not come back by an invite", () => {
    const world = club();
    invite(world);
    world.refused("member_inactive", "gus", "invite.redeemed", { invite: "i1", user: "gus" });
    expect(world.can("gus", "member", "org:fc")).toBe(false);
  });

  test("a professional area fills what is empty", () => {
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
    world.system("invite.created", { invite: "as-player", org: "fc", team: "blue", hat: "office", role: "player" });
    world.refused("role_not_exchangeable", "dora", "invite.redeemed", { invite: "as-player", user: "dora" });
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
