// The row index against a plain map: everything added and not deleted is found, and nothing else.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { holds } from "../laws/law.ts";
import { hashKey, RowIndex, withCondition } from "../../src/embedded/row-index.ts";
import type { Tuple } from "../../src/tuples/tuple.ts";

describe("the row index", () => {
  test("finds what a map holds, after any additions and deletions, including collisions", () => {
    const hash = fc.oneof(fc.constantFrom(0, 1, 1023, 1024, 0xffffffff), fc.integer({ min: 0, max: 0xffffffff }));
    const step = fc.record({ hash, remove: fc.integer({ min: 0, max: 2 }) });
    holds(fc.array(step, { maxLength: 2500, size: "max" }), 15, (steps) => {
      const index = new RowIndex(0);
      const held = new Map<number, number>();
      steps.forEach((s, i) => {
        index.add(s.hash, i + 1);
        held.set(i + 1, s.hash);
        const [first] = held;
        if (s.remove === 0 && first !== undefined) {
          index.delete(first[1], first[0]);
          held.delete(first[0]);
        }
      });
      expect(index.size).toBe(held.size);
      for (const [id, h] of held) expect(index.find(h, (row) => row === id)).toBe(id);
      for (const { hash: h } of steps) {
        const seen: number[] = [];
        index.find(h, (row) => seen.push(row) < 0);
        expect(seen.sort((a, b) => a - b)).toEqual([...held].filter(([, x]) => x === h).map(([id]) => id));
      }
    }, 500);
  });

  test("keeps ids of up to 48 bits, and refuses larger ones", () => {
    const index = new RowIndex(4);
    const ids = [1, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 1, 2 ** 40 + 7, 2 ** 48 - 1];
    for (const [i, id] of ids.entries()) index.add(i % 2, id);
    for (let i = 0; i < 200; i++) index.add(i * 1e7, 2 ** 33 + i);
    for (const [i, id] of ids.entries()) expect(index.find(i % 2, (row) => row === id)).toBe(id);
    index.delete(0, 2 ** 32);
    expect(index.find(0, (row) => row === 2 ** 32)).toBeUndefined();
    for (let i = 0; i < 200; i++) expect(index.find(i * 1e7, (row) => row === 2 ** 33 + i)).toBe(2 ** 33 + i);
    expect(() => index.add(0, 2 ** 48)).toThrow(RangeError);
  });

  test("deleting an absent row is a broken invariant", () => {
    const index = new RowIndex(10);
    index.add(7, 1);
    expect(() => index.delete(7, 2)).toThrow("row 2 is not in the index");
    expect(() => index.delete(8, 1)).toThrow("row 1 is not in the index");
    expect(index.size).toBe(1);
  });
});

describe("the hash of a tuple", () => {
  const hashTuple = (seed: number, tuple: Tuple): number => withCondition(hashKey(seed, tuple), tuple);
  const a = { object: "item:1", relation: "holder", user: "user:1" };
  const others = [{ ...a, object: "item:2" }, { ...a, relation: "holde" }, { ...a, user: "user:" },
    { object: "item:1h", relation: "older", user: "user:1" }];

  test("distinguishes keys and conditions", () => {
    const near = (value: number) => ({ ...a, condition: { name: "near", context: { value } } });
    const tuples = [a, ...others, near(1), near(2), { ...a, condition: { name: "far", context: { value: 1 } } }];
    expect(new Set(tuples.map((t) => hashTuple(5, t))).size).toBe(tuples.length);
    expect(hashKey(5, near(1))).toBe(hashKey(5, a));
  });

  test("differs from seed to seed, and is an unsigned integer of 32 bits", () => {
    const hashes = [0, 1, 2 ** 31, 2 ** 32 - 1].map((seed) => hashTuple(seed, a));
    expect(new Set(hashes).size).toBe(4);
    for (const hash of hashes) expect(hash >>> 0).toBe(hash);
  });
});
