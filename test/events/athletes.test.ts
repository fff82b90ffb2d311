// Athletes: created, deleted, linked and unlinked (PM4, PM8, PM11, PR10, S10, S12, S17).
import { describe, expect, test } from "vitest";
import { coachingRow } from "../../src/domain/relationship-rows.ts";
import { assist, athlete, coaches, headless, role, team } from "../world/rows.ts";
import { club, people } from "../world/club.ts";

const CREATED = "athlete.created";

describe("athlete.created", () => {
  test("PM11 a coach who creates an athlete is assigned at once, with the role head_coach", () => {
    const world = people();
    athlete(world, "a0");
    coaches(world, "c0", "asta", "a0");
    world.as("asta", CREATED, { athlete: "a1", org: "fc" });
    expect(coachingRow(world.tuples, "a1.asta")).toMatchObject({ coach: "asta", role: "head_coach", active: true });
    expect(world.can("asta", "sessions_delete", "athlete:a1")).toBe(true);
    expect(world.can("cora", "can_view", "athlete:a1")).toBe(false);
    world.unchanged("asta", CREATED, { athlete: "a1", org: "fc" });
    world.unchanged("asta", CREATED, { athlete: "a1", org: "fc", coaching: "a1.asta" });
    world.refused("already_exists", "asta", CREATED, { athlete: "a1", org: "fc", coaching: "other" });
    world.refused("already_exists", "olga", CREATED, { athlete: "a1", org: "fc" });
  });

  test("PM11 a row is held for the team only if the coach is on it", () => {
    const world = people();
    team(world, "u9");
    world.as("hana", CREATED, { athlete: "a1", org: "fc", team: "u9" });
    expect(coachingRow(world.tuples, "a1.hana")?.team).toBe("u9");
    world.as("adam", CREATED, { athlete: "a2", org: "fc", team: "u9", coach: "asta", coaching: "c2" });
    expect(coachingRow(world.tuples, "c2")?.team).toBeUndefined();
    assist(world, "s1", "u9", "asta");
    world.as("adam", CREATED, { athlete: "a3", org: "fc", team: "u9", coach: "asta" });
    expect(coachingRow(world.tuples, "a3.asta")?.team).toBe("u9");
    world.system("team_assignment.ended", { assignment: "s1" });
    world.as("adam", CREATED, { athlete: "a4", org: "fc", team: "u9", coach: "asta" });
    expect(coachingRow(world.tuples, "a4.asta")?.team).toBeUndefined();
  });

  test("a creator who is no active coach gets no row; naming a row is then invalid", () => {
    const world = people();
    world.as("ofra", CREATED, { athlete: "a1", org: "fc" });
    expect(world.tuples.users("athlete:a1", "coaching")).toEqual([]);
    world.as("adam", CREATED, { athlete: "a2", org: "fc" });
    world.as("root", CREATED, { athlete: "a3", org: "fc" });
    world.system(CREATED, { athlete: "a4", org: "fc" });
    for (const id of ["a2", "a3", "a4"]) expect(world.tuples.users(`athlete:${id}`, "coaching")).toEqual([]);
    const refusal = world.refused("invalid_event", "ofra", CREATED, { athlete: "a5", org: "fc", coaching: "c5" });
    expect(refusal.errors?.[0]?.path).toBe("data.coaching");
    world.refused("invalid_event", undefined, CREATED, { athlete: "a5", org: "fc", coaching: "c5" });
    world.as("olga", CREATED, { athlete: "a5", org: "fc", coaching: "c5" });
    expect(coachingRow(world.tuples, "c5")?.coach).toBe("olga");
  });

  test("PM4 S12 who creates: by org role or a head coach's row; each further field needs its own right", () => {
    const world = people();
    team(world, "u9");
    for (const actor of ["asta", "ida", "otto", "xena", "nobody"]) {
      world.refused("actor_not_allowed", actor, CREATED, { athlete: "a1", org: "fc" });
    }
    world.refused("actor_not_allowed", "ofra", CREATED, { athlete: "a1", org: "fc", team: "u9" });
    world.refused("actor_not_allowed", "ofra", CREATED, { athlete: "a1", org: "fc", coach: "asta" });
    world.refused("actor_not_allowed", "ofra", CREATED, { athlete: "a1", org: "fc", user: "ida" });
    world.refused("actor_not_allowed", "hana", CREATED, { athlete: "a1", org: "fc", coach: "asta" });
    world.refused("actor_not_allowed", "hana", CREATED, { athlete: "a1", org: "fc", user: "ida" });
    headless(world, "u10");
    world.refused("actor_not_allowed", "hana", CREATED, { athlete: "a1", org: "fc", team: "u10" });
    world.as("hana", CREATED, { athlete: "a1", org: "fc", team: "u9", coach: "hana" });
    world.as("adam", CREATED, { athlete: "a2", org: "fc", team: "u10", coach: "asta", user: "ida", coaching: "c2" });
    expect(world.can("ida", "account", "athlete:a2")).toBe(true);
    expect(world.can("ida", "athlete", "team:u10")).toBe(true);
    expect(world.can("asta", "sessions_write", "athlete:a2")).toBe(true);
  });

  test("AC3 an assistant adds no athlete; S10 in a program the Coach role does", () => {
    const world = people();
    team(world, "u9");
    role(world, "wide", ["athletes.create", "sessions.read"]);
    assist(world, "s1", "u9", "asta", "wide");
    world.refused("actor_not_allowed", "asta", CREATED, { athlete: "a1", org: "fc" });
    world.refused("actor_not_allowed", "asta", CREATED, { athlete: "a1", org: "fc", team: "u9" });
    const program = people("program");
    team(program, "u9");
    assist(program, "s1", "u9", "asta");
    program.as("asta", CREATED, { athlete: "a1", org: "fc" });
    program.refused("actor_not_allowed", "asta", CREATED, { athlete: "a2", org: "fc", team: "u9" });
    expect(program.can("cora", "can_view", "athlete:a1")).toBe(true);
    expect(program.can("cora", "sessions_read", "athlete:a1")).toBe(false);
  });

  test("the id is taken for another org, for other content, for good", () => {
    const world = people();
    team(world, "u9");
    world.system(CREATED, { athlete: "r1", org: "xo" });
    world.refused("already_exists", "adam", CREATED, { athlete: "r1", org: "fc" });
    const data = { athlete: "a1", org: "fc", team: "u9", user: "ida", coach: "asta" };
    world.as("adam", CREATED, data);
    world.unchanged("adam", CREATED, data);
    world.refused("already_exists", "adam", CREATED, { ...data, coach: "cora" });
    world.refused("already_exists", "adam", CREATED, { ...data, user: "abe" });
    // An omitted field asserts nothing about the present state.
    for (const left of ["user", "team", "coach"]) world.unchanged("adam", CREATED, { ...data, [left]: undefined });
    world.unchanged("adam", CREATED, { athlete: "a1", org: "fc" });
    world.system("team.athlete_removed", { team: "u9", athlete: "a1" });
    world.refused("already_exists", "adam", CREATED, data);
    world.system("athlete.deleted", { athlete: "a1" });
    world.refused("already_exists", "adam", CREATED, { athlete: "a1", org: "fc" });
    world.refused("already_exists", "otto", CREATED, { athlete: "a1", org: "xo" });
  });

  test("S8 references: org, team, coach, user", () => {
    const world = people();
    const data = { athlete: "a1", org: "fc" };
    world.system("team.created", { team: "r9", org: "xo" });
    world.refused("unknown_entity", undefined, CREATED, { athlete: "a1", org: "nowhere" });
    world.refused("unknown_entity", undefined, CREATED, { ...data, team: "none" });
    world.refused("wrong_org", "root", CREATED, { ...data, team: "r9" });
    world.refused("actor_not_allowed", "adam", CREATED, { ...data, team: "r9" });
    world.refused("not_a_coach", "adam", CREATED, { ...data, coach: "xena" });
    world.refused("not_a_coach", "adam", CREATED, { ...data, coach: "adam" });
    world.refused("not_an_athlete", "adam", CREATED, { ...data, user: "asta" });
    world.refused("not_an_athlete", "adam", CREATED, { ...data, user: "nobody" });
    world.system("member.deactivated", { org: "fc", user: "asta" });
    world.system("member.deactivated", { org: "fc", user: "abe" });
    world.refused("member_inactive", "adam", CREATED, { ...data, coach: "asta" });
    world.refused("member_inactive", "adam", CREATED, { ...data, user: "abe" });
    athlete(world, "a0");
    world.system("athlete.linked", { athlete: "a0", user: "ida" });
    world.refused("user_already_linked", "adam", CREATED, { ...data, user: "ida" });
  });

  test("the row's id: ended, taken, too long", () => {
    const world = people();
    athlete(world, "a0");
    coaches(world, "c0", "asta", "a0");
    coaches(world, "a2.asta", "cora", "a0");
    const data = { athlete: "a1", org: "fc", coach: "asta" };
    world.refused("already_exists", "adam", CREATED, { ...data, coaching: "c0" });
    world.system("coaching.ended", { coaching: "c0" });
    world.refused("relationship_ended", "adam", CREATED, { ...data, coaching: "c0" });
    world.refused("already_exists", "adam", CREATED, { ...data, athlete: "a2" });
    world.system("coaching.ended", { coaching: "a2.asta" });
    world.refused("already_exists", "adam", CREATED, { ...data, athlete: "a2" });
    const fits = "a".repeat(128 - ".asta".length);
    world.as("adam", CREATED, { ...data, athlete: fits });
    world.refused("invalid_event", "adam", CREATED, { ...data, athlete: `${fits}a` });
    world.as("adam", CREATED, { ...data, athlete: `${fits}a`, coaching: "c9" });
  });
});

describe("athlete.linked and athlete.unlinked", () => {
  test("PM8 the account reads all, submits wellness and uploads; unlinking ends it", () => {
    const world = people();
    team(world, "u9");
    athlete(world, "a1", "u9");
    world.as("adam", "athlete.linked", { athlete: "a1", user: "ida" });
    const reach = (): boolean[] => [
      world.can("ida", "journal_read", "athlete:a1"), world.can("ida", "wellness_submit", "athlete:a1"),
      world.can("ida", "activities_upload", "athlete:a1"), world.can("ida", "can_view", "team:u9"),
    ];
    expect(reach()).toEqual([true, true, true, true]);
    expect(world.can("ida", "journal_write", "athlete:a1")).toBe(false);
    world.unchanged("adam", "athlete.linked", { athlete: "a1", user: "ida" });
    world.unchanged("adam", "athlete.unlinked", { athlete: "a1", user: "abe" });
    world.as("adam", "athlete.unlinked", { athlete: "a1", user: "ida" });
    expect(reach()).toEqual([false, false, false, false]);
    world.unchanged("adam", "athlete.unlinked", { athlete: "a1", user: "ida" });
  });

  test("PR10 one account per row, one row per account in each org", () => {
    const world = people();
    athlete(world, "a1");
    athlete(world, "a2");
    world.as("adam", "athlete.linked", { athlete: "a1", user: "ida" });
    world.refused("athlete_already_linked", "adam", "athlete.linked", { athlete: "a1", user: "abe" });
    world.refused("user_already_linked", "adam", "athlete.linked", { athlete: "a2", user: "ida" });
    world.system("member.added", { org: "xo", user: "ida", hats: ["athlete"] });
    world.system("athlete.created", { athlete: "r1", org: "xo" });
    world.as("otto", "athlete.linked", { athlete: "r1", user: "ida" });
    world.as("adam", "athlete.unlinked", { athlete: "a1", user: "ida" });
    expect(world.can("ida", "account", "athlete:r1"), "PR11").toBe(true);
    world.as("adam", "athlete.linked", { athlete: "a2", user: "ida" });
  });

  test("it needs org.members.manage in the athlete's org; the user wears its athlete hat", () => {
    const world = people();
    team(world, "u9");
    athlete(world, "a1", "u9");
    for (const type of ["athlete.linked", "athlete.unlinked"]) {
      for (const actor of ["hana", "asta", "ofra", "ida", "otto", "nobody"]) {
        world.refused("actor_not_allowed", actor, type, { athlete: "a1", user: "ida" });
      }
      world.refused("actor_not_allowed", "adam", type, { athlete: "none", user: "ida" });
      world.refused("unknown_entity", undefined, type, { athlete: "none", user: "ida" });
    }
    world.refused("not_an_athlete", "adam", "athlete.linked", { athlete: "a1", user: "asta" });
    world.refused("not_an_athlete", "adam", "athlete.linked", { athlete: "a1", user: "xena" });
    world.system("member.deactivated", { org: "fc", user: "ida" });
    world.refused("member_inactive", "adam", "athlete.linked", { athlete: "a1", user: "ida" });
  });

  test("PR8 S7 a lost link stays lost: after deactivation, removal of the hat, or deletion of the athlete", () => {
    const world = club();
    world.as("adam", "member.deactivated", { org: "fc", user: "ida" });
    world.refused("actor_not_allowed", "ida", "activity.recorded", { activity: "b", athlete: "a1" });
    world.refused("member_inactive", "adam", "athlete.linked", { athlete: "a1", user: "ida" });
    world.as("adam", "invite.created", { invite: "i", org: "fc", hat: "athlete", team: "red" });
    world.refused("member_inactive", "ida", "invite.redeemed", { invite: "i", user: "ida" });
    world.as("adam", "member.reactivated", { org: "fc", user: "ida" });
    expect(world.objects("ida", "can_view", "athlete")).toEqual([]);
    world.as("adam", "athlete.linked", { athlete: "a1", user: "ida" });
    world.as("adam", "member.hats_changed", { org: "fc", user: "ida", hats: ["coach"] });
    world.as("adam", "member.hats_changed", { org: "fc", user: "ida", hats: ["athlete"] });
    expect(world.objects("ida", "can_view", "athlete")).toEqual([]);
  });
});

describe("athlete.deleted", () => {
  test("S17 every row, place and link over the athlete ends; nobody reaches the athlete in any way", () => {
    const world = people();
    team(world, "u9");
    assist(world, "s1", "u9", "asta");
    athlete(world, "a1", "u9");
    coaches(world, "c1", "cora", "a1");
    world.system("athlete.linked", { athlete: "a1", user: "ida" });
    const everybody = ["hana", "asta", "cora", "ida", "ofra", "adam", "olga", "root"];
    for (const user of everybody) expect(world.can(user, "profile_read", "athlete:a1"), user).toBe(true);
    world.as("adam", "athlete.deleted", { athlete: "a1" });
    for (const user of everybody) {
      for (const relation of ["can_view", "current_coach", "account", "profile_read", "can_place", "can_delete"]) {
        expect(world.can(user, relation, "athlete:a1"), `${user} ${relation}`).toBe(false);
      }
    }
    expect(world.can("ida", "can_view", "team:u9")).toBe(false);
    expect(world.can("cora", "athletes_create", "org:fc"), "S12").toBe(false);
    expect(coachingRow(world.tuples, "c1")?.active).toBe(false);
    athlete(world, "a2");
    world.as("adam", "athlete.linked", { athlete: "a2", user: "ida" });
  });

  test("S17 a repetition is unchanged for its senders; rows over the athlete have ended, for good", () => {
    const world = people();
    team(world, "u9");
    athlete(world, "a1", "u9");
    coaches(world, "c1", "asta", "a1");
    for (const actor of ["hana", "asta", "ofra", "ida", "otto"]) {
      world.refused("actor_not_allowed", actor, "athlete.deleted", { athlete: "a1" });
    }
    world.as("adam", "athlete.deleted", { athlete: "a1" });
    world.unchanged("adam", "athlete.deleted", { athlete: "a1" });
    world.unchanged(undefined, "athlete.deleted", { athlete: "a1" });
    world.refused("actor_not_allowed", "otto", "athlete.deleted", { athlete: "a1" });
    world.refused("actor_not_allowed", "adam", "athlete.deleted", { athlete: "none" });
    world.refused("unknown_entity", undefined, "athlete.deleted", { athlete: "none" });
    world.unchanged("asta", "coaching.ended", { coaching: "c1" });
    world.unchanged("adam", "coaching.ended", { coaching: "c1" });
    world.refused("actor_not_allowed", "cora", "coaching.ended", { coaching: "c1" });
    world.refused("relationship_ended", "adam", "coaching.role_changed", { coaching: "c1", role: "viewer" });
    world.refused("relationship_ended", "adam", "coaching.overrides_set", { coaching: "c1", overrides: {} });
    world.refused("unknown_entity", "adam", "coaching.started", { coaching: "c1", athlete: "a1", coach: "asta" });
    world.refused("unknown_entity", "adam", "athlete.linked", { athlete: "a1", user: "ida" });
    world.refused("unknown_entity", "adam", "team.athlete_removed", { team: "u9", athlete: "a1" });
  });
});
