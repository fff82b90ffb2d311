// History imported by the system: ended rows, notes under them or under none (NP1, NP5, NP7, NP8).
import { beforeEach, describe, expect, test } from "vitest";
import { ATHLETE_KEYS, relationOf } from "../../src/policy/permission-keys.ts";
import { World } from "../world/world.ts";

let world: World;
beforeEach(() => {
  world = new World();
  world.system("org.created", { org: "o", kind: "club", owner: "olga" });
  world.system("member.added", { org: "o", user: "carl" });
  world.system("member.added", { org: "o", user: "cora" });
  world.system("team.created", { team: "t", org: "o" });
  world.system("athlete.created", { athlete: "a", org: "o" });
});

const KEYS = [...ATHLETE_KEYS.map(relationOf), "current_coach", "can_view", "can_place"];
const held = (user: string): string[] => KEYS.filter((key) => world.can(user, key, "athlete:a"));

const ROWS = [
  ["coaching.started", { coaching: "r", athlete: "a", coach: "carl", team: "t" }, "coaching:r"],
  ["team_assignment.started", { assignment: "r", team: "t", coach: "carl" }, "team_assignment:r"],
] as const;

/** The field that holds the row's id. */
const ID = { "coaching.started": "coaching", "team_assignment.started": "assignment" } as const;

describe.each(ROWS)("%s with ended: true", (type, data, row) => {
  test("grants nothing, in any write, and is named in the receipt's rows", () => {
    world.system("team.athlete_added", { team: "t", athlete: "a" });
    const step = world.system(type, { ...data, ended: true });
    expect(step.rows.names).toEqual([row]);
    const effective = /active_on|follows|coaching|assignment/;
    expect(step.delta.writes.filter(({ relation }) => effective.test(relation))).toEqual([]);
    expect(held("carl")).toEqual([]);
    expect(world.can("carl", "coach", "team:t")).toBe(false);
    expect(world.tuples.has("role:o/head_coach", "row_holder", "user:carl")).toBe(false);
  });

  test("only the system sends it; its coach may be anybody, even without any membership", () => {
    world.refused("actor_not_allowed", "olga", type, { ...data, ended: true });
    world.system(type, { ...data, coach: "gone", ended: true });
    expect(held("gone")).toEqual([]);
    world.refused("not_a_coach", undefined, type, { ...data, [ID[type]]: "s", coach: "gone" });
  });

  test("a repetition is unchanged; the row never starts (NP8), and it ends no active row", () => {
    world.system("team.athlete_added", { team: "t", athlete: "a" });
    world.system(type, { ...data, ended: true });
    world.unchanged(undefined, type, { ...data, ended: true });
    world.refused("relationship_ended", undefined, type, data);
    world.refused("relationship_ended", "olga", type, data);
    const other = { ...data, [ID[type]]: "s" };
    world.system(type, other);
    world.refused("already_exists", undefined, type, { ...other, ended: true });
    world.unchanged(undefined, type.replace("started", "ended"), { [ID[type]]: "r" });
  });

  test("keeps its place in the org: another org's references are refused (S8)", () => {
    world.system("org.created", { org: "p", kind: "club", owner: "paul" });
    world.system("athlete.created", { athlete: "b", org: "p" });
    world.system("team.created", { team: "u", org: "p" });
    const isCoaching = type === "coaching.started";
    const foreign = { ...data, ...(isCoaching ? { team: "u" } : { role: "nowhere" }), ended: true };
    world.refused(isCoaching ? "wrong_org" : "unknown_entity", undefined, type, foreign);
  });
});

describe("a note from the system", () => {
  const note = (more: object): object => ({ note: "n", athlete: "a", author: "carl", ...more });
  const readers = (): string[] =>
    ["carl", "cora", "olga", "gone"].filter((user) => world.can(user, "can_read", "note:n"));

  test("NP5 without a relationship counts as written under an ended one: author and admins read it", () => {
    world.system("coaching.started", { coaching: "c", athlete: "a", coach: "cora" });
    world.system("note.created", note({}));
    expect(readers()).toEqual(["carl", "olga"]);
    world.unchanged(undefined, "note.created", note({}));
    world.refused("already_exists", undefined, "note.created", note({ author: "cora" }));
  });

  test("under an ended row: a present coach does not read it (NP8); the author may have left", () => {
    world.system("coaching.started", { coaching: "c", athlete: "a", coach: "cora" });
    world.system("coaching.started", { coaching: "r", athlete: "a", coach: "gone", ended: true });
    world.system("note.created", note({ author: "gone", under: "coaching:r" }));
    expect(readers()).toEqual(["olga"]);
    world.system("member.added", { org: "o", user: "gone" });
    expect(readers()).toEqual(["olga", "gone"]);
  });

  test("under an ended assignment, even to a team that the athlete has left", () => {
    world.system("team_assignment.started", { assignment: "r", team: "t", coach: "carl", ended: true });
    world.system("note.created", note({ under: "team_assignment:r" }));
    expect(readers()).toEqual(["carl", "olga"]);
    world.system("team.athlete_added", { team: "t", athlete: "a" });
    world.system("team_assignment.started", { assignment: "s", team: "t", coach: "cora" });
    expect(readers()).toEqual(["carl", "olga"]);
  });

  test("still names a relationship of its author that reaches the athlete", () => {
    world.system("athlete.created", { athlete: "b", org: "o" });
    world.system("coaching.started", { coaching: "r", athlete: "b", coach: "carl", ended: true });
    world.refused("relationship_mismatch", undefined, "note.created", note({ under: "coaching:r" }));
    world.refused("relationship_mismatch", undefined, "note.created", note({ author: "cora", under: "coaching:r" }));
    world.refused("unknown_entity", undefined, "note.created", note({ under: "coaching:none" }));
  });

  test("of an actor needs an active relationship, as always", () => {
    world.system("coaching.started", { coaching: "c", athlete: "a", coach: "carl" });
    const refused = world.refused("invalid_event", "carl", "note.created", note({}));
    expect(refused.errors).toEqual([{ path: "data.under", message: expect.stringContaining("required") }]);
    world.system("coaching.started", { coaching: "r", athlete: "a", coach: "carl", ended: true });
    world.refused("relationship_ended", "carl", "note.created", note({ under: "coaching:r" }));
    world.as("carl", "note.created", note({ under: "coaching:c" }));
  });
});
