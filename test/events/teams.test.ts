// Teams: made, deleted, and their head coach (AC3, S12, S15, S17).
import { describe, expect, test } from "vitest";
import { startOf, assignmentRow, headAssignment } from "../../src/domain/relationship-rows.ts";
import { assist, athlete, club, coaches, headless, role, team } from "../world/rows.ts";

describe("team.created", () => {
  test("PM4 an admin makes a team without a head coach; saying it again is unchanged", () => {
    const world = club();
    const step = world.as("ada", "team.created", { team: "u9", org: "club" });
    expect(step.status).toBe("applied");
    expect(world.can("ada", "can_manage", "team:u9")).toBe(true);
    world.unchanged("ada", "team.created", { team: "u9", org: "club" });
    expect(headAssignment(world.tuples, "u9")).toBeUndefined();
  });

  test("S15 a head coach comes with an assignment, <team>.<coach> by default", () => {
    const world = club();
    world.as("ada", "team.created", { team: "u9", org: "club", head_coach: "carl" });
    expect(world.can("carl", "head_coach", "team:u9")).toBe(true);
    expect(world.can("carl", "can_end", "team_assignment:u9.carl")).toBe(true);
    world.unchanged("ada", "team.created", { team: "u9", org: "club", head_coach: "carl" });
    world.unchanged("ada", "team.created", { team: "u9", org: "club", head_coach: "carl", assignment: "u9.carl" });
    world.refused("already_exists", "ada", "team.created", { team: "u9", org: "club", head_coach: "cora" });
    world.refused("already_exists", "ada", "team.created", { team: "u9", org: "club" });
    world.refused("already_exists", "ada", "team.created",
      { team: "u9", org: "club", head_coach: "carl", assignment: "other" });
  });

  test("S12 a head coach by a row makes teams and leads them; leading by another takes org.manage", () => {
    const world = club();
    world.refused("actor_not_allowed", "carl", "team.created", { team: "u9", org: "club" });
    athlete(world, "a1");
    coaches(world, "c1", "carl", "a1", "viewer");
    world.refused("actor_not_allowed", "carl", "team.created", { team: "u9", org: "club" });
    coaches(world, "c2", "carl", "a1");
    world.refused("actor_not_allowed", "carl", "team.created", { team: "u9", org: "club", head_coach: "cora" });
    world.as("carl", "team.created", { team: "u9", org: "club", head_coach: "carl" });
    world.as("carl", "team.created", { team: "u10", org: "club" });
    expect(world.can("carl", "can_manage", "team:u10")).toBe(false);
  });

  test("AC3 S12 an assistant makes no team, also where the role was widened", () => {
    const world = club();
    team(world, "u9");
    role(world, "wide", ["teams.create", "athletes.create", "sessions.read"]);
    assist(world, "s1", "u9", "carl", "wide");
    world.refused("actor_not_allowed", "carl", "team.created", { team: "u10", org: "club" });
    athlete(world, "a1");
    coaches(world, "c1", "carl", "a1", "wide");
    world.as("carl", "team.created", { team: "u10", org: "club" });
    world.system("coaching.ended", { coaching: "c1" });
    world.refused("actor_not_allowed", "carl", "team.created", { team: "u11", org: "club" });
  });

  test("AC3 fred of the office, a plain coach, an athlete, a stranger and another org's owner make no team", () => {
    const world = club();
    for (const actor of ["fred", "carl", "ann", "nobody", "rita"]) {
      world.refused("actor_not_allowed", actor, "team.created", { team: "u9", org: "club" });
    }
    world.as("sue", "team.created", { team: "u9", org: "club", head_coach: "hugo" });
  });

  test("S8 the org, the head coach and their hat must be there", () => {
    const world = club();
    world.refused("unknown_entity", undefined, "team.created", { team: "u9", org: "nowhere" });
    world.refused("actor_not_allowed", "ada", "team.created", { team: "u9", org: "nowhere" });
    world.refused("not_a_coach", "ada", "team.created", { team: "u9", org: "club", head_coach: "rex" });
    world.refused("not_a_coach", "ada", "team.created", { team: "u9", org: "club", head_coach: "ada" });
    world.system("member.deactivated", { org: "club", user: "carl" });
    world.refused("member_inactive", "ada", "team.created", { team: "u9", org: "club", head_coach: "carl" });
  });

  test("ids: of another org or of an assignment taken, too long a default, an assignment of nobody", () => {
    const world = club();
    team(world, "u9");
    world.refused("already_exists", "rita", "team.created", { team: "u9", org: "rival" });
    world.refused("already_exists", "ada", "team.created",
      { team: "u10", org: "club", head_coach: "carl", assignment: "u9.hugo" });
    world.refused("invalid_event", "ada", "team.created", { team: "u10", org: "club", assignment: "x" });
    const fits = "t".repeat(128 - ".carl".length);
    world.as("ada", "team.created", { team: fits, org: "club", head_coach: "carl" });
    const refusal = world.refused("invalid_event", "ada", "team.created",
      { team: `${fits}t`, org: "club", head_coach: "carl" });
    expect(refusal.errors?.[0]?.path).toBe("data.assignment");
    world.as("ada", "team.created", { team: `${fits}t`, org: "club", head_coach: "carl", assignment: "short" });
    world.refused("invalid_event", "ada", "team.created", { team: "u11", org: "club", headcoach: "carl" });
  });
});

describe("team.head_coach_changed", () => {
  test("S15 the former head coach's assignment ends, the new one's starts", () => {
    const world = club();
    team(world, "u9");
    athlete(world, "a1", "u9");
    expect(world.can("hugo", "sessions_delete", "athlete:a1")).toBe(true);
    world.as("ada", "team.head_coach_changed", { team: "u9", head_coach: "carl" });
    expect(world.can("hugo", "can_view", "athlete:a1")).toBe(false);
    expect(world.can("hugo", "can_manage", "team:u9")).toBe(false);
    expect(world.can("carl", "sessions_delete", "athlete:a1")).toBe(true);
    expect(world.can("carl", "can_manage", "team:u9")).toBe(true);
    world.unchanged("ada", "team.head_coach_changed", { team: "u9", head_coach: "carl" });
    world.unchanged("ada", "team.head_coach_changed", { team: "u9", head_coach: "carl", assignment: "u9.carl" });
    world.refused("relationship_mismatch", "ada", "team.head_coach_changed",
      { team: "u9", head_coach: "carl", assignment: "other" });
  });

  test("S15 NP8 a head coach who returns gets a new row: .2, then .3", () => {
    const world = club();
    team(world, "u9");
    for (const head_coach of [null, "hugo", null, "hugo"]) {
      world.as("ada", "team.head_coach_changed", { team: "u9", head_coach });
    }
    expect(assignmentRow(world.tuples, "u9.hugo")?.active).toBe(false);
    expect(assignmentRow(world.tuples, "u9.hugo.2")?.active).toBe(false);
    expect(headAssignment(world.tuples, "u9")?.id).toBe("u9.hugo.3");
    world.as("ada", "team.head_coach_changed", { team: "u9", head_coach: null });
    world.refused("relationship_ended", "ada", "team.head_coach_changed",
      { team: "u9", head_coach: "hugo", assignment: "u9.hugo" });
    world.as("ada", "team.head_coach_changed", { team: "u9", head_coach: "hugo", assignment: "back" });
    expect(headAssignment(world.tuples, "u9")?.id).toBe("back");
  });

  test("S15 an assistant is promoted on the oldest of their assignments; the others stay as they are", () => {
    const world = club();
    team(world, "u9");
    assist(world, "z-first", "u9", "carl");
    assist(world, "a-second", "u9", "carl", "viewer");
    const [first, second] = ["z-first", "a-second"].map((id) => assignmentRow(world.tuples, id)!);
    expect(startOf(world.tuples, first!)).toBeLessThan(startOf(world.tuples, second!));
    world.refused("relationship_mismatch", "ada", "team.head_coach_changed",
      { team: "u9", head_coach: "carl", assignment: "a-second" });
    world.refused("relationship_mismatch", "ada", "team.head_coach_changed",
      { team: "u9", head_coach: "carl", assignment: "new" });
    world.as("ada", "team.head_coach_changed", { team: "u9", head_coach: "carl" });
    expect(assignmentRow(world.tuples, "z-first")).toMatchObject({ head: true, role: "head_coach", active: true });
    expect(assignmentRow(world.tuples, "a-second")).toMatchObject({ head: false, role: "viewer", active: true });
    expect(assignmentRow(world.tuples, "u9.hugo")?.active).toBe(false);
    expect(assignmentRow(world.tuples, "u9.carl")).toBeUndefined();
  });

  test("S15 an assistant whose assignment ended is not promoted on it", () => {
    const world = club();
    team(world, "u9");
    assist(world, "s1", "u9", "carl");
    world.system("team_assignment.ended", { assignment: "s1" });
    world.refused("relationship_ended", "ada", "team.head_coach_changed",
      { team: "u9", head_coach: "carl", assignment: "s1" });
    world.as("ada", "team.head_coach_changed", { team: "u9", head_coach: "carl" });
    expect(headAssignment(world.tuples, "u9")?.id).toBe("u9.carl");
  });

  test("S15 to none and again to none; S12 the keys of a head coach go along", () => {
    const world = club();
    team(world, "u9");
    expect(world.can("hugo", "athletes_create", "org:club")).toBe(true);
    world.as("ada", "team.head_coach_changed", { team: "u9", head_coach: null });
    expect(world.can("hugo", "athletes_create", "org:club")).toBe(false);
    world.unchanged("ada", "team.head_coach_changed", { team: "u9", head_coach: null });
    assist(world, "s1", "u9", "hugo");
    expect(world.can("hugo", "athletes_create", "org:club")).toBe(false);
    world.as("ada", "team.head_coach_changed", { team: "u9", head_coach: "hugo" });
    expect(world.can("hugo", "athletes_create", "org:club")).toBe(true);
  });

  test("AC3 it takes org.manage: not the head coach, not an assistant", () => {
    const world = club();
    team(world, "u9");
    assist(world, "s1", "u9", "carl");
    for (const actor of ["hugo", "carl", "fred", "ann", "rita", "nobody"]) {
      world.refused("actor_not_allowed", actor, "team.head_coach_changed", { team: "u9", head_coach: "carl" });
    }
    world.as("sue", "team.head_coach_changed", { team: "u9", head_coach: "carl" });
  });

  test("S8 the team and a coach of its org must be there", () => {
    const world = club();
    team(world, "u9");
    world.refused("actor_not_allowed", "ada", "team.head_coach_changed", { team: "none", head_coach: "carl" });
    world.refused("unknown_entity", undefined, "team.head_coach_changed", { team: "none", head_coach: "carl" });
    world.refused("not_a_coach", "ada", "team.head_coach_changed", { team: "u9", head_coach: "rex" });
    world.refused("not_a_coach", "ada", "team.head_coach_changed", { team: "u9", head_coach: "fred" });
    world.refused("invalid_event", "ada", "team.head_coach_changed", { team: "u9", head_coach: null, assignment: "x" });
    world.refused("invalid_event", "ada", "team.head_coach_changed", { team: "u9" });
    assist(world, "s1", "u9", "carl");
    world.system("member.deactivated", { org: "club", user: "carl" });
    world.refused("member_inactive", "ada", "team.head_coach_changed", { team: "u9", head_coach: "carl" });
    world.system("team.deleted", { team: "u9" });
    world.refused("unknown_entity", "ada", "team.head_coach_changed", { team: "u9", head_coach: "cora" });
  });
});

describe("team.deleted", () => {
  test("S17 every path over the team ends, and its id stays taken", () => {
    const world = club();
    team(world, "u9");
    assist(world, "s1", "u9", "carl");
    athlete(world, "a1", "u9");
    world.system("athlete.linked", { athlete: "a1", user: "ann" });
    expect(world.can("ann", "can_view", "team:u9")).toBe(true);
    world.as("hugo", "team.deleted", { team: "u9" });
    for (const coach of ["hugo", "carl"]) {
      expect(world.can(coach, "can_view", "athlete:a1"), coach).toBe(false);
      expect(world.can(coach, "sessions_read", "athlete:a1"), coach).toBe(false);
      expect(world.can(coach, "coach", "team:u9"), coach).toBe(false);
    }
    for (const user of ["ann", "ada", "olga", "sue"]) expect(world.can(user, "can_view", "team:u9"), user).toBe(false);
    expect(world.can("hugo", "athletes_create", "org:club")).toBe(false);
    expect(world.can("ann", "sessions_read", "athlete:a1")).toBe(true);
    expect(assignmentRow(world.tuples, "s1")?.active).toBe(false);
    world.refused("already_exists", "ada", "team.created", { team: "u9", org: "club" });
    world.refused("already_exists", "rita", "team.created", { team: "u9", org: "rival" });
  });

  test("S17 deleting again is unchanged for who could; a stranger learns nothing", () => {
    const world = club();
    team(world, "u9");
    for (const actor of ["carl", "fred", "ann", "rita"]) {
      world.refused("actor_not_allowed", actor, "team.deleted", { team: "u9" });
    }
    world.as("ada", "team.deleted", { team: "u9" });
    world.unchanged("ada", "team.deleted", { team: "u9" });
    world.unchanged(undefined, "team.deleted", { team: "u9" });
    for (const actor of ["hugo", "carl", "rita", "nobody"]) {
      world.refused("actor_not_allowed", actor, "team.deleted", { team: "u9" });
    }
    world.refused("actor_not_allowed", "ada", "team.deleted", { team: "none" });
    world.refused("unknown_entity", undefined, "team.deleted", { team: "none" });
  });

  test("AC3 S12 head of two teams: the keys of a head coach stay with the other", () => {
    const world = club();
    team(world, "u9");
    team(world, "u10");
    world.system("team.deleted", { team: "u9" });
    expect(world.can("hugo", "teams_create", "org:club")).toBe(true);
    world.system("team.deleted", { team: "u10" });
    expect(world.can("hugo", "teams_create", "org:club")).toBe(false);
  });

  test("NP8 rows of a deleted team stay readable, and nothing changes or starts them", () => {
    const world = club();
    team(world, "u9");
    assist(world, "s1", "u9", "carl");
    world.system("team.deleted", { team: "u9" });
    world.unchanged("ada", "team_assignment.ended", { assignment: "s1" });
    world.unchanged("carl", "team_assignment.ended", { assignment: "s1" });
    world.refused("relationship_ended", "ada", "team_assignment.role_changed", { assignment: "s1", role: "viewer" });
    world.refused("unknown_entity", "ada", "team_assignment.started", { assignment: "s1", team: "u9", coach: "carl" });
    headless(world, "u10");
    world.refused("relationship_ended", "ada", "team_assignment.started",
      { assignment: "s1", team: "u10", coach: "carl" });
  });
});
