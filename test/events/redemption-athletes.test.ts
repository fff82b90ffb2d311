// invite.redeemed by athletes: which roster row they get; nobody gets another person's (PR5, PR10, S7).
import { describe, expect, test } from "vitest";
import { continueEvent, decideEvent, type Step } from "../../src/events/decide-event.ts";
import { DomainEvent } from "../../src/events/domain-event.ts";
import { isRefusal } from "../../src/events/refusal.ts";
import { findInvite, reservationOf, statusOf } from "../../src/domain/invites.ts";
import { memberOf } from "../../src/domain/members.ts";
import { accountOf, linkedAthlete } from "../../src/domain/seats.ts";
import { applyDelta } from "../../src/tuples/delta.ts";
import { club } from "../world/club.ts";
import type { World } from "../world/world.ts";
import { teamsOf } from "./teams-of.ts";

const MAIL = { email: "bob@mail.example" };

/** An invite i1 of an athlete, by default a link to the team blue. */
function invite(world: World, more: object = {}): void {
  world.system("invite.created", { invite: "i1", org: "fc", hat: "athlete", team: "blue", ...more });
}

const redeem = (world: World, user: string, more: object = {}) =>
  world.as(user, "invite.redeemed", { invite: "i1", user, ...more });

describe("a link without a reservation", () => {
  test("IN5 creates a row, links it and puts it on the team", () => {
    const world = club();
    invite(world);
    redeem(world, "bob");
    expect(memberOf(world.tuples, "fc", "bob")).toMatchObject({ hats: ["athlete"], role: undefined });
    expect(linkedAthlete(world.tuples, "fc", "bob")).toBe("fc.bob");
    expect(teamsOf(world.tuples, "fc.bob")).toEqual(["blue"]);
    expect(world.can("bob", "account", "athlete:fc.bob")).toBe(true);
    expect(world.can("bob", "athlete", "team:blue")).toBe(true);
    expect(world.can("bob", "profile_read", "athlete:fc.bob")).toBe(true);
    expect(world.can("bob", "profile_read", "athlete:a3")).toBe(false);
    expect(world.can("adam", "can_delete", "athlete:fc.bob")).toBe(true);
    world.unchanged("bob", "invite.redeemed", { invite: "i1", user: "bob" });
  });

  test("PR2 in a program the role is player", () => {
    const world = club("program");
    invite(world, MAIL);
    redeem(world, "bob", { ...MAIL, athlete: "bobs" });
    expect(memberOf(world.tuples, "fc", "bob")).toMatchObject({ hats: ["athlete"], role: "player" });
    expect(linkedAthlete(world.tuples, "fc", "bob")).toBe("bobs");
  });

  test("IN6 an athlete with a row joins the team with it; for one on the team, nothing changes", () => {
    const world = club();
    invite(world, { max_uses: 3 });
    redeem(world, "ida", { athlete: "new" });
    expect(teamsOf(world.tuples, "a1")).toEqual(["red", "blue"]);
    expect(world.can("ida", "athlete", "team:blue")).toBe(true);
    expect(world.tuples.users("athlete:new", "org")).toEqual([]);
    world.unchanged("ida", "invite.redeemed", { invite: "i1", user: "ida" });
    expect(findInvite(world.tuples, "i1")?.uses).toBe(1);
  });

  test("nobody gets another person's row: neither by naming it nor by the default id", () => {
    const world = club();
    invite(world);
    for (const athlete of ["a1", "a2", "a3", "x1"]) {
      world.refused("actor_not_allowed", "bob", "invite.redeemed", { invite: "i1", user: "bob", athlete });
      world.refused("actor_not_allowed", "ida", "invite.redeemed", { invite: "i1", user: "ida", athlete: "a2" });
    }
    world.system("athlete.created", { athlete: "fc.bob", org: "fc" });
    world.refused("already_exists", "bob", "invite.redeemed", { invite: "i1", user: "bob" });
    world.refused("already_exists", undefined, "invite.redeemed", { invite: "i1", user: "bob" });
    world.system("athlete.deleted", { athlete: "a2" });
    world.refused("already_exists", "bob", "invite.redeemed", { invite: "i1", user: "bob", athlete: "a2" });
    expect(memberOf(world.tuples, "fc", "bob")).toBeUndefined();
  });

  test("the system may name a free row in the invite's org", () => {
    const world = club();
    invite(world);
    const data = { invite: "i1", user: "bob" };
    world.refused("athlete_already_linked", undefined, "invite.redeemed", { ...data, athlete: "a1" });
    world.refused("wrong_org", undefined, "invite.redeemed", { ...data, athlete: "x1" });
    world.refused("user_already_linked", undefined, "invite.redeemed", { invite: "i1", user: "ida", athlete: "a2" });
    world.system("invite.created", { invite: "i2", org: "fc", hat: "athlete", team: "blue", athlete: "a3" });
    world.refused("athlete_already_linked", undefined, "invite.redeemed", { ...data, athlete: "a3" });
    world.system("invite.redeemed", { ...data, athlete: "a2" });
    expect(accountOf(world.tuples, "a2")).toBe("bob");
    expect(teamsOf(world.tuples, "a2")).toEqual(["red", "blue"]);
    expect(world.can("bob", "athlete", "team:red")).toBe(true);
  });

  test("a default id that is too long is refused; one can be named", () => {
    const world = club();
    invite(world);
    const [fits, long] = ["b".repeat(125), "b".repeat(126)];
    redeem(world, fits);
    const refusal = world.refused("invalid_event", long, "invite.redeemed", { invite: "i1", user: long });
    expect(refusal.errors?.[0]?.path).toBe("data.athlete");
    redeem(world, long, { athlete: "short" });
    expect(linkedAthlete(world.tuples, "fc", long)).toBe("short");
  });

  test("an id that an invite does not need is refused", () => {
    const world = club();
    invite(world);
    world.refused("invalid_event", "bob", "invite.redeemed", { invite: "i1", user: "bob", assignment: "t" });
    world.system("invite.created", { invite: "i2", org: "fc", team: "blue" });
    world.refused("invalid_event", "bob", "invite.redeemed", { invite: "i2", user: "bob", athlete: "a9" });
  });
});

describe("PR5 PR10 a reserved row", () => {
  test.each([["link", {}], ["invitation", MAIL]])("is linked by redeeming the %s", (_, how) => {
    const world = club();
    invite(world, { ...how, athlete: "a2" });
    world.system("note.created", { note: "n", athlete: "a2", author: "hana", under: "team_assignment:hd1",
      visible_to_athlete: true });
    redeem(world, "bob", { ...how, athlete: "a2" });
    expect(accountOf(world.tuples, "a2")).toBe("bob");
    expect(teamsOf(world.tuples, "a2")).toEqual(["red", "blue"]);
    expect(["red", "blue"].map((team) => world.can("bob", "athlete", `team:${team}`))).toEqual([true, true]);
    expect(world.can("bob", "can_read", "note:n")).toBe(true);
    expect(reservationOf(world.tuples, "a2", world.now)).toBeUndefined();
  });

  test("is the only possible row, and not for a user who has one", () => {
    const world = club();
    invite(world, { athlete: "a2" });
    for (const athlete of ["a3", "new"]) {
      world.refused("actor_not_allowed", "bob", "invite.redeemed", { invite: "i1", user: "bob", athlete });
      world.refused("relationship_mismatch", undefined, "invite.redeemed", { invite: "i1", user: "bob", athlete });
    }
    world.refused("user_already_linked", "ida", "invite.redeemed", { invite: "i1", user: "ida" });
    expect(findInvite(world.tuples, "i1")?.uses).toBe(0);
    world.system("athlete.unlinked", { athlete: "a1", user: "ida" });
    redeem(world, "ida");
    expect(linkedAthlete(world.tuples, "fc", "ida")).toBe("a2");
  });

  test("of a link is free after the first use; the next redeemer gets a new row", () => {
    const world = club();
    invite(world, { athlete: "a2", max_uses: 2 });
    redeem(world, "bob");
    world.system("athlete.unlinked", { athlete: "a2", user: "bob" });
    expect(reservationOf(world.tuples, "a2", world.now)).toBeUndefined();
    redeem(world, "eve");
    expect(linkedAthlete(world.tuples, "fc", "eve")).toBe("fc.eve");
    expect(accountOf(world.tuples, "a2")).toBeUndefined();
    world.refused("invite_exhausted", "kim", "invite.redeemed", { invite: "i1", user: "kim" });
  });

  const ways = [["link", { max_uses: 2 }], ["invitation", MAIL]] as const;
  test.each(ways)("on many teams is linked in many writes: %s", (_, how) => {
    const world = club();
    const teams = Array.from({ length: 20 }, (_, i) => `t${i}`);
    for (const team of teams) {
      world.system("team.created", { team, org: "fc" });
      world.system("team.athlete_added", { team, athlete: "a3" });
    }
    invite(world, { ...how, athlete: "a3" });
    world.maxTuples = 14;
    redeem(world, "bob", "email" in how ? MAIL : {});
    expect([...teams, "blue"].filter((team) => !world.can("bob", "athlete", `team:${team}`))).toEqual([]);
    expect(statusOf(findInvite(world.tuples, "i1")!, world.now)).toBe("email" in how ? "accepted" : "active");
    expect(reservationOf(world.tuples, "a3", world.now)).toBeUndefined();
    world.unchanged("bob", "invite.redeemed", { invite: "i1", user: "bob", ...("email" in how ? MAIL : {}) });
  });

  test("S19 on many teams: rights that the maker loses between two writes do not stop the rest", () => {
    const world = club();
    for (let i = 0; i < 20; i++) {
      world.system("team.created", { team: `t${i}`, org: "fc" });
      world.system("team.athlete_added", { team: `t${i}`, athlete: "a3" });
    }
    world.as("root", "invite.created", { invite: "i1", org: "fc", hat: "athlete", team: "blue", athlete: "a3" });
    const around = { system: false, clock: world.now, maxTuples: 20 };
    const data = { invite: "i1", user: "bob" };
    const event = { id: "r", source: "/test", type: "invite.redeemed", actor: "bob", data };
    const first = decideEvent(DomainEvent.sent(event), world.view, around);
    if (isRefusal(first)) throw new Error(first.detail);
    expect(first.more).toBe(true);
    applyDelta(world.tuples, first.delta);
    world.system("platform.superadmin_revoked", { user: "root" });
    const next = (): Step | undefined => continueEvent("fc", world.view, around);
    for (let step = next(); step !== undefined; step = next()) {
      applyDelta(world.tuples, step.delta);
    }
    for (const team of ["t0", "t19", "blue"]) expect(world.can("bob", "athlete", `team:${team}`), team).toBe(true);
    expect(findInvite(world.tuples, "i1")?.uses).toBe(1);
    world.refused("inviter_lost_right", "eve", "invite.redeemed", { invite: "i1", user: "eve" });
  });

  test("is free when its invitation is revoked or expired", () => {
    const world = club();
    invite(world, { ...MAIL, athlete: "a2" });
    world.refused("athlete_already_linked", undefined, "athlete.linked", { athlete: "a2", user: "nobody" });
    world.as("adam", "invite.revoked", { invite: "i1" });
    world.system("member.added", { org: "fc", user: "bob", hats: ["athlete"] });
    world.system("athlete.linked", { athlete: "a2", user: "bob" });
    expect(accountOf(world.tuples, "a2")).toBe("bob");
  });

  test("is linked by the one invite that reserves it, even if a late event of another one arrives", () => {
    const world = club();
    invite(world, { ...MAIL, athlete: "a2" });
    const before = new Date(world.now + 1000).toISOString();
    world.now += 15 * 24 * 60 * 60 * 1000;
    world.system("invite.created", { invite: "i2", org: "fc", hat: "athlete", athlete: "a2", email: "eve@x" });
    const late = { invite: "i1", user: "bob", ...MAIL };
    world.refused("athlete_already_linked", undefined, "invite.redeemed", late, { time: before });
  });

  test("S7 a deactivated athlete gets no row by an invite", () => {
    const world = club();
    invite(world, { athlete: "a2" });
    world.system("member.deactivated", { org: "fc", user: "ida" });
    world.refused("member_inactive", "ida", "invite.redeemed", { invite: "i1", user: "ida" });
    expect(accountOf(world.tuples, "a2")).toBeUndefined();
  });
});
