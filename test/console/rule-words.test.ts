// Rules that other rules limit: the console's sentences, docs/rules.md and the model's answers name the same ones.
import { describe, expect, test } from "vitest";
import { readRuleIndex } from "../../src/analysis/rule-index.ts";
import { RULE_WORDS } from "../../src/http/console/rule-words.ts";
import { waysOf } from "../../src/reasons/compiled-ways.ts";
import { explain } from "../../src/reasons/explain.ts";
import type { Reason } from "../../src/reasons/explained.ts";
import { policyNotes } from "../../src/reasons/policy-notes.ts";
import { typeOf, type Tuple } from "../../src/tuples/tuple.ts";
import { PAGE } from "../policy/rules-page.ts";
import { club } from "../world/club.ts";
import { MODEL, POLICY } from "../world/policy.ts";
import type { World } from "../world/world.ts";

/** asta wrote n1 about a1 as an assistant, and her assignment has ended; and then some events more. */
function afterTheEnd(...more: readonly (readonly [type: string, data: object])[]): World {
  const world = club();
  world.system("note.created", { note: "n1", athlete: "a1", author: "asta", under: "team_assignment:as1" });
  world.system("team_assignment.ended", { assignment: "as1" });
  for (const [type, data] of more) world.system(type, data);
  return world;
}

/** A question that the limited rule alone answers as in the world `without`, and the other rule the other way. */
interface Limit {
  readonly limited: string;
  readonly by: string;
  readonly asked: readonly [user: string, relation: string, object: string];
  readonly without: () => World;
  readonly world: () => World;
}

/** a3 is not on asta's team, dora has no relationship, and ida is the account of a1. */
const LIMITS: readonly Limit[] = [
  { limited: "AC1", by: "S10", asked: ["asta", "can_view", "athlete:a3"],
    without: () => club(), world: () => club("program") },
  { limited: "PM10", by: "S10", asked: ["dora", "can_view", "athlete:a1"],
    without: () => club(), world: () => club("program") },
  { limited: "AC6", by: "S1", asked: ["ida", "can_read", "note:n1"],
    without: () => afterTheEnd(),
    world: () => afterTheEnd(["note.visibility_changed", { note: "n1", visible_to_athlete: true }]) },
  { limited: "AC6", by: "NP9", asked: ["dora", "can_read", "note:n1"],
    without: () => afterTheEnd(), world: () => afterTheEnd(["note.shared", { note: "n1", user: "dora" }]) },
  { limited: "NP1", by: "S3", asked: ["asta", "can_read", "note:n1"],
    without: () => afterTheEnd(), world: () => afterTheEnd(["member.deactivated", { org: "fc", user: "asta" }]) },
];

const NOTES = policyNotes(POLICY);
const LINES = readRuleIndex(POLICY);

/** Returns the lines of the model through which the proof of a yes passes: those of the way with the same tuples. */
function linesOf({ object, relation }: Tuple, { tuples }: Reason): readonly string[] {
  const placesOf = (places: readonly string[]): string => [...new Set(places)].sort().join(" ");
  const stored = placesOf(tuples.map((tuple) => `${typeOf(tuple.object)}#${tuple.relation}`));
  const { ways } = waysOf(MODEL, MODEL.types.get(typeOf(object))!.relations.get(relation)!, "user")!;
  return ways.filter(({ patterns }) => placesOf(patterns.map(({ place }) => place)) === stored)
    .flatMap(({ way }) => way.lines);
}

/**
 * Returns the rules at the lines that the first reason for a yes passes through; for a no those of the first way to a
 * yes, and those at the lines of the missing tuples.
 */
function rulesOfAnswer(world: World, [user, relation, object]: Limit["asked"]): readonly string[] {
  const context = { current_time: new Date(world.now).toISOString() };
  const found = explain(MODEL, world.tuples, { user: `user:${user}`, relation, object, context }, NOTES);
  if ("error" in found) throw new Error(found.error.message);
  const lines = found.allowed ? linesOf({ user: `user:${user}`, relation, object }, found.reasons[0]!)
    : found.missing[0]!.absent.map((tuple) => `${typeOf(tuple.object)}#${tuple.relation}`);
  const { rules } = found.allowed ? found.reasons[0]! : found.missing[0]!;
  return [...rules, ...lines.flatMap((line) => LINES.get(line) ?? [])];
}

/** Numbers of the rules that limit a rule, sorted. */
const limitsOf = (rule: string): string[] =>
  LIMITS.filter(({ limited }) => limited === rule).map(({ by }) => by).sort();

const numbersIn = (words: string): string[] => words.match(/\b[A-Z]{1,2}\d+a?\b/g) ?? [];

describe("a rule that limits another", () => {
  test.each(LIMITS.map((limit) => [limit.limited, limit.by, limit] as const))(
    "%s is limited by %s: the answer is another one, by that rule", (_, by, { asked, without, world }) => {
      const [before, after] = [without(), world()];
      expect(after.can(...asked)).toBe(!before.can(...asked));
      expect(rulesOfAnswer(after, asked)).toContain(by);
    });

  test("is named in the sentence of the limited one, and no other is", () => {
    for (const [rule, words] of Object.entries(RULE_WORDS)) {
      const [, named = ""] = /\(but see ([^)]*)\)/.exec(words) ?? [];
      expect([rule, numbersIn(named).sort()]).toEqual([rule, limitsOf(rule)]);
    }
  });

  test("is named on the page, at the limited rule or, for PM10, at its own", () => {
    const statements = new Map([...PAGE.matchAll(/^\*\*(\w+)\*\* ([^*]*?)\\\n/gm)]
      .map(([, rule, words]) => [rule!, words!]));
    for (const rule of ["AC1", "AC6", "NP1"]) {
      expect([rule, numbersIn(statements.get(rule)!).sort()]).toEqual([rule, limitsOf(rule)]);
    }
    expect(limitsOf("PM10")).toEqual(["S10"]);
    expect(numbersIn(statements.get("S10")!)).toContain("PM10");
    const phrases = /but see|is the one\s+exception|A share still counts/;
    expect([...statements].filter(([, words]) => phrases.test(words)).map(([rule]) => rule))
      .toEqual(["AC1", "AC6", "NP1"]);
  });
});
