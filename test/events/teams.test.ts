// Teams: their creation, deletion and head coach (AC3, S12, S15, S17).
import { describe, expect, test } from "vitest";
import { startOf, assignmentRow, headAssignment } from "../../src/domain/relationship-rows.ts";
import { assist, athlete, coaches, headless, role, team } from "../world/rows.ts";
import { club, people } from "../world/club.ts";

describe("team.created", () => {
  test("PM4 an admin makes a team without a head coach; a repetition is unchanged", () => {
    const world = people();
    const step = world.as("adam", "team.created", { team: "u9", org: "fc" });
    expect(step.status).toBe("applied");
    expect(world.can("adam", "can_manage", "team:u9")).toBe(true);
    world.unchanged("adam", "team.created", { team: "u9", org: "fc" });
    expect(headAssignment(world.tuples, "u9")).toBeUndefined();
  });

  test("S15 a head coach comes with an assignment, <team>.<coach> by default", () => {
    const world = people();
    world.as("adam", "team.created", { team: "u9", org: "fc", head_coach: "asta" });
    expect(world.can("asta", "head_coach", "team:u9")).toBe(true);
    expect(world.can("asta", "can_end", "team_assignment:u9.asta")).toBe(true);
    world.unchanged("adam", "team.created", { team: "u9", org: "fc", head_coach: "asta" });
    world.unchanged("adam", "team.created", { team: "u9", org: "fc", head_coach: "asta", assignment: "u9.asta" });
    world.refused("already_exists", "adam", "team.created", { team: "u9", org: "fc", head_coach: "cora" });
    world.refused("already_exists", "adam", "team.created", { team: "u9", org: "fc" });
    world.refused("already_exists", "adam", "team.created",
      { team: "u9", org: "fc", head_coach: "asta", assignment: "other" });
  });

  test("S12 a head coach by a row makes teams and leads them; another head coach needs org.manage", () => {
    const world = people();
    world.refused("actor_not_allowed", "asta", "team.created", { team: "u9", org: "fc" });
    athlete(world, "a1");
    coaches(world, "c1", "asta", "a1", "viewer");
    world.refused("actor_not_allowed", "asta", "team.created", { team: "u9", org: "fc" });
    coaches(world, "c2", "asta", "a1");
    world.refused("actor_not_allowed", "asta", "team.created", { team: "u9", org: "fc", head_coach: "cora" });
    world.as("asta", "team.created", { team: "u9", org: "fc", head_coach: "asta" });
    world.as("asta", "team.created", { team: "u10", org: "fc" });
    expect(world.can("asta", "can_manage", "team:u10")).toBe(false);
  });

  test("AC3 S12 an assistant makes no team, even if the role was widened", () => {
    const world = people();
    team(world, "u9");
    role(world, "wide", ["teams.create", "athletes.create", "sessions.read"]);
    assist(world, "s1", "u9", "asta", "wide");
    world.refused("actor_not_allowed", "asta", "team.created", { team: "u10", org: "fc" });
    athlete(world, "a1");
    coaches(world, "c1", "asta", "a1", "wide");
    world.as("asta", "team.created", { team: "u10", org: "fc" });
    world.system("coaching.ended", { coaching: "c1" });
    world.refused("actor_not_allowed", "asta", "team.created", { team: "u11", org: "fc" });
  });

  test("AC3 ofra of the office, a plain coach, an athlete, a stranger and another org's owner make no team", () => {
    const world = people();
    for (const actor of ["ofra", "asta", "ida", "nobody", "otto"]) {
      world.refused("actor_not_allowed", actor, "team.created", { team: "u9", org: "fc" });
    }
    world.as("root", "team.created", { team: "u9", org: "fc", head_coach: "hana" });
  });

  test("S8 the org, the head coach and their hat must exist", () => {
    const world = people();
    world.refused("unknown_entity", undefined, "team.created", { team: "u9", org: "nowhere" });
    world.refused("actor_not_allowed", "adam", "team.created", { team: "u9", org: "nowhere" });
    world.refused("not_a_coach", "adam", "team.created", { team: "u9", org: "fc", head_coach: "xena" });
    world.refused("not_a_coach", "adam", "team.created", { team: "u9", org: "fc", head_coach: "adam" });
    world.system("member.deactivated", { org: "fc", user: "asta" });
    world.refused("member_inactive", "adam", "team.created", { team: "u9", org: "fc", head_coach: "asta" });
  });

  test("ids: taken by another org or an assignment, too long a default, an assignment for nobody", () => {
    const world = people();
    team(world, "u9");
    world.refused("already_exists", "otto", "team.created", { team: "u9", org: "xo" });
    world.refused("already_exists", "adam", "team.created",
      { team: "u10", org: "fc", head_coach: "asta", assignment: "u9.hana" });
    world.refused("invalid_event", "adam", "team.created", { team: "u10", org: "fc", assignment: "x" });
    const fits = "t".repeat(128 - ".asta".length);
    world.as("adam", "team.created", { team: fits, org: "fc", head_coach: "asta" });
    const refusal = world.refused("invalid_event", "adam", "team.created",
      { team: `${fits}t`, org: "fc", head_coach: "asta" });
    expect(refusal.errors?.[0]?.path).toBe("data.assignment");
    world.as("adam", "team.created", { team: `${fits}t`, org: "fc", head_coach: "asta", assignment: "short" });
    world.refused("invalid_event", "adam", "team.created", { team: "u11", org: "fc", headcoach: "asta" });
  });
});

describe("team.head_coach_changed", () => {
  test("S15 the former head coach's assignment ends, the new one's starts", () => {
    const world = people();
    team(world, "u9");
    athlete(world, "a1", "u9");
    expect(world.can("hana", "sessions_delete", "athlete:a1")).toBe(true);
    world.as("adam", "team.head_coach_changed", { team: "u9", head_coach: "asta" });
    expect(world.can("hana", "can_view", "athlete:a1")).toBe(false);
    expect(world.can("hana", "can_manage", "team:u9")).toBe(false);
    expect(world.can("asta", "sessions_delete", "athlete:a1")).toBe(true);
    expect(world.can("asta", "can_manage", "team:u9")).toBe(true);
    world.unchanged("adam", "team.head_coach_changed", { team: "u9", head_coach: "asta" });
    world.unchanged("adam", "team.head_coach_changed", { team: "u9", head_coach: "asta", assignment: "u9.asta" });
    world.refused("relationship_mismatch", "adam", "team.head_coach_changed",
      { team: "u9", head_coach: "asta", assignment: "other" });
  });

  test("S15 NP8 a head coach who returns gets a new row: .2, then .3", () => {
    const world = people();
    team(world, "u9");
    for (const head_coach of [null, "hana", null, "hana"]) {
      world.as("adam", "team.head_coach_changed", { team: "u9", head_coach });
    }
    expect(assignmentRow(world.tuples, "u9.hana")?.active).toBe(false);
    expect(assignmentRow(world.tuples, "u9.hana.2")?.active).toBe(false);
    expect(headAssignment(world.tuples, "u9")?.id).toBe("u9.hana.3");
    world.as("adam", "team.head_coach_changed", { team: "u9", head_coach: null });
    world.refused("relationship_ended", "adam", "team.head_coach_changed",
      { team: "u9", head_coach: "hana", assignment: "u9.hana" });
    world.as("adam", "team.head_coach_changed", { team: "u9", head_coach: "hana", assignment: "back" });
    expect(headAssignment(world.tuples, "u9")?.id).toBe("back");
  });

  test("S15 an assistant is promoted on the oldest of their assignments; the others stay unchanged", () => {
    const world = people();
    team(world, "u9");
    assist(world, "z-first", "u9", "asta");
    assist(world, "a-second", "u9", "asta", "viewer");
    const [first, second] = ["z-first", "a-second"].map((id) => assignmentRow(world.tuples, id)!);
    expect(startOf(world.tuples, first!)).toBeLessThan(startOf(world.tuples, second!));
    world.refused("relationship_mismatch", "adam", "team.head_coach_changed",
      { team: "u9", head_coach: "asta", assignment: "a-second" });
    world.refused("relationship_mismatch", "adam", "team.head_coach_changed",
      { team: "u9", head_coach: "asta", assignment: "new" });
    world.as("adam", "team.head_coach_changed", { team: "u9", head_coach: "asta" });
    expect(assignmentRow(world.tuples, "z-first")).toMatchObject({ head: true, role: "head_coach", active: true });
    expect(assignmentRow(world.tuples, "a-second")).toMatchObject({ head: false, role: "viewer", active: true });
    expect(assignmentRow(world.tuples, "u9.hana")?.active).toBe(false);
    expect(assignmentRow(world.tuples, "u9.asta")).toBeUndefined();
  });

  test("S15 an assistant whose assignment has ended is not promoted on it", () => {
    const world = people();
    team(world, "u9");
    assist(world, "s1", "u9", "asta");
    world.system("team_assignment.ended", { assignment: "s1" });
    world.refused("relationship_ended", "adam", "team.head_coach_changed",
      { team: "u9", head_coach: "asta", assignment: "s1" });
    world.as("adam", "team.head_coach_changed", { team: "u9", head_coach: "asta" });
    expect(headAssignment(world.tuples, "u9")?.id).toBe("u9.asta");
  });

  test("S15 to none and again to none; S12 the keys of a head coach end with it", () => {
    const world = people();
    team(world, "u9");
    expect(world.can("hana", "athletes_create", "org:fc")).toBe(true);
    world.as("adam", "team.head_coach_changed", { team: "u9", head_coach: null });
    expect(world.can("hana", "athletes_create", "org:fc")).toBe(false);
    world.unchanged("adam", "team.head_coach_changed", { team: "u9", head_coach: null });
    assist(world, "s1", "u9", "hana");
    expect(world.can("hana", "athletes_create", "org:fc")).toBe(false);
    world.as("adam", "team.head_coach_changed", { team: "u9", head_coach: "hana" });
    expect(world.can("hana", "athletes_create", "org:fc")).toBe(true);
  });

  test("AC3 it needs org.manage: not the head coach, not an assistant", () => {
    const world = people();
    team(world, "u9");
    assist(world, "s1", "u9", "asta");
    for (const actor of ["hana", "asta", "ofra", "ida", "otto", "nobody"]) {
      world.refused("actor_not_allowed", actor, "team.head_coach_changed", { team: "u9", head_coach: "asta" });
    }
    world.as("root", "team.head_coach_changed", { team: "u9", head_coach: "asta" });
  });

  test("S8 the team and a coach of its org must exist", () => {
    const world = people();
    team(world, "u9");
    world.refused("actor_not_allowed", "adam", "team.head_coach_changed", { team: "none", head_coach: "asta" });
    world.refused("unknown_entity", undefined, "team.head_coach_changed", { team: "none", head_coach: "asta" });
    world.refused("not_a_coach", "adam", "team.head_coach_changed", { team: "u9", head_coach: "xena" });
    world.refused("not_a_coach", "adam", "team.head_coach_changed", { team: "u9", head_coach: "ofra" });
    world.refused("invalid_event", "adam", "team.head_coach_changed",
      { team: "u9", head_coach: null, assignment: "x" });
    world.refused("invalid_event", "adam", "team.head_coach_changed", { team: "u9" });
    assist(world, "s1", "u9", "asta");
    world.system("member.deactivated", { org: "fc", user: "asta" });
    world.refused("member_inactive", "adam", "team.head_coach_changed", { team: "u9", head_coach: "asta" });
    world.system("team.deleted", { team: "u9" });
    world.refused("unknown_entity", "adam", "team.head_coach_changed", { team: "u9", head_coach: "cora" });
  });
});

describe("team.deleted", () => {
  test("S17 every path over the team ends, and its id stays taken", () => {
    const world = people();
    team(world, "u9");
    assist(world, "s1", "u9", "asta");
    athlete(world, "a1", "u9");
    world.system("athlete.linked", { athlete: "a1", user: "ida" });
    expect(world.can("ida", "can_view", "team:u9")).toBe(true);
    world.as("hana", "team.deleted", { team: "u9" });
    for (const coach of ["hana", "asta"]) {
      expect(world.can(coach, "can_view", "athlete:a1"), coach).toBe(false);
      expect(world.can(coach, "sessions_read", "athlete:a1"), coach).toBe(false);
      expect(world.can(coach, "coach", "team:u9"), coach).toBe(false);
    }
    for (const user of ["ida", "adam", "olga", "root"]) {
      expect(world.can(user, "can_view", "team:u9"), user).toBe(false);
    }
    expect(world.can("hana", "athletes_create", "org:fc")).toBe(false);
    expect(world.can("ida", "sessions_read", "athlete:a1")).toBe(true);
    expect(assignmentRow(world.tuples, "s1")?.active).toBe(false);
    world.refused("already_exists", "adam", "team.created", { team: "u9", org: "fc" });
    world.refused("already_exists", "otto", "team.created", { team: "u9", org: "xo" });
  });

  test("S17 a repetition is unchanged for its senders; a stranger learns nothing", () => {
    const world = people();
    team(world, "u9");
    for (const actor of ["asta", "ofra", "ida", "otto"]) {
      world.refused("actor_not_allowed", actor, "team.deleted", { team: "u9" });
    }
    world.as("adam", "team.deleted", { team: "u9" });
    world.unchanged("adam", "team.deleted", { team: "u9" });
    world.unchanged(undefined, "team.deleted", { team: "u9" });
    for (const actor of ["hana", "asta", "otto", "nobody"]) {
      world.refused("actor_not_allowed", actor, "team.deleted", { team: "u9" });
    }
    world.refused("actor_not_allowed", "adam", "team.deleted", { team: "none" });
    world.refused("unknown_entity", undefined, "team.deleted", { team: "none" });
  });

  test("AC3 S12 head of two teams: the keys of a head coach stay with the other", () => {
    const world = people();
    team(world, "u9");
    team(world, "u10");
    world.system("team.deleted", { team: "u9" });
    expect(world.can("hana", "teams_create", "org:fc")).toBe(true);
    world.system("team.deleted", { team: "u10" });
    expect(world.can("hana", "teams_create", "org:fc")).toBe(false);
  });

  test("NP8 rows of a deleted team stay readable, and nothing changes or starts them", () => {
    const world = people();
    team(world, "u9");
    assist(world, "s1", "u9", "asta");
    world.system("team.deleted", { team: "u9" });
    world.unchanged("adam", "team_assignment.ended", { assignment: "s1" });
    world.unchanged("asta", "team_assignment.ended", { assignment: "s1" });
    world.refused("relationship_ended", "adam", "team_assignment.role_changed", { assignment: "s1", role: "viewer" });
    world.refused("unknown_entity", "adam", "team_assignment.started", { assignment: "s1", team: "u9", coach: "asta" });
    headless(world, "u10");
    world.refused("relationship_ended", "adam", "team_assignment.started",
      { assignment: "s1", team: "u10", coach: "asta" });
  });
});

describe("S15 head coaches", () => {
  test("the oldest active assignment is promoted; otherwise the role is neither given nor removed", () => {
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
    expect(world.tuples.users("team_assignment:d1", "role")).toEqual(["role:fc/head_coach"]);
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
