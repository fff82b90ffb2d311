// S19: keys, levels and rows that an invite's hat wakes for a member, as the model answers.
import { describe, expect, test } from "vitest";
import { memberOf } from "../../src/domain/members.ts";
import { club } from "../world/club.ts";
import type { World } from "../world/world.ts";

/** The club with an office member hugo, whose role has these keys. */
function invitedBy(keys: readonly string[], kind: "club" | "program" = "club"): World {
  const world = club(kind);
  world.system("role.created", { org: "fc", role: "maker", scope: "org", keys: ["org.members.invite", ...keys] });
  world.system("role.created", { org: "fc", role: "bare", scope: "org", keys: [] });
  world.system("member.added", { org: "fc", user: "hugo", hats: ["office"], role: "maker" });
  return world;
}

/** Gives a member a custom role with these keys. */
function holding(world: World, user: string, keys: readonly string[]): void {
  world.system("role.created", { org: "fc", role: "own", scope: "org", keys });
  world.system("member.role_assigned", { org: "fc", user, role: "own" });
}

const OFFICE = { invite: "i1", org: "fc", hat: "office", role: "bare" };
const redeem = (user: string) => ({ invite: "i1", user });

describe("a level", () => {
  test("program_settings.view is woken by the office hat: not from a maker without it", () => {
    for (const held of ["program_settings.view", "program_settings.edit", "program_settings.generate"]) {
      const world = invitedBy([]);
      holding(world, "dora", [held]);
      world.as("hugo", "invite.created", OFFICE);
      world.refused("inviter_lost_right", "dora", "invite.redeemed", redeem("dora"));
      expect(world.can("dora", "program_settings_view", "org:fc"), held).toBe(false);
    }
  });

  test("is also woken for a superadmin, who holds it in another way for now", () => {
    const world = invitedBy([]);
    holding(world, "dora", ["org.manage"]);
    world.system("platform.superadmin_granted", { user: "dora" });
    world.as("hugo", "invite.created", OFFICE);
    world.refused("inviter_lost_right", "dora", "invite.redeemed", redeem("dora"));
  });

  test("of a deactivated member is not woken: the refusal is about the deactivation", () => {
    const world = invitedBy([]);
    holding(world, "dora", ["org.manage"]);
    world.system("member.deactivated", { org: "fc", user: "dora" });
    world.as("hugo", "invite.created", OFFICE);
    world.refused("member_inactive", "dora", "invite.redeemed", redeem("dora"));
  });

  test("program_settings.view is the only part of a higher level that the office hat wakes", () => {
    const world = invitedBy(["program_settings.view"]);
    holding(world, "dora", ["program_settings.generate"]);
    world.as("hugo", "invite.created", OFFICE);
    world.as("dora", "invite.redeemed", redeem("dora"));
    const may = ["view", "edit", "generate"].map((level) => world.can("dora", `program_settings_${level}`, "org:fc"));
    expect(may).toEqual([true, false, false]);
  });

  test("users.* is woken by the admin hat, from an admin who holds it", () => {
    const world = club();
    holding(world, "dora", ["users.generate", "org.billing.manage"]);
    world.as("adam", "invite.created", { ...OFFICE, hat: "admin", role: undefined });
    world.refused("inviter_lost_right", "dora", "invite.redeemed", redeem("dora")); // adam does not manage billing.
    world.as("olga", "invite.resent", { invite: "i1" });
    world.as("dora", "invite.redeemed", redeem("dora"));
    expect(world.can("dora", "users_generate", "org:fc")).toBe(true);
  });
});

describe("a hat that wakes nothing", () => {
  test("is accepted, even if the role holds keys that the maker lacks", () => {
    const world = invitedBy([]);
    holding(world, "dora", ["goals.read", "roster.edit", "users.edit", "athletes.create"]);
    world.as("hugo", "invite.created", OFFICE);
    world.as("dora", "invite.redeemed", redeem("dora"));
    expect(memberOf(world.tuples, "fc", "dora")).toMatchObject({ hats: ["coach", "office"], role: "own" });
  });

  test("of a club's athlete whose role has playbook.view, which already took effect", () => {
    const world = invitedBy(["athletes.assign_coaches"]);
    holding(world, "ida", ["playbook.view"]);
    expect(world.can("ida", "playbook_view", "org:fc")).toBe(true);
    expect(world.can("hugo", "playbook_view", "org:fc")).toBe(false);
    world.as("hugo", "invite.created", { invite: "i1", org: "fc", team: "red" });
    world.as("ida", "invite.redeemed", redeem("ida"));
    expect(world.can("ida", "coach", "team:red")).toBe(true);
  });

  test("but a coach hat wakes the other levels of such an athlete", () => {
    const world = invitedBy(["athletes.assign_coaches"]);
    holding(world, "ida", ["playbook.edit"]);
    world.as("hugo", "invite.created", { invite: "i1", org: "fc", team: "red" });
    world.refused("inviter_lost_right", "ida", "invite.redeemed", redeem("ida"));
  });

  test("and a key that comes with a worn hat needs no right", () => {
    const world = invitedBy(["athletes.assign_coaches"]);
    holding(world, "dora", ["goals.write", "teams.create"]);
    world.as("hugo", "invite.created", { invite: "i1", org: "fc", team: "red" });
    world.as("dora", "invite.redeemed", redeem("dora"));
    expect(world.can("dora", "coach", "team:red")).toBe(true);
  });
});

describe("active rows", () => {
  const MAIL = { invite: "i1", org: "fc", email: "c@example.org" };
  const by = (user: string) => ({ invite: "i1", user, email: "c@example.org" });
  const without = (world: World, user: string): void =>
    void world.system("member.hats_changed", { org: "fc", user, hats: ["office"], role: "bare" });

  test.each([["a coaching row", "cora"], ["an assignment", "asta"], ["a head coach's", "hana"]])(
    "%s is woken by the coach hat from a maker who may assign coaches", (_, user) => {
      const world = invitedBy([]);
      without(world, user);
      world.as("hugo", "invite.created", MAIL);
      world.refused("inviter_lost_right", user, "invite.redeemed", by(user));
      world.as("new", "invite.redeemed", by("new")); // A newcomer has no rows.
      const other = invitedBy(["athletes.assign_coaches"]);
      without(other, user);
      other.as("hugo", "invite.created", MAIL);
      other.as(user, "invite.redeemed", by(user));
      expect(other.can(user, "current_coach", "athlete:a1")).toBe(true);
    },
  );

  test("that have ended, or belong to another org, are not woken", () => {
    const world = invitedBy([]);
    world.system("coaching.ended", { coaching: "c1" });
    without(world, "cora");
    world.system("member.added", { org: "fc", user: "xena", hats: ["office"], role: "bare" });
    world.as("hugo", "invite.created", MAIL);
    world.as("hugo", "invite.created", { ...MAIL, invite: "i2" });
    world.as("cora", "invite.redeemed", by("cora"));
    world.as("xena", "invite.redeemed", { ...by("xena"), invite: "i2" });
    expect(["cora", "xena"].map((user) => world.can(user, "coach", "org:fc"))).toEqual([true, true]);
  });
});
