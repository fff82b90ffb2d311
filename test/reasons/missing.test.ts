// The ways from a no to a yes: each suffices, no part of one does, and trying all small sets finds no others.
import { describe, expect, test } from "vitest";
import { check } from "../../src/checks/evaluate.ts";
import { explain, type Missing } from "../../src/reasons/explain.ts";
import { policyNotes } from "../../src/reasons/policy-notes.ts";
import type { TupleSet } from "../../src/tuples/tuple-set.ts";
import { printTuple, type Tuple } from "../../src/tuples/tuple.ts";
import { setOf } from "../laws/answers.ts";
import { runsOr } from "../laws/law.ts";
import { club } from "../world/club.ts";
import { MODEL, POLICY } from "../world/policy.ts";
import type { World } from "../world/world.ts";
import { bruteSets } from "./brute-force.ts";
import { questionsOf, smallQuestions, type Question } from "./questions.ts";

const NOTES = policyNotes(POLICY);

function missingOf(world: World, question: Question) {
  const found = explain(MODEL, world.tuples, question, NOTES);
  if (!("allowed" in found) || found.allowed) throw new Error(`not a no: ${JSON.stringify([question, found])}`);
  return found;
}

/** The answer on a set without the tuples that take away, and with some of the absent ones. Restores the set. */
function isYes(set: TupleSet, question: Question, { against = [] }: Missing, added: readonly Tuple[]): boolean {
  for (const tuple of against) expect(set.delete(tuple)).toBe(true);
  for (const tuple of added) expect(set.add(tuple)).toBe(true);
  const answer = check(MODEL, set, question);
  for (const tuple of added) set.delete(tuple);
  for (const tuple of against) set.add(tuple);
  return "allowed" in answer && answer.allowed;
}

test("the absent tuples turn a no into a yes, and no part of them does", () => {
  let [asked, sets, cut] = [0, 0, 0];
  for (const { world, questions } of questionsOf(runsOr(200, 10_000), false)) {
    const set = setOf(world.tuples.read({}));
    for (const question of questions) {
      const { missing, truncated } = missingOf(world, question);
      asked++;
      if (truncated === true) cut++;
      expect([question, missing.length > 0 || question.relation === "can_redeem"]).toEqual([question, true]);
      const sizes = missing.map(({ absent, against = [] }) => absent.length + against.length);
      expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
      for (const each of missing) {
        sets++;
        if (each.absent.some(({ condition }) => condition !== undefined)) continue;
        expect([question, each.absent, isYes(set, question, each, each.absent)])
          .toEqual([question, each.absent, true]);
        for (const tuple of each.absent) {
          const rest = each.absent.filter((other) => other !== tuple);
          expect([question, each.absent, tuple, isYes(set, question, each, rest)])
            .toEqual([question, each.absent, tuple, false]);
        }
      }
    }
  }
  console.log(`${asked} no answers, ${cut} truncated, ${sets} ways to a yes judged`);
});

test("trying all small sets finds nothing smaller, and nothing that is not listed", () => {
  let [asked, listed] = [0, 0];
  for (const { world, questions } of smallQuestions(runsOr(40, 1_000))) {
    for (const { most, ...question } of questions) {
      const { missing, truncated } = missingOf(world, question);
      const own = missing.filter(({ absent, against }) => absent.length <= most && against === undefined)
        .filter(({ absent }) => absent.every(({ condition }) => condition === undefined))
        .map(({ absent }) => absent.map(printTuple).sort().join(" ")).sort();
      const brute = bruteSets(world.tuples, question, most).map((set) => set.join(" ")).sort();
      expect([question, truncated, own]).toEqual([question, undefined, brute]);
      asked++;
      listed += own.length;
    }
  }
  console.log(`${asked} questions, ${listed} sets`);
});

describe("examples", () => {
  const world = club();
  const question = (user: string, relation: string, object: string): Question =>
    ({ user: `user:${user}`, relation, object, context: { current_time: new Date(world.now).toISOString() } });
  const absentOf = (user: string, relation: string, object: string): string[] =>
    missingOf(world, question(user, relation, object)).missing.map(({ absent }) => absent.map(printTuple).join(" "));

  test("a deactivated member lacks the membership", () => {
    expect(absentOf("gus", "coach", "org:fc")).toEqual(["org:fc#member@user:gus"]);
  });

  test("a row that ended is named, and so is a new one", () => {
    world.system("coaching.ended", { coaching: "c1" });
    const found = absentOf("cora", "current_coach", "athlete:a1");
    expect(found).toContain("athlete:a1#coaching@coaching:c1 coaching:c1#active_on@athlete:a1");
    expect(found.some((set) => set.includes("coaching:new#coach@user:cora"))).toBe(true);
  });

  test("an object called new does not become the new one", () => {
    world.system("coaching.started", { coaching: "new", athlete: "a2", coach: "cora" });
    const found = absentOf("dora", "current_coach", "athlete:a2");
    expect(found.some((set) => set.includes("coaching:new.2#coach@user:dora"))).toBe(true);
    expect(found.some((set) => set.includes("coaching:new#"))).toBe(false);
  });
});
