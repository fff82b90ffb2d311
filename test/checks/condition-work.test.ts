// The work of conditions counts as steps of the question: evaluation, patterns, conversions and compilation.
import { describe, expect, test } from "vitest";
import {
  CONDITION_STEPS, STEPS_PER_PART, MAX_CHECK_STEPS, MAX_CONTEXTUAL_WORK, WORK_PER_STEP,
} from "../../src/checks/limits.ts";
import { checkAllInParts } from "../../src/checks/batch.ts";
import { listObjectsInParts } from "../../src/checks/list-objects.ts";
import { check, createTupleSet, type Tuple, type TupleSet } from "../../src/engine.ts";
import { Budget } from "../../src/model/conditions/condition-budget.ts";
import { inlineExpressions } from "../../src/model/inline-expression.ts";
import { tuple, World } from "./world.ts";

const { model } = new World(`
type user
type doc
  relations
    define viewer: [user with shaped, user with listed, user with $expression]
condition shaped(text: string, shape: string) {
  text.matches(shape)
}
condition listed(all: list<int>) {
  all.exists_one(e, false)
}
`);

const RELATION = { relation: "viewer", user: "user:anne" };
const QUESTION = { ...RELATION, object: "doc:1" };

/** The fewest steps that answer a check of doc:1, whatever the answer. */
function stepsOf(tuples: TupleSet, context: Record<string, unknown>): number {
  let [least, most] = [0, MAX_CHECK_STEPS];
  while (most - least > 1) {
    const middle = (least + most) >> 1;
    const answer = check(model, tuples, { ...QUESTION, context }, middle);
    if ("error" in answer && answer.error.message.includes("steps:")) least = middle;
    else most = middle;
  }
  return most;
}

function setOf(...tuples: readonly Tuple[]): TupleSet {
  const set = createTupleSet();
  for (const each of tuples) set.add(each);
  return set;
}

/** Steps of a condition's evaluation alone, after everything has been converted and compiled. */
function workOf(name: string, stored: Record<string, unknown>, context: Record<string, unknown>): number {
  const condition = model.conditions.get(name)!;
  condition.evaluate(context, { name, context: stored }, new Budget());
  const budget = new Budget();
  condition.evaluate(context, { name, context: stored }, budget);
  return budget.work;
}

test(`a condition counts as ${CONDITION_STEPS} steps, plus one for each ${WORK_PER_STEP} of its own`, () => {
  const bare = stepsOf(setOf(tuple("doc:2#viewer@user:anne", "listed", { all: [] })), {});
  for (const elements of [0, 1, 100, 1_000, 5_000]) {
    const context = { all: Array<number>(elements).fill(0) };
    const work = workOf("listed", {}, context);
    expect(work).toBeGreaterThanOrEqual(4 * elements);
    expect(stepsOf(setOf(tuple("doc:1#viewer@user:anne", "listed")), context) - bare)
      .toBe(CONDITION_STEPS + Math.ceil(work / WORK_PER_STEP));
  }
});

/** Number of parts in which a list of anne's documents is computed. */
function partsOf(tuples: TupleSet, context: Record<string, unknown>): number {
  const work = listObjectsInParts(model, tuples, { ...RELATION, type: "doc", context });
  for (let parts = 1; ; parts++) {
    if (work.next().done === true) return parts;
  }
}

const COUNT = 150;
const many = (contextOf: (i: number) => [string, Record<string, unknown>]): TupleSet =>
  setOf(...Array.from({ length: COUNT }, (_, i) => tuple(`doc:${i}#viewer@user:anne`, ...contextOf(i))));

describe("a list of tuples, each with its own work, is computed in parts", () => {
  // Each tuple has a pattern of about 900 steps, or an expression of 1,250 words, that was never compiled before.
  test.each([
    ["patterns", 7_000, many((i) => ["shaped", { shape: `((a{10}){10}){7}|x${i}` }])],
    ["expressions", 4_500, many((i) =>
      ["$expression", { expression: `[${`${i},`.repeat(620)}${i}] == [] || text == 'a'` }])],
    ["contexts to be converted", 3_000, many((i) => ["listed", { all: Array<string>(1_000).fill(String(i)) }])],
  ])("%s", (_, least, tuples) => {
    const parts = partsOf(tuples, { text: "a" });
    expect(parts).toBeGreaterThan(COUNT * least / (STEPS_PER_PART + least));
    expect(parts).toBeLessThan(COUNT);
  });
});

describe("the work of contextual tuples' conditions is limited", () => {
  const expressionOf = (i: number): Record<string, unknown> =>
    ({ expression: `[${"1, ".repeat(200)}${1_000 + i}] != [] && text == 'a'` });
  const sent = (count: number, of = (i: number): number => i): readonly Tuple[] =>
    Array.from({ length: count }, (_, i) => tuple(`doc:${i}#viewer@user:anne`, "$expression", expressionOf(of(i))));
  const ask = (contextualTuples: readonly Tuple[]): object =>
    check(model, createTupleSet(), { ...QUESTION, contextualTuples, context: { text: "a" } });
  const budget = new Budget();
  inlineExpressions.refusal(expressionOf(0), false, budget);
  const most = Math.floor(MAX_CONTEXTUAL_WORK / budget.work);
  const message = expect.stringContaining(`${MAX_CONTEXTUAL_WORK} steps`);
  const TOO_MUCH = { error: { code: "invalid_tuple", message } };

  test("as many expressions as fit, and one more; the same when they are known", () => {
    expect(most).toBeLessThan(100);
    for (let round = 0; round < 2; round++) {
      expect(ask(sent(most))).toEqual({ allowed: true });
      expect(ask(sent(most + 1))).toMatchObject(TOO_MUCH);
    }
  });

  test("one expression counts once, however many tuples have it", () => {
    expect(ask(sent(100, () => 7))).toEqual({ allowed: true });
  });

  test("a batch of checks that each bring such expressions pauses between them", () => {
    const requests = Array.from({ length: 4 }, (_, batch) =>
      ({ ...QUESTION, contextualTuples: sent(most, (i) => 20_000 + batch * 100 + i), context: { text: "a" } }));
    const work = checkAllInParts(model, createTupleSet(), requests);
    for (let i = 1; i < requests.length; i++) expect(work.next()).toEqual({ done: false, value: undefined });
    expect(work.next()).toMatchObject({ done: true, value: requests.map(() => ({ allowed: true })) });
  });

  test("converted contexts", () => {
    const tuples = (count: number): readonly Tuple[] => Array.from({ length: count }, (_, i) =>
      tuple(`doc:${i}#viewer@user:anne`, "listed", { all: Array<string>(1_000).fill("5") }));
    expect(ask(tuples(10))).toEqual({ allowed: false });
    expect(ask(tuples(40))).toMatchObject(TOO_MUCH);
  });
});
