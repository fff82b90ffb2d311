// The order in which an event is decided where two refusals apply, and payload fields as the contract lists them.
import { describe, expect, test } from "vitest";
import { club } from "../world/club.ts";
import { at, DAY } from "../events/invite-terms.ts";
import { START } from "../world/world.ts";

describe("entities before wrong_org", () => {
  test("what does not exist is told before what is of another org, wherever each stands in the payload", () => {
    const world = club();
    const link = { invite: "i", org: "fc", hat: "athlete" };
    world.refused("unknown_entity", undefined, "invite.created", { ...link, team: "xt", athlete: "none" });
    world.refused("unknown_entity", undefined, "invite.created", { ...link, team: "none", athlete: "x1" });
    world.refused("unknown_entity", undefined, "invite.created", { ...link, team: "xt", role: "none" });
    world.refused("wrong_org", undefined, "invite.created", { ...link, team: "xt", athlete: "a2" });
    const row = { coaching: "c9", athlete: "a1", coach: "dora" };
    world.refused("unknown_entity", undefined, "coaching.started", { ...row, team: "xt", role: "none" });
    world.refused("wrong_org", undefined, "coaching.started", { ...row, team: "xt" });
    world.refused("unknown_entity", undefined, "team.athlete_moved", { athlete: "none", from: "red", to: "xt" });
    world.refused("wrong_org", undefined, "team.athlete_moved", { athlete: "a1", from: "red", to: "xt" });
  });
});

describe("invite.created", () => {
  test("an expiry that is over makes an invite that is expired: nobody redeems it, it reserves nothing", () => {
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

describe("artifact.created", () => {
  test("a creator for every type, generated for libraries too; neither gives what the type does not", () => {
    const world = club("program");
    const brief = (id: string) => ({ artifact: `game_brief:${id}`, org: "fc" });
    world.as("hana", "artifact.created", { ...brief("1"), creator: "asta" });
    world.unchanged("hana", "artifact.created", brief("1"));
    world.refused("unknown_entity", "hana", "artifact.created", { ...brief("2"), creator: "xena" });
    world.refused("member_inactive", "hana", "artifact.created", { ...brief("2"), creator: "gus" });
    const drill = { artifact: "drill:1", org: "fc", generated: true };
    world.refused("actor_not_allowed", "ida", "artifact.created", drill);
    world.as("ofra", "artifact.created", drill);
    world.system("artifact.created", { artifact: "weekly_report:1", org: "fc", creator: "ida" });
    expect(world.can("ida", "can_edit", "weekly_report:1")).toBe(false);
  });

  test("the system that names no creator says nothing of one; another contributor says something else", () => {
    const world = club();
    world.as("asta", "artifact.created", { artifact: "spot:1", org: "fc" });
    world.unchanged(undefined, "artifact.created", { artifact: "spot:1", org: "fc" });
    world.unchanged(undefined, "artifact.created", { artifact: "spot:1", org: "fc", creator: "asta" });
    world.refused("already_exists", undefined, "artifact.created", { artifact: "spot:1", org: "fc", creator: "dora" });
    world.refused("already_exists", "dora", "artifact.created", { artifact: "spot:1", org: "fc" });
  });
});

describe("coaching.overrides_set", () => {
  test("what is no map is invalid, not full of unknown keys", () => {
    const world = club();
    for (const overrides of ["sessions.read", ["sessions.read"], [true], 7, true, null]) {
      world.refused("invalid_event", "adam", "coaching.overrides_set", { coaching: "c1", overrides });
    }
  });
});
