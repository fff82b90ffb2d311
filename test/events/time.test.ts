// S13: the time of an event. Nobody gets around a limit by dating back or ahead, and nothing can be scheduled.
import { describe, expect, test } from "vitest";
import { findInvite } from "../../src/domain/invites.ts";
import { club } from "../world/club.ts";
import { START, type World } from "../world/world.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const at = (time: number) => ({ time: new Date(time).toISOString() });
const AHEAD = at(START + DAY);

/** The club with an open invitation that reserves a2 and gives the role `host`, for one hour. */
function invited(): World {
  const world = club();
  world.system("role.created", { org: "fc", role: "host", scope: "org", keys: ["goals.read"] });
  const row = { org: "fc", hat: "athlete", athlete: "a2", role: "host", email: "kid@example.org" };
  world.as("adam", "invite.created", { ...row, invite: "i1", expires_at: at(START + HOUR).time });
  world.system("member.added", { org: "fc", user: "bob", hats: ["athlete"] });
  return world;
}

describe("S13 a time ahead of the clock", () => {
  test.each(["adam", undefined])("by a day is accepted, by a millisecond more it is invalid: %s", (actor) => {
    const send = (time: number) => {
      const world = club();
      const by = actor === undefined ? {} : { actor };
      return world.send("member.added", { org: "fc", user: "new" }, { ...by, ...at(time) });
    };
    expect(send(START + 86_400_000)).toMatchObject({ status: "applied" });
    expect(send(START + 86_400_001)).toMatchObject({ refused: "invalid_event", errors: [{ path: "time" }] });
    expect(send(Date.UTC(2099, 0, 1))).toMatchObject({ refused: "invalid_event", errors: [{ path: "time" }] });
  });

  test.each(["adam", undefined])("does not end the reservation of an open invite: %s", (actor) => {
    const world = invited();
    world.refused("role_in_use", actor, "role.deleted", { org: "fc", role: "host" }, AHEAD);
    world.refused("athlete_already_linked", actor, "athlete.linked", { athlete: "a2", user: "bob" }, AHEAD);
    const second = { invite: "i2", org: "fc", hat: "athlete", athlete: "a2", email: "b@example.org" };
    world.refused("athlete_already_linked", actor, "invite.created", second, AHEAD);
    world.now += HOUR;
    world.send("role.deleted", { org: "fc", role: "host" });
    world.as("adam", "athlete.linked", { athlete: "a2", user: "bob" });
  });

  test.each(["adam", undefined])("makes no invitation last longer: %s", (actor) => {
    const world = invited();
    const by = actor === undefined ? {} : { actor };
    world.send("invite.resent", { invite: "i1" }, { ...by, ...AHEAD });
    expect(findInvite(world.tuples, "i1")?.expiresAt).toBe(START + 14 * DAY);
    world.send("invite.created", { invite: "i2", org: "fc", email: "b@example.org" }, { ...by, ...AHEAD });
    expect(findInvite(world.tuples, "i2")?.expiresAt).toBe(START + 14 * DAY);
  });

  test.each(["kid", undefined])("of an app whose clock is fast ends no invitation too early: %s", (actor) => {
    const world = invited();
    world.now = START + HOUR - 5 * MINUTE;
    const redeem = { invite: "i1", user: "kid", email: "kid@example.org" };
    const by = actor === undefined ? {} : { actor };
    expect(world.send("invite.redeemed", redeem, { ...by, ...at(world.now + 10 * MINUTE) }))
      .toMatchObject({ status: "applied" });
  });
});

describe("S13 a time in the past", () => {
  test("counts only for the system", () => {
    const world = invited();
    world.now = START + 2 * HOUR;
    const redeem = { invite: "i1", user: "kid", email: "kid@example.org" };
    world.refused("invite_expired", "kid", "invite.redeemed", redeem, at(START));
    world.refused("invite_expired", undefined, "invite.redeemed", redeem, at(START + HOUR));
    world.system("invite.redeemed", redeem, at(START + HOUR - 1));
    expect(world.can("kid", "account", "athlete:a2")).toBe(true);
  });
});
