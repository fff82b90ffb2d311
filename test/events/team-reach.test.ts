// Reach by team: athletes put on teams, moved and removed, and what nobody gathers by it (AC1, AC3, NP6, S8, S14).
import { describe, expect, test } from "vitest";
import { teamsOf } from "../../src/domain/seats.ts";
import { assist, athlete, club, coaches, headless, team } from "../world/rows.ts";

const ADDED = "team.athlete_added";
const REMOVED = "team.athlete_removed";
const MOVED = "team.athlete_moved";

describe("team.athlete_added", () => {
  test("S14 nobody gathers other coaches' athletes on a team of their own", () => {
    const world = club();
    team(world, "u9");
    athlete(world, "a1");
    athlete(world, "a2");
    coaches(world, "c1", "cora", "a1");
    coaches(world, "c2", "hugo", "a2");
    world.refused("actor_not_allowed", "hugo", ADDED, { team: "u9", athlete: "a1" });
    world.refused("actor_not_allowed", "hugo", ADDED, { team: "u9", athlete: "a2" });
    expect(world.can("hugo", "can_view", "athlete:a1")).toBe(false);
    world.as("ada", ADDED, { team: "u9", athlete: "a1" });
    expect(world.can("hugo", "can_view", "athlete:a1")).toBe(true);
  });

  test("S14 nobody walks around an override by a team of their own", () => {
    const world = club();
    athlete(world, "a1");
    coaches(world, "c1", "carl", "a1");
    world.system("coaching.overrides_set", { coaching: "c1", overrides: { "journal.read": false } });
    world.as("carl", "team.created", { team: "mine", org: "club", head_coach: "carl" });
    world.refused("actor_not_allowed", "carl", ADDED, { team: "mine", athlete: "a1" });
    expect(world.can("carl", "journal_read", "athlete:a1")).toBe(false);
  });

  test("S14 the head coach of a team the athlete is on places them on another team of theirs", () => {
    const world = club();
    team(world, "u9");
    team(world, "u10");
    team(world, "u11", "cora");
    athlete(world, "a1", "u9");
    world.as("hugo", ADDED, { team: "u10", athlete: "a1" });
    world.refused("actor_not_allowed", "hugo", ADDED, { team: "u11", athlete: "a1" });
    world.refused("actor_not_allowed", "cora", ADDED, { team: "u11", athlete: "a1" });
    world.system("team.deleted", { team: "u9" });
    world.system(REMOVED, { team: "u10", athlete: "a1" });
    world.refused("actor_not_allowed", "hugo", ADDED, { team: "u10", athlete: "a1" });
  });

  test("AC3 an assistant edits no membership; who may: org.manage, a superadmin", () => {
    const world = club();
    team(world, "u9");
    assist(world, "s1", "u9", "carl");
    for (const id of ["a1", "a2", "a3"]) athlete(world, id);
    for (const actor of ["carl", "fred", "ann", "rita", "nobody"]) {
      world.refused("actor_not_allowed", actor, ADDED, { team: "u9", athlete: "a1" });
    }
    for (const [n, actor] of ["ada", "olga", "sue"].entries()) {
      world.as(actor, ADDED, { team: "u9", athlete: `a${n + 1}` });
    }
    for (const id of ["a1", "a2", "a3"]) expect(world.can("carl", "can_view", `athlete:${id}`)).toBe(true);
    world.unchanged("ada", ADDED, { team: "u9", athlete: "a1" });
  });

  test("AC4 one athlete on several teams; the linked account is on each", () => {
    const world = club();
    team(world, "u9");
    team(world, "u10");
    athlete(world, "a1", "u9");
    world.system("athlete.linked", { athlete: "a1", user: "ann" });
    expect(world.can("ann", "athlete", "team:u10")).toBe(false);
    world.as("hugo", ADDED, { team: "u10", athlete: "a1" });
    expect(world.can("ann", "athlete", "team:u9")).toBe(true);
    expect(world.can("ann", "athlete", "team:u10")).toBe(true);
    world.as("hugo", REMOVED, { team: "u9", athlete: "a1" });
    expect(world.can("ann", "athlete", "team:u9")).toBe(false);
    expect(world.can("ann", "athlete", "team:u10")).toBe(true);
  });

  test("S8 team and athlete are there and of one org", () => {
    const world = club();
    team(world, "u9");
    athlete(world, "a1");
    world.system("athlete.created", { athlete: "r1", org: "rival" });
    world.system("team.created", { team: "r9", org: "rival" });
    world.refused("actor_not_allowed", "ada", ADDED, { team: "u9", athlete: "none" });
    world.refused("actor_not_allowed", "ada", ADDED, { team: "none", athlete: "a1" });
    world.refused("unknown_entity", undefined, ADDED, { team: "u9", athlete: "none" });
    world.refused("unknown_entity", undefined, ADDED, { team: "none", athlete: "a1" });
    world.refused("actor_not_allowed", "ada", ADDED, { team: "u9", athlete: "r1" });
    for (const type of [ADDED, REMOVED]) {
      world.refused("wrong_org", "sue", type, { team: "u9", athlete: "r1" });
      world.refused("wrong_org", undefined, type, { team: "r9", athlete: "a1" });
    }
    world.system("athlete.deleted", { athlete: "a1" });
    world.refused("unknown_entity", "sue", REMOVED, { team: "u9", athlete: "a1" });
    world.refused("unknown_entity", undefined, ADDED, { team: "u9", athlete: "a1" });
  });
});

describe("team.athlete_removed", () => {
  test("AC1 the team's coaches lose the athlete; rows over the athlete stay", () => {
    const world = club();
    team(world, "u9");
    assist(world, "s1", "u9", "carl");
    athlete(world, "a1", "u9");
    coaches(world, "c1", "cora", "a1");
    world.refused("actor_not_allowed", "carl", REMOVED, { team: "u9", athlete: "a1" });
    world.refused("actor_not_allowed", "cora", REMOVED, { team: "u9", athlete: "a1" });
    world.as("hugo", REMOVED, { team: "u9", athlete: "a1" });
    for (const coach of ["hugo", "carl"]) expect(world.can(coach, "can_view", "athlete:a1")).toBe(false);
    expect(world.can("cora", "can_view", "athlete:a1")).toBe(true);
    world.unchanged("hugo", REMOVED, { team: "u9", athlete: "a1" });
    world.refused("actor_not_allowed", "hugo", ADDED, { team: "u9", athlete: "a1" });
    world.refused("actor_not_allowed", "ada", REMOVED, { team: "none", athlete: "a1" });
    world.refused("unknown_entity", "ada", REMOVED, { team: "u9", athlete: "none" });
  });
});

describe("team.athlete_moved", () => {
  test("AC3 S14 a head coach moves between teams of their own, and to no other's", () => {
    const world = club();
    team(world, "u9");
    team(world, "u10");
    team(world, "u11", "cora");
    athlete(world, "a1", "u9");
    assist(world, "s1", "u9", "carl");
    world.refused("actor_not_allowed", "hugo", MOVED, { athlete: "a1", from: "u9", to: "u11" });
    world.refused("actor_not_allowed", "cora", MOVED, { athlete: "a1", from: "u9", to: "u11" });
    world.refused("actor_not_allowed", "carl", MOVED, { athlete: "a1", from: "u9", to: "u10" });
    world.as("hugo", MOVED, { athlete: "a1", from: "u9", to: "u10" });
    expect(teamsOf(world.tuples, "a1")).toEqual(["u10"]);
    expect(world.can("carl", "can_view", "athlete:a1")).toBe(false);
    world.unchanged("hugo", MOVED, { athlete: "a1", from: "u9", to: "u10" });
    world.as("ada", MOVED, { athlete: "a1", from: "u10", to: "u11" });
    expect(world.can("hugo", "can_view", "athlete:a1")).toBe(false);
    expect(world.can("cora", "can_view", "athlete:a1")).toBe(true);
  });

  test("from a team they are not on: not_on_team, unless they are on the other already", () => {
    const world = club();
    team(world, "u9");
    team(world, "u10");
    team(world, "u11");
    athlete(world, "a1", "u11");
    world.refused("not_on_team", "ada", MOVED, { athlete: "a1", from: "u9", to: "u10" });
    world.refused("not_on_team", "ada", MOVED, { athlete: "a1", from: "u9", to: "u9" });
    world.unchanged("ada", MOVED, { athlete: "a1", from: "u9", to: "u11" });
    world.unchanged("ada", MOVED, { athlete: "a1", from: "u11", to: "u11" });
    world.system(ADDED, { team: "u9", athlete: "a1" });
    world.as("ada", MOVED, { athlete: "a1", from: "u9", to: "u11" });
    expect(teamsOf(world.tuples, "a1")).toEqual(["u11"]);
  });

  test("AC4 the linked account moves along", () => {
    const world = club();
    headless(world, "u9");
    headless(world, "u10");
    world.system("athlete.created", { athlete: "a1", org: "club", team: "u9", user: "ann" });
    world.as("ada", MOVED, { athlete: "a1", from: "u9", to: "u10" });
    expect(world.can("ann", "can_view", "team:u9")).toBe(false);
    expect(world.can("ann", "can_view", "team:u10")).toBe(true);
  });

  test("S8 both teams and the athlete are there and of one org", () => {
    const world = club();
    team(world, "u9");
    team(world, "u10");
    athlete(world, "a1", "u9");
    world.system("team.created", { team: "r9", org: "rival" });
    world.system("athlete.created", { athlete: "r1", org: "rival", team: "r9" });
    world.refused("wrong_org", "sue", MOVED, { athlete: "a1", from: "u9", to: "r9" });
    world.refused("wrong_org", "sue", MOVED, { athlete: "r1", from: "u9", to: "u10" });
    world.refused("wrong_org", "sue", MOVED, { athlete: "r1", from: "r9", to: "u10" });
    world.refused("actor_not_allowed", "ada", MOVED, { athlete: "a1", from: "u9", to: "r9" });
    world.refused("actor_not_allowed", "ada", MOVED, { athlete: "none", from: "u9", to: "u10" });
    world.refused("unknown_entity", undefined, MOVED, { athlete: "none", from: "u9", to: "r9" });
    world.refused("unknown_entity", undefined, MOVED, { athlete: "a1", from: "none", to: "u10" });
    world.refused("unknown_entity", undefined, MOVED, { athlete: "a1", from: "u9", to: "none" });
  });
});
