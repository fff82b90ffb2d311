// Long lists of ids, sorted in parts: in the order of a plain sort, whatever the length.
import { expect, test } from "vitest";
import { sorted } from "../../src/domain/sorted.ts";
import { whole } from "../turns/whole.ts";

/** Distinct ids in no order: a step of 7919 goes through all numbers below a count that it does not divide. */
const mixed = (count: number): string[] => Array.from({ length: count }, (_, i) => `u${(i * 7919) % count}`);

test.each([0, 1, 2, 3999, 4000, 4001, 8000, 8001, 12_500, 20_001])("%i ids", (count) => {
  const ids = mixed(count);
  expect(new Set(ids).size).toBe(count);
  expect(whole(sorted(ids))).toEqual(ids.toSorted());
});
