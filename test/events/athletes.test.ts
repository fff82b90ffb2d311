// Athletes: made, deleted, linked and unlinked (PM4, PM8, PM11, PR10, S10, S12, S17).
import { describe, expect, test } from "vitest";
import { coachingRow } from "../../src/domain/relationship-rows.ts";
import { assist, athlete, club, coaches, headless, role, team } from "../world/rows.ts";

const CREATED = "athlete.created";

describe("athlete.created", () => {
  test("PM11 a coach who creates an athlete is assigned at once, role head_coach", () => {
    const world = club();
    athlete(world, "a0");
    coaches(world, "c0", "carl", "a0");
    world.as("carl", CREATED, { athlete: "a1", org: "club" });
    expect(coachingRow(world.tuples, "a1.carl")).toMatchObject({ coach: "carl", role: "head_coach", active: true });
    expect(world.can("carl", "sessions_delete", "athlete:a1")).toBe(true);
    expect(world.can("cora", "can_view", "athlete:a1")).toBe(false);
    world.unchanged("carl", CREATED, { athlete: "a1", org: "club" });
    world.unchanged("carl", CREATED, { athlete: "a1", org: "club", coaching: "a1.carl" });
    world.refused("already_exists", "carl", CREATED, { athlete: "a1", org: "club", coaching: "other" });
    world.refused("already_exists", "olga", CREATED, { athlete: "a1", org: "club" });
  });

  test("PM11 a row is held for the team when the coach is on it, and only then", () => {
    const world = club();
    team(world, "u9");
    world.as("hugo", CREATED, { athlete: "a1", org: "club", team: "u9" });
    expect(coachingRow(world.tuples, "a1.hugo")?.team).toBe("u9");
    world.as("ada", CREATED, { athlete: "a2", org: "club", team: "u9", coach: "carl", coaching: "c2" });
    expect(coachingRow(world.tuples, "c2")?.team).toBeUndefined();
    assist(world, "s1", "u9", "carl");
    world.as("ada", CREATED, { athlete: "a3", org: "club", team: "u9", coach: "carl" });
    expect(coachingRow(world.tuples, "a3.carl")?.team).toBe("u9");
    world.system("team_assignment.ended", { assignment: "s1" });
    world.as("ada", CREATED, { athlete: "a4", org: "club", team: "u9", coach: "carl" });
    expect(coachingRow(world.tuples, "a4.carl")?.team).toBeUndefined();
  });

  test("who is no active coach gets no row; naming a row then is invalid", () => {
    const world = club();
    world.as("fred", CREATED, { athlete: "a1", org: "club" });
    expect(world.tuples.users("athlete:a1", "coaching")).toEqual([]);
    world.as("ada", CREATED, { athlete: "a2", org: "club" });
    world.as("sue", CREATED, { athlete: "a3", org: "club" });
    world.system(CREATED, { athlete: "a4", org: "club" });
    for (const id of ["a2", "a3", "a4"]) expect(world.tuples.users(`athlete:${id}`, "coaching")).toEqual([]);
    const refusal = world.refused("invalid_event", "fred", CREATED, { athlete: "a5", org: "club", coaching: "c5" });
    expect(refusal.errors?.[0]?.path).toBe("data.coaching");
    world.refused("invalid_event", undefined, CREATED, { athlete: "a5", org: "club", coaching: "c5" });
    world.as("olga", CREATED, { athlete: "a5", org: "club", coaching: "c5" });
    expect(coachingRow(world.tuples, "c5")?.coach).toBe("olga");
  });

  test("PM4 S12 who creates: by org role or a head coach's row; each field more has its right", () => {
    const world = club();
    team(world, "u9");
    for (const actor of ["carl", "ann", "rita", "rex", "nobody"]) {
      world.refused("actor_not_allowed", actor, CREATED, { athlete: "a1", org: "club" });
    }
    world.refused("actor_not_allowed", "fred", CREATED, { athlete: "a1", org: "club", team: "u9" });
    world.refused("actor_not_allowed", "fred", CREATED, { athlete: "a1", org: "club", coach: "carl" });
    world.refused("actor_not_allowed", "fred", CREATED, { athlete: "a1", org: "club", user: "ann" });
    world.refused("actor_not_allowed", "hugo", CREATED, { athlete: "a1", org: "club", coach: "carl" });
    world.refused("actor_not_allowed", "hugo", CREATED, { athlete: "a1", org: "club", user: "ann" });
    headless(world, "u10");
    world.refused("actor_not_allowed", "hugo", CREATED, { athlete: "a1", org: "club", team: "u10" });
    world.as("hugo", CREATED, { athlete: "a1", org: "club", team: "u9", coach: "hugo" });
    world.as("ada", CREATED, { athlete: "a2", org: "club", team: "u10", coach: "carl", user: "ann", coaching: "c2" });
    expect(world.can("ann", "account", "athlete:a2")).toBe(true);
    expect(world.can("ann", "athlete", "team:u10")).toBe(true);
    expect(world.can("carl", "sessions_write", "athlete:a2")).toBe(true);
  });

  test("AC3 an assistant adds no athlete; S10 in a program the Coach role does", () => {
    const world = club();
    team(world, "u9");
    role(world, "wide", ["athletes.create", "sessions.read"]);
    assist(world, "s1", "u9", "carl", "wide");
    world.refused("actor_not_allowed", "carl", CREATED, { athlete: "a1", org: "club" });
    world.refused("actor_not_allowed", "carl", CREATED, { athlete: "a1", org: "club", team: "u9" });
    const program = club("program");
    team(program, "u9");
    assist(program, "s1", "u9", "carl");
    program.as("carl", CREATED, { athlete: "a1", org: "club" });
    program.refused("actor_not_allowed", "carl", CREATED, { athlete: "a2", org: "club", team: "u9" });
    expect(program.can("cora", "can_view", "athlete:a1")).toBe(true);
    expect(program.can("cora", "sessions_read", "athlete:a1")).toBe(false);
  });

  test("the id is taken by another org, by other content, for good", () => {
    const world = club();
    team(world, "u9");
    world.system(CREATED, { athlete: "r1", org: "rival" });
    world.refused("already_exists", "ada", CREATED, { athlete: "r1", org: "club" });
    const data = { athlete: "a1", org: "club", team: "u9", user: "ann", coach: "carl" };
    world.as("ada", CREATED, data);
    world.unchanged("ada", CREATED, data);
    world.refused("already_exists", "ada", CREATED, { ...data, coach: "cora" });
    world.refused("already_exists", "ada", CREATED, { ...data, user: "abe" });
    // A field left out says nothing about what holds now.
    for (const left of ["user", "team", "coach"]) world.unchanged("ada", CREATED, { ...data, [left]: undefined });
    world.unchanged("ada", CREATED, { athlete: "a1", org: "club" });
    world.system("team.athlete_removed", { team: "u9", athlete: "a1" });
    world.refused("already_exists", "ada", CREATED, data);
    world.system("athlete.deleted", { athlete: "a1" });
    world.refused("already_exists", "ada", CREATED, { athlete: "a1", org: "club" });
    world.refused("already_exists", "rita", CREATED, { athlete: "a1", org: "rival" });
  });

  test("S8 references: org, team, coach, user", () => {
    const world = club();
    const data = { athlete: "a1", org: "club" };
    world.system("team.created", { team: "r9", org: "rival" });
    world.refused("unknown_entity", undefined, CREATED, { athlete: "a1", org: "nowhere" });
    world.refused("unknown_entity", undefined, CREATED, { ...data, team: "none" });
    world.refused("wrong_org", "sue", CREATED, { ...data, team: "r9" });
    world.refused("actor_not_allowed", "ada", CREATED, { ...data, team: "r9" });
    world.refused("not_a_coach", "ada", CREATED, { ...data, coach: "rex" });
    world.refused("not_a_coach", "ada", CREATED, { ...data, coach: "ada" });
    world.refused("not_an_athlete", "ada", CREATED, { ...data, user: "carl" });
    world.refused("not_an_athlete", "ada", CREATED, { ...data, user: "nobody" });
    world.system("member.deactivated", { org: "club", user: "carl" });
    world.system("member.deactivated", { org: "club", user: "abe" });
    world.refused("member_inactive", "ada", CREATED, { ...data, coach: "carl" });
    world.refused("member_inactive", "ada", CREATED, { ...data, user: "abe" });
    athlete(world, "a0");
    world.system("athlete.linked", { athlete: "a0", user: "ann" });
    world.refused("user_already_linked", "ada", CREATED, { ...data, user: "ann" });
  });

  test("the row's id: ended, taken, too long", () => {
    const world = club();
    athlete(world, "a0");
    coaches(world, "c0", "carl", "a0");
    coaches(world, "a2.carl", "cora", "a0");
    const data = { athlete: "a1", org: "club", coach: "carl" };
    world.refused("already_exists", "ada", CREATED, { ...data, coaching: "c0" });
    world.system("coaching.ended", { coaching: "c0" });
    world.refused("relationship_ended", "ada", CREATED, { ...data, coaching: "c0" });
    world.refused("already_exists", "ada", CREATED, { ...data, athlete: "a2" });
    world.system("coaching.ended", { coaching: "a2.carl" });
    world.refused("already_exists", "ada", CREATED, { ...data, athlete: "a2" });
    const fits = "a".repeat(128 - ".carl".length);
    world.as("ada", CREATED, { ...data, athlete: fits });
    world.refused("invalid_event", "ada", CREATED, { ...data, athlete: `${fits}a` });
    world.as("ada", CREATED, { ...data, athlete: `${fits}a`, coaching: "c9" });
  });
});

describe("athlete.linked and athlete.unlinked", () => {
  test("PM8 the account reads all, submits wellness and uploads; unlinking ends it", () => {
    const world = club();
    team(world, "u9");
    athlete(world, "a1", "u9");
    world.as("ada", "athlete.linked", { athlete: "a1", user: "ann" });
    const reach = (): boolean[] => [
      world.can("ann", "journal_read", "athlete:a1"), world.can("ann", "wellness_submit", "athlete:a1"),
      world.can("ann", "activities_upload", "athlete:a1"), world.can("ann", "can_view", "team:u9"),
    ];
    expect(reach()).toEqual([true, true, true, true]);
    expect(world.can("ann", "journal_write", "athlete:a1")).toBe(false);
    world.unchanged("ada", "athlete.linked", { athlete: "a1", user: "ann" });
    world.unchanged("ada", "athlete.unlinked", { athlete: "a1", user: "abe" });
    world.as("ada", "athlete.unlinked", { athlete: "a1", user: "ann" });
    expect(reach()).toEqual([false, false, false, false]);
    world.unchanged("ada", "athlete.unlinked", { athlete: "a1", user: "ann" });
  });

  test("PR10 one account a row, one row an account in each org", () => {
    const world = club();
    athlete(world, "a1");
    athlete(world, "a2");
    world.as("ada", "athlete.linked", { athlete: "a1", user: "ann" });
    world.refused("athlete_already_linked", "ada", "athlete.linked", { athlete: "a1", user: "abe" });
    world.refused("user_already_linked", "ada", "athlete.linked", { athlete: "a2", user: "ann" });
    world.system("member.added", { org: "rival", user: "ann", hats: ["athlete"] });
    world.system("athlete.created", { athlete: "r1", org: "rival" });
    world.as("rita", "athlete.linked", { athlete: "r1", user: "ann" });
    world.as("ada", "athlete.unlinked", { athlete: "a1", user: "ann" });
    expect(world.can("ann", "account", "athlete:r1"), "PR11").toBe(true);
    world.as("ada", "athlete.linked", { athlete: "a2", user: "ann" });
  });

  test("it takes org.members.manage in the athlete's org; the user wears its athlete hat", () => {
    const world = club();
    team(world, "u9");
    athlete(world, "a1", "u9");
    for (const type of ["athlete.linked", "athlete.unlinked"]) {
      for (const actor of ["hugo", "carl", "fred", "ann", "rita", "nobody"]) {
        world.refused("actor_not_allowed", actor, type, { athlete: "a1", user: "ann" });
      }
      world.refused("actor_not_allowed", "ada", type, { athlete: "none", user: "ann" });
      world.refused("unknown_entity", undefined, type, { athlete: "none", user: "ann" });
    }
    world.refused("not_an_athlete", "ada", "athlete.linked", { athlete: "a1", user: "carl" });
    world.refused("not_an_athlete", "ada", "athlete.linked", { athlete: "a1", user: "rex" });
    world.system("member.deactivated", { org: "club", user: "ann" });
    world.refused("member_inactive", "ada", "athlete.linked", { athlete: "a1", user: "ann" });
  });
});

describe("athlete.deleted", () => {
  test("S17 every row, place and link over the athlete ends; nobody reaches them by any way", () => {
    const world = club();
    team(world, "u9");
    assist(world, "s1", "u9", "carl");
    athlete(world, "a1", "u9");
    coaches(world, "c1", "cora", "a1");
    world.system("athlete.linked", { athlete: "a1", user: "ann" });
    const everybody = ["hugo", "carl", "cora", "ann", "fred", "ada", "olga", "sue"];
    for (const user of everybody) expect(world.can(user, "profile_read", "athlete:a1"), user).toBe(true);
    world.as("ada", "athlete.deleted", { athlete: "a1" });
    for (const user of everybody) {
      for (const relation of ["can_view", "current_coach", "account", "profile_read", "can_place", "can_delete"]) {
        expect(world.can(user, relation, "athlete:a1"), `${user} ${relation}`).toBe(false);
      }
    }
    expect(world.can("ann", "can_view", "team:u9")).toBe(false);
    expect(world.can("cora", "athletes_create", "org:club"), "S12").toBe(false);
    expect(coachingRow(world.tuples, "c1")?.active).toBe(false);
    athlete(world, "a2");
    world.as("ada", "athlete.linked", { athlete: "a2", user: "ann" });
  });

  test("S17 again it is unchanged for who could; rows over it are ended, for good", () => {
    const world = club();
    team(world, "u9");
    athlete(world, "a1", "u9");
    coaches(world, "c1", "carl", "a1");
    for (const actor of ["hugo", "carl", "fred", "ann", "rita"]) {
      world.refused("actor_not_allowed", actor, "athlete.deleted", { athlete: "a1" });
    }
    world.as("ada", "athlete.deleted", { athlete: "a1" });
    world.unchanged("ada", "athlete.deleted", { athlete: "a1" });
    world.unchanged(undefined, "athlete.deleted", { athlete: "a1" });
    world.refused("actor_not_allowed", "rita", "athlete.deleted", { athlete: "a1" });
    world.refused("actor_not_allowed", "ada", "athlete.deleted", { athlete: "none" });
    world.refused("unknown_entity", undefined, "athlete.deleted", { athlete: "none" });
    world.unchanged("carl", "coaching.ended", { coaching: "c1" });
    world.unchanged("ada", "coaching.ended", { coaching: "c1" });
    world.refused("actor_not_allowed", "cora", "coaching.ended", { coaching: "c1" });
    world.refused("relationship_ended", "ada", "coaching.role_changed", { coaching: "c1", role: "viewer" });
    world.refused("relationship_ended", "ada", "coaching.overrides_set", { coaching: "c1", overrides: {} });
    world.refused("unknown_entity", "ada", "coaching.started", { coaching: "c1", athlete: "a1", coach: "carl" });
    world.refused("unknown_entity", "ada", "athlete.linked", { athlete: "a1", user: "ann" });
    world.refused("unknown_entity", "ada", "team.athlete_removed", { team: "u9", athlete: "a1" });
  });
});
