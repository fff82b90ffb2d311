// CEL expressions have the same values as in cel-go, OpenFGA's library.
import { expect, test } from "vitest";
import { compileCondition } from "../../src/model/condition.ts";
import { CASE_CONTEXT, CASE_PARAMETERS, VALUE_CASES, type ValueCase } from "./condition-cases.ts";

function outcomeOf(expression: string): ValueCase["outcome"] {
  const parameters = Object.fromEntries(Object.entries(CASE_PARAMETERS).map(([name, type]) =>
    [name, { type_name: `TYPE_NAME_${type}` }]));
  try {
    const condition = compileCondition({ name: "c", expression, parameters });
    const outcome = condition.evaluate(CASE_CONTEXT, { name: "c", context: {} });
    return typeof outcome === "boolean" ? outcome : "error";
  } catch {
    return "refused";
  }
}

test.each(VALUE_CASES)("$subject: $expression is $outcome", ({ expression, outcome }) => {
  expect(outcomeOf(expression)).toBe(outcome);
});
