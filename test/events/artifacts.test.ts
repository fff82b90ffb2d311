// Events of program artifacts and library entries: who creates, finalizes, deletes and sees them (PR1-PR3, PM12).
import { describe, expect, test } from "vitest";
import { ARTIFACT_RESOURCES } from "../../src/domain/artifacts.ts";
import { club } from "../world/club.ts";
import type { World } from "../world/world.ts";

const TYPES = Object.keys(ARTIFACT_RESOURCES);
const ABOUT_ATHLETE = ["development_plan", "dev_card", "player_profile"];
const LIBRARY = ["drill", "spot"];

const payload = (type: string, id = "1"): Record<string, unknown> =>
  ({ artifact: `${type}:${id}`, org: "fc", ...(ABOUT_ATHLETE.includes(type) ? { athlete: "a1" } : {}) });

const viewers = (world: World, object: string): string[] =>
  ["olga", "hana", "ofra", "ida", "otto", "root", "nobody"].filter((user) => world.can(user, "can_view", object));

describe("artifact.created", () => {
  test.each(TYPES)("PR2 PR3 PM12 %s: created by a coach of a program, not by a player or a stranger", (type) => {
    const world = club("program");
    for (const actor of ["ida", "otto", "gus", "nobody", "pat"]) {
      world.refused("actor_not_allowed", actor, "artifact.created", payload(type));
    }
    const staff = LIBRARY.includes(type) ? [] : ["ofra"]; // In a program the office has no role, and so no level.
    for (const actor of staff) world.refused("actor_not_allowed", actor, "artifact.created", payload(type));
    world.as("hana", "artifact.created", payload(type));
    const own = ABOUT_ATHLETE.includes(type) ? ["ida"] : [];
    const office = LIBRARY.includes(type) ? ["ofra"] : [];
    const players = type === "playbook_item" ? ["ida"] : [];
    expect(viewers(world, `${type}:1`)).toEqual(["olga", "hana", ...office, ...own, ...players, "root"]);
    world.unchanged("hana", "artifact.created", payload(type));
  });

  test("PR1 generated needs Generate: Edit alone does not suffice", () => {
    const world = club("program");
    world.refused("actor_not_allowed", "hana", "artifact.created", { ...payload("playbook_item"), generated: true });
    world.as("hana", "artifact.created", { ...payload("playbook_item"), generated: false });
    world.as("hana", "artifact.created", { ...payload("practice_plan"), generated: true });
    world.system("role.updated", { org: "fc", role: "coach", keys: ["practice_plans.view"] });
    world.refused("actor_not_allowed", "hana", "artifact.created", payload("practice_plan", "2"));
    world.system("role.updated", { org: "fc", role: "coach", keys: ["practice_plans.edit"] });
    world.as("hana", "artifact.created", payload("practice_plan", "2"));
  });

  test.each([
    ["an athlete where there is none", { ...payload("practice_plan"), athlete: "a1" }],
    ["no athlete where there is one", { artifact: "dev_card:1", org: "fc" }],
    ["another type", { artifact: "note:1", org: "fc" }],
    ["a type of every object", { artifact: "constructor:1", org: "fc" }],
    ["no id", { artifact: "drill:", org: "fc" }],
    ["a long id", { artifact: `drill:${"d".repeat(129)}`, org: "fc" }],
    ["an unknown field", { ...payload("drill"), author: "hana" }],
  ])("%s is an invalid payload", (_, data) => {
    club("program").refused("invalid_event", undefined, "artifact.created", data);
  });

  test("the longest id", () => {
    const world = club("program");
    world.as("hana", "artifact.created", payload("development_plan", "d".repeat(128)));
    expect(world.can("ida", "can_view", `development_plan:${"d".repeat(128)}`)).toBe(true);
  });

  test("S8 the org and the athlete exist, in one org", () => {
    const world = club("program");
    world.refused("unknown_entity", undefined, "artifact.created", { ...payload("drill"), org: "none" });
    world.refused("unknown_entity", "hana", "artifact.created", { ...payload("dev_card"), athlete: "none" });
    world.refused("wrong_org", "hana", "artifact.created", { ...payload("dev_card"), athlete: "x1" });
  });

  test("an id with other content is taken, also in another org", () => {
    const world = club("program");
    world.as("hana", "artifact.created", payload("dev_card"));
    world.refused("already_exists", "hana", "artifact.created", { ...payload("dev_card"), athlete: "a2" });
    world.refused("already_exists", "otto", "artifact.created", { artifact: "dev_card:1", org: "xo", athlete: "x1" });
    world.as("hana", "artifact.created", payload("player_profile"));
  });

  test("PM12 an entry's creator is the actor, or an active member of the org", () => {
    const world = club();
    world.as("hana", "artifact.created", payload("drill"));
    expect(world.can("hana", "can_edit", "drill:1")).toBe(true);
    expect(world.can("asta", "can_edit", "drill:1")).toBe(false);
    world.unchanged("hana", "artifact.created", { ...payload("drill"), creator: "hana" });
    world.refused("already_exists", "asta", "artifact.created", payload("drill"));
    world.as("hana", "artifact.created", { ...payload("spot"), creator: "asta" });
    expect(["hana", "asta"].filter((user) => world.can(user, "can_edit", "spot:1"))).toEqual(["asta"]);
    for (const creator of ["nobody", "xena"]) {
      world.refused("unknown_entity", "hana", "artifact.created", { ...payload("drill", "2"), creator });
    }
    world.refused("member_inactive", "hana", "artifact.created", { ...payload("drill", "2"), creator: "gus" });
    world.as("root", "artifact.created", payload("drill", "3"));
    world.system("artifact.created", payload("drill", "4"));
    expect(world.tuples.users("drill:4", "creator")).toEqual([]);
    world.system("member.hats_changed", { org: "fc", user: "hana", hats: ["athlete"] });
    expect(world.can("hana", "can_edit", "drill:1")).toBe(false);
  });

  test("a creator for every type, generated for libraries as well; neither gives more than the type does", () => {
    const world = club("program");
    const brief = (id: string) => ({ artifact: `game_brief:${id}`, org: "fc" });
    world.as("hana", "artifact.created", { ...brief("1"), creator: "asta" });
    world.unchanged("hana", "artifact.created", brief("1"));
    world.refused("unknown_entity", "hana", "artifact.created", { ...brief("2"), creator: "xena" });
    world.refused("member_inactive", "hana", "artifact.created", { ...brief("2"), creator: "gus" });
    const drill = { artifact: "drill:1", org: "fc", generated: true };
    world.refused("actor_not_allowed", "ida", "artifact.created", drill);
    world.as("ofra", "artifact.created", drill);
    world.system("artifact.created", { artifact: "weekly_report:1", org: "fc", creator: "ida" });
    expect(world.can("ida", "can_edit", "weekly_report:1")).toBe(false);
  });

  test("a system event without a creator names none; another contributor is different content", () => {
    const world = club();
    world.as("asta", "artifact.created", { artifact: "spot:1", org: "fc" });
    world.unchanged(undefined, "artifact.created", { artifact: "spot:1", org: "fc" });
    world.unchanged(undefined, "artifact.created", { artifact: "spot:1", org: "fc", creator: "asta" });
    world.refused("already_exists", undefined, "artifact.created", { artifact: "spot:1", org: "fc", creator: "dora" });
    world.refused("already_exists", "dora", "artifact.created", { artifact: "spot:1", org: "fc" });
  });
});

describe("artifact.finalized and artifact.reopened", () => {
  test.each(["practice_plan", "game_brief"])("PR2 PR3 a player sees a %s while it is final", (type) => {
    const world = club("program");
    const artifact = `${type}:1`;
    world.as("hana", "artifact.created", payload(type));
    expect(world.can("ida", "can_view", artifact)).toBe(false);
    for (const actor of ["ida", "ofra", "otto"]) {
      world.refused("actor_not_allowed", actor, "artifact.finalized", { artifact });
    }
    world.unchanged("hana", "artifact.reopened", { artifact });
    world.as("hana", "artifact.finalized", { artifact });
    expect(world.can("ida", "can_view", artifact)).toBe(true);
    expect(world.can("ida", "can_edit", artifact)).toBe(false);
    world.unchanged("hana", "artifact.finalized", { artifact });
    world.unchanged("hana", "artifact.created", payload(type));
    world.refused("actor_not_allowed", "ida", "artifact.reopened", { artifact });
    world.as("hana", "artifact.reopened", { artifact });
    expect(world.can("ida", "can_view", artifact)).toBe(false);
  });

  test.each(TYPES.filter((type) => !/^(?:practice_plan|game_brief)$/.test(type)))("a %s is never a draft", (type) => {
    const world = club("program");
    world.as("hana", "artifact.created", payload(type));
    for (const event of ["artifact.finalized", "artifact.reopened"]) {
      world.refused("invalid_event", "hana", event, { artifact: `${type}:1` });
    }
  });

  test("an unknown artifact", () => {
    const world = club("program");
    for (const event of ["artifact.finalized", "artifact.reopened"]) {
      world.refused("actor_not_allowed", "olga", event, { artifact: "practice_plan:none" });
      world.refused("unknown_entity", undefined, event, { artifact: "practice_plan:none" });
    }
  });
});

describe("artifact.deleted", () => {
  test.each(TYPES)("%s: nothing of it remains, and its id is free", (type) => {
    const world = club("program");
    const artifact = `${type}:1`;
    world.as("hana", "artifact.created", payload(type));
    if (type === "game_brief") world.as("hana", "artifact.finalized", { artifact });
    for (const actor of ["ida", "ofra", "otto"]) {
      world.refused("actor_not_allowed", actor, "artifact.deleted", { artifact });
    }
    world.as("hana", "artifact.deleted", { artifact });
    expect(viewers(world, artifact)).toEqual([]);
    world.refused("actor_not_allowed", "hana", "artifact.deleted", { artifact });
    world.unchanged(undefined, "artifact.deleted", { artifact });
    const about = ABOUT_ATHLETE.includes(type) ? { athlete: "x1" } : {};
    world.as("otto", "artifact.created", { artifact, org: "xo", ...about });
    expect(viewers(world, artifact)).toEqual(["otto", "root"]);
  });
});
