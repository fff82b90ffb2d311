// invite.redeemed: effects of each invite, once; and each way it fails (IN5, IN6, PR5-PR7, PR10).
import { describe, expect, test } from "vitest";
import { findInvite, statusOf } from "../../src/domain/invites.ts";
import { memberOf, professionalAreaOf } from "../../src/domain/members.ts";
import { assignmentRow } from "../../src/domain/relationship-rows.ts";
import { club } from "../world/club.ts";
import { DAY } from "./invite-terms.ts";
import { START, type World } from "../world/world.ts";

const MAIL = { email: "bob@mail.example" };

/** Adam's invite i1, by default a link to the team blue. */
function invite(world: World, more: object = {}): void {
  const link = "email" in more ? {} : { team: "blue" };
  world.system("invite.created", { invite: "i1", org: "fc", ...link, ...more });
}

const redeem = (world: World, user: string, more: object = {}) =>
  world.as(user, "invite.redeemed", { invite: "i1", user, ...more });
const uses = (world: World): number | undefined => findInvite(world.tuples, "i1")?.uses;
const status = (world: World): string => statusOf(findInvite(world.tuples, "i1")!, world.now);

describe("a coach", () => {
  test("IN5 becomes a member with the hat and the default role, and assists on the link's team", () => {
    const world = club();
    world.as("adam", "invite.created", { invite: "i1", org: "fc", team: "red", professional_area: "S&C" });
    redeem(world, "bob");
    expect(memberOf(world.tuples, "fc", "bob")).toMatchObject({ hats: ["coach"], role: "coach", active: true });
    expect(professionalAreaOf(world.tuples, "fc", "bob")).toBe("S&C");
    expect(world.tuples.users("membership:fc/bob", "invited_by")).toEqual(["user:adam"]);
    expect(assignmentRow(world.tuples, "red.bob"))
      .toMatchObject({ coach: "bob", team: "red", role: "assistant_coach", active: true, head: false });
    expect(world.can("bob", "coach", "team:red")).toBe(true);
    expect(world.can("bob", "can_manage", "team:red")).toBe(false);
    expect(world.can("bob", "sessions_read", "athlete:a1")).toBe(true);
    expect(world.can("bob", "sessions_read", "athlete:a3")).toBe(false);
    expect(world.can("bob", "can_end", "team_assignment:red.bob")).toBe(true);
  });

  test("the link's own roles and the redeemer's own id are used", () => {
    const world = club();
    world.system("role.created", { org: "fc", role: "host", scope: "org", keys: ["goals.read"] });
    invite(world, { role: "host", assignment_role: "viewer" });
    redeem(world, "bob", { assignment: "mine" });
    expect(memberOf(world.tuples, "fc", "bob")?.role).toBe("host");
    expect(assignmentRow(world.tuples, "mine")).toMatchObject({ coach: "bob", role: "viewer" });
    expect(world.can("bob", "sessions_read", "athlete:a3")).toBe(true);
    expect(world.can("bob", "sessions_write", "athlete:a3")).toBe(false);
  });

  test("IN6 an existing coach joins the team; for one on the team, nothing changes and no use is counted", () => {
    const world = club();
    invite(world, { max_uses: 2 });
    redeem(world, "dora");
    expect(world.can("dora", "coach", "team:blue")).toBe(true);
    expect(uses(world)).toBe(1);
    world.unchanged("dora", "invite.redeemed", { invite: "i1", user: "dora" });
    expect(uses(world)).toBe(1);
    redeem(world, "bob");
    world.unchanged("dora", "invite.redeemed", { invite: "i1", user: "dora" });
    expect([uses(world), status(world)]).toEqual([2, "exhausted"]);
  });

  test("IN6 the same for the team's head coach: nothing changes", () => {
    const world = club();
    invite(world, { team: "red" });
    world.unchanged("hana", "invite.redeemed", { invite: "i1", user: "hana" });
  });

  test("a coach whose assignment has ended gets a new one, with the next id", () => {
    const world = club();
    invite(world);
    redeem(world, "bob");
    for (const [ended, next] of [["blue.bob", "blue.bob.2"], ["blue.bob.2", "blue.bob.3"]] as const) {
      world.system("team_assignment.ended", { assignment: ended });
      expect(world.can("bob", "coach", "team:blue")).toBe(false);
      redeem(world, "bob");
      expect([ended, next].map((id) => assignmentRow(world.tuples, id)?.active)).toEqual([false, true]);
    }
    world.system("team_assignment.ended", { assignment: "blue.bob.3" });
    const ended = { invite: "i1", user: "bob", assignment: "blue.bob" };
    world.refused("relationship_ended", "bob", "invite.redeemed", ended);
  });

  test("a taken or overlong id is refused, and nothing is used", () => {
    const world = club();
    const long = "b".repeat(124);
    invite(world);
    world.system("team_assignment.started", { assignment: "blue.bob", team: "red", coach: "dora" });
    world.refused("already_exists", "bob", "invite.redeemed", { invite: "i1", user: "bob" });
    world.refused("already_exists", "bob", "invite.redeemed", { invite: "i1", user: "bob", assignment: "hd1" });
    const refusal = world.refused("invalid_event", long, "invite.redeemed", { invite: "i1", user: long });
    expect(refusal.errors?.[0]?.path).toBe("data.assignment");
    redeem(world, "b".repeat(123));
    redeem(world, long, { assignment: "short" });
    expect(uses(world)).toBe(2);
  });

  test("an invitation without a team makes no assignment, and none may be named", () => {
    const world = club();
    invite(world, MAIL);
    world.refused("invalid_event", "bob", "invite.redeemed", { invite: "i1", user: "bob", ...MAIL, assignment: "t" });
    redeem(world, "bob", MAIL);
    expect(world.tuples.objects("team_assignment", "coach", "user:bob")).toEqual([]);
    expect(world.can("bob", "coach", "org:fc")).toBe(true);
  });
});

describe("an admin, an office member", () => {
  test("IN6 an admin joins no team, and is refused the second time", () => {
    const world = club();
    invite(world, { hat: "admin" });
    redeem(world, "bob");
    expect(memberOf(world.tuples, "fc", "bob")).toMatchObject({ hats: ["admin"], role: "admin" });
    expect(world.can("bob", "coach", "team:blue")).toBe(false);
    world.refused("duplicate_admin_grant", "bob", "invite.redeemed", { invite: "i1", user: "bob" });
    world.refused("duplicate_admin_grant", "adam", "invite.redeemed", { invite: "i1", user: "adam" });
    world.refused("invalid_event", "dora", "invite.redeemed", { invite: "i1", user: "dora", assignment: "t1" });
    redeem(world, "dora");
    expect(memberOf(world.tuples, "fc", "dora")).toMatchObject({ hats: ["admin", "coach"], role: "admin" });
    expect(uses(world)).toBe(2);
  });

  test("an admin is refused an admin's invitation as well", () => {
    const world = club();
    invite(world, { hat: "admin", ...MAIL });
    world.refused("duplicate_admin_grant", "adam", "invite.redeemed", { invite: "i1", user: "adam", ...MAIL });
    redeem(world, "bob", MAIL);
  });

  test("an office member gets the front desk's role; a repetition is unchanged", () => {
    const world = club();
    invite(world, { hat: "office" });
    redeem(world, "bob");
    expect(memberOf(world.tuples, "fc", "bob")).toMatchObject({ hats: ["office"], role: "front_desk" });
    world.unchanged("bob", "invite.redeemed", { invite: "i1", user: "bob" });
    world.unchanged("ofra", "invite.redeemed", { invite: "i1", user: "ofra" });
    expect(uses(world)).toBe(1);
  });
});

describe("PR5 PR6 an invitation", () => {
  test("is accepted once, by an account with its address in any spelling", () => {
    const world = club();
    world.as("adam", "invite.created", { invite: "i1", org: "fc", email: " Bob@Mail.example" });
    world.refused("email_mismatch", "eve", "invite.redeemed", { invite: "i1", user: "eve", email: "eve@mail.example" });
    const refusal = world.refused("email_mismatch", "bob", "invite.redeemed", { invite: "i1", user: "bob" });
    expect(refusal.detail).not.toContain("@");
    redeem(world, "bob", { email: "BOB@mail.EXAMPLE " });
    expect(status(world)).toBe("accepted");
    expect(world.can("eve", "can_redeem", "invite:i1")).toBe(false);
    const again = { invite: "i1", user: "eve", email: "bob@mail.example" };
    world.refused("invite_already_accepted", "eve", "invite.redeemed", again);
    world.unchanged("bob", "invite.redeemed", { invite: "i1", user: "bob", ...MAIL });
    world.system("member.deactivated", { org: "fc", user: "bob" });
    world.unchanged("bob", "invite.redeemed", { invite: "i1", user: "bob", ...MAIL });
    expect(world.can("bob", "member", "org:fc")).toBe(false);
  });

  test("fails each in its own way: invalid, expired, revoked, accepted, another address", () => {
    const world = club();
    const data = { invite: "i1", user: "bob", ...MAIL };
    world.refused("invite_invalid", "bob", "invite.redeemed", data);
    world.refused("invite_invalid", undefined, "invite.redeemed", data);
    invite(world, MAIL);
    world.refused("actor_not_allowed", "eve", "invite.redeemed", data);
    world.refused("actor_not_allowed", "root", "invite.redeemed", data);
    world.now = START + 14 * DAY;
    world.refused("invite_expired", "bob", "invite.redeemed", data);
    world.refused("invite_expired", "bob", "invite.redeemed", data, { time: new Date(START).toISOString() }); // S13
    world.as("adam", "invite.resent", { invite: "i1" });
    world.now += 14 * DAY - 1;
    redeem(world, "bob", MAIL);
  });

  test("by a user who wears the hat is still accepted, and joins its team", () => {
    const world = club();
    invite(world, { ...MAIL, team: "blue" });
    redeem(world, "dora", MAIL);
    expect(status(world)).toBe("accepted");
    expect(world.can("dora", "coach", "team:blue")).toBe(true);
    world.system("invite.created", { invite: "i2", org: "fc", team: "blue", ...MAIL });
    world.as("dora", "invite.redeemed", { invite: "i2", user: "dora", ...MAIL });
    expect(findInvite(world.tuples, "i2")?.acceptedBy).toBe("dora");
    expect(world.tuples.objects("team_assignment", "coach", "user:dora")).toEqual(["team_assignment:blue.dora"]);
  });

  test("PR5 PR6 a reserved row goes only to its address, and stays reserved", () => {
    const world = club();
    world.as("adam", "invite.created",
      { invite: "i", org: "fc", hat: "athlete", email: "pia@example.org", athlete: "a2" });
    world.as("adam", "invite.created", { invite: "open", org: "fc", hat: "athlete", team: "red" });
    for (const email of [undefined, "", "eve@example.org", "pia@example.org.evil", "p\u0131a@example.org",
      "pia@example.com"]) {
      const data = { invite: "i", user: "eve", ...(email === undefined ? {} : { email }) };
      const code = email === "" ? "invalid_event" : "email_mismatch";
      expect(JSON.stringify(world.refused(code, "eve", "invite.redeemed", data))).not.toContain("@");
    }
    world.refused("actor_not_allowed", "eve", "invite.redeemed", { invite: "open", user: "eve", athlete: "a2" });
    world.refused("athlete_already_linked", "adam", "athlete.linked", { athlete: "a2", user: "ida" });
    world.refused("athlete_already_linked", "adam", "invite.created",
      { invite: "i3", org: "fc", hat: "athlete", email: "eve@example.org", athlete: "a2" });
    world.refused("athlete_already_linked", "adam", "invite.created",
      { invite: "i3", org: "fc", hat: "athlete", email: "eve@example.org", athlete: "a1" });
    world.as("pia", "invite.redeemed", { invite: "i", user: "pia", email: "PIA@example.org" });
    world.refused("invite_already_accepted", "eve", "invite.redeemed",
      { invite: "i", user: "eve", email: "pia@example.org" });
    expect(world.users("athlete:a2", "account")).toEqual(["pia"]);
  });
});

describe("IN5 a link", () => {
  test("is used up at its number of uses", () => {
    const world = club();
    invite(world, { max_uses: 2 });
    redeem(world, "u1");
    expect(world.can("u3", "can_redeem", "invite:i1")).toBe(true);
    redeem(world, "u2");
    expect(world.can("u3", "can_redeem", "invite:i1")).toBe(false);
    world.refused("invite_exhausted", "u3", "invite.redeemed", { invite: "i1", user: "u3" });
    expect(uses(world)).toBe(2);
  });

  test("ends at its expiry, to the millisecond", () => {
    const world = club();
    invite(world, { expires_at: new Date(START + DAY).toISOString() });
    world.now = START + DAY - 1;
    redeem(world, "u1");
    world.now = START + DAY;
    world.refused("invite_expired", "u2", "invite.redeemed", { invite: "i1", user: "u2" });
    world.system("invite.redeemed", { invite: "i1", user: "u2" }, { time: new Date(START + DAY - 1).toISOString() });
  });

  test("does not give by a late event a named object that was deleted", () => {
    const world = club();
    world.system("role.created", { org: "fc", role: "host", scope: "org", keys: ["goals.read"] });
    invite(world, { role: "host", expires_at: new Date(START + DAY).toISOString() });
    world.now = START + 2 * DAY;
    world.as("adam", "role.deleted", { org: "fc", role: "host" });
    const late = { time: new Date(START + 1000).toISOString() };
    world.refused("unknown_entity", undefined, "invite.redeemed", { invite: "i1", user: "bob" }, late);
    world.system("role.created", { org: "fc", role: "host", scope: "athlete", keys: ["goals.read"] });
    world.refused("role_scope_mismatch", undefined, "invite.redeemed", { invite: "i1", user: "bob" }, late);
  });

  test("PR11 gives nothing in another org", () => {
    const world = club();
    world.as("adam", "invite.created", { invite: "i1", org: "fc", team: "blue" });
    redeem(world, "otto");
    expect(memberOf(world.tuples, "fc", "otto")).toMatchObject({ hats: ["coach"], role: "coach" });
    expect(memberOf(world.tuples, "xo", "otto")).toMatchObject({ hats: ["admin", "coach"], role: "owner" });
    expect(world.can("otto", "admin", "org:fc")).toBe(false);
  });

  test("the id of an invite is taken for all orgs and for good", () => {
    const world = club();
    invite(world);
    world.refused("already_exists", "otto", "invite.created", { invite: "i1", org: "xo", team: "xt" });
  });
});
