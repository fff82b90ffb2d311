// Conditions that would take for ever: each is answered or refused within so many counted steps.
import { describe, expect, test } from "vitest";
import { compileCondition } from "../../src/model/condition.ts";
import { check } from "../../src/model/conditions/checker.ts";
import { parse } from "../../src/model/conditions/parser.ts";
import { MAX_TYPE_STEPS } from "../../src/model/conditions/types.ts";
import { INLINE_EXPRESSION } from "../../src/model/schema.ts";

const NAMES = [..."abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"];

/** Comprehensions in one another, each over a map whose type has that of the one around it twice. */
function doubling(levels: number, inmost = "1"): string {
  const around = (level: number): string => level === levels ? inmost
    : `[{${NAMES[level]}:${NAMES[level]}}].map(${NAMES[level + 1]},${around(level + 1)})`;
  return `[1].map(a,${around(0)}) == []`;
}

const compile = (expression: string) => () => compileCondition({ name: INLINE_EXPRESSION, expression });

describe("types that double at every level", () => {
  test.each([2, 8, 14])("%i levels are checked", (levels) => {
    expect(compile(doubling(levels))).not.toThrow();
    expect(check(parse(doubling(levels)), new Map()).steps).toBeLessThanOrEqual(MAX_TYPE_STEPS);
  });

  test.each([18, 31, 50])("%i levels are refused", (levels) => {
    expect(compile(doubling(levels))).toThrow(`its types take more than ${MAX_TYPE_STEPS} steps to check`);
  });

  test("an error prints a part of such a type", () => {
    const refusal = ((): string => {
      try {
        compile(doubling(14, `${NAMES[14]} < 1`))();
      } catch (error) {
        return (error as Error).message;
      }
      return "";
    })();
    expect(refusal).toContain("found no matching overload for '_<_'");
    expect(refusal.length).toBeLessThan(2_000);
  });
});
