// Coaching rows: started, their role, ended (NP5, NP8, PM10, S7, S12, S16).
import { describe, expect, test } from "vitest";
import { coachingRow } from "../../src/domain/relationship-rows.ts";
import { athlete, club, coaches, team } from "../world/rows.ts";

const STARTED = "coaching.started";
const CHANGED = "coaching.role_changed";
const ENDED = "coaching.ended";

describe("coaching.started", () => {
  test("PM10 a row reaches its athlete and no other; role head_coach by default", () => {
    const world = club();
    athlete(world, "a1");
    athlete(world, "a2");
    world.as("ada", STARTED, { coaching: "c1", athlete: "a1", coach: "carl" });
    expect(coachingRow(world.tuples, "c1")).toMatchObject({ role: "head_coach", team: undefined, active: true });
    expect(world.can("carl", "sessions_delete", "athlete:a1")).toBe(true);
    expect(world.can("carl", "can_view", "athlete:a2")).toBe(false);
    expect(world.can("carl", "athletes_create", "org:club"), "S12").toBe(true);
  });

  test("who starts one: athletes.assign_coaches; not a head coach of the athlete's team", () => {
    const world = club();
    team(world, "u9");
    athlete(world, "a1", "u9");
    const data = { coaching: "c1", athlete: "a1", coach: "carl" };
    for (const actor of ["hugo", "carl", "fred", "ann", "rita", "rex", "nobody"]) {
      world.refused("actor_not_allowed", actor, STARTED, data);
    }
    for (const [n, actor] of ["ada", "olga", "sue"].entries()) world.as(actor, STARTED, { ...data, coaching: `c${n}` });
    world.refused("actor_not_allowed", "ada", STARTED, { ...data, athlete: "none" });
    world.refused("unknown_entity", undefined, STARTED, { ...data, athlete: "none" });
  });

  test("NP6 held for a team the athlete is on, and for no other", () => {
    const world = club();
    team(world, "u9");
    team(world, "u10");
    world.system("team.created", { team: "r9", org: "rival" });
    athlete(world, "a1", "u9");
    const data = { coaching: "c1", athlete: "a1", coach: "carl" };
    world.refused("unknown_entity", "ada", STARTED, { ...data, team: "none" });
    world.refused("wrong_org", "ada", STARTED, { ...data, team: "r9" });
    world.refused("not_on_team", "ada", STARTED, { ...data, team: "u10" });
    world.as("ada", STARTED, { ...data, team: "u9" });
    expect(coachingRow(world.tuples, "c1")?.team).toBe("u9");
    world.system("team.deleted", { team: "u9" });
    world.refused("unknown_entity", "ada", STARTED, { ...data, coaching: "c2", team: "u9" });
    expect(coachingRow(world.tuples, "c1")?.active, "the row is over the athlete").toBe(true);
  });

  test("NP8 S16 the same again is unchanged, another id adds up, one that ended stays ended", () => {
    const world = club();
    athlete(world, "a1");
    athlete(world, "a2");
    const data = { coaching: "c1", athlete: "a1", coach: "carl", role: "viewer" };
    world.as("ada", STARTED, data);
    world.unchanged("ada", STARTED, data);
    world.refused("already_exists", "ada", STARTED, { ...data, role: "specialist" });
    world.refused("already_exists", "ada", STARTED, { ...data, coach: "cora" });
    world.refused("already_exists", "ada", STARTED, { ...data, athlete: "a2" });
    world.as("ada", STARTED, { ...data, coaching: "c2", role: "specialist" });
    expect(world.can("carl", "fitness_read", "athlete:a1")).toBe(true);
    expect(world.can("carl", "drills_write", "athlete:a1")).toBe(true);
    world.as("ada", ENDED, { coaching: "c1" });
    expect(world.can("carl", "fitness_read", "athlete:a1")).toBe(false);
    expect(world.can("carl", "drills_write", "athlete:a1")).toBe(true);
    world.refused("relationship_ended", "ada", STARTED, data);
    world.refused("relationship_ended", "ada", STARTED, { ...data, coach: "cora" });
    world.system("athlete.created", { athlete: "r1", org: "rival", coach: "rex", coaching: "theirs" });
    world.refused("already_exists", "ada", STARTED, { ...data, coaching: "theirs" });
    world.system(ENDED, { coaching: "theirs" });
    world.refused("already_exists", "ada", STARTED, { ...data, coaching: "theirs" });
  });

  test("S7 S8 PM1 the coach and the role", () => {
    const world = club();
    athlete(world, "a1");
    const data = { coaching: "c1", athlete: "a1", coach: "carl" };
    world.refused("role_scope_mismatch", "ada", STARTED, { ...data, role: "coach" });
    world.refused("unknown_entity", "ada", STARTED, { ...data, role: "none" });
    world.refused("not_a_coach", "ada", STARTED, { ...data, coach: "rex" });
    world.refused("not_a_coach", "ada", STARTED, { ...data, coach: "fred" });
    world.system("member.deactivated", { org: "club", user: "carl" });
    world.refused("member_inactive", "ada", STARTED, data);
    world.refused("invalid_event", "ada", STARTED, { ...data, rol: "viewer" });
  });
});

describe("coaching.role_changed", () => {
  test("it takes effect at once, with S12's keys, and again it is unchanged", () => {
    const world = club();
    athlete(world, "a1");
    coaches(world, "c1", "carl", "a1");
    world.as("ada", CHANGED, { coaching: "c1", role: "viewer" });
    expect(world.can("carl", "sessions_write", "athlete:a1")).toBe(false);
    expect(world.can("carl", "sessions_read", "athlete:a1")).toBe(true);
    expect(world.can("carl", "athletes_create", "org:club")).toBe(false);
    world.unchanged("ada", CHANGED, { coaching: "c1", role: "viewer" });
    world.as("ada", CHANGED, { coaching: "c1", role: "head_coach" });
    expect(world.can("carl", "sessions_write", "athlete:a1")).toBe(true);
    expect(world.can("carl", "athletes_create", "org:club")).toBe(true);
  });

  test("S12 a second row with the role keeps the keys", () => {
    const world = club();
    athlete(world, "a1");
    athlete(world, "a2");
    coaches(world, "c1", "carl", "a1");
    coaches(world, "c2", "carl", "a2");
    world.as("ada", CHANGED, { coaching: "c1", role: "viewer" });
    expect(world.can("carl", "teams_create", "org:club")).toBe(true);
    world.as("ada", ENDED, { coaching: "c2" });
    expect(world.can("carl", "teams_create", "org:club")).toBe(false);
  });

  test("rights, entities, and NP8 a row that ended", () => {
    const world = club();
    athlete(world, "a1");
    coaches(world, "c1", "carl", "a1");
    for (const actor of ["carl", "cora", "fred", "rita"]) {
      world.refused("actor_not_allowed", actor, CHANGED, { coaching: "c1", role: "viewer" });
    }
    world.refused("actor_not_allowed", "ada", CHANGED, { coaching: "none", role: "viewer" });
    world.refused("unknown_entity", undefined, CHANGED, { coaching: "none", role: "viewer" });
    world.refused("unknown_entity", "ada", CHANGED, { coaching: "c1", role: "none" });
    world.refused("role_scope_mismatch", "ada", CHANGED, { coaching: "c1", role: "admin" });
    world.system(ENDED, { coaching: "c1" });
    world.refused("relationship_ended", "ada", CHANGED, { coaching: "c1", role: "viewer" });
    world.refused("relationship_ended", "ada", CHANGED, { coaching: "c1", role: "head_coach" });
    expect(world.can("carl", "athletes_create", "org:club")).toBe(false);
  });
});

describe("coaching.ended", () => {
  test("who ends it: athletes.assign_coaches, the coach, the athlete's account; again it is unchanged for them", () => {
    const world = club();
    team(world, "u9");
    athlete(world, "a1", "u9");
    world.system("athlete.linked", { athlete: "a1", user: "ann" });
    for (const id of ["c1", "c2", "c3", "c4"]) coaches(world, id, "carl", "a1");
    const others = ["hugo", "cora", "fred", "abe", "rita", "rex", "nobody"];
    for (const actor of others) world.refused("actor_not_allowed", actor, ENDED, { coaching: "c1" });
    for (const [n, actor] of ["ada", "carl", "ann", "sue"].entries()) {
      world.as(actor, ENDED, { coaching: `c${n + 1}` });
      expect(world.can(actor, "can_end", `coaching:c${n + 1}`)).toBe(false);
    }
    expect(world.can("carl", "can_view", "athlete:a1")).toBe(false);
    // The athlete's pointer to the row goes with it: rows that ended must not slow every check on the athlete.
    expect(world.tuples.users("athlete:a1", "coaching")).toEqual([]);
    for (const actor of ["ada", "carl", "ann", "sue"]) world.unchanged(actor, ENDED, { coaching: "c1" });
    for (const actor of others) world.refused("actor_not_allowed", actor, ENDED, { coaching: "c1" });
    world.refused("actor_not_allowed", "ada", ENDED, { coaching: "none" });
    world.refused("unknown_entity", undefined, ENDED, { coaching: "none" });
  });

  test("S7 PR8 a deactivated coach or one without the hat has nothing, and all of it when back", () => {
    const world = club();
    athlete(world, "a1");
    coaches(world, "c1", "carl", "a1");
    world.system("coaching.overrides_set", { coaching: "c1", overrides: { "sessions.read": false } });
    const has = (): boolean[] => ["can_view", "sessions_write", "notes_write", "current_coach"]
      .map((relation) => world.can("carl", relation, "athlete:a1")).concat(world.can("carl", "can_end", "coaching:c1"));
    const [all, none] = [Array(5).fill(true), Array(5).fill(false)];
    expect(has()).toEqual(all);
    world.system("member.deactivated", { org: "club", user: "carl" });
    expect(has()).toEqual(none);
    world.refused("actor_not_allowed", "carl", ENDED, { coaching: "c1" });
    world.system("member.reactivated", { org: "club", user: "carl" });
    expect(has()).toEqual(all);
    world.system("member.hats_changed", { org: "club", user: "carl", hats: ["athlete"] });
    expect(has()).toEqual(none);
    world.system("member.hats_changed", { org: "club", user: "carl", hats: ["coach", "athlete"] });
    expect(has()).toEqual(all);
    expect(world.can("carl", "sessions_read", "athlete:a1")).toBe(false);
  });

  test("a coach with a thousand rows loses them one by one, and S12's keys stay until the last", () => {
    const world = club();
    for (let n = 0; n < 1000; n++) {
      world.system("athlete.created", { athlete: `a${n}`, org: "club", coach: "carl", coaching: `c${n}` });
    }
    for (let n = 0; n < 999; n++) world.system(ENDED, { coaching: `c${n}` });
    expect(world.can("carl", "teams_create", "org:club")).toBe(true);
    world.system(ENDED, { coaching: "c999" });
    expect(world.can("carl", "teams_create", "org:club")).toBe(false);
  });
});
