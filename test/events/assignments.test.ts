// Team assignments: started, changed, ended (AC1-AC6, AC3a, S7, S12, S15, S16).
import { describe, expect, test } from "vitest";
import { assignmentRow } from "../../src/domain/relationship-rows.ts";
import { assist, athlete, headless, role, team } from "../world/rows.ts";
import { club, people } from "../world/club.ts";

const STARTED = "team_assignment.started";
const CHANGED = "team_assignment.role_changed";
const ENDED = "team_assignment.ended";

describe("team_assignment.started", () => {
  test("AC1 an assistant reaches every athlete on the team and no other", () => {
    const world = people();
    team(world, "u9");
    headless(world, "u10");
    athlete(world, "a1", "u9");
    athlete(world, "a2", "u10");
    world.as("hana", STARTED, { assignment: "s1", team: "u9", coach: "asta" });
    expect(world.can("asta", "wellness_read", "athlete:a1")).toBe(true);
    expect(world.can("asta", "can_view", "athlete:a1")).toBe(true);
    expect(world.can("asta", "can_view", "athlete:a2")).toBe(false);
    expect(assignmentRow(world.tuples, "s1")?.role).toBe("assistant_coach");
    world.system("team.athlete_added", { team: "u9", athlete: "a2" });
    expect(world.can("asta", "can_view", "athlete:a2")).toBe(true);
  });

  test("AC1 a team without a head coach also has assistants", () => {
    const world = people();
    headless(world, "u9");
    athlete(world, "a1", "u9");
    world.as("adam", STARTED, { assignment: "s1", team: "u9", coach: "asta" });
    expect(world.can("asta", "notes_write", "athlete:a1")).toBe(true);
  });

  test("AC3 an assistant has no right over the team itself", () => {
    const world = people();
    team(world, "u9");
    athlete(world, "a1", "u9");
    role(world, "wide", ["athletes.create", "teams.create", "premium.grant", "profile.write"]);
    assist(world, "s1", "u9", "asta", "wide");
    expect(world.can("asta", "profile_write", "athlete:a1")).toBe(true);
    for (const relation of ["can_manage", "can_edit_membership", "can_assign_coaches"]) {
      expect(world.can("asta", relation, "team:u9"), relation).toBe(false);
    }
    expect(world.can("asta", "premium_grant", "athlete:a1"), "AC3a").toBe(false);
    expect(world.can("hana", "premium_grant", "athlete:a1"), "AC3a").toBe(true);
    expect(world.can("asta", "athletes_create", "org:fc")).toBe(false);
    world.refused("actor_not_allowed", "asta", STARTED, { assignment: "s2", team: "u9", coach: "cora" });
    world.refused("actor_not_allowed", "asta", CHANGED, { assignment: "s1", role: "viewer" });
  });

  test("AC3 who starts one: the head coach of that team, athletes.assign_coaches, a superadmin", () => {
    const world = people();
    team(world, "u9");
    team(world, "u10", "cora");
    const data = { assignment: "s1", team: "u9", coach: "asta" };
    for (const actor of ["cora", "asta", "ofra", "ida", "otto", "xena", "nobody"]) {
      world.refused("actor_not_allowed", actor, STARTED, data);
    }
    for (const [n, actor] of ["hana", "adam", "olga", "root"].entries()) {
      world.as(actor, STARTED, { ...data, assignment: `s${n}` });
    }
  });

  test("the default role of a kind is assistant_coach, otherwise specialist", () => {
    for (const [kind, id] of [["instructor", "assistant_coach"], ["pro_coach", "specialist"],
      ["program", "assistant_coach"]] as const) {
      const world = people(kind);
      team(world, "u9");
      assist(world, "s1", "u9", "asta");
      expect(assignmentRow(world.tuples, "s1")?.role, kind).toBe(id);
    }
  });

  test("S16 several assignments of one coach on one team add up", () => {
    const world = people();
    team(world, "u9");
    athlete(world, "a1", "u9");
    assist(world, "s1", "u9", "asta", "viewer");
    assist(world, "s2", "u9", "asta", "specialist");
    expect(world.can("asta", "fitness_read", "athlete:a1")).toBe(true);
    expect(world.can("asta", "drills_write", "athlete:a1")).toBe(true);
    world.as("asta", ENDED, { assignment: "s2" });
    expect(world.can("asta", "fitness_read", "athlete:a1")).toBe(true);
    expect(world.can("asta", "drills_write", "athlete:a1")).toBe(false);
  });

  test("a repetition is unchanged; the id with other content is taken; an ended one stays ended", () => {
    const world = people();
    team(world, "u9");
    team(world, "u10");
    const data = { assignment: "s1", team: "u9", coach: "asta" };
    world.as("hana", STARTED, data);
    world.unchanged("hana", STARTED, data);
    world.unchanged("hana", STARTED, { ...data, role: "assistant_coach" });
    world.refused("already_exists", "hana", STARTED, { ...data, role: "viewer" });
    world.refused("already_exists", "hana", STARTED, { ...data, coach: "cora" });
    world.refused("already_exists", "hana", STARTED, { ...data, team: "u10" });
    world.system("team.created", { team: "r1", org: "xo", head_coach: "xena", assignment: "theirs" });
    world.refused("already_exists", "hana", STARTED, { ...data, assignment: "theirs" });
    world.system("team_assignment.ended", { assignment: "theirs" });
    world.refused("already_exists", "hana", STARTED, { ...data, assignment: "theirs" });
    world.as("hana", ENDED, { assignment: "s1" });
    world.refused("relationship_ended", "hana", STARTED, data);
    world.refused("relationship_ended", "hana", STARTED, { ...data, coach: "cora" });
    world.as("hana", STARTED, { ...data, assignment: "s2" });
  });

  test("PM1 S15 only an athlete-scope role, and never head_coach", () => {
    const world = people();
    team(world, "u9");
    const data = { assignment: "s1", team: "u9", coach: "asta" };
    world.refused("role_scope_mismatch", "hana", STARTED, { ...data, role: "head_coach" });
    world.refused("role_scope_mismatch", "hana", STARTED, { ...data, role: "admin" });
    world.refused("unknown_entity", "hana", STARTED, { ...data, role: "none" });
    world.system("role.created", { org: "xo", role: "theirs", scope: "athlete", keys: ["sessions.read"] });
    world.refused("unknown_entity", "hana", STARTED, { ...data, role: "theirs" });
  });

  test("S7 S8 the coach is an active member of the org with the coach hat", () => {
    const world = people();
    team(world, "u9");
    const data = { assignment: "s1", team: "u9" };
    world.refused("not_a_coach", "hana", STARTED, { ...data, coach: "xena" });
    world.refused("not_a_coach", "hana", STARTED, { ...data, coach: "ofra" });
    world.refused("not_a_coach", "hana", STARTED, { ...data, coach: "nobody" });
    world.system("member.deactivated", { org: "fc", user: "asta" });
    world.refused("member_inactive", "hana", STARTED, { ...data, coach: "asta" });
    world.refused("unknown_entity", undefined, STARTED, { ...data, team: "none", coach: "cora" });
    world.refused("actor_not_allowed", "adam", STARTED, { ...data, team: "none", coach: "cora" });
  });
});

describe("team_assignment.role_changed", () => {
  test("AC3 the head coach changes an assistant's role; it takes effect at once", () => {
    const world = people();
    team(world, "u9");
    athlete(world, "a1", "u9");
    assist(world, "s1", "u9", "asta");
    world.as("hana", CHANGED, { assignment: "s1", role: "viewer" });
    expect(world.can("asta", "notes_write", "athlete:a1")).toBe(false);
    expect(world.can("asta", "fitness_read", "athlete:a1")).toBe(true);
    world.unchanged("hana", CHANGED, { assignment: "s1", role: "viewer" });
    world.as("adam", CHANGED, { assignment: "s1", role: "specialist" });
    for (const actor of ["asta", "cora", "ofra", "otto"]) {
      world.refused("actor_not_allowed", actor, CHANGED, { assignment: "s1", role: "viewer" });
    }
  });

  test("S15 never to the head coach's role, nor from it", () => {
    const world = people();
    team(world, "u9");
    assist(world, "s1", "u9", "asta");
    world.refused("role_scope_mismatch", "adam", CHANGED, { assignment: "s1", role: "head_coach" });
    world.refused("role_scope_mismatch", "adam", CHANGED, { assignment: "u9.hana", role: "viewer" });
    world.unchanged("adam", CHANGED, { assignment: "u9.hana", role: "head_coach" });
    world.refused("role_scope_mismatch", "adam", CHANGED, { assignment: "s1", role: "coach" });
  });

  test("NP8 entities: unknown row, unknown role, ended row", () => {
    const world = people();
    team(world, "u9");
    assist(world, "s1", "u9", "asta");
    world.refused("actor_not_allowed", "adam", CHANGED, { assignment: "none", role: "viewer" });
    world.refused("unknown_entity", undefined, CHANGED, { assignment: "none", role: "viewer" });
    world.refused("unknown_entity", "adam", CHANGED, { assignment: "s1", role: "none" });
    world.system(ENDED, { assignment: "s1" });
    world.refused("relationship_ended", "hana", CHANGED, { assignment: "s1", role: "viewer" });
    world.refused("relationship_ended", "hana", CHANGED, { assignment: "s1", role: "assistant_coach" });
  });

  test("AC3 S12 an assistant stays one, however far the role is widened", () => {
    const world = club();
    world.as("adam", "role.created", {
      org: "fc", role: "wide", scope: "athlete",
      keys: ["athletes.create", "teams.create", "premium.grant", "sessions.read"],
    });
    world.as("hana", "team_assignment.role_changed", { assignment: "as1", role: "wide" });
    expect(world.can("asta", "sessions_read", "athlete:a1")).toBe(true);
    for (const [relation, object] of [
      ["athletes_create", "org:fc"], ["teams_create", "org:fc"], ["premium_grant", "athlete:a1"],
      ["can_place", "athlete:a1"], ["can_edit_membership", "team:red"], ["can_assign_coaches", "team:red"],
    ] as const) expect(world.can("asta", relation, object), relation).toBe(false);
    world.refused("actor_not_allowed", "asta", "athlete.created", { athlete: "new", org: "fc" });
    world.refused("actor_not_allowed", "asta", "team_assignment.role_changed",
      { assignment: "as1", role: "assistant_coach" });
    world.refused("role_scope_mismatch", "hana", "team_assignment.role_changed",
      { assignment: "as1", role: "head_coach" });
    world.refused("role_scope_mismatch", "adam", "team_assignment.started",
      { assignment: "as2", team: "red", coach: "dora", role: "head_coach" });
    world.refused("role_scope_mismatch", "adam", "team_assignment.role_changed", { assignment: "hd1", role: "wide" });
    world.refused("actor_not_allowed", "asta", "team_assignment.ended", { assignment: "hd1" });
  });
});

describe("team_assignment.ended", () => {
  test("AC5 access ends in the same instant, unless another active relationship gives it", () => {
    const world = people();
    team(world, "u9");
    team(world, "u10");
    athlete(world, "a1", "u9");
    athlete(world, "a2", "u9", "u10");
    assist(world, "s1", "u9", "asta");
    assist(world, "s2", "u10", "asta");
    world.as("hana", ENDED, { assignment: "s1" });
    expect(world.can("asta", "can_view", "athlete:a1")).toBe(false);
    expect(world.can("asta", "can_view", "athlete:a2")).toBe(true);
    expect(world.can("hana", "can_end", "team_assignment:s1")).toBe(false);
    world.unchanged("hana", ENDED, { assignment: "s1" });
    world.unchanged("asta", ENDED, { assignment: "s1" });
    world.unchanged("adam", ENDED, { assignment: "s1" });
  });

  test("who ends it: the head coach, the coach, athletes.assign_coaches; nobody else, before or after", () => {
    const world = people();
    team(world, "u9");
    for (const id of ["s1", "s2", "s3", "s4", "s5"]) assist(world, id, "u9", "asta");
    const others = ["cora", "ofra", "ida", "otto", "xena", "nobody"];
    for (const actor of others) world.refused("actor_not_allowed", actor, ENDED, { assignment: "s1" });
    for (const [n, actor] of ["hana", "asta", "adam", "root"].entries()) {
      world.as(actor, ENDED, { assignment: `s${n + 1}` });
    }
    for (const actor of others) world.refused("actor_not_allowed", actor, ENDED, { assignment: "s1" });
    world.refused("actor_not_allowed", "adam", ENDED, { assignment: "none" });
    world.refused("unknown_entity", undefined, ENDED, { assignment: "none" });
    world.system("member.hats_changed", { org: "fc", user: "asta", hats: ["athlete"] });
    world.refused("actor_not_allowed", "asta", ENDED, { assignment: "s5" });
    world.as("adam", ENDED, { assignment: "s5" });
  });

  test("S15 when the head coach's ends, the team has none, and S12's keys end", () => {
    const world = people();
    team(world, "u9");
    assist(world, "s1", "u9", "asta");
    world.as("hana", ENDED, { assignment: "u9.hana" });
    expect(world.can("hana", "can_manage", "team:u9")).toBe(false);
    expect(world.can("hana", "athletes_create", "org:fc")).toBe(false);
    expect(world.can("asta", "coach", "team:u9")).toBe(true);
    world.refused("actor_not_allowed", "hana", ENDED, { assignment: "s1" });
    world.unchanged("hana", ENDED, { assignment: "u9.hana" });
  });

  test("S7 PR8 a deactivated coach or one without the hat has nothing, and everything again on return", () => {
    const world = people();
    team(world, "u9");
    athlete(world, "a1", "u9");
    assist(world, "s1", "u9", "asta");
    const has = (): boolean[] => [
      world.can("asta", "can_view", "athlete:a1"), world.can("asta", "notes_write", "athlete:a1"),
      world.can("asta", "coach", "team:u9"), world.can("hana", "can_manage", "team:u9"),
      world.can("hana", "athletes_create", "org:fc"),
    ];
    const [all, none] = [Array(5).fill(true), Array(5).fill(false)];
    expect(has()).toEqual(all);
    for (const user of ["asta", "hana"]) world.system("member.deactivated", { org: "fc", user });
    expect(has()).toEqual(none);
    for (const user of ["asta", "hana"]) world.system("member.reactivated", { org: "fc", user });
    expect(has()).toEqual(all);
    for (const user of ["asta", "hana"]) world.system("member.hats_changed", { org: "fc", user, hats: ["athlete"] });
    expect(has()).toEqual(none);
    for (const user of ["asta", "hana"]) world.system("member.hats_changed", { org: "fc", user, hats: ["coach"] });
    expect(has()).toEqual(all);
  });

  test("AC5 the row of a deactivated coach ends, so that reactivation restores nothing", () => {
    const world = people();
    team(world, "u9");
    athlete(world, "a1", "u9");
    assist(world, "s1", "u9", "asta");
    world.system("member.deactivated", { org: "fc", user: "asta" });
    world.as("hana", ENDED, { assignment: "s1" });
    world.system("member.reactivated", { org: "fc", user: "asta" });
    expect(world.can("asta", "can_view", "athlete:a1")).toBe(false);
  });
});
