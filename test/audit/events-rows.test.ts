// Rows, teams and athletes against the contract: ids, promotion, reach (S14), keys by row (S12), ends for good (S17).
import { describe, expect, test } from "vitest";
import { club } from "../world/club.ts";
import type { World } from "../world/world.ts";

const creates = (world: World, user: string): boolean[] =>
  ["athletes_create", "teams_create"].map((key) => world.can(user, key, "org:fc"));
const roleOf = (world: World, row: string): string[] => world.tuples.users(row, "role");

describe("S12 athletes.create and teams.create by a row", () => {
  test("begin and end with every event that starts, changes or ends a row", () => {
    const world = club();
    const no = [false, false], yes = [true, true];
    const expectDora = (keys: boolean[], what: string): void => expect(creates(world, "dora"), what).toEqual(keys);
    const sent = (type: string, data: unknown, keys: boolean[]): void => {
      world.as("adam", type, data);
      expectDora(keys, `${type} ${JSON.stringify(data)}`);
    };
    expectDora(no, "no row");
    sent("coaching.started", { coaching: "r1", athlete: "a2", coach: "dora" }, yes);
    sent("coaching.role_changed", { coaching: "r1", role: "viewer" }, no);
    sent("coaching.role_changed", { coaching: "r1", role: "head_coach" }, yes);
    sent("coaching.overrides_set", { coaching: "r1", overrides: { "sessions.read": false } }, yes);
    sent("coaching.role_changed", { coaching: "r1", role: "viewer" }, no);
    sent("coaching.role_changed", { coaching: "r1", role: "head_coach" }, yes);
    sent("coaching.started", { coaching: "r2", athlete: "a2", coach: "dora" }, yes);
    sent("coaching.ended", { coaching: "r1" }, yes);
    sent("coaching.ended", { coaching: "r2" }, no);
    sent("team.head_coach_changed", { team: "blue", head_coach: "dora" }, yes);
    sent("team.head_coach_changed", { team: "blue", head_coach: "cora" }, no);
    sent("role.created", { org: "fc", role: "wide", scope: "athlete", keys: ["athletes.create", "teams.create"] }, no);
    sent("team_assignment.started", { assignment: "t1", team: "blue", coach: "dora", role: "wide" }, no);
    sent("team.head_coach_changed", { team: "blue", head_coach: "dora" }, yes);
    expect(roleOf(world, "team_assignment:t1")).toEqual(["role:fc/head_coach"]);
    sent("team_assignment.ended", { assignment: "t1" }, no);
    sent("team.created", { team: "gold", org: "fc", head_coach: "dora" }, yes);
    sent("team.deleted", { team: "gold" }, no);
    sent("athlete.created", { athlete: "b1", org: "fc", coach: "dora" }, yes);
    sent("member.hats_changed", { org: "fc", user: "dora", hats: ["office"], role: "coach" }, no);
    sent("member.hats_changed", { org: "fc", user: "dora", hats: ["coach"] }, yes);
    sent("member.deactivated", { org: "fc", user: "dora" }, no);
    sent("member.reactivated", { org: "fc", user: "dora" }, yes);
    sent("role.updated", { org: "fc", role: "head_coach", keys: ["goals.read"] }, no);
    sent("role.updated", { org: "fc", role: "head_coach", keys: ["athletes.create", "teams.create"] }, yes);
    sent("athlete.deleted", { athlete: "b1" }, no);
    sent("coaching.started", { coaching: "r3", athlete: "a2", coach: "dora", role: "wide" }, yes);
    sent("role.updated", { org: "fc", role: "wide", keys: [] }, no);
  });
});

describe("S14 reach by team", () => {
  test("nobody gathers other coaches' athletes on a team of their own, by adding, moving, or an invite", () => {
    const world = club();
    world.as("hana", "team.created", { team: "mine", org: "fc", head_coach: "hana" });
    world.refused("actor_not_allowed", "hana", "team.athlete_added", { team: "mine", athlete: "a3" });
    world.as("hana", "team.athlete_added", { team: "mine", athlete: "a1" });
    world.as("hana", "team.athlete_moved", { athlete: "a2", from: "red", to: "mine" });
    world.refused("actor_not_allowed", "hana", "team.athlete_moved", { athlete: "a2", from: "mine", to: "blue" });
    world.refused("actor_not_allowed", "hana", "team.athlete_moved", { athlete: "a3", from: "blue", to: "mine" });
    world.refused("actor_not_allowed", "cora", "team.athlete_added", { team: "mine", athlete: "a1" });
    world.as("hana", "athlete.created", { athlete: "own", org: "fc" });
    world.refused("actor_not_allowed", "hana", "team.athlete_added", { team: "mine", athlete: "own" });
    world.as("hana", "athlete.created", { athlete: "new", org: "fc", team: "mine" });
    expect(world.tuples.users("coaching:new.hana", "team")).toEqual(["team:mine"]);
    world.as("adam", "team.athlete_added", { team: "mine", athlete: "a3" });
    world.unchanged("hana", "team.athlete_added", { team: "mine", athlete: "a3" });
    world.unchanged("hana", "team.athlete_removed", { team: "red", athlete: "a2" });
    world.unchanged("hana", "team.athlete_moved", { athlete: "a2", from: "red", to: "mine" });
    world.refused("not_on_team", "hana", "team.athlete_moved", { athlete: "a3", from: "red", to: "red" });
  });
});

describe("S15 head coaches", () => {
  test("the oldest active assignment is promoted; the role is neither given nor taken otherwise", () => {
    const world = club();
    world.as("hana", "team_assignment.started", { assignment: "d1", team: "red", coach: "dora", role: "viewer" });
    world.as("hana", "team_assignment.started", { assignment: "d0", team: "red", coach: "dora" });
    const start = { assignment: "d9", team: "red", coach: "dora", role: "head_coach" };
    world.refused("role_scope_mismatch", "hana", "team_assignment.started", start);
    const promoted = { assignment: "d1", role: "head_coach" };
    world.refused("role_scope_mismatch", "hana", "team_assignment.role_changed", promoted);
    world.refused("role_scope_mismatch", "hana", "team_assignment.role_changed", { assignment: "hd1", role: "viewer" });
    world.refused("role_scope_mismatch", "hana", "team_assignment.started", { ...start, role: "coach" });
    world.refused("actor_not_allowed", "hana", "team.head_coach_changed", { team: "red", head_coach: "dora" });
    world.as("adam", "team.head_coach_changed", { team: "red", head_coach: "dora" });
    expect(roleOf(world, "team_assignment:d1")).toEqual(["role:fc/head_coach"]);
    expect(world.can("hana", "coach", "team:red")).toBe(false);
    const former = { assignment: "hd1", role: "viewer" };
    world.refused("relationship_ended", undefined, "team_assignment.role_changed", former);
    world.as("adam", "team.head_coach_changed", { team: "red", head_coach: "hana" });
    expect(world.tuples.users("team_assignment:red.hana", "coach")).toEqual(["user:hana"]);
    world.as("adam", "team.head_coach_changed", { team: "red", head_coach: null });
    world.as("adam", "team.head_coach_changed", { team: "red", head_coach: "hana" });
    expect(world.can("hana", "head_coach", "team:red")).toBe(true);
    expect(world.tuples.users("team_assignment:red.hana.2", "coach")).toEqual(["user:hana"]);
    world.refused("not_a_coach", "adam", "team.head_coach_changed", { team: "red", head_coach: "ofra" });
    world.refused("not_a_coach", "adam", "team.head_coach_changed", { team: "red", head_coach: "xena" });
    world.as("hana", "team_assignment.ended", { assignment: "red.hana.2" });
    expect(world.tuples.users("team:red", "head_assignment")).toEqual([]);
  });
});

describe("S17 what is deleted", () => {
  test("takes rows, links and invites along, keeps notes and ids, and grants nobody anything", () => {
    const world = club();
    world.as("cora", "note.created", { note: "n", athlete: "a1", author: "cora", under: "coaching:c1",
      visible_to_athlete: true });
    world.as("cora", "note.shared", { note: "n", user: "ofra" });
    world.as("adam", "team.deleted", { team: "red" });
    world.unchanged(undefined, "team_assignment.ended", { assignment: "as1" });
    world.unchanged("asta", "team_assignment.ended", { assignment: "as1" });
    world.refused("relationship_ended", "adam", "team_assignment.role_changed", { assignment: "as1", role: "viewer" });
    const late = { assignment: "z", team: "red", coach: "dora" };
    world.refused("unknown_entity", undefined, "team_assignment.started", late);
    world.refused("already_exists", "adam", "team.created", { team: "red", org: "fc" });
    world.refused("already_exists", "otto", "team.created", { team: "red", org: "xo" });
    world.as("adam", "athlete.deleted", { athlete: "a1" });
    world.unchanged("cora", "coaching.ended", { coaching: "c1" });
    world.refused("relationship_ended", "adam", "coaching.overrides_set", { coaching: "c1", overrides: {} });
    world.refused("relationship_ended", "adam", "coaching.started", { coaching: "c1", athlete: "a2", coach: "cora" });
    world.refused("already_exists", "adam", "athlete.created", { athlete: "a1", org: "fc" });
    world.as("adam", "athlete.linked", { athlete: "a2", user: "ida" });
    const readers = ["cora", "ofra", "adam", "root", "pat", "hana", "asta", "ida", "dora"];
    const reading = readers.filter((user) => world.can(user, "can_read", "note:n"));
    expect(reading).toEqual(["cora", "ofra", "adam", "root", "pat"]);
    expect(["cora", "hana", "ida"].filter((user) => world.can(user, "can_view", "athlete:a1"))).toEqual([]);
  });
});
