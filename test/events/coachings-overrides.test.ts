// Overrides on a coaching row: `override[key] ?? role[key] ?? false`, for each row (PM6).
import { describe, expect, test } from "vitest";
import { ATHLETE_KEYS, relationOf } from "../../src/policy/permission-keys.ts";
import { coachingRow, overridesOf } from "../../src/domain/relationship-rows.ts";
import { athlete, coaches, role } from "../world/rows.ts";
import { club, people } from "../world/club.ts";
import type { World } from "../world/world.ts";

const SET = "coaching.overrides_set";
const CHANGED = "coaching.role_changed";

/** The athlete keys asta has on a1. */
function keys(world: World): string[] {
  return ATHLETE_KEYS.filter((key) => world.can("asta", relationOf(key), "athlete:a1"));
}

/** A club in which asta coaches a1 on row c1 with a role. */
function coached(roleId = "viewer"): World {
  const world = people();
  athlete(world, "a1");
  coaches(world, "c1", "asta", "a1", roleId);
  return world;
}

const set = (world: World, overrides: Record<string, boolean>): unknown =>
  world.as("adam", SET, { coaching: "c1", overrides });
const stored = (world: World): Record<string, boolean> => overridesOf(world.tuples, coachingRow(world.tuples, "c1")!);
const VIEWER = ATHLETE_KEYS.filter((key) => key.endsWith(".read"));

describe("coaching.overrides_set", () => {
  test("PM6 a false override removes a key of the role, a true one adds a key, no other key changes", () => {
    const world = coached();
    expect(keys(world)).toEqual(VIEWER);
    set(world, { "sessions.read": false, "sessions.write": true });
    expect(keys(world)).toEqual(ATHLETE_KEYS.filter(
      (key) => key === "sessions.write" || (VIEWER.includes(key) && key !== "sessions.read"),
    ));
    expect(stored(world)).toEqual({ "sessions.read": false, "sessions.write": true });
  });

  test("PM6 the event gives the whole map: keys that it does not name follow the role again", () => {
    const world = coached();
    set(world, { "sessions.read": false, "sessions.write": true });
    set(world, { "goals.read": false });
    expect(keys(world)).toEqual(VIEWER.filter((key) => key !== "goals.read"));
    set(world, { "sessions.write": true });
    expect(keys(world)).toEqual(ATHLETE_KEYS.filter((key) => key === "sessions.write" || VIEWER.includes(key)));
    set(world, {});
    expect(keys(world)).toEqual(VIEWER);
    expect(stored(world)).toEqual({});
  });

  test("PM6 the same map is unchanged, in any order", () => {
    const world = coached();
    world.unchanged("adam", SET, { coaching: "c1", overrides: {} });
    set(world, { "sessions.read": false, "sessions.write": true });
    world.unchanged("adam", SET, { coaching: "c1", overrides: { "sessions.write": true, "sessions.read": false } });
    set(world, { "sessions.write": true });
    world.unchanged("adam", SET, { coaching: "c1", overrides: { "sessions.write": true } });
  });

  test("PM6 an edit of the role reaches every key but the overridden ones", () => {
    const world = people();
    role(world, "mine", ["sessions.read", "goals.read"]);
    athlete(world, "a1");
    coaches(world, "c1", "asta", "a1", "mine");
    const edit = (...given: string[]): unknown =>
      world.as("adam", "role.updated", { org: "fc", role: "mine", keys: given });
    set(world, { "sessions.read": false, "notes.write": true });
    expect(keys(world)).toEqual(["goals.read", "notes.write"]);
    edit("sessions.read", "goals.read", "goals.write");
    expect(keys(world)).toEqual(["goals.read", "goals.write", "notes.write"]);
    edit("goals.write");
    edit("sessions.read", "sessions.write", "notes.write");
    expect(keys(world)).toEqual(["sessions.write", "notes.write"]);
    edit();
    expect(keys(world)).toEqual(["notes.write"]);
    set(world, {});
    expect(keys(world)).toEqual([]);
  });

  test("PM6 overrides survive every change of role: false and true ones, given to the role or not", () => {
    const world = coached("head_coach");
    const overrides = { "sessions.read": false, "notes.write": true, "premium.grant": false, "goals.write": true };
    set(world, overrides);
    for (const next of ["viewer", "specialist", "assistant_coach", "head_coach"]) {
      world.as("adam", CHANGED, { coaching: "c1", role: next });
      const has = keys(world);
      expect(has, next).not.toContain("sessions.read");
      expect(has, next).not.toContain("premium.grant");
      expect(has, next).toContain("notes.write");
      expect(has, next).toContain("goals.write");
      expect(has.includes("video.upload"), next).toBe(next !== "viewer");
      expect(stored(world), next).toEqual(overrides);
      world.unchanged("adam", CHANGED, { coaching: "c1", role: next });
    }
    expect(keys(world)).toEqual(ATHLETE_KEYS.filter((key) => key !== "sessions.read" && key !== "premium.grant"));
  });

  test("PM6 true overrides alone survive as well, and give nothing once the row has ended", () => {
    const world = coached();
    set(world, { "premium.grant": true });
    world.as("adam", CHANGED, { coaching: "c1", role: "specialist" });
    expect(keys(world)).toContain("premium.grant");
    expect(keys(world)).not.toContain("goals.read");
    world.as("asta", "coaching.ended", { coaching: "c1" });
    expect(keys(world)).toEqual([]);
    expect(stored(world)).toEqual({ "premium.grant": true });
  });

  test("PM6 rows add up: a key refused on one row is given by another", () => {
    const world = coached();
    set(world, { "sessions.read": false });
    expect(world.can("asta", "sessions_read", "athlete:a1")).toBe(false);
    coaches(world, "c2", "asta", "a1", "viewer");
    expect(world.can("asta", "sessions_read", "athlete:a1")).toBe(true);
    world.as("adam", SET, { coaching: "c2", overrides: { "sessions.read": false } });
    expect(world.can("asta", "sessions_read", "athlete:a1")).toBe(false);
  });

  test("PM6 refusing every key leaves none, allowing every key gives all", () => {
    const world = coached("head_coach");
    const all = (value: boolean): Record<string, boolean> =>
      Object.fromEntries(ATHLETE_KEYS.map((key) => [key, value]));
    set(world, all(false));
    expect(keys(world)).toEqual([]);
    expect(world.can("asta", "can_view", "athlete:a1"), "the row itself is active").toBe(true);
    set(world, all(true));
    expect(keys(world)).toEqual([...ATHLETE_KEYS]);
    expect(stored(world)).toEqual(all(true));
    set(world, { ...all(true), "sessions.read": false });
    expect(keys(world)).toEqual(ATHLETE_KEYS.filter((key) => key !== "sessions.read"));
  });

  test("PM6 only athlete keys: an org key, a level and a misspelt one are unknown_key", () => {
    const world = coached();
    for (const key of ["org.manage", "athletes.create", "roster.view", "session.read", "sessions_read", "toString"]) {
      const refusal = world.refused("unknown_key", "adam", SET, { coaching: "c1", overrides: { [key]: true } });
      expect(refusal.errors?.[0]?.path).toBe(`data.overrides.${key}`);
    }
    const proto: unknown = JSON.parse('{"__proto__": true}');
    world.refused("unknown_key", "adam", SET, { coaching: "c1", overrides: proto });
    world.refused("invalid_event", "adam", SET, { coaching: "c1", overrides: { "sessions.read": "no" } });
    for (const overrides of [null, [], 7]) world.refused("invalid_event", "adam", SET, { coaching: "c1", overrides });
    world.refused("invalid_event", "adam", SET, { coaching: "c1", overrides: { "sessions.read": null } });
    world.refused("invalid_event", "adam", SET, { coaching: "c1" });
  });

  test("who sets them: athletes.assign_coaches; S14 nobody on their own row; NP8 not on an ended row", () => {
    const world = coached();
    const data = { coaching: "c1", overrides: { "premium.grant": true } };
    for (const actor of ["asta", "cora", "ofra", "ida", "otto"]) world.refused("actor_not_allowed", actor, SET, data);
    world.refused("actor_not_allowed", "adam", SET, { ...data, coaching: "none" });
    world.refused("unknown_entity", undefined, SET, { ...data, coaching: "none" });
    world.system("coaching.ended", { coaching: "c1" });
    world.refused("relationship_ended", "adam", SET, data);
    world.refused("relationship_ended", "adam", SET, { coaching: "c1", overrides: {} });
  });
});

describe("PM6 in several writes", () => {
  for (const maxTuples of [8, 9, 10, 11, 13, 17, 50, 100]) {
    test(`a change of role and of overrides ends the same in writes of ${maxTuples} tuples`, () => {
      const world = coached("head_coach");
      world.maxTuples = maxTuples;
      set(world, { "sessions.read": false, "notes.write": true });
      expect(keys(world)).toEqual(ATHLETE_KEYS.filter((key) => key !== "sessions.read"));
      world.as("adam", CHANGED, { coaching: "c1", role: "viewer" });
      expect(keys(world)).toEqual(ATHLETE_KEYS.filter(
        (key) => key === "notes.write" || (VIEWER.includes(key) && key !== "sessions.read"),
      ));
      expect(world.can("asta", "teams_create", "org:fc"), "S12").toBe(false);
      expect(stored(world)).toEqual({ "sessions.read": false, "notes.write": true });
      set(world, { "goals.read": false });
      expect(keys(world)).toEqual(VIEWER.filter((key) => key !== "goals.read"));
      set(world, {});
      expect(keys(world)).toEqual(VIEWER);
      world.unchanged("adam", SET, { coaching: "c1", overrides: {} });
    });
  }
});

describe("coaching.overrides_set", () => {
  test("a value that is no map is invalid, not full of unknown keys", () => {
    const world = club();
    for (const overrides of ["sessions.read", ["sessions.read"], [true], 7, true, null]) {
      world.refused("invalid_event", "adam", "coaching.overrides_set", { coaching: "c1", overrides });
    }
  });
});
