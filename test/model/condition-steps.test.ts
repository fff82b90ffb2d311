// Conditions that would never end: each is answered or refused within a limited number of counted steps.
import { describe, expect, test } from "vitest";
import { Budget } from "../../src/model/conditions/condition-budget.ts";
import { check } from "../../src/model/conditions/type-checker.ts";
import { parse } from "../../src/model/conditions/parser.ts";
import { plan } from "../../src/model/conditions/planner.ts";
import { INT, listOf } from "../../src/model/conditions/types.ts";
import { inlineExpressions } from "../../src/model/inline-expression.ts";
import { MAX_TYPE_STEPS } from "../../src/model/model-limits.ts";

const NAMES = [..."abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"];

/** Nested comprehensions, each over a map whose type contains the enclosing one's type twice. */
function doubling(levels: number, inmost = "1"): string {
  const around = (level: number): string => level === levels ? inmost
    : `[{${NAMES[level]}:${NAMES[level]}}].map(${NAMES[level + 1]},${around(level + 1)})`;
  return `[1].map(a,${around(0)}) == []`;
}

/** The reason why an expression does not compile; undefined if it does. */
const refusalOf = (expression: string): string | undefined => inlineExpressions.refusal({ expression });

/** Cost of an expression with a list of `elements` elements: steps, and values still stored at its end. */
function takenBy(expression: string, elements: number): { readonly steps: number; readonly height: number } {
  const parsed = parse(expression);
  const budget = new Budget();
  const step = plan(parsed, check(parsed, new Map([["l", listOf(INT)]])));
  step.evaluate({ parameters: { l: Array<bigint>(elements).fill(0n) }, locals: [], budget });
  return { steps: budget.taken, height: budget.height };
}

describe("a loop keeps the outcome of a turn for that turn only", () => {
  test.each([
    ["l.exists_one(e, false)", 4], ["l.exists_one(e, true ? false : true)", 6],
    ["l.map(e, false, e) == []", 4],
  ])("%s", (expression, perTurn) => {
    const [few, many] = [takenBy(expression, 20), takenBy(expression, 40)];
    expect(many.height).toBe(few.height);
    expect(many.steps - few.steps).toBe(20 * perTurn);
  });
});

describe("types that double at every level", () => {
  test.each([2, 8, 14])("%i levels are checked", (levels) => {
    expect(refusalOf(doubling(levels))).toBeUndefined();
    expect(check(parse(doubling(levels)), new Map()).steps).toBeLessThanOrEqual(MAX_TYPE_STEPS);
  });

  test.each([18, 31, 50])("%i levels are refused", (levels) => {
    expect(refusalOf(doubling(levels))).toContain(`its types take more than ${MAX_TYPE_STEPS} steps to check`);
  });

  test("an error prints a part of such a type", () => {
    const refusal = refusalOf(doubling(14, `${NAMES[14]} < 1`))!;
    expect(refusal).toContain("found no matching overload for '_<_'");
    expect(refusal.length).toBeLessThan(2_000);
  });
});
