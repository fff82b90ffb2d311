// The rules of a way: the few that decide it, and not all that its lines name.
import { describe, expect, test } from "vitest";
import { waysOf } from "../../src/reasons/compiled-ways.ts";
import { policyNotes } from "../../src/reasons/policy-notes.ts";
import { RulesOfWays } from "../../src/reasons/rules-of-ways.ts";
import { checkableOf } from "../../src/policy/checkable.ts";
import { MODEL, POLICY } from "../world/policy.ts";

const { rules: RULES } = policyNotes(POLICY);

/** The rules of the ways of a relation, by the tuple shapes of the way. */
function rulesOf(type: string, relation: string): (readonly [shapes: string, rules: readonly string[]])[] {
  const { ways } = waysOf(MODEL, MODEL.types.get(type)!.relations.get(relation)!, "user")!;
  const rules = new RulesOfWays(ways, RULES);
  return ways.map((way) => [way.way.tuples.map(({ shape }) => shape).join(" "), rules.way(way)]);
}

describe("who reads a note", () => {
  const ways = rulesOf("note", "can_read");

  test.each([
    ["note#author@user", ["NP1"]], ["org#admin_hat@user", ["NP2"]], ["platform#superadmin@user", ["PM7"]],
    ["platform#admin@user", ["NP2", "NP10"]], ["note#shared_with@user", ["NP9"]],
    ["note#visible_to@athlete athlete#link@user athlete#org@org", ["NP3"]],
  ])("by %s: %j", (shape, expected) => {
    const found = ways.filter(([shapes]) => shapes.includes(shape)).map(([, rules]) => rules);
    expect(found.length).toBeGreaterThan(0);
    for (const rules of found) expect(rules).toEqual(expected);
  });

  test("a coach by a row of the athlete: NP5; one of the note's team: NP6", () => {
    const by = (shape: string): string[] => [...new Set(ways.filter(([shapes]) => shapes.startsWith(shape))
      .map(([, [first, second = ""]]) => (first === "AC6" ? second : first!)))];
    expect([by("note#athlete@athlete athlete#coaching"), by("note#seat@seat")]).toEqual([["NP5"], ["NP6"]]);
  });
});

test("nearly all ways of the checkable relations have one to five rules, and none has more than eight", () => {
  let [few, all] = [0, 0];
  for (const [type] of MODEL.types) {
    for (const relation of checkableOf(type) ?? []) {
      for (const [shapes, rules] of rulesOf(type, relation)) {
        const isShort = rules.length >= 1 && rules.length <= 8;
        expect([type, relation, shapes, isShort]).toEqual([type, relation, shapes, true]);
        few += rules.length <= 5 ? 1 : 0;
        all++;
      }
    }
  }
  expect(few / all).toBeGreaterThan(0.95);
});
