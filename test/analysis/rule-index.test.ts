// The rule numbers of the policy's lines, compared with another reading of the same comments.
import { expect, test } from "vitest";
import { readRuleIndex } from "../../src/analysis/rule-index.ts";
import { numbersIn, POLICY, readPolicyText } from "../policy/policy-text.ts";

test("each line has the numbers of the comment above it", () => {
  const index = readRuleIndex(POLICY);
  const { definitions } = readPolicyText(POLICY);
  expect(definitions.length).toBe(index.size);
  for (const { place, comment } of definitions) {
    expect([place, [...index.get(place)!].sort()]).toEqual([place, [...numbersIn(comment)].sort()]);
  }
  expect(definitions.filter(({ place }) => index.get(place)!.length > 0).length).toBeGreaterThan(500);
});
