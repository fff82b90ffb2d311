// Coaching rows: their start, role and end (NP5, NP8, PM10, S7, S12, S16).
import { describe, expect, test } from "vitest";
import { coachingRow } from "../../src/domain/relationship-rows.ts";
import { athlete, coaches, team } from "../world/rows.ts";
import { club, people } from "../world/club.ts";
import type { World } from "../world/world.ts";

const STARTED = "coaching.started";
const CHANGED = "coaching.role_changed";
const ENDED = "coaching.ended";

describe("coaching.started", () => {
  test("PM10 a row reaches its athlete and no other; role head_coach by default", () => {
    const world = people();
    athlete(world, "a1");
    athlete(world, "a2");
    world.as("adam", STARTED, { coaching: "c1", athlete: "a1", coach: "asta" });
    expect(coachingRow(world.tuples, "c1")).toMatchObject({ role: "head_coach", team: undefined, active: true });
    expect(world.can("asta", "sessions_delete", "athlete:a1")).toBe(true);
    expect(world.can("asta", "can_view", "athlete:a2")).toBe(false);
    expect(world.can("asta", "athletes_create", "org:fc"), "S12").toBe(true);
  });

  test("who starts one: athletes.assign_coaches; not a head coach of the athlete's team", () => {
    const world = people();
    team(world, "u9");
    athlete(world, "a1", "u9");
    const data = { coaching: "c1", athlete: "a1", coach: "asta" };
    for (const actor of ["hana", "asta", "ofra", "ida", "otto", "xena", "nobody"]) {
      world.refused("actor_not_allowed", actor, STARTED, data);
    }
    for (const [n, actor] of ["adam", "olga", "root"].entries()) {
      world.as(actor, STARTED, { ...data, coaching: `c${n}` });
    }
    world.refused("actor_not_allowed", "adam", STARTED, { ...data, athlete: "none" });
    world.refused("unknown_entity", undefined, STARTED, { ...data, athlete: "none" });
  });

  test("NP6 held for one of the athlete's teams, and for no other", () => {
    const world = people();
    team(world, "u9");
    team(world, "u10");
    world.system("team.created", { team: "r9", org: "xo" });
    athlete(world, "a1", "u9");
    const data = { coaching: "c1", athlete: "a1", coach: "asta" };
    world.refused("unknown_entity", "adam", STARTED, { ...data, team: "none" });
    world.refused("wrong_org", "adam", STARTED, { ...data, team: "r9" });
    world.refused("not_on_team", "adam", STARTED, { ...data, team: "u10" });
    world.as("adam", STARTED, { ...data, team: "u9" });
    expect(coachingRow(world.tuples, "c1")?.team).toBe("u9");
    world.system("team.deleted", { team: "u9" });
    world.refused("unknown_entity", "adam", STARTED, { ...data, coaching: "c2", team: "u9" });
    expect(coachingRow(world.tuples, "c1")?.active, "the row is over the athlete").toBe(true);
  });

  test("NP8 S16 a repetition is unchanged, another id adds up, an ended one stays ended", () => {
    const world = people();
    athlete(world, "a1");
    athlete(world, "a2");
    const data = { coaching: "c1", athlete: "a1", coach: "asta", role: "viewer" };
    world.as("adam", STARTED, data);
    world.unchanged("adam", STARTED, data);
    world.refused("already_exists", "adam", STARTED, { ...data, role: "specialist" });
    world.refused("already_exists", "adam", STARTED, { ...data, coach: "cora" });
    world.refused("already_exists", "adam", STARTED, { ...data, athlete: "a2" });
    world.as("adam", STARTED, { ...data, coaching: "c2", role: "specialist" });
    expect(world.can("asta", "fitness_read", "athlete:a1")).toBe(true);
    expect(world.can("asta", "drills_write", "athlete:a1")).toBe(true);
    world.as("adam", ENDED, { coaching: "c1" });
    expect(world.can("asta", "fitness_read", "athlete:a1")).toBe(false);
    expect(world.can("asta", "drills_write", "athlete:a1")).toBe(true);
    world.refused("relationship_ended", "adam", STARTED, data);
    world.refused("relationship_ended", "adam", STARTED, { ...data, coach: "cora" });
    world.system("athlete.created", { athlete: "r1", org: "xo", coach: "xena", coaching: "theirs" });
    world.refused("already_exists", "adam", STARTED, { ...data, coaching: "theirs" });
    world.system(ENDED, { coaching: "theirs" });
    world.refused("already_exists", "adam", STARTED, { ...data, coaching: "theirs" });
  });

  test("S7 S8 PM1 the coach and the role", () => {
    const world = people();
    athlete(world, "a1");
    const data = { coaching: "c1", athlete: "a1", coach: "asta" };
    world.refused("role_scope_mismatch", "adam", STARTED, { ...data, role: "coach" });
    world.refused("unknown_entity", "adam", STARTED, { ...data, role: "none" });
    world.refused("not_a_coach", "adam", STARTED, { ...data, coach: "xena" });
    world.refused("not_a_coach", "adam", STARTED, { ...data, coach: "ofra" });
    world.system("member.deactivated", { org: "fc", user: "asta" });
    world.refused("member_inactive", "adam", STARTED, data);
    world.refused("invalid_event", "adam", STARTED, { ...data, rol: "viewer" });
  });
});

describe("coaching.role_changed", () => {
  test("it takes effect at once, with S12's keys, and a repetition is unchanged", () => {
    const world = people();
    athlete(world, "a1");
    coaches(world, "c1", "asta", "a1");
    world.as("adam", CHANGED, { coaching: "c1", role: "viewer" });
    expect(world.can("asta", "sessions_write", "athlete:a1")).toBe(false);
    expect(world.can("asta", "sessions_read", "athlete:a1")).toBe(true);
    expect(world.can("asta", "athletes_create", "org:fc")).toBe(false);
    world.unchanged("adam", CHANGED, { coaching: "c1", role: "viewer" });
    world.as("adam", CHANGED, { coaching: "c1", role: "head_coach" });
    expect(world.can("asta", "sessions_write", "athlete:a1")).toBe(true);
    expect(world.can("asta", "athletes_create", "org:fc")).toBe(true);
  });

  test("S12 a second row with the role keeps the keys", () => {
    const world = people();
    athlete(world, "a1");
    athlete(world, "a2");
    coaches(world, "c1", "asta", "a1");
    coaches(world, "c2", "asta", "a2");
    world.as("adam", CHANGED, { coaching: "c1", role: "viewer" });
    expect(world.can("asta", "teams_create", "org:fc")).toBe(true);
    world.as("adam", ENDED, { coaching: "c2" });
    expect(world.can("asta", "teams_create", "org:fc")).toBe(false);
  });

  test("rights, entities, and NP8 an ended row", () => {
    const world = people();
    athlete(world, "a1");
    coaches(world, "c1", "asta", "a1");
    for (const actor of ["asta", "cora", "ofra", "otto"]) {
      world.refused("actor_not_allowed", actor, CHANGED, { coaching: "c1", role: "viewer" });
    }
    world.refused("actor_not_allowed", "adam", CHANGED, { coaching: "none", role: "viewer" });
    world.refused("unknown_entity", undefined, CHANGED, { coaching: "none", role: "viewer" });
    world.refused("unknown_entity", "adam", CHANGED, { coaching: "c1", role: "none" });
    world.refused("role_scope_mismatch", "adam", CHANGED, { coaching: "c1", role: "admin" });
    world.system(ENDED, { coaching: "c1" });
    world.refused("relationship_ended", "adam", CHANGED, { coaching: "c1", role: "viewer" });
    world.refused("relationship_ended", "adam", CHANGED, { coaching: "c1", role: "head_coach" });
    expect(world.can("asta", "athletes_create", "org:fc")).toBe(false);
  });
});

describe("coaching.ended", () => {
  test("who ends it: athletes.assign_coaches, the coach, the athlete's account; repeated, it is unchanged", () => {
    const world = people();
    team(world, "u9");
    athlete(world, "a1", "u9");
    world.system("athlete.linked", { athlete: "a1", user: "ida" });
    for (const id of ["c1", "c2", "c3", "c4"]) coaches(world, id, "asta", "a1");
    const others = ["hana", "cora", "ofra", "abe", "otto", "xena", "nobody"];
    for (const actor of others) world.refused("actor_not_allowed", actor, ENDED, { coaching: "c1" });
    for (const [n, actor] of ["adam", "asta", "ida", "root"].entries()) {
      world.as(actor, ENDED, { coaching: `c${n + 1}` });
      expect(world.can(actor, "can_end", `coaching:c${n + 1}`)).toBe(false);
    }
    expect(world.can("asta", "can_view", "athlete:a1")).toBe(false);
    // The athlete's pointer to the row is deleted with it: ended rows must not slow every check on the athlete.
    expect(world.tuples.users("athlete:a1", "coaching")).toEqual([]);
    for (const actor of ["adam", "asta", "ida", "root"]) world.unchanged(actor, ENDED, { coaching: "c1" });
    for (const actor of others) world.refused("actor_not_allowed", actor, ENDED, { coaching: "c1" });
    world.refused("actor_not_allowed", "adam", ENDED, { coaching: "none" });
    world.refused("unknown_entity", undefined, ENDED, { coaching: "none" });
  });

  test("S7 PR8 a deactivated coach or one without the hat has nothing, and everything again on return", () => {
    const world = people();
    athlete(world, "a1");
    coaches(world, "c1", "asta", "a1");
    world.system("coaching.overrides_set", { coaching: "c1", overrides: { "sessions.read": false } });
    const has = (): boolean[] => ["can_view", "sessions_write", "notes_write", "current_coach"]
      .map((relation) => world.can("asta", relation, "athlete:a1")).concat(world.can("asta", "can_end", "coaching:c1"));
    const [all, none] = [Array(5).fill(true), Array(5).fill(false)];
    expect(has()).toEqual(all);
    world.system("member.deactivated", { org: "fc", user: "asta" });
    expect(has()).toEqual(none);
    world.refused("actor_not_allowed", "asta", ENDED, { coaching: "c1" });
    world.system("member.reactivated", { org: "fc", user: "asta" });
    expect(has()).toEqual(all);
    world.system("member.hats_changed", { org: "fc", user: "asta", hats: ["athlete"] });
    expect(has()).toEqual(none);
    world.system("member.hats_changed", { org: "fc", user: "asta", hats: ["coach", "athlete"] });
    expect(has()).toEqual(all);
    expect(world.can("asta", "sessions_read", "athlete:a1")).toBe(false);
  });

  test("a coach with a thousand rows loses them one by one, and S12's keys stay until the last", () => {
    const world = people();
    for (let n = 0; n < 1000; n++) {
      world.system("athlete.created", { athlete: `a${n}`, org: "fc", coach: "asta", coaching: `c${n}` });
    }
    for (let n = 0; n < 999; n++) world.system(ENDED, { coaching: `c${n}` });
    expect(world.can("asta", "teams_create", "org:fc")).toBe(true);
    world.system(ENDED, { coaching: "c999" });
    expect(world.can("asta", "teams_create", "org:fc")).toBe(false);
  });

  test("NP8 AC5 an ended row stays ended: same id, other type of event, other org, new role, a return", () => {
    const world = club();
    world.as("cora", "note.created", { note: "n1", athlete: "a1", author: "cora", under: "coaching:c1" });
    world.as("hana", "team_assignment.ended", { assignment: "as1" });
    world.as("adam", "coaching.ended", { coaching: "c1" });
    const noAnswers = () => {
      expect(world.objects("asta", "can_view", "athlete")).toEqual([]);
      expect(world.objects("cora", "can_view", "athlete")).toEqual([]);
    };
    noAnswers();
    world.refused("relationship_ended", "hana", "team_assignment.started",
      { assignment: "as1", team: "red", coach: "asta" });
    world.refused("relationship_ended", "hana", "team_assignment.role_changed", { assignment: "as1", role: "viewer" });
    world.refused("actor_not_allowed", "asta", "team_assignment.started",
      { assignment: "as1", team: "red", coach: "asta" });
    world.refused("relationship_ended", "adam", "coaching.started", { coaching: "c1", athlete: "a1", coach: "cora" });
    world.refused("relationship_ended", "adam", "coaching.overrides_set", { coaching: "c1", overrides: {} });
    world.refused("relationship_ended", "adam", "coaching.role_changed", { coaching: "c1", role: "viewer" });
    world.refused("relationship_ended", "adam", "team.head_coach_changed",
      { team: "blue", head_coach: "cora", assignment: "as1" });
    world.refused("already_exists", "otto", "coaching.started", { coaching: "c1", athlete: "x1", coach: "xena" });
    world.as("adam", "member.deactivated", { org: "fc", user: "asta" });
    world.as("adam", "member.reactivated", { org: "fc", user: "asta" });
    world.as("adam", "member.hats_changed", { org: "fc", user: "cora", hats: ["office"] });
    world.as("adam", "member.hats_changed", { org: "fc", user: "cora", hats: ["coach"] });
    noAnswers();
    expect(world.can("cora", "can_read", "note:n1")).toBe(true);
  });
});

describe("S12 athletes.create and teams.create by a row", () => {
  const creates = (world: World, user: string): boolean[] =>
    ["athletes_create", "teams_create"].map((key) => world.can(user, key, "org:fc"));

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
    expect(world.tuples.users("team_assignment:t1", "role")).toEqual(["role:fc/head_coach"]);
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
