// Long lists of tuples: they answer as short ones do, in the same order, and a change of one takes few steps.
import { types } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Adjacency, RELATION_SHIFT } from "../../src/memory/adjacency.ts";
import { createTupleSet } from "../../src/memory/indexed-tuple-set.ts";
import { MOST_IN_SHORT_LIST } from "../../src/memory/long-list.ts";
import { holds } from "../laws/law.ts";

/**
 * Words that a change reads, writes and moves at most, on average; whatever the length. A scan of the longest list here
 * reads 400,000. Removing all entries takes about 130 each, half of it to close the gaps of every eighth.
 */
const FEW = 200;
const LENGTH = 200_000;
const KEY = 7 << RELATION_SHIFT;
const OWNER = 1;

/** A list that counts the words that are read, written and moved. */
function countedList(entries = 1) {
  const adjacency = new Adjacency(entries);
  const { blocks, lists } = adjacency as unknown as Record<"blocks" | "lists", { words: Int32Array }>;
  let steps = 0;
  const counted = (words: Int32Array): Int32Array => new Proxy(words, {
    get(_, name) {
      if (name === "copyWithin") {
        return (to: number, from: number, end: number) => {
          steps += end - from;
          words.copyWithin(to, from, end);
        };
      }
      if (name === "fill") {
        return (value: number, from: number, end: number) => {
          steps += end - from;
          words.fill(value, from, end);
        };
      }
      if (name === "set" || name === "subarray") return (words[name] as Function).bind(words);
      steps++;
      return words[name as unknown as number];
    },
    set(_, name, value: number) {
      steps++;
      words[name as unknown as number] = value;
      return true;
    },
  });
  let head = 0;
  const list = {
    add: (other: number) => void (head = adjacency.add(head, OWNER, KEY, other)),
    remove: (other: number) => void (head = adjacency.remove(head, OWNER, KEY, other)),
    first: (): number => adjacency.otherOf(adjacency.first(head, OWNER, KEY)),
    all: (): number[] => {
      const found: number[] = [];
      for (let row = adjacency.first(head, OWNER, KEY); row !== 0; row = adjacency.next(row)) {
        found.push(adjacency.otherOf(row));
      }
      return found;
    },
    /** Steps of some changes. */
    stepsOf: (changes: () => void): number => {
      const [plain, slots] = [blocks.words, lists.words];
      blocks.words = counted(plain);
      lists.words = counted(slots);
      steps = 0;
      changes();
      // An arena that had to grow would have left the count.
      if (!types.isProxy(blocks.words)) throw new Error("the arena grew");
      [blocks.words, lists.words] = [plain, slots];
      return steps;
    },
  };
  return list;
}

/** Numbers from 1 to the length, each once, in an order that looks random. */
const shuffled = (length: number): number[] => Array.from({ length }, (_, i) => ((i * 7919) % length) + 1);

describe("a list of 200,000 entries", () => {
  const filled = (): ReturnType<typeof countedList> => {
    const list = countedList(16 * LENGTH);
    for (let other = 1; other <= LENGTH; other++) list.add(other);
    return list;
  };
  const CHANGES = 2_000;

  test.each([
    ["anywhere", shuffled(LENGTH)], ["from its middle", Array.from({ length: CHANGES }, (_, i) => LENGTH / 2 + i)],
    ["from its start", Array.from({ length: CHANGES }, (_, i) => i + 1)],
    ["from its end", Array.from({ length: CHANGES }, (_, i) => LENGTH - i)],
  ] as const)("an entry is removed %s, and added again, in few steps", (_, others) => {
    const list = filled();
    const most = Math.max(...others.slice(0, CHANGES).map((other) => list.stepsOf(() => list.remove(other))));
    expect(most).toBeLessThan(FEW * 10);
    const removed = list.stepsOf(() => others.slice(CHANGES, 2 * CHANGES).forEach(list.remove));
    const added = list.stepsOf(() => others.slice(0, 2 * CHANGES).forEach(list.add));
    expect([removed / CHANGES, added / CHANGES / 2].map((each) => each < FEW)).toEqual([true, true]);
    expect(list.all()).toHaveLength(LENGTH);
  });

  test("reaches its first entry in few steps, whatever was removed before it", () => {
    const list = filled();
    for (let other = 1; other <= LENGTH / 10; other++) list.remove(other);
    let first = 0;
    expect(list.stepsOf(() => void (first = list.first()))).toBeLessThan(FEW);
    expect(first).toBe(LENGTH / 10 + 1);
  });
});

test.each([2_000, 40_000])("a list of %i entries is emptied in few steps each, in whatever order", (length) => {
  for (const others of [shuffled(length), Array.from({ length }, (_, i) => i + 1)]) {
    const list = countedList(16 * length);
    for (let other = 1; other <= length; other++) list.add(other);
    const steps = list.stepsOf(() => others.slice(0, -MOST_IN_SHORT_LIST / 2).forEach(list.remove));
    expect(steps / length).toBeLessThan(FEW);
    others.slice(-MOST_IN_SHORT_LIST / 2).forEach(list.remove);
    expect(list.all()).toEqual([]);
  }
});

test("a list answers like an array, about the length at which it becomes long and short again", () => {
  const half = MOST_IN_SHORT_LIST / 2;
  const runs = fc.array(fc.record({
    size: fc.integer({ min: 1, max: 700 }), adds: fc.boolean(), from: fc.integer({ min: 0, max: 1_000_000 }),
    step: fc.constantFrom(1, 3, 7919),
  }), { minLength: 4, maxLength: 24, size: "max" });
  let wasLong = 0;
  holds(runs, 60, (drawn) => {
    const list = countedList();
    const model: number[] = [];
    let next = 1;
    const check = (): void => expect(list.all()).toEqual(model);
    for (const { size, adds, from, step } of drawn) {
      for (let n = 0; n < size; n++) {
        if (adds || model.length === 0) {
          list.add(next);
          model.push(next++);
        } else {
          const at = (from + n * step) % model.length;
          list.remove(model[at]!);
          model.splice(at, 1);
        }
        if (model.length > MOST_IN_SHORT_LIST) wasLong++;
        if ([half, MOST_IN_SHORT_LIST].includes(model.length)) check();
      }
      check();
    }
    if (model.length > 0) expect(() => list.remove(next)).toThrow("missing");
  });
  expect(wasLong).toBeGreaterThan(100);
});

test("conditional tuples and plain ones share a long list", () => {
  const set = createTupleSet();
  const tuple = (n: number) => {
    const key = { object: `invite:${n}`, relation: "open", user: "user:*" };
    return n % 3 === 0 ? { ...key, condition: { name: "c", context: { n } } } : key;
  };
  const length = 3 * MOST_IN_SHORT_LIST;
  for (let n = 0; n < length; n++) set.add(tuple(n));
  for (let n = 0; n < length; n += 2) expect(set.delete(tuple(n))).toBe(true);
  expect(set.objects("invite", "open", "user:*")).toEqual(
    Array.from({ length: length / 2 }, (_, n) => `invite:${2 * n + 1}`));
  for (let n = 0; n < length; n++) {
    expect(set.get(`invite:${n}`, "open", "user:*")).toEqual(n % 2 === 0 ? undefined : tuple(n));
  }
});
