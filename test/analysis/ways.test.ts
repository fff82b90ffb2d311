// The ways of a relation: the ones that a reader of the policy counts, and the evaluator's on any tuples at all.
import { describe, expect, test } from "vitest";
import { listWays } from "../../src/analysis/list-ways.ts";
import { TupleTable } from "../../src/analysis/matching.ts";
import { frozen, withoutTuple } from "../../src/analysis/tuple-world.ts";
import { TooManyWays, Unrolling } from "../../src/analysis/unroll.ts";
import type { Way } from "../../src/analysis/way.ts";
import { isYes } from "../../src/analysis/written-world.ts";
import { check, compileModel, type Model, type Tuple } from "../../src/engine.ts";
import { neighbours } from "../../src/model/reach.ts";
import type { Relation } from "../../src/model/rewrite.ts";
import { drawWorld, setOf } from "../differential/models.ts";
import { tupleWorld } from "../differential/worlds.ts";
import { Draw } from "../laws/draw.ts";
import { covered, holds } from "../laws/law.ts";
import { sequences } from "../laws/sequence.ts";
import { MODEL } from "../world/policy.ts";
import { START } from "../world/world.ts";
import { matchesAt, worldOf, type NumberedWorld } from "./stored-world.ts";

const unrolling = new Unrolling(MODEL);

/** The shapes of a way's tuples, sorted, with its number of negations. */
function signature(shapes: readonly string[], negations: number): string {
  return `${[...shapes].sort().join(" ")} ${negations}`;
}

const HATS = ["coach", "office"];
const COACH = ["org#member@user", "org#coach_hat@user"];
const MEMBER = ["note#org@org", "org#member@user"];

/** The ways of note#can_read, written down from the rules NP1 to NP9, S21 and PM7. */
function readersByTheRules(): string[] {
  const row = ["note#athlete@athlete", "athlete#coaching@coaching", "coaching#coach@user", "coaching#active_on@athlete",
    "athlete#org@org", ...COACH, "athlete#org@org", ...COACH];
  const team = ["note#seat@seat", "seat#team@team", "team#assignment@team_assignment", "team_assignment#coach@user",
    "team_assignment#active_on@team", "team#org@org", ...COACH, "team#org@org", ...COACH];
  const under = [
    ["note#under@coaching", "coaching#active_on@athlete", "athlete#org@org", ...COACH],
    ["note#under@team_assignment", "team_assignment#active_on@team", "team#org@org", ...COACH],
  ];
  const byRow = [row, team].flatMap((coach) => under.map((witness) => [...coach, ...witness, ...MEMBER]));
  // A share needs a staff hat; with the admin hat its holder reads every note anyway.
  const byShare = HATS.map((hat) => ["note#shared_with@user", ...MEMBER, `org#${hat}_hat@user`]);
  const staff = [...byRow, ...byShare];
  const marks = ["athlete#linked_ever@user", "athlete#link@user"];
  return [
    signature(["note#author@user", ...MEMBER], 0),
    signature(["note#visible_to@athlete", "athlete#link@user", "athlete#org@org", "org#athlete_hat@user",
      "org#member@user", ...MEMBER], 0),
    ...staff.map((way) => signature(way, 1)),
    ...staff.flatMap((way) => marks.map((mark) => signature([...way, "note#visible_to@athlete", mark], 0))),
    signature([...MEMBER, "org#admin_hat@user"], 0),
    ...["superadmin", "admin"].map((staff) => signature(["note#org@org", "org#platform@platform",
      `platform#${staff}@user`], 0)),
  ].sort();
}

describe("the policy", () => {
  test("a note is read in 23 ways: those that the rules name", () => {
    const { ways } = unrolling.of(MODEL.types.get("note")!.relations.get("can_read")!);
    expect(ways.map((way) => signature(way.tuples.map(({ shape }) => shape), way.negations.length)).sort())
      .toEqual(readersByTheRules());
    expect(ways).toHaveLength(23);
  });

  test("has no recursion, so that results about it need no bound", () => {
    expect(MODEL.relations.filter((relation) => unrolling.of(relation).bound !== undefined)).toEqual([]);
  });

  test("each way is a yes of the evaluator, and a no without any one of its tuples", () => {
    let ways = 0;
    for (const relation of MODEL.relations) {
      const own = unrolling.of(relation).ways;
      for (const way of own) {
        ways += 1;
        const world = frozen(way);
        expect(isYes(MODEL, world, relation.name), JSON.stringify(way)).toBe(true);
        for (const tuple of world.tuples) {
          const fewer = withoutTuple(world, tuple);
          const isStill = isYes(MODEL, fewer, relation.name);
          // Only a tuple of another way, under a negation that the first one lacks, may replace the missing one.
          if (isStill) expect(own.some(({ negations }) => negations.length > 0), JSON.stringify(way)).toBe(true);
        }
      }
    }
    expect(ways).toBeGreaterThan(4_000);
  });

  test("on any tuples, a user has a relation exactly if some way matches", () => {
    const counts = { yes: 0, no: 0 };
    holds(sequences(1, 1), 40, ([seed = 0]) => {
      const draw = new Draw(seed);
      const tuples = tupleWorld(draw);
      const context = { current_time: new Date(START).toISOString() };
      compareAnswers(MODEL, tuples, context, unrolling, draw, counts);
    }, 1_000);
    covered(() => {
      expect(counts.yes).toBeGreaterThan(300);
      expect(counts.no).toBeGreaterThan(1_000);
    });
  });
});

describe("any model", () => {
  test("without recursion: a user has a relation exactly if some way matches", () => {
    const counts = { yes: 0, no: 0, models: 0 };
    holds(sequences(1, 1), 300, ([seed = 0]) => {
      const draw = new Draw(seed);
      const { model, tuples, questions } = drawWorld(draw);
      const context = questions[0]?.context ?? {};
      counts.models += 1;
      compareAnswers(model, tuples, context, new Unrolling(model), draw, counts);
    }, 10_000);
    covered(() => {
      expect(counts.yes).toBeGreaterThan(1_000);
      expect(counts.no).toBeGreaterThan(1_000);
    });
  });

  test("with recursion: the list has a bound, and each way that matches is a yes", () => {
    const model = compileModel(`
      model
        schema 1.1
      type user
      type group
        relations
          define parent: [group]
          define member: [user, group#member] or member from parent`);
    const list = listWays(model, "group#member");
    // Chains of up to three steps, each through a userset or a parent: 1 + 2 + 4 + 8.
    expect("ways" in list && { bound: list.bound, ways: list.ways.length }).toEqual({ bound: 3, ways: 15 });
    const { ways } = new Unrolling(model).of(model.types.get("group")!.relations.get("member")!);
    for (const way of ways) expect(isYes(model, frozen(way), "member")).toBe(true);
  });

  test("a way never needs what it must avoid, nor one tuple under two conditions", () => {
    const model = compileModel(`
      model
        schema 1.1
      type user
      type document
        relations
          define blocked: [user]
          define open: [user:*, user:* with soon]
          define never: blocked but not blocked
          define both: open and open
          define viewer: [user, user with soon] but not blocked
      condition soon(x: int) { x < 10 }`);
    const count = (relation: string): number => {
      const list = listWays(model, `document#${relation}`);
      return "ways" in list ? list.ways.length : -1;
    };
    expect(["never", "both", "viewer"].map(count)).toEqual([0, 2, 2]);
  });

  test("with more ways than the analysis can hold is refused, not cut short", () => {
    const branches = Array.from({ length: 18 }, (_, i) => `
          define a${i}: [user]
          define b${i}: [user]`).join("");
    const all = Array.from({ length: 18 }, (_, i) => `(a${i} or b${i})`).join(" and ");
    const model = compileModel(`
      model
        schema 1.1
      type user
      type document
        relations${branches}
          define viewer: ${all}`);
    expect(() => new Unrolling(model).of(model.types.get("document")!.relations.get("viewer")!)).toThrow(TooManyWays);
    expect(listWays(model, "document#viewer")).toEqual({ fault: expect.stringContaining("document#viewer") as string });
    expect(listWays(model, "document#reader")).toEqual({ fault: expect.stringContaining("no relation") as string });
  });
});

/** Whether a relation's definition leads to one with recursion. */
function reachesRecursion(relation: Relation, seen = new Set<Relation>()): boolean {
  if (relation.recursive) return true;
  if (seen.has(relation)) return false;
  seen.add(relation);
  return neighbours(relation.rewrite, relation).some((each) => reachesRecursion(each, seen));
}

/** All ways of a relation; undefined with recursion, or if there are too many. */
function completeWays(ways: Unrolling, relation: Relation): readonly Way[] | undefined {
  if (reachesRecursion(relation)) return undefined;
  try {
    const { ways: found, bound } = ways.of(relation);
    return bound === undefined ? found : undefined;
  } catch (error) {
    if (error instanceof TooManyWays) return undefined;
    throw error;
  }
}

/** Compares the evaluator with the ways, for relations, objects and users of a world. */
function compareAnswers(
  model: Model, tuples: readonly Tuple[], context: Readonly<Record<string, unknown>>, ways: Unrolling, draw: Draw,
  counts: { yes: number; no: number },
): void {
  const world: NumberedWorld = worldOf(model, tuples, context);
  if (world.isFaulty) return;
  const table = new TupleTable(world);
  const set = setOf(tuples);
  const objects = [...world.numbers.keys()];
  const users = objects.filter((name) => name.startsWith("user:"));
  for (const object of draw.sample(objects, 25)) {
    const relations = [...model.types.get(object.slice(0, object.indexOf(":")))?.relations.values() ?? []];
    for (const relation of draw.sample(relations, 8)) {
      const own = completeWays(ways, relation);
      if (own === undefined) continue;
      for (const user of draw.sample(users, 3)) {
        const answer = check(model, set, { user, relation: relation.name, object, context });
        if ("error" in answer) continue;
        const matches = own.some((way) =>
          matchesAt(way, table, world.numbers.get(user)!, world.numbers.get(object)!));
        expect(matches, `${user} ${relation.name} ${object} ${JSON.stringify(tuples)}`).toBe(answer.allowed);
        counts[answer.allowed ? "yes" : "no"] += 1;
      }
    }
  }
}
