// S17: a place on a deleted team. The tuples stay, because a team may be large; nothing may depend on them.
import { describe, expect, test } from "vitest";
import { isOn } from "../../src/domain/seats.ts";
import { club } from "../world/club.ts";
import type { World } from "../world/world.ts";
import { teamsOf } from "./teams-of.ts";

/**
 * The club after the deletion of `red` (a1 with ida's account, a2; hana and asta coach it; i1 and i2 invited to it).
 */
function without(): World {
  const world = club();
  world.as("adam", "invite.created", { invite: "i1", org: "fc", hat: "athlete", team: "red" });
  world.as("adam", "invite.created", { invite: "i2", org: "fc", team: "red" });
  world.as("adam", "invite.created", { invite: "i3", org: "fc", hat: "athlete", team: "red", athlete: "a2" });
  world.as("adam", "team.deleted", { team: "red" });
  expect(world.tuples.has("athlete:a1", "team", "team:red")).toBe(true);
  return world;
}

describe("after its team was deleted", () => {
  test("nobody is on it", () => {
    const world = without();
    expect([isOn(world.tuples, "a1", "red"), teamsOf(world.tuples, "a1")]).toEqual([false, []]);
    expect(world.can("ida", "athlete", "team:red")).toBe(false);
    expect(world.can("hana", "can_place", "athlete:a2")).toBe(false);
  });

  test("its former members redeem its links like strangers: the links are revoked", () => {
    const world = without();
    for (const user of ["ida", "hana", "asta", "stranger"]) {
      for (const invite of ["i1", "i2", "i3"]) {
        world.refused("invite_revoked", user, "invite.redeemed", { invite, user });
      }
    }
  });

  test("nobody can be removed or moved from it, added to it or moved to it", () => {
    const world = without();
    world.refused("unknown_entity", undefined, "team.athlete_removed", { team: "red", athlete: "a1" });
    world.refused("unknown_entity", undefined, "team.athlete_added", { team: "red", athlete: "a1" });
    world.refused("unknown_entity", undefined, "team.athlete_moved", { athlete: "a1", from: "red", to: "blue" });
    world.refused("unknown_entity", undefined, "team.athlete_moved", { athlete: "a3", from: "blue", to: "red" });
    for (const type of ["team.athlete_removed", "team.athlete_added"]) {
      world.refused("actor_not_allowed", "hana", type, { team: "red", athlete: "a1" });
    }
  });

  test("no row and no note is held for it", () => {
    const world = without();
    const row = { coaching: "c9", athlete: "a1", coach: "dora", team: "red" };
    world.refused("unknown_entity", undefined, "coaching.started", row);
    const note = { note: "n", athlete: "a1", author: "asta", under: "team_assignment:as1" };
    world.system("note.created", note);
    expect(world.can("hana", "can_read", "note:n")).toBe(false);
    world.refused("unknown_entity", undefined, "athlete.created", { athlete: "a1", org: "fc", team: "red" });
  });

  test("the athlete is added to another team, linked, unlinked and deleted as usual", () => {
    const world = without();
    world.as("adam", "team.athlete_added", { team: "blue", athlete: "a1" });
    expect(world.can("ida", "athlete", "team:blue")).toBe(true);
    world.as("adam", "athlete.unlinked", { athlete: "a1", user: "ida" });
    world.as("adam", "athlete.linked", { athlete: "a2", user: "ida" });
    expect(["red", "blue"].map((team) => world.can("ida", "athlete", `team:${team}`))).toEqual([false, false]);
    world.as("adam", "athlete.deleted", { athlete: "a2" });
    expect(world.tuples.objects("seat", "team", "team:red")).toEqual(["seat:red/a1"]);
  });
});
