// Long lists of ids, sorted in parts: in the order of a plain sort, whatever the length.
import { expect, test } from "vitest";
import { sorted, sortedBy } from "../../src/domain/sorted.ts";
import { whole } from "../turns/whole.ts";

/** Distinct ids in no order: a step of 7919 goes through all numbers below a count that it does not divide. */
const mixed = (count: number): string[] => Array.from({ length: count }, (_, i) => `u${(i * 7919) % count}`);

test.each([0, 1, 2, 3999, 4000, 4001, 8000, 8001, 12_500, 20_001])("%i ids", (count) => {
  const ids = mixed(count);
  expect(new Set(ids).size).toBe(count);
  expect(whole(sorted(ids))).toEqual(ids.toSorted());
});

test("entries in an order of their own, equal ones as they came, in parts", () => {
  const entries = mixed(5000).map((id, place) => ({ id, place, group: place % 7 }));
  const compare = (a: { group: number }, b: { group: number }): number => b.group - a.group;
  expect(whole(sortedBy(entries, compare))).toEqual(entries.toSorted(compare));
  const parts = [...sortedBy(entries, compare, 100)].length;
  // 50 runs of 100 are sorted, and merged 6 times.
  expect(parts).toBeGreaterThan(49 + 6 * 49);
  expect(parts).toBeLessThan(60 * 7);
});
