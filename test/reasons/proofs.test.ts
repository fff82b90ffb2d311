// Every proof of a yes is accepted by the independent checker, is minimal, and all minimal proofs are given.
import { describe, expect, test } from "vitest";
import { check } from "../../src/checks/evaluate.ts";
import { explain } from "../../src/reasons/explain.ts";
import { policyNotes } from "../../src/reasons/policy-notes.ts";
import { printTuple, type Tuple } from "../../src/tuples/tuple.ts";
import { setOf } from "../laws/answers.ts";
import { runsOr } from "../laws/law.ts";
import { club } from "../world/club.ts";
import { MODEL, POLICY } from "../world/policy.ts";
import { proofChecker } from "./proof-checker.ts";
import { questionsOf, type Question } from "./questions.ts";

const NOTES = policyNotes(POLICY);
const isProof = proofChecker(POLICY);

const isYes = (tuples: Iterable<Tuple>, question: Question): boolean => {
  const answer = check(MODEL, setOf(tuples), question);
  return "allowed" in answer && answer.allowed;
};

function proofsOf(tuples: Parameters<typeof explain>[1], question: Question) {
  const found = explain(MODEL, tuples, question, NOTES);
  if (!("allowed" in found) || !found.allowed) throw new Error(`not a yes: ${JSON.stringify([question, found])}`);
  return found;
}

test("every proof of a yes is a printed way, and no tuple of it can be left out", () => {
  let [asked, proofs] = [0, 0];
  for (const { world, questions } of questionsOf(runsOr(200, 10_000), true)) {
    for (const question of questions) {
      const { reasons, truncated } = proofsOf(world.tuples, question);
      asked++;
      expect([question, reasons.length > 0, truncated]).toEqual([question, true, undefined]);
      for (const { tuples, rules } of reasons) {
        proofs++;
        expect(rules.length, JSON.stringify(question)).toBeGreaterThan(0);
        expect([question, isProof({ ...question, tuples })]).toEqual([question, true]);
        for (const tuple of tuples) expect(world.tuples.get(tuple.object, tuple.relation, tuple.user)).toEqual(tuple);
        expect(isYes(tuples, question)).toBe(true);
        for (const left of tuples) expect(isYes(tuples.filter((tuple) => tuple !== left), question)).toBe(false);
      }
    }
  }
  console.log(`${asked} yes answers, ${proofs} proofs`);
});

test("all minimal proofs are given: without one tuple of each, the answer is no", () => {
  for (const { world, questions } of questionsOf(runsOr(100, 2_000), true, 5_000)) {
    for (const question of questions) {
      const { reasons } = proofsOf(world.tuples, question);
      const [first, ...rest] = reasons.map(({ tuples }) => tuples);
      // One tuple of each proof, in a few different choices: a set that meets all of them leaves no proof.
      for (const [i] of first!.entries()) {
        const gone = new Set([first![i]!, ...rest.map((tuples) => tuples[i % tuples.length]!)].map(printTuple));
        const left = [...world.tuples.read({})].filter((tuple) => !gone.has(printTuple(tuple)));
        // Without a mark that takes access away, a no may become a yes.
        if ([...gone].some((key) => key.includes("#linked_ever@") || key.includes("#link@"))) continue;
        expect([question, [...gone], isYes(left, question)]).toEqual([question, [...gone], false]);
      }
    }
  }
});

describe("the checker refuses", () => {
  const world = club();
  const question: Question = {
    user: "user:cora", relation: "current_coach", object: "athlete:a1",
    context: { current_time: "2026-03-01T12:00:00Z" },
  };
  const { tuples } = proofsOf(world.tuples, question).reasons[0]!;

  test("a proof that lacks a tuple, has one too many, or is of another user", () => {
    expect(isProof({ ...question, tuples })).toBe(true);
    for (const left of tuples) {
      expect(isProof({ ...question, tuples: tuples.filter((each) => each !== left) })).toBe(false);
    }
    const more = { user: "user:cora", relation: "admin_hat", object: "org:fc" };
    expect(isProof({ ...question, tuples: [...tuples, more] })).toBe(false);
    expect(isProof({ ...question, user: "user:dora", tuples })).toBe(false);
    expect(isProof({ ...question, object: "athlete:a2", tuples })).toBe(false);
  });
});

test("a way that a `but not` takes away is no proof (S21)", () => {
  const world = club();
  world.system("member.hats_changed", { org: "fc", user: "ida", hats: ["athlete", "coach"] });
  world.system("coaching.started", { coaching: "c9", athlete: "a1", coach: "ida" });
  world.system("note.created", { note: "n9", athlete: "a1", author: "ida", under: "coaching:c9" });
  const question: Question = {
    user: "user:ida", relation: "can_read", object: "note:n9", context: { current_time: "2026-03-01T12:00:00Z" },
  };
  expect(proofsOf(world.tuples, question).reasons.map(({ rules }) => rules)).toEqual([["NP1"]]);
  const row = world.tuples.get("athlete:a1", "coaching", "coaching:c9")!;
  const of = { ...question, user: "user:cora" };
  world.system("coaching.started", { coaching: "c8", athlete: "a1", coach: "cora" });
  expect(proofsOf(world.tuples, of).reasons.length).toBeGreaterThan(0);
  expect(proofsOf(world.tuples, of).reasons.flatMap(({ tuples }) => tuples)).not.toContainEqual(row);
});

test("contextual tuples take part in a proof", () => {
  const world = club();
  const question = { user: "user:dora", relation: "can_view", object: "team:blue" };
  const key = { user: "user:dora", relation: "holder", object: "role:fc/admin" };
  const found = explain(MODEL, world.tuples, { ...question, contextualTuples: [key] }, NOTES);
  expect("reasons" in found && found.reasons.every(({ tuples }) => tuples.map(printTuple).includes(printTuple(key))))
    .toBe(true);
});

test("a userset, an unknown relation and an unknown type are errors", () => {
  const { tuples } = club();
  const ask = (user: string, relation: string, object: string) => explain(MODEL, tuples, { user, relation, object });
  expect(ask("team:red#coach", "member", "org:fc")).toHaveProperty("error.code", "validation_error");
  expect(ask("user:ann", "none", "org:fc")).toHaveProperty("error");
  expect(ask("user:ann", "member", "lane:fc")).toHaveProperty("error");
});
