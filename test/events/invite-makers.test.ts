// S18, S19: an invite is no way back in, no way up and no weapon: its maker is judged when somebody redeems it.
import { describe, expect, test } from "vitest";
import { club } from "../world/club.ts";
import type { World } from "../world/world.ts";

/** Gives ofra of the office a role with these keys. */
function officer(world: World, keys: readonly string[]): void {
  world.system("role.created", { org: "fc", role: "officer", scope: "org", keys });
    world.system("member.role_assigned", { org: "fc", user: "ofra", role: "officer" });
}

/** A redemption that must be refused because the maker lost the right: nothing is stored, nobody is named. */
function lost(world: World, user: string, invite: string, maker: string): void {
  const { detail } = world.refused("inviter_lost_right", user, "invite.redeemed", { invite, user });
  expect(detail).not.toContain(maker);
  expect(detail).not.toContain(invite);
  expect(world.invite(invite)).toMatchObject({ status: "active", uses: 0 });
  world.refused("inviter_lost_right", undefined, "invite.redeemed", { invite, user });
}

describe("S19 the way back in", () => {
  test("a dismissed admin's second account redeems nothing that the admin made", () => {
    const world = club();
    const links = [{ hat: "admin" }, { team: "red" }, { hat: "athlete", team: "red", athlete: "a2" }];
    for (const [i, link] of links.entries()) {
      world.as("adam", "invite.created", { invite: `lnk${i + 1}`, org: "fc", ...link });
    }
    world.as("olga", "member.deactivated", { org: "fc", user: "adam" });
    for (const invite of ["lnk1", "lnk2", "lnk3"]) {
      lost(world, "second", invite, "adam");
      lost(world, "dora", invite, "adam"); // A member is refused like a stranger.
      expect(world.invite(invite)?.maker_may).toBe(false);
      expect(world.can("second", "can_redeem", `invite:${invite}`)).toBe(true); // S20: it is open
    }
    const { invites } = world.people("fc", { status: "invited" })!;
    expect(invites.map((found) => [found.invited_by, found.maker_may])).toEqual(Array(3).fill(["adam", false]));
    // The reserved row stays reserved until somebody resends or revokes the invite.
    world.refused("athlete_already_linked", "olga", "athlete.linked", { athlete: "a2", user: "ida" });
    world.as("olga", "invite.resent", { invite: "lnk2" });
    expect(world.invite("lnk2")?.maker_may).toBe(true);
    world.as("second", "invite.redeemed", { invite: "lnk2", user: "second" });
    expect(world.can("second", "coach", "team:red")).toBe(true);
  });

  test("a demoted admin does not promote himself by his own link, nor by resending it", () => {
    const world = club();
    world.as("adam", "invite.created", { invite: "back", org: "fc", hat: "admin" });
    world.as("adam", "invite.created", { invite: "mail", org: "fc", hat: "admin", email: "adam@example.org" });
    world.as("olga", "member.hats_changed", { org: "fc", user: "adam", hats: ["office"] });
    lost(world, "adam", "back", "adam");
    world.refused("inviter_lost_right", "adam", "invite.redeemed",
      { invite: "mail", user: "adam", email: "adam@example.org" });
    world.refused("actor_not_allowed", "adam", "invite.resent", { invite: "back" });
    // Even with the right to invite and with every key: only a member who wears the admin hat gives it.
    world.as("olga", "member.role_assigned", { org: "fc", user: "adam", role: "admin" });
    lost(world, "adam", "back", "adam");
    world.now += 1000;
    world.refused("exceeds_own_permissions", "adam", "invite.resent", { invite: "mail" });
    world.unchanged("adam", "invite.resent", { invite: "back" }); // He is already its maker, and that gives nothing.
    lost(world, "adam", "back", "adam");
    expect(world.can("adam", "admin", "org:fc")).toBe(false);
    world.as("olga", "member.hats_changed", { org: "fc", user: "adam", hats: ["admin"] });
    world.as("eve", "invite.redeemed", { invite: "back", user: "eve" });
  });

  test("a maker who lost the key, the role's keys or the team no longer gives what they gave", () => {
    const world = club();
    officer(world, ["org.members.invite", "athletes.assign_coaches", "teams.create"]);
    world.system("role.created", { org: "fc", role: "host", scope: "org", keys: ["teams.create"] });
    world.as("ofra", "invite.created", { invite: "lnk", org: "fc", team: "red", role: "host" });
    const update = (keys: readonly string[]) => world.system("role.updated", { org: "fc", role: "officer", keys });
    for (const keys of [["athletes.assign_coaches", "teams.create"], ["org.members.invite", "teams.create"],
      ["org.members.invite", "athletes.assign_coaches"]]) {
      update(keys);
      lost(world, "eve", "lnk", "ofra");
    }
    // The role has grown since: the maker gives only the keys that the maker holds.
    update(["org.members.invite", "athletes.assign_coaches", "teams.create"]);
    world.as("olga", "role.updated", { org: "fc", role: "host", keys: ["teams.create", "athletes.delete"] });
    lost(world, "eve", "lnk", "ofra");
    world.as("olga", "role.updated", { org: "fc", role: "host", keys: ["teams.create"] });
    world.as("eve", "invite.redeemed", { invite: "lnk", user: "eve" });
  });

  test("a superadmin gives without a membership, but not once revoked; the system's invite has no maker", () => {
    const world = club();
    for (const invite of ["s1", "s2"]) world.as("root", "invite.created", { invite, org: "fc", team: "red" });
    world.as("eve", "invite.redeemed", { invite: "s1", user: "eve" });
    world.system("platform.superadmin_revoked", { user: "root" });
    lost(world, "zed", "s2", "root");
    world.system("invite.resent", { invite: "s2" });
    world.as("zed", "invite.redeemed", { invite: "s2", user: "zed" });
    expect(world.people("fc")?.members.find((member) => member.user === "zed")?.invited_by).toBeNull();
  });
});

describe("S19 the way up", () => {
  test("org.members.invite alone gives no team: no place as a coach or as an athlete", () => {
    const world = club();
    officer(world, ["org.members.invite"]);
    world.system("note.created", { note: "n2", athlete: "a1", author: "asta", under: "team_assignment:as1" });
    world.refused("actor_not_allowed", "ofra", "team_assignment.started",
      { assignment: "own", team: "red", coach: "ofra" });
    for (const data of [{ team: "red" }, { hat: "coach", team: "red", role: "coach" }, { hat: "athlete", team: "red" },
      { hat: "athlete", team: "red", athlete: "a2" }, { hat: "athlete", email: "e@example.org", athlete: "a2" },
      { email: "e@example.org", team: "red" }]) {
      world.refused("exceeds_own_permissions", "ofra", "invite.created", { invite: "up", org: "fc", ...data });
    }
    // Hats that join no team need no right over a named one.
    world.system("role.created", { org: "fc", role: "bare", scope: "org", keys: [] });
    world.as("ofra", "invite.created", { invite: "in", org: "fc", hat: "office", role: "bare", team: "red" });
    world.refused("invite_invalid", "ofra", "invite.redeemed", { invite: "up", user: "ofra" });
    expect(world.can("ofra", "can_read", "note:n2")).toBe(false);
  });

  test("a head coach of the office invites to her own team, and to no other", () => {
    const world = club();
    officer(world, ["org.members.invite"]);
    world.system("member.hats_changed", { org: "fc", user: "hana", hats: ["coach", "office"], role: "officer" });
    const invite = (id: string, team: string, more: object = {}) => ({ invite: id, org: "fc", team, ...more });
    world.as("hana", "invite.created", invite("own", "red"));
    world.as("hana", "invite.created", invite("kids", "red", { hat: "athlete" }));
    world.refused("exceeds_own_permissions", "hana", "invite.created", invite("other", "blue"));
    // Her rows hold athletes.create, but not her org role: that gives no right over another's team.
    expect(world.can("hana", "athletes_create", "org:fc")).toBe(true);
    world.refused("exceeds_own_permissions", "hana", "invite.created", invite("other", "blue", { hat: "athlete" }));
    world.as("olga", "team.head_coach_changed", { team: "red", head_coach: "asta" });
    lost(world, "eve", "own", "hana");
    lost(world, "eve", "kids", "hana");
  });

  test("athletes.create by org role brings new athletes to a team, and reserves no row", () => {
    const world = club();
    officer(world, ["org.members.invite", "athletes.create"]);
    const link = { org: "fc", hat: "athlete", team: "red" };
    world.as("ofra", "invite.created", { ...link, invite: "kids" });
    world.refused("exceeds_own_permissions", "ofra", "invite.created", { ...link, invite: "row", athlete: "a2" });
    world.as("eve", "invite.redeemed", { invite: "kids", user: "eve" });
    expect(world.can("eve", "athlete", "team:red")).toBe(true);
  });

  test("a coach hat wakes no rows where its maker may not assign coaches", () => {
    const world = club();
    officer(world, ["org.members.invite"]);
    world.system("member.hats_changed", { org: "fc", user: "cora", hats: ["athlete"] });
    world.as("ofra", "invite.created", { invite: "c", org: "fc", email: "cora@example.org" });
    const redeem = { invite: "c", user: "cora", email: "cora@example.org" };
    expect(world.invite("c")?.maker_may).toBe(true); // For a newcomer.
    world.refused("inviter_lost_right", "cora", "invite.redeemed", redeem);
    expect(world.can("cora", "current_coach", "athlete:a1")).toBe(false);
    world.as("olga", "role.updated",
      { org: "fc", role: "officer", keys: ["org.members.invite", "athletes.assign_coaches"] });
    world.as("cora", "invite.redeemed", redeem);
    expect(world.can("cora", "current_coach", "athlete:a1")).toBe(true);
  });
});

describe("S18 the weapon", () => {
  test("an hr link removes no key of an admin who redeems it, a coach link none of the front desk's", () => {
    const world = club();
    world.system("role.created", { org: "fc", role: "hr", scope: "org", keys: ["org.members.invite"] });
    world.system("member.added", { org: "fc", user: "hugo", hats: ["office"], role: "hr" });
    world.as("hugo", "invite.created", { invite: "hr", org: "fc", hat: "office", role: "hr" });
    world.as("adam", "invite.redeemed", { invite: "hr", user: "adam" });
    const keys = ["org_manage", "org_members_manage", "org_roles_manage", "sessions_read", "users_generate"];
    for (const key of keys) expect(world.can("adam", key, "org:fc"), key).toBe(true);
    expect(world.can("adam", "office", "org:fc")).toBe(true);
    world.as("adam", "invite.created", { invite: "co", org: "fc", team: "blue" });
    world.as("ofra", "invite.redeemed", { invite: "co", user: "ofra" });
    expect(world.can("ofra", "training_sessions_delete", "org:fc")).toBe(true);
    expect(world.can("ofra", "coach", "team:blue")).toBe(true);
  });
});
