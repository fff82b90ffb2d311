// Reach by team: athletes added to teams, moved and removed, and that nobody gathers athletes by it (AC1, AC3, NP6, S8,
// S14).
import { describe, expect, test } from "vitest";
import { assist, athlete, coaches, headless, team } from "../world/rows.ts";
import { club, people } from "../world/club.ts";
import { teamsOf } from "./teams-of.ts";

const ADDED = "team.athlete_added";
const REMOVED = "team.athlete_removed";
const MOVED = "team.athlete_moved";

describe("team.athlete_added", () => {
  test("S14 nobody gathers other coaches' athletes on a team of their own", () => {
    const world = people();
    team(world, "u9");
    athlete(world, "a1");
    athlete(world, "a2");
    coaches(world, "c1", "cora", "a1");
    coaches(world, "c2", "hana", "a2");
    world.refused("actor_not_allowed", "hana", ADDED, { team: "u9", athlete: "a1" });
    world.refused("actor_not_allowed", "hana", ADDED, { team: "u9", athlete: "a2" });
    expect(world.can("hana", "can_view", "athlete:a1")).toBe(false);
    world.as("adam", ADDED, { team: "u9", athlete: "a1" });
    expect(world.can("hana", "can_view", "athlete:a1")).toBe(true);
  });

  test("S14 nobody gets around an override by a team of their own", () => {
    const world = people();
    athlete(world, "a1");
    coaches(world, "c1", "asta", "a1");
    world.system("coaching.overrides_set", { coaching: "c1", overrides: { "journal.read": false } });
    world.as("asta", "team.created", { team: "mine", org: "fc", head_coach: "asta" });
    world.refused("actor_not_allowed", "asta", ADDED, { team: "mine", athlete: "a1" });
    expect(world.can("asta", "journal_read", "athlete:a1")).toBe(false);
  });

  test("S14 the head coach of one of the athlete's teams places them on another team of theirs", () => {
    const world = people();
    team(world, "u9");
    team(world, "u10");
    team(world, "u11", "cora");
    athlete(world, "a1", "u9");
    world.as("hana", ADDED, { team: "u10", athlete: "a1" });
    world.refused("actor_not_allowed", "hana", ADDED, { team: "u11", athlete: "a1" });
    world.refused("actor_not_allowed", "cora", ADDED, { team: "u11", athlete: "a1" });
    world.system("team.deleted", { team: "u9" });
    world.system(REMOVED, { team: "u10", athlete: "a1" });
    world.refused("actor_not_allowed", "hana", ADDED, { team: "u10", athlete: "a1" });
  });

  test("AC3 an assistant edits no membership; who may: org.manage, a superadmin", () => {
    const world = people();
    team(world, "u9");
    assist(world, "s1", "u9", "asta");
    for (const id of ["a1", "a2", "a3"]) athlete(world, id);
    for (const actor of ["asta", "ofra", "ida", "otto", "nobody"]) {
      world.refused("actor_not_allowed", actor, ADDED, { team: "u9", athlete: "a1" });
    }
    for (const [n, actor] of ["adam", "olga", "root"].entries()) {
      world.as(actor, ADDED, { team: "u9", athlete: `a${n + 1}` });
    }
    for (const id of ["a1", "a2", "a3"]) expect(world.can("asta", "can_view", `athlete:${id}`)).toBe(true);
    world.unchanged("adam", ADDED, { team: "u9", athlete: "a1" });
  });

  test("AC4 one athlete on several teams; the linked account is on each", () => {
    const world = people();
    team(world, "u9");
    team(world, "u10");
    athlete(world, "a1", "u9");
    world.system("athlete.linked", { athlete: "a1", user: "ida" });
    expect(world.can("ida", "athlete", "team:u10")).toBe(false);
    world.as("hana", ADDED, { team: "u10", athlete: "a1" });
    expect(world.can("ida", "athlete", "team:u9")).toBe(true);
    expect(world.can("ida", "athlete", "team:u10")).toBe(true);
    world.as("hana", REMOVED, { team: "u9", athlete: "a1" });
    expect(world.can("ida", "athlete", "team:u9")).toBe(false);
    expect(world.can("ida", "athlete", "team:u10")).toBe(true);
  });

  test("S8 team and athlete exist, in one org", () => {
    const world = people();
    team(world, "u9");
    athlete(world, "a1");
    world.system("athlete.created", { athlete: "r1", org: "xo" });
    world.system("team.created", { team: "r9", org: "xo" });
    world.refused("actor_not_allowed", "adam", ADDED, { team: "u9", athlete: "none" });
    world.refused("actor_not_allowed", "adam", ADDED, { team: "none", athlete: "a1" });
    world.refused("unknown_entity", undefined, ADDED, { team: "u9", athlete: "none" });
    world.refused("unknown_entity", undefined, ADDED, { team: "none", athlete: "a1" });
    world.refused("actor_not_allowed", "adam", ADDED, { team: "u9", athlete: "r1" });
    for (const type of [ADDED, REMOVED]) {
      world.refused("wrong_org", "root", type, { team: "u9", athlete: "r1" });
      world.refused("wrong_org", undefined, type, { team: "r9", athlete: "a1" });
    }
    world.system("athlete.deleted", { athlete: "a1" });
    world.refused("unknown_entity", "root", REMOVED, { team: "u9", athlete: "a1" });
    world.refused("unknown_entity", undefined, ADDED, { team: "u9", athlete: "a1" });
  });
});

describe("team.athlete_removed", () => {
  test("AC1 the team's coaches lose the athlete; rows over the athlete stay", () => {
    const world = people();
    team(world, "u9");
    assist(world, "s1", "u9", "asta");
    athlete(world, "a1", "u9");
    coaches(world, "c1", "cora", "a1");
    world.refused("actor_not_allowed", "asta", REMOVED, { team: "u9", athlete: "a1" });
    world.refused("actor_not_allowed", "cora", REMOVED, { team: "u9", athlete: "a1" });
    world.as("hana", REMOVED, { team: "u9", athlete: "a1" });
    for (const coach of ["hana", "asta"]) expect(world.can(coach, "can_view", "athlete:a1")).toBe(false);
    expect(world.can("cora", "can_view", "athlete:a1")).toBe(true);
    world.unchanged("hana", REMOVED, { team: "u9", athlete: "a1" });
    world.refused("actor_not_allowed", "hana", ADDED, { team: "u9", athlete: "a1" });
    world.refused("actor_not_allowed", "adam", REMOVED, { team: "none", athlete: "a1" });
    world.refused("unknown_entity", "adam", REMOVED, { team: "u9", athlete: "none" });
  });
});

describe("team.athlete_moved", () => {
  test("AC3 S14 a head coach moves athletes between teams of their own, and to no other's", () => {
    const world = people();
    team(world, "u9");
    team(world, "u10");
    team(world, "u11", "cora");
    athlete(world, "a1", "u9");
    assist(world, "s1", "u9", "asta");
    world.refused("actor_not_allowed", "hana", MOVED, { athlete: "a1", from: "u9", to: "u11" });
    world.refused("actor_not_allowed", "cora", MOVED, { athlete: "a1", from: "u9", to: "u11" });
    world.refused("actor_not_allowed", "asta", MOVED, { athlete: "a1", from: "u9", to: "u10" });
    world.as("hana", MOVED, { athlete: "a1", from: "u9", to: "u10" });
    expect(teamsOf(world.tuples, "a1")).toEqual(["u10"]);
    expect(world.can("asta", "can_view", "athlete:a1")).toBe(false);
    world.unchanged("hana", MOVED, { athlete: "a1", from: "u9", to: "u10" });
    world.as("adam", MOVED, { athlete: "a1", from: "u10", to: "u11" });
    expect(world.can("hana", "can_view", "athlete:a1")).toBe(false);
    expect(world.can("cora", "can_view", "athlete:a1")).toBe(true);
  });

  test("S14 no team loses an athlete to the head coach of another one that the athlete is on as well", () => {
    const world = people();
    team(world, "u9");
    team(world, "u10");
    team(world, "u11", "cora");
    athlete(world, "a1", "u9", "u11");
    expect(world.can("hana", "can_place", "athlete:a1")).toBe(true);
    world.refused("actor_not_allowed", "hana", MOVED, { athlete: "a1", from: "u11", to: "u10" });
    expect(teamsOf(world.tuples, "a1")).toEqual(["u9", "u11"]);
  });

  test("from a team they are not on: not_on_team, unless they are already on the other", () => {
    const world = people();
    team(world, "u9");
    team(world, "u10");
    team(world, "u11");
    athlete(world, "a1", "u11");
    world.refused("not_on_team", "adam", MOVED, { athlete: "a1", from: "u9", to: "u10" });
    world.refused("not_on_team", "adam", MOVED, { athlete: "a1", from: "u9", to: "u9" });
    world.unchanged("adam", MOVED, { athlete: "a1", from: "u9", to: "u11" });
    world.unchanged("adam", MOVED, { athlete: "a1", from: "u11", to: "u11" });
    world.system(ADDED, { team: "u9", athlete: "a1" });
    world.as("adam", MOVED, { athlete: "a1", from: "u9", to: "u11" });
    expect(teamsOf(world.tuples, "a1")).toEqual(["u11"]);
  });

  test("AC4 the linked account moves with the athlete", () => {
    const world = people();
    headless(world, "u9");
    headless(world, "u10");
    world.system("athlete.created", { athlete: "a1", org: "fc", team: "u9", user: "ida" });
    world.as("adam", MOVED, { athlete: "a1", from: "u9", to: "u10" });
    expect(world.can("ida", "can_view", "team:u9")).toBe(false);
    expect(world.can("ida", "can_view", "team:u10")).toBe(true);
  });

  test("S8 both teams and the athlete exist, in one org", () => {
    const world = people();
    team(world, "u9");
    team(world, "u10");
    athlete(world, "a1", "u9");
    world.system("team.created", { team: "r9", org: "xo" });
    world.system("athlete.created", { athlete: "r1", org: "xo", team: "r9" });
    world.refused("wrong_org", "root", MOVED, { athlete: "a1", from: "u9", to: "r9" });
    world.refused("wrong_org", "root", MOVED, { athlete: "r1", from: "u9", to: "u10" });
    world.refused("wrong_org", "root", MOVED, { athlete: "r1", from: "r9", to: "u10" });
    world.refused("actor_not_allowed", "adam", MOVED, { athlete: "a1", from: "u9", to: "r9" });
    world.refused("actor_not_allowed", "adam", MOVED, { athlete: "none", from: "u9", to: "u10" });
    world.refused("unknown_entity", undefined, MOVED, { athlete: "none", from: "u9", to: "r9" });
    world.refused("unknown_entity", undefined, MOVED, { athlete: "a1", from: "none", to: "u10" });
    world.refused("unknown_entity", undefined, MOVED, { athlete: "a1", from: "u9", to: "none" });
  });
});

describe("S14 with other coaches' athletes", () => {
  test("S14 a team of one's own does not gather other coaches' athletes", () => {
    const world = club();
    world.refused("actor_not_allowed", "dora", "team.created", { team: "mine", org: "fc" });
    // A row as Head Coach lets dora create teams and athletes (PM4), but not place the others' athletes there.
    world.as("adam", "athlete.created", { athlete: "own", org: "fc", coach: "dora" });
    world.as("dora", "team.created", { team: "mine", org: "fc", head_coach: "dora" });
    for (const athlete of ["a1", "a2", "a3", "x1", "none"]) {
      world.refused("actor_not_allowed", "dora", "team.athlete_added", { team: "mine", athlete });
    }
    // Not even her own one, on no team yet: `can_place` is for the head coach of a team that the athlete is on.
    world.refused("actor_not_allowed", "dora", "team.athlete_added", { team: "mine", athlete: "own" });
    world.refused("actor_not_allowed", "dora", "team.athlete_moved", { athlete: "a1", from: "red", to: "mine" });
    world.refused("actor_not_allowed", "dora", "team.athlete_moved", { athlete: "own", from: "mine", to: "red" });
    world.refused("actor_not_allowed", "dora", "athlete.created", { athlete: "new", org: "fc", team: "red" });
    world.refused("actor_not_allowed", "dora", "athlete.created", { athlete: "new", org: "fc", coach: "cora" });
    world.refused("actor_not_allowed", "dora", "athlete.created", { athlete: "new", org: "fc", user: "ida" });
    world.refused("already_exists", "dora", "athlete.created", { athlete: "a1", org: "fc" });
    world.refused("already_exists", "dora", "athlete.created", { athlete: "a1", org: "fc", team: "mine" });
    world.refused("actor_not_allowed", "dora", "team.created", { team: "more", org: "fc", head_coach: "hana" });
    world.refused("actor_not_allowed", "dora", "team_assignment.started",
      { assignment: "m1", team: "red", coach: "dora" });
    world.refused("actor_not_allowed", "dora", "team.head_coach_changed", { team: "red", head_coach: "dora" });
    world.refused("actor_not_allowed", "dora", "coaching.started", { coaching: "m2", athlete: "a1", coach: "dora" });
    expect(world.objects("dora", "can_view", "athlete")).toEqual(["athlete:own"]);
  });

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
