// The contract's paragraphs on invites, sentence by sentence: terms, reservations, each way in, each refusal.
import { describe, expect, test } from "vitest";
import { findInvite } from "../../src/domain/invites.ts";
import { memberOf } from "../../src/domain/members.ts";
import { accountOf, isOn } from "../../src/domain/seats.ts";
import { club } from "../world/club.ts";
import { at, DAY } from "../events/invite-terms.ts";
import { START, type World } from "../world/world.ts";

const uses = (world: World, id: string): number | undefined => findInvite(world.tuples, id)?.uses;

describe("an invitation", () => {
  const MAIL = { invite: "m", org: "fc", email: "Pat@Example.org" };
  test("is valid for 14 days from when it happens, to the millisecond, and for 14 new days once resent", () => {
    const world = club();
    world.system("invite.created", MAIL, { time: at(START - DAY) });
    world.now = START + 13 * DAY - 1;
    expect(world.can("zed", "can_redeem", "invite:m")).toBe(true);
    world.now = START + 13 * DAY;
    expect(world.can("zed", "can_redeem", "invite:m")).toBe(false);
    world.refused("invite_expired", "zed", "invite.redeemed", { invite: "m", user: "zed", email: MAIL.email });
    world.refused("invite_expired", "zed", "invite.redeemed", { invite: "m", user: "zed", email: MAIL.email },
      { time: at(START) });
    world.as("adam", "invite.resent", { invite: "m" }, { time: at(START) });
    world.now += 14 * DAY - 1;
    world.refused("email_mismatch", "zed", "invite.redeemed", { invite: "m", user: "zed" });
    world.refused("email_mismatch", "zed", "invite.redeemed", { invite: "m", user: "zed", email: "zed@example.org" });
    world.as("zed", "invite.redeemed", { invite: "m", user: "zed", email: " pat@example.ORG" });
    expect(memberOf(world.tuples, "fc", "zed")).toMatchObject({ hats: ["coach"], role: "coach", active: true });
    world.now += 30 * DAY;
    world.unchanged("zed", "invite.redeemed", { invite: "m", user: "zed" });
    world.refused("invite_already_accepted", "yan", "invite.redeemed", { invite: "m", user: "yan", email: MAIL.email });
    world.refused("invite_already_accepted", "adam", "invite.resent", { invite: "m" });
    world.refused("invite_already_accepted", "adam", "invite.revoked", { invite: "m" });
  });

  test("that was revoked is told as such, by whichever event", () => {
    const world = club();
    world.as("adam", "invite.created", MAIL);
    world.as("adam", "invite.revoked", { invite: "m" });
    world.refused("invite_revoked", "adam", "invite.revoked", { invite: "m" });
    world.refused("invite_revoked", "adam", "invite.resent", { invite: "m" });
    world.refused("invite_revoked", "zed", "invite.redeemed", { invite: "m", user: "zed", email: MAIL.email });
    world.refused("already_exists", "adam", "invite.created", MAIL);
    world.refused("invite_invalid", "zed", "invite.redeemed", { invite: "none", user: "zed" });
    world.refused("actor_not_allowed", "adam", "invite.redeemed", { invite: "none", user: "zed" });
    world.refused("actor_not_allowed", "adam", "invite.revoked", { invite: "none" });
    world.refused("unknown_entity", undefined, "invite.revoked", { invite: "none" });
    world.refused("unknown_entity", undefined, "invite.resent", { invite: "none" });
  });
});

describe("a reservation", () => {
  const ROW = { invite: "r", org: "fc", hat: "athlete", athlete: "a2", email: "p@example.org" };
  test("holds until the invite is redeemed, revoked or expired, and blocks links and reservations", () => {
    const world = club();
    world.system("member.added", { org: "fc", user: "abe", hats: ["athlete"] });
    world.as("adam", "invite.created", ROW);
    const other = { ...ROW, invite: "r2" };
    world.refused("athlete_already_linked", "adam", "invite.created", other);
    world.refused("athlete_already_linked", "adam", "invite.created", { ...ROW, invite: "r3", athlete: "a1" });
    world.refused("athlete_already_linked", "adam", "athlete.linked", { athlete: "a2", user: "abe" });
    world.as("adam", "invite.revoked", { invite: "r" });
    world.as("adam", "invite.created", other);
    world.now += 14 * DAY;
    world.as("adam", "athlete.linked", { athlete: "a2", user: "abe" });
    world.refused("athlete_already_linked", "adam", "invite.resent", { invite: "r2" });
  });

  test("is what its redeemer is linked to; another row is only the system's to name", () => {
    const world = club();
    world.as("adam", "invite.created", ROW);
    world.as("pia", "invite.redeemed", { invite: "r", user: "pia", email: ROW.email });
    expect(accountOf(world.tuples, "a2")).toBe("pia");
    expect(world.can("pia", "profile_read", "athlete:a2")).toBe(true);
    world.as("adam", "invite.created", { invite: "l", org: "fc", hat: "athlete", team: "blue" });
    world.refused("actor_not_allowed", "pol", "invite.redeemed", { invite: "l", user: "pol", athlete: "a3" });
    world.refused("athlete_already_linked", undefined, "invite.redeemed", { invite: "l", user: "pol", athlete: "a1" });
    world.refused("wrong_org", undefined, "invite.redeemed", { invite: "l", user: "pol", athlete: "x1" });
    world.system("invite.redeemed", { invite: "l", user: "pol", athlete: "a3" });
    expect(accountOf(world.tuples, "a3")).toBe("pol");
    world.as("pam", "invite.redeemed", { invite: "l", user: "pam" });
    expect([accountOf(world.tuples, "fc.pam"), isOn(world.tuples, "fc.pam", "blue")]).toEqual(["pam", true]);
    world.as("pia", "invite.redeemed", { invite: "l", user: "pia" });
    expect([isOn(world.tuples, "a2", "blue"), uses(world, "l")]).toEqual([true, 3]);
    world.unchanged("pia", "invite.redeemed", { invite: "l", user: "pia" });
    expect(uses(world, "l")).toBe(3);
  });

  test("ends with its row, and the invite with it; an invite ends with its team", () => {
    const world = club();
    world.as("adam", "invite.created", ROW);
    world.as("adam", "invite.created", { invite: "l", org: "fc", team: "blue" });
    world.as("adam", "athlete.deleted", { athlete: "a2" });
    world.as("adam", "team.deleted", { team: "blue" });
    world.refused("invite_revoked", "pia", "invite.redeemed", { invite: "r", user: "pia", email: ROW.email });
    world.refused("invite_revoked", "pia", "invite.redeemed", { invite: "l", user: "pia" });
    world.refused("unknown_entity", "adam", "invite.created", { ...ROW, invite: "r2" });
  });
});

describe("a link", () => {
  test("brings a coach to its team on an assignment with the default id, then .2 where that one ended", () => {
    const world = club();
    world.as("adam", "invite.created", { invite: "l", org: "fc", team: "red", assignment_role: "viewer", max_uses: 3 });
    world.as("kim", "invite.redeemed", { invite: "l", user: "kim" });
    expect(world.tuples.users("team_assignment:red.kim", "role")).toEqual(["role:fc/viewer"]);
    world.unchanged("kim", "invite.redeemed", { invite: "l", user: "kim" });
    expect(uses(world, "l")).toBe(1);
    world.as("kim", "team_assignment.ended", { assignment: "red.kim" });
    world.as("kim", "invite.redeemed", { invite: "l", user: "kim" });
    expect(world.can("kim", "current_coach", "athlete:a1")).toBe(true);
    expect(world.tuples.users("team_assignment:red.kim.2", "coach")).toEqual(["user:kim"]);
    world.as("dora", "invite.redeemed", { invite: "l", user: "dora", assignment: "mine" });
    expect(world.tuples.users("team_assignment:mine", "coach")).toEqual(["user:dora"]);
    world.refused("invite_exhausted", "lou", "invite.redeemed", { invite: "l", user: "lou" });
    expect(world.can("lou", "can_redeem", "invite:l")).toBe(false);
    world.as("adam", "member.deactivated", { org: "fc", user: "kim" });
    world.refused("invite_exhausted", "kim", "invite.redeemed", { invite: "l", user: "kim" });
  });

  test("of an admin is refused to an admin and joins no team; resending a link changes its maker alone", () => {
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

  test("ends with its maker's membership, until somebody who may give it resends it", () => {
    const world = club();
    world.as("adam", "invite.created", { invite: "l", org: "fc", team: "red" });
    world.as("olga", "member.deactivated", { org: "fc", user: "adam" });
    world.refused("inviter_lost_right", "kim", "invite.redeemed", { invite: "l", user: "kim" });
    world.as("olga", "invite.resent", { invite: "l" });
    world.as("kim", "invite.redeemed", { invite: "l", user: "kim" });
    expect(world.can("kim", "coach", "team:red")).toBe(true);
  });
});
