// Events of invites: the terms of a link or an invitation, who makes, resends and revokes them (IN4, IN8, PR5, S6).
import { describe, expect, test } from "vitest";
import { decideEvent } from "../../src/events/decide-event.ts";
import { DomainEvent } from "../../src/events/domain-event.ts";
import { findInvite, reservationOf } from "../../src/domain/invites.ts";
import { club } from "../world/club.ts";
import { at, DAY, LINK, MAIL, open } from "./invite-terms.ts";
import { START } from "../world/world.ts";
import { INVITATION_TERM_MS } from "../../src/domain/event-limits.ts";

describe("invite.created", () => {
  test("IN4 IN5 S9 a link is open to anyone, and without an end unless it names one", () => {
    const world = club();
    world.as("adam", "invite.created", { ...LINK, expires_at: at(START + DAY) });
    world.as("adam", "invite.created", { ...LINK, invite: "i2" });
    expect([open(world), open(world, "i2")]).toEqual([true, true]);
    world.now = START + DAY - 1;
    expect(open(world)).toBe(true);
    world.now = START + DAY;
    expect([open(world), open(world, "i2")]).toEqual([false, true]);
  });

  test("PR5 an invitation is open for 14 days, or until its own expiry; the default hat is coach", () => {
    const world = club();
    world.as("adam", "invite.created", MAIL);
    world.as("adam", "invite.created", { ...MAIL, invite: "i2", expires_at: at(START + DAY) });
    expect(findInvite(world.tuples, "i1")).toMatchObject({ hat: "coach", invitedBy: "adam" });
    world.now = START + DAY;
    expect([open(world), open(world, "i2")]).toEqual([true, false]);
    world.now = START + 14 * DAY - 1;
    expect(open(world)).toBe(true);
    world.now = START + 14 * DAY;
    expect(open(world)).toBe(false);
    expect(INVITATION_TERM_MS).toBe(14 * DAY);
  });

  test("S13 with an actor the 14 days start now; the system's start at the event's time", () => {
    const world = club();
    world.as("adam", "invite.created", MAIL, { time: at(START - 3 * DAY) });
    expect(findInvite(world.tuples, "i1")?.expiresAt).toBe(START + 14 * DAY);
    world.system("invite.created", { ...MAIL, invite: "i2" }, { time: at(START - 3 * DAY) });
    expect(findInvite(world.tuples, "i2")?.expiresAt).toBe(START + 11 * DAY);
  });

  test("IN8 needs org.members.invite", () => {
    const world = club();
    for (const actor of ["olga", "adam"]) world.as(actor, "invite.created", { ...LINK, invite: `i-${actor}` });
    for (const actor of ["hana", "dora", "ofra", "ida", "otto", "pat", "nobody"]) {
      world.refused("actor_not_allowed", actor, "invite.created", LINK);
    }
    world.system("role.created", { org: "fc", role: "host", scope: "org", keys: ["org.members.invite"] });
    world.system("member.role_assigned", { org: "fc", user: "dora", role: "host" });
    world.refused("actor_not_allowed", "dora", "invite.created", LINK); // S4: no org key under the coach hat
    world.system("member.role_assigned", { org: "fc", user: "ofra", role: "host" });
    world.as("ofra", "invite.created", MAIL);
    world.refused("actor_not_allowed", "ofra", "invite.created", { ...MAIL, invite: "i2", org: "xo" });
  });

  test.each([
    ["a link of a coach without a team", { ...LINK, team: undefined }],
    ["a link of an athlete without a team", { ...LINK, team: undefined, hat: "athlete" }],
    ["an invitation with uses", { ...MAIL, max_uses: 1 }],
    ["a reserved row for a coach", { ...LINK, athlete: "a2" }],
    ["an assignment role without a team", { ...MAIL, assignment_role: "specialist" }],
    ["an assignment role for an athlete", { ...LINK, hat: "athlete", assignment_role: "specialist" }],
    ["no uses", { ...LINK, max_uses: 0 }],
    ["half a use", { ...LINK, max_uses: 1.5 }],
    ["too many uses", { ...LINK, max_uses: 1_000_001 }],
    ["an unknown hat", { ...LINK, hat: "owner" }],
    ["an unknown field", { ...LINK, roles: "owner" }],
    ["a day that is none", { ...LINK, expires_at: "2026-13-01T00:00:00Z" }],
    ["a time without an offset", { ...LINK, expires_at: "2026-04-01T00:00:00" }],
    ["an end beyond the year 9999", { ...LINK, expires_at: "9999-12-31T23:59:59-00:01" }],
    ["an end before the year 1", { ...LINK, expires_at: "0001-01-01T00:00:00+00:01" }],
    ["an area with two spaces", { ...LINK, professional_area: "S  C" }],
    ["an address without a name", { ...MAIL, email: "@x" }],
    ["an address with two signs", { ...MAIL, email: "a@b@c" }],
    ["an address of 255 characters", { ...MAIL, email: `${"a".repeat(253)}@b` }],
  ])("%s is invalid", (_, data) => {
    const world = club();
    const refusal = world.refused("invalid_event", "adam", "invite.created", data);
    expect(JSON.stringify(refusal)).not.toMatch(/@x|a@b|aaa/);
    expect(refusal.errors?.[0]?.path).toMatch(/^data/);
  });

  test.each([
    { ...LINK, max_uses: 1_000_000 }, { ...LINK, max_uses: 1 }, { ...LINK, expires_at: at(START + 1) },
    { ...LINK, expires_at: "9999-12-31T23:59:59.999Z" }, { ...LINK, hat: "admin" },
    { ...LINK, hat: "admin", team: undefined }, { ...LINK, hat: "office", team: undefined },
    { ...MAIL, email: `${"a".repeat(252)}@b` }, { ...MAIL, email: "a@b" }, { ...MAIL, hat: "athlete" },
    { ...LINK, invite: "i".repeat(128) },
  ])("%o is valid", (data) => {
    const world = club();
    world.as("adam", "invite.created", data);
    expect(open(world, data.invite)).toBe(true);
  });

  test("one that ended in the year 1 exists, and is expired", () => {
    const world = club();
    world.as("adam", "invite.created", { ...LINK, expires_at: "0001-01-01T00:00:00Z" });
    expect(open(world, LINK.invite)).toBe(false);
  });

  test("S8 the objects it names exist, in its org", () => {
    const world = club();
    const athlete = { ...LINK, hat: "athlete" };
    world.refused("unknown_entity", undefined, "invite.created", { ...MAIL, org: "none" });
    world.refused("unknown_entity", "adam", "invite.created", { ...LINK, team: "none" });
    world.refused("wrong_org", "adam", "invite.created", { ...LINK, team: "xt" });
    world.refused("unknown_entity", "adam", "invite.created", { ...athlete, athlete: "none" });
    world.refused("wrong_org", "adam", "invite.created", { ...athlete, athlete: "x1" });
    world.refused("unknown_entity", "adam", "invite.created", { ...LINK, role: "none" });
    world.refused("unknown_entity", "adam", "invite.created", { ...LINK, assignment_role: "none" });
    world.refused("role_scope_mismatch", "adam", "invite.created", { ...LINK, role: "viewer" });
    world.refused("role_scope_mismatch", "adam", "invite.created", { ...LINK, assignment_role: "coach" });
    world.system("team.deleted", { team: "blue" });
    world.refused("unknown_entity", "adam", "invite.created", LINK);
  });

  test("S15 nobody is invited as a head coach", () => {
    club().refused("role_scope_mismatch", "olga", "invite.created", { ...LINK, assignment_role: "head_coach" });
  });

  test("S6 nobody invites to a role with keys they lack, not even as the default of a hat", () => {
    const world = club();
    world.system("role.created", { org: "fc", role: "host", scope: "org", keys: ["org.members.invite"] });
    const more = ["org.members.invite", "goals.read"];
    world.system("role.created", { org: "fc", role: "host2", scope: "org", keys: more });
    world.system("member.role_assigned", { org: "fc", user: "ofra", role: "host" });
    world.as("ofra", "invite.created", { ...MAIL, role: "host" });
    const next = { ...MAIL, invite: "i2" };
    world.refused("exceeds_own_permissions", "ofra", "invite.created", { ...next, role: "host2" });
    world.refused("exceeds_own_permissions", "ofra", "invite.created", { ...next, hat: "athlete", role: "host2" });
    world.refused("exceeds_own_permissions", "ofra", "invite.created", { ...next, hat: "office" });
    world.refused("exceeds_own_permissions", "adam", "invite.created", { ...next, role: "owner" });
    world.as("adam", "invite.created", { ...next, role: "host2" });
    world.as("olga", "invite.created", { ...MAIL, invite: "i3", role: "owner", hat: "admin" });
  });

  test("S6 only a member who wears the admin hat invites to it", () => {
    const world = club();
    world.system("member.hats_changed", { org: "fc", user: "ofra", hats: ["office"], role: "admin" });
    world.as("ofra", "invite.created", LINK); // With the role admin she may assign coaches.
    const admin = { ...LINK, invite: "i2", hat: "admin" };
    world.refused("exceeds_own_permissions", "ofra", "invite.created", admin);
    world.refused("exceeds_own_permissions", "root", "invite.created", admin);
    world.refused("exceeds_own_permissions", "ofra", "invite.created", { ...admin, role: "coach" });
    world.as("adam", "invite.created", admin);
  });

  test("S14 a member who may not place an athlete on a team cannot do so by an invite that reserves them", () => {
    const world = club();
    world.system("role.created", { org: "fc", role: "host", scope: "org", keys: ["org.members.invite"] });
    world.system("member.hats_changed", { org: "fc", user: "hana", hats: ["coach", "office"], role: "host" });
    const invite = { ...LINK, hat: "athlete", team: "red" };
    const refused = (data: object) => world.refused("exceeds_own_permissions", "hana", "invite.created", data);
    refused({ ...invite, athlete: "a2" }); // Reserving a row needs org.members.manage.
    world.system("role.updated", { org: "fc", role: "host", keys: ["org.members.invite", "org.members.manage"] });
    refused({ ...invite, athlete: "a3" }); // Another coach's athlete.
    world.as("hana", "invite.created", { ...invite, athlete: "a2" }); // Already on the team.
    refused({ ...invite, invite: "i2", team: "blue", athlete: "a1" }); // Not her team.
    world.as("adam", "invite.created", { ...invite, invite: "i3", athlete: "a3" });
  });

  test("S14 S19 an old invite brings in nobody whom its maker could no longer bring in", () => {
    const world = club();
    const keys = ["org.members.invite", "org.members.manage"];
    world.system("role.created", { org: "fc", role: "host", scope: "org", keys });
    world.system("member.hats_changed", { org: "fc", user: "hana", hats: ["coach", "office"], role: "host" });
    const invite = { ...LINK, hat: "athlete", team: "red", athlete: "a2" };
    world.as("hana", "invite.created", invite); // Already on the team.
    world.as("adam", "invite.created", { ...invite, invite: "i2", athlete: "a3" });
    world.system("team.athlete_moved", { athlete: "a2", from: "red", to: "blue" });
    world.refused("inviter_lost_right", "kid", "invite.redeemed", { invite: "i1", user: "kid" });
    world.system("team.athlete_moved", { athlete: "a2", from: "blue", to: "red" });
    world.as("kid", "invite.redeemed", { invite: "i1", user: "kid" });
    expect([world.can("kid", "account", "athlete:a2"), world.can("kid", "athlete", "team:red")]).toEqual([true, true]);
    world.system("member.hats_changed", { org: "fc", user: "adam", hats: ["coach"] });
    world.refused("inviter_lost_right", "sib", "invite.redeemed", { invite: "i2", user: "sib" });
    world.as("olga", "invite.resent", { invite: "i2" });
    world.as("sib", "invite.redeemed", { invite: "i2", user: "sib" });
    expect(world.can("sib", "athlete", "team:red")).toBe(true);
  });

  test("PR10 a linked row cannot be reserved, nor one that another open invite reserves", () => {
    const world = club();
    const row = { ...MAIL, hat: "athlete", athlete: "a2" };
    world.refused("athlete_already_linked", "adam", "invite.created", { ...row, athlete: "a1" });
    world.as("adam", "invite.created", row);
    expect(reservationOf(world.tuples, "a2", START)?.id).toBe("i1");
    world.refused("athlete_already_linked", "adam", "invite.created", { ...row, invite: "i2" });
    world.refused("athlete_already_linked", "adam", "athlete.linked", { athlete: "a2", user: "ida" });
    world.now = START + 14 * DAY;
    world.as("adam", "invite.created", { ...row, invite: "i2" });
    expect(reservationOf(world.tuples, "a2", world.now)?.id).toBe("i2");
  });

  test("a repetition is unchanged, whoever sends it; with other content, or once revoked, the id is taken", () => {
    const world = club();
    world.as("adam", "invite.created", MAIL);
    world.now += DAY;
    world.unchanged("olga", "invite.created", { ...MAIL, email: " bob@mail.EXAMPLE " });
    for (const other of [{ hat: "office" }, { team: "red" }, { role: "coach" }, { email: "eve@x" },
      { expires_at: at(START + DAY * 2) }, { professional_area: "S&C" }, { email: undefined, team: "red" }]) {
      world.refused("already_exists", "olga", "invite.created", { ...MAIL, ...other });
    }
    world.refused("already_exists", "otto", "invite.created", { ...MAIL, org: "xo" });
    world.as("adam", "invite.revoked", { invite: "i1" });
    world.refused("already_exists", "adam", "invite.created", MAIL);
  });

  test("no tuple contains an address, and without a key an event with one is refused", () => {
    const world = club();
    world.as("adam", "invite.created", MAIL);
    expect([...world.tuples.read({})].filter((tuple) => /bob@mail/i.test(JSON.stringify(tuple)))).toEqual([]);
    const keyless = (data: object) => decideEvent(
      DomainEvent.sent({ id: "k", source: "/test", type: "invite.created", actor: "adam", data }), world.view,
      { system: false, clock: world.now },
    );
    expect(keyless({ ...MAIL, invite: "i2" })).toMatchObject({ refused: "store_unavailable" });
    expect(keyless({ ...LINK, invite: "i2" })).toMatchObject({ status: "applied" });
  });

  test("an expiry in the past makes an expired invite: nobody redeems it, and it reserves nothing", () => {
    const world = club();
    world.as("adam", "invite.created", { invite: "old", org: "fc", team: "red", expires_at: at(START) });
    expect(world.can("zed", "can_redeem", "invite:old")).toBe(false);
    world.refused("invite_expired", "zed", "invite.redeemed", { invite: "old", user: "zed" });
    const mail = { invite: "m", org: "fc", hat: "athlete", athlete: "a2", email: "p@example.org" };
    world.as("adam", "invite.created", { ...mail, expires_at: at(START - DAY) });
    world.as("adam", "invite.created", { ...mail, invite: "m2" });
    world.refused("athlete_already_linked", "adam", "invite.resent", { invite: "m" });
    world.as("adam", "invite.revoked", { invite: "m2" });
    world.as("adam", "invite.resent", { invite: "m" });
    expect(world.can("zed", "can_redeem", "invite:m")).toBe(true);
  });
});
