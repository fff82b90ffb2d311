// invite.resent and invite.revoked: 14 new days for an invitation, and the end of an invite (IN4, PR5, PR8, PR10, S17).
import { describe, expect, test } from "vitest";
import { findInvite, statusOf } from "../../src/domain/invites.ts";
import { memberOf } from "../../src/domain/members.ts";
import { club } from "../world/club.ts";
import { at, DAY, LINK, MAIL, open } from "./invite-terms.ts";
import { START } from "../world/world.ts";

describe("invite.resent", () => {
  test("PR5 14 new days from now, even for an expired one; any number of times", () => {
    const world = club();
    world.as("adam", "invite.created", { ...MAIL, expires_at: at(START + DAY) });
    for (const later of [START + DAY / 2, START + 20 * DAY, START + 25 * DAY]) {
      world.now = later;
      world.as("adam", "invite.resent", { invite: "i1" });
      world.unchanged("adam", "invite.resent", { invite: "i1" });
      world.now = later + 14 * DAY - 1;
      expect(open(world)).toBe(true);
      world.now = later + 14 * DAY;
      expect(open(world)).toBe(false);
    }
  });

  test("S13 a resend that an actor backdates does not revive it for less", () => {
    const world = club();
    world.as("adam", "invite.created", MAIL);
    world.now = START + 30 * DAY;
    world.as("adam", "invite.resent", { invite: "i1" }, { time: at(START) });
    expect(findInvite(world.tuples, "i1")?.expiresAt).toBe(START + 44 * DAY);
  });

  test("not a revoked, accepted or unknown one", () => {
    const world = club();
    world.as("adam", "invite.created", LINK);
    world.as("adam", "invite.created", { ...MAIL, invite: "i2" });
    world.as("adam", "invite.revoked", { invite: "i2" });
    world.refused("invite_revoked", "adam", "invite.resent", { invite: "i2" });
    world.as("adam", "invite.created", { ...LINK, invite: "i4" });
    world.as("adam", "invite.revoked", { invite: "i4" });
    world.refused("invite_revoked", "adam", "invite.resent", { invite: "i4" });
    world.refused("invite_revoked", "olga", "invite.resent", { invite: "i4" });
    world.as("adam", "invite.created", { ...MAIL, invite: "i3" });
    world.as("bob", "invite.redeemed", { invite: "i3", user: "bob", email: "bob@mail.example" });
    world.refused("invite_already_accepted", "adam", "invite.resent", { invite: "i3" });
    world.refused("actor_not_allowed", "adam", "invite.resent", { invite: "none" });
    world.refused("unknown_entity", undefined, "invite.resent", { invite: "none" });
    for (const actor of ["hana", "ofra", "otto", "bob"]) {
      world.refused("actor_not_allowed", actor, "invite.resent", { invite: "i1" });
    }
  });

  test("PR10 the row of an expired invitation may be somebody else's by now", () => {
    const row = { ...MAIL, hat: "athlete", athlete: "a2" };
    const world = club();
    world.as("adam", "invite.created", row);
    world.now = START + 15 * DAY;
    world.as("adam", "invite.created", { ...row, invite: "i2" });
    world.refused("athlete_already_linked", "adam", "invite.resent", { invite: "i1" });
    world.as("bob", "invite.redeemed", { invite: "i2", user: "bob", email: "bob@mail.example" });
    world.refused("athlete_already_linked", "adam", "invite.resent", { invite: "i1" });
    world.system("athlete.unlinked", { athlete: "a2", user: "bob" });
    world.as("adam", "invite.resent", { invite: "i1" });
  });

  test("S6 a role that was deleted while the invitation was expired does not return by a resend", () => {
    const world = club();
    world.system("role.created", { org: "fc", role: "host", scope: "org", keys: ["goals.read"] });
    world.as("adam", "invite.created", { ...MAIL, role: "host" });
    world.refused("role_in_use", "adam", "role.deleted", { org: "fc", role: "host" });
    world.now = START + 15 * DAY;
    world.as("adam", "role.deleted", { org: "fc", role: "host" });
    world.refused("unknown_entity", "adam", "invite.resent", { invite: "i1" });
  });

  test("of an admin is refused to an admin and joins no team; resending a link changes only its maker", () => {
    const world = club();
    world.as("olga", "invite.created", { invite: "a", org: "fc", hat: "admin", team: "red" });
    world.refused("duplicate_admin_grant", "adam", "invite.redeemed", { invite: "a", user: "adam" });
    world.as("dora", "invite.redeemed", { invite: "a", user: "dora" });
    expect(memberOf(world.tuples, "fc", "dora")).toMatchObject({ hats: ["admin", "coach"], role: "admin" });
    expect(world.can("dora", "coach", "team:red")).toBe(false);
    const before = findInvite(world.tuples, "a");
    world.as("adam", "invite.resent", { invite: "a" });
    expect(findInvite(world.tuples, "a")).toEqual({ ...before, invitedBy: "adam" });
    world.unchanged("adam", "invite.resent", { invite: "a" });
    world.as("adam", "member.deactivated", { org: "fc", user: "dora" });
    world.refused("member_inactive", "dora", "invite.redeemed", { invite: "a", user: "dora" });
  });
});

describe("invite.revoked", () => {
  test("IN4 PR8 nobody redeems it, and its reserved row is free", () => {
    const world = club();
    world.as("adam", "invite.created", { ...MAIL, hat: "athlete", athlete: "a2" });
    for (const actor of ["hana", "ofra", "otto", "nobody"]) {
      world.refused("actor_not_allowed", actor, "invite.revoked", { invite: "i1" });
    }
    world.as("olga", "invite.revoked", { invite: "i1" });
    expect(open(world)).toBe(false);
    world.refused("invite_revoked", "bob", "invite.redeemed", { invite: "i1", user: "bob", email: "bob@mail.example" });
    world.refused("invite_revoked", "olga", "invite.revoked", { invite: "i1" });
    world.as("adam", "invite.created", { ...MAIL, invite: "i2", hat: "athlete", athlete: "a2" });
  });

  test("also a resent one, an expired one and a used-up link; not an accepted one", () => {
    const world = club();
    world.as("adam", "invite.created", MAIL);
    world.now += DAY;
    world.as("adam", "invite.resent", { invite: "i1" });
    world.as("adam", "invite.revoked", { invite: "i1" });
    expect(open(world)).toBe(false);
    world.as("adam", "invite.created", { ...MAIL, invite: "i2" });
    world.as("adam", "invite.created", { ...LINK, invite: "i3", max_uses: 1 });
    world.as("adam", "invite.created", { ...MAIL, invite: "i4" });
    world.as("bob", "invite.redeemed", { invite: "i3", user: "bob" });
    world.as("bea", "invite.redeemed", { invite: "i4", user: "bea", email: "bob@mail.example" });
    world.now += 30 * DAY;
    world.as("adam", "invite.revoked", { invite: "i2" });
    world.as("adam", "invite.revoked", { invite: "i3" });
    world.refused("invite_already_accepted", "adam", "invite.revoked", { invite: "i4" });
    expect(["i1", "i2", "i3", "i4"].map((id) => statusOf(findInvite(world.tuples, id)!, world.now)))
      .toEqual(["revoked", "revoked", "revoked", "accepted"]);
    world.refused("actor_not_allowed", "adam", "invite.revoked", { invite: "none" });
    world.refused("unknown_entity", undefined, "invite.revoked", { invite: "none" });
  });

  test("S17 a deleted team or row ends its invites", () => {
    const world = club();
    world.as("adam", "invite.created", LINK);
    world.as("adam", "invite.created", { ...MAIL, invite: "i2", hat: "athlete", athlete: "a2" });
    world.as("adam", "team.deleted", { team: "blue" });
    world.as("adam", "athlete.deleted", { athlete: "a2" });
    expect([open(world), open(world, "i2")]).toEqual([false, false]);
    world.refused("invite_revoked", "bob", "invite.redeemed", { invite: "i1", user: "bob" });
    world.refused("invite_revoked", "adam", "invite.resent", { invite: "i2" });
  });

  test("S17 a used-up or accepted invite is not open: its team's end leaves it unchanged", () => {
    const world = club();
    world.as("adam", "invite.created", { ...LINK, max_uses: 1 });
    world.as("adam", "invite.created", { ...LINK, invite: "i2", max_uses: 2 });
    world.as("adam", "invite.created", { ...MAIL, invite: "i3", team: "blue" });
    world.as("bob", "invite.redeemed", { invite: "i1", user: "bob" });
    world.as("zed", "invite.redeemed", { invite: "i2", user: "zed" });
    world.as("bea", "invite.redeemed", { invite: "i3", user: "bea", email: MAIL.email });
    world.as("adam", "team.deleted", { team: "blue" });
    expect(["i1", "i2", "i3"].map((id) => statusOf(findInvite(world.tuples, id)!, world.now)))
      .toEqual(["exhausted", "revoked", "accepted"]);
    world.refused("invite_exhausted", "eve", "invite.redeemed", { invite: "i1", user: "eve" });
  });
});
