// Team assignments: started, changed, ended (AC1-AC6, AC3a, S7, S12, S15, S16).
import { describe, expect, test } from "vitest";
import { assignmentRow } from "../../src/domain/relationship-rows.ts";
import { assist, athlete, club, headless, role, team } from "../world/rows.ts";

const STARTED = "team_assignment.started";
const CHANGED = "team_assignment.role_changed";
const ENDED = "team_assignment.ended";

describe("team_assignment.started", () => {
  test("AC1 an assistant reaches every athlete on the team and no other", () => {
    const world = club();
    team(world, "u9");
    headless(world, "u10");
    athlete(world, "a1", "u9");
    athlete(world, "a2", "u10");
    world.as("hugo", STARTED, { assignment: "s1", team: "u9", coach: "carl" });
    expect(world.can("carl", "wellness_read", "athlete:a1")).toBe(true);
    expect(world.can("carl", "can_view", "athlete:a1")).toBe(true);
    expect(world.can("carl", "can_view", "athlete:a2")).toBe(false);
    expect(assignmentRow(world.tuples, "s1")?.role).toBe("assistant_coach");
    world.system("team.athlete_added", { team: "u9", athlete: "a2" });
    expect(world.can("carl", "can_view", "athlete:a2")).toBe(true);
  });

  test("AC1 a team without a head coach has assistants as well", () => {
    const world = club();
    headless(world, "u9");
    athlete(world, "a1", "u9");
    world.as("ada", STARTED, { assignment: "s1", team: "u9", coach: "carl" });
    expect(world.can("carl", "notes_write", "athlete:a1")).toBe(true);
  });

  test("AC3 an assistant's right over the team itself is none", () => {
    const world = club();
    team(world, "u9");
    athlete(world, "a1", "u9");
    role(world, "wide", ["athletes.create", "teams.create", "premium.grant", "profile.write"]);
    assist(world, "s1", "u9", "carl", "wide");
    expect(world.can("carl", "profile_write", "athlete:a1")).toBe(true);
    for (const relation of ["can_manage", "can_edit_membership", "can_assign_coaches"]) {
      expect(world.can("carl", relation, "team:u9"), relation).toBe(false);
    }
    expect(world.can("carl", "premium_grant", "athlete:a1"), "AC3a").toBe(false);
    expect(world.can("hugo", "premium_grant", "athlete:a1"), "AC3a").toBe(true);
    expect(world.can("carl", "athletes_create", "org:club")).toBe(false);
    world.refused("actor_not_allowed", "carl", STARTED, { assignment: "s2", team: "u9", coach: "cora" });
    world.refused("actor_not_allowed", "carl", CHANGED, { assignment: "s1", role: "viewer" });
  });

  test("AC3 who attaches: the head coach of that team, athletes.assign_coaches, a superadmin", () => {
    const world = club();
    team(world, "u9");
    team(world, "u10", "cora");
    const data = { assignment: "s1", team: "u9", coach: "carl" };
    for (const actor of ["cora", "carl", "fred", "ann", "rita", "rex", "nobody"]) {
      world.refused("actor_not_allowed", actor, STARTED, data);
    }
    for (const [n, actor] of ["hugo", "ada", "olga", "sue"].entries()) {
      world.as(actor, STARTED, { ...data, assignment: `s${n}` });
    }
  });

  test("the default role of a kind is assistant_coach, or else specialist", () => {
    for (const [kind, id] of [["instructor", "assistant_coach"], ["pro_coach", "specialist"],
      ["program", "assistant_coach"]] as const) {
      const world = club(kind);
      team(world, "u9");
      assist(world, "s1", "u9", "carl");
      expect(assignmentRow(world.tuples, "s1")?.role, kind).toBe(id);
    }
  });

  test("S16 several assignments of one coach on one team add up", () => {
    const world = club();
    team(world, "u9");
    athlete(world, "a1", "u9");
    assist(world, "s1", "u9", "carl", "viewer");
    assist(world, "s2", "u9", "carl", "specialist");
    expect(world.can("carl", "fitness_read", "athlete:a1")).toBe(true);
    expect(world.can("carl", "drills_write", "athlete:a1")).toBe(true);
    world.as("carl", ENDED, { assignment: "s2" });
    expect(world.can("carl", "fitness_read", "athlete:a1")).toBe(true);
    expect(world.can("carl", "drills_write", "athlete:a1")).toBe(false);
  });

  test("the same again is unchanged; the id with other content is taken; one that ended stays ended", () => {
    const world = club();
    team(world, "u9");
    team(world, "u10");
    const data = { assignment: "s1", team: "u9", coach: "carl" };
    world.as("hugo", STARTED, data);
    world.unchanged("hugo", STARTED, data);
    world.unchanged("hugo", STARTED, { ...data, role: "assistant_coach" });
    world.refused("already_exists", "hugo", STARTED, { ...data, role: "viewer" });
    world.refused("already_exists", "hugo", STARTED, { ...data, coach: "cora" });
    world.refused("already_exists", "hugo", STARTED, { ...data, team: "u10" });
    world.system("team.created", { team: "r1", org: "rival", head_coach: "rex", assignment: "theirs" });
    world.refused("already_exists", "hugo", STARTED, { ...data, assignment: "theirs" });
    world.system("team_assignment.ended", { assignment: "theirs" });
    world.refused("already_exists", "hugo", STARTED, { ...data, assignment: "theirs" });
    world.as("hugo", ENDED, { assignment: "s1" });
    world.refused("relationship_ended", "hugo", STARTED, data);
    world.refused("relationship_ended", "hugo", STARTED, { ...data, coach: "cora" });
    world.as("hugo", STARTED, { ...data, assignment: "s2" });
  });

  test("PM1 S15 only an athlete-scope role, and never head_coach", () => {
    const world = club();
    team(world, "u9");
    const data = { assignment: "s1", team: "u9", coach: "carl" };
    world.refused("role_scope_mismatch", "hugo", STARTED, { ...data, role: "head_coach" });
    world.refused("role_scope_mismatch", "hugo", STARTED, { ...data, role: "admin" });
    world.refused("unknown_entity", "hugo", STARTED, { ...data, role: "none" });
    world.system("role.created", { org: "rival", role: "theirs", scope: "athlete", keys: ["sessions.read"] });
    world.refused("unknown_entity", "hugo", STARTED, { ...data, role: "theirs" });
  });

  test("S7 S8 the coach is an active member of the org with the coach hat", () => {
    const world = club();
    team(world, "u9");
    const data = { assignment: "s1", team: "u9" };
    world.refused("not_a_coach", "hugo", STARTED, { ...data, coach: "rex" });
    world.refused("not_a_coach", "hugo", STARTED, { ...data, coach: "fred" });
    world.refused("not_a_coach", "hugo", STARTED, { ...data, coach: "nobody" });
    world.system("member.deactivated", { org: "club", user: "carl" });
    world.refused("member_inactive", "hugo", STARTED, { ...data, coach: "carl" });
    world.refused("unknown_entity", undefined, STARTED, { ...data, team: "none", coach: "cora" });
    world.refused("actor_not_allowed", "ada", STARTED, { ...data, team: "none", coach: "cora" });
  });
});

describe("team_assignment.role_changed", () => {
  test("AC3 the head coach changes an assistant's role; it takes effect at once", () => {
    const world = club();
    team(world, "u9");
    athlete(world, "a1", "u9");
    assist(world, "s1", "u9", "carl");
    world.as("hugo", CHANGED, { assignment: "s1", role: "viewer" });
    expect(world.can("carl", "notes_write", "athlete:a1")).toBe(false);
    expect(world.can("carl", "fitness_read", "athlete:a1")).toBe(true);
    world.unchanged("hugo", CHANGED, { assignment: "s1", role: "viewer" });
    world.as("ada", CHANGED, { assignment: "s1", role: "specialist" });
    for (const actor of ["carl", "cora", "fred", "rita"]) {
      world.refused("actor_not_allowed", actor, CHANGED, { assignment: "s1", role: "viewer" });
    }
  });

  test("S15 never into the head coach's role, nor out of it", () => {
    const world = club();
    team(world, "u9");
    assist(world, "s1", "u9", "carl");
    world.refused("role_scope_mismatch", "ada", CHANGED, { assignment: "s1", role: "head_coach" });
    world.refused("role_scope_mismatch", "ada", CHANGED, { assignment: "u9.hugo", role: "viewer" });
    world.unchanged("ada", CHANGED, { assignment: "u9.hugo", role: "head_coach" });
    world.refused("role_scope_mismatch", "ada", CHANGED, { assignment: "s1", role: "coach" });
  });

  test("NP8 entities: unknown row, unknown role, a row that ended", () => {
    const world = club();
    team(world, "u9");
    assist(world, "s1", "u9", "carl");
    world.refused("actor_not_allowed", "ada", CHANGED, { assignment: "none", role: "viewer" });
    world.refused("unknown_entity", undefined, CHANGED, { assignment: "none", role: "viewer" });
    world.refused("unknown_entity", "ada", CHANGED, { assignment: "s1", role: "none" });
    world.system(ENDED, { assignment: "s1" });
    world.refused("relationship_ended", "hugo", CHANGED, { assignment: "s1", role: "viewer" });
    world.refused("relationship_ended", "hugo", CHANGED, { assignment: "s1", role: "assistant_coach" });
  });
});

describe("team_assignment.ended", () => {
  test("AC5 access ends in the same instant, unless another active relationship gives it", () => {
    const world = club();
    team(world, "u9");
    team(world, "u10");
    athlete(world, "a1", "u9");
    athlete(world, "a2", "u9", "u10");
    assist(world, "s1", "u9", "carl");
    assist(world, "s2", "u10", "carl");
    world.as("hugo", ENDED, { assignment: "s1" });
    expect(world.can("carl", "can_view", "athlete:a1")).toBe(false);
    expect(world.can("carl", "can_view", "athlete:a2")).toBe(true);
    expect(world.can("hugo", "can_end", "team_assignment:s1")).toBe(false);
    world.unchanged("hugo", ENDED, { assignment: "s1" });
    world.unchanged("carl", ENDED, { assignment: "s1" });
    world.unchanged("ada", ENDED, { assignment: "s1" });
  });

  test("who ends it: the head coach, the coach, athletes.assign_coaches; nobody else, before or after", () => {
    const world = club();
    team(world, "u9");
    for (const id of ["s1", "s2", "s3", "s4", "s5"]) assist(world, id, "u9", "carl");
    const others = ["cora", "fred", "ann", "rita", "rex", "nobody"];
    for (const actor of others) world.refused("actor_not_allowed", actor, ENDED, { assignment: "s1" });
    for (const [n, actor] of ["hugo", "carl", "ada", "sue"].entries()) {
      world.as(actor, ENDED, { assignment: `s${n + 1}` });
    }
    for (const actor of others) world.refused("actor_not_allowed", actor, ENDED, { assignment: "s1" });
    world.refused("actor_not_allowed", "ada", ENDED, { assignment: "none" });
    world.refused("unknown_entity", undefined, ENDED, { assignment: "none" });
    world.system("member.hats_changed", { org: "club", user: "carl", hats: ["athlete"] });
    world.refused("actor_not_allowed", "carl", ENDED, { assignment: "s5" });
    world.as("ada", ENDED, { assignment: "s5" });
  });

  test("S15 when the head coach's ends the team has none, and S12's keys are gone", () => {
    const world = club();
    team(world, "u9");
    assist(world, "s1", "u9", "carl");
    world.as("hugo", ENDED, { assignment: "u9.hugo" });
    expect(world.can("hugo", "can_manage", "team:u9")).toBe(false);
    expect(world.can("hugo", "athletes_create", "org:club")).toBe(false);
    expect(world.can("carl", "coach", "team:u9")).toBe(true);
    world.refused("actor_not_allowed", "hugo", ENDED, { assignment: "s1" });
    world.unchanged("hugo", ENDED, { assignment: "u9.hugo" });
  });

  test("S7 PR8 a deactivated coach or one without the hat has nothing, and all of it when back", () => {
    const world = club();
    team(world, "u9");
    athlete(world, "a1", "u9");
    assist(world, "s1", "u9", "carl");
    const has = (): boolean[] => [
      world.can("carl", "can_view", "athlete:a1"), world.can("carl", "notes_write", "athlete:a1"),
      world.can("carl", "coach", "team:u9"), world.can("hugo", "can_manage", "team:u9"),
      world.can("hugo", "athletes_create", "org:club"),
    ];
    const [all, none] = [Array(5).fill(true), Array(5).fill(false)];
    expect(has()).toEqual(all);
    for (const user of ["carl", "hugo"]) world.system("member.deactivated", { org: "club", user });
    expect(has()).toEqual(none);
    for (const user of ["carl", "hugo"]) world.system("member.reactivated", { org: "club", user });
    expect(has()).toEqual(all);
    for (const user of ["carl", "hugo"]) world.system("member.hats_changed", { org: "club", user, hats: ["athlete"] });
    expect(has()).toEqual(none);
    for (const user of ["carl", "hugo"]) world.system("member.hats_changed", { org: "club", user, hats: ["coach"] });
    expect(has()).toEqual(all);
  });

  test("AC5 the row of a deactivated coach is ended, so that reactivating brings nothing back", () => {
    const world = club();
    team(world, "u9");
    athlete(world, "a1", "u9");
    assist(world, "s1", "u9", "carl");
    world.system("member.deactivated", { org: "club", user: "carl" });
    world.as("hugo", ENDED, { assignment: "s1" });
    world.system("member.reactivated", { org: "club", user: "carl" });
    expect(world.can("carl", "can_view", "athlete:a1")).toBe(false);
  });
});
