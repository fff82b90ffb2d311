// Places of the feed by time: the same as a search through the whole log finds, with few reads of it.
import { describe, expect, test } from "vitest";
import { TimeIndex } from "../../src/embedded/store-feed.ts";
import { openEmbeddedStore } from "../../src/embedded/embedded-store.ts";
import { Draw } from "../laws/draw.ts";
import { SEED } from "../laws/law.ts";

/** A log of rows at these times, and the number of rows read from it. */
function logOf(times: number[]) {
  let read = 0;
  const index = new TimeIndex({
    latest: (from, limit) => {
      const part = times.slice(from - 1, from - 1 + limit);
      read += part.length;
      return part.length === 0 ? undefined : [from - 1 + part.length, Math.max(...part)];
    },
    first: (from, at) => {
      for (let seq = from; seq <= times.length; seq++) {
        read++;
        if (times[seq - 1]! >= at) return seq;
      }
      return undefined;
    },
  });
  return { find: (at: number) => index.cursorAt(at, () => times.length), rowsRead: () => read, times };
}

const plainly = (times: readonly number[], at: number): string => {
  const found = times.findIndex((time) => time >= at);
  return `${found < 0 ? times.length + 1 : found + 1}.0`;
};

describe("the index of times", () => {
  test("finds the first change at a time or later, even if clocks step back and the log grows", async () => {
    console.log(`seed ${SEED} (SIDELINE_TEST_SEED)`);
    const draw = new Draw(SEED);
    for (let round = 0; round < 20; round++) {
      let now = 1000;
      const { find, times } = logOf([]);
      for (let step = 0; step < 8; step++) {
        for (let n = draw.below(3000); n > 0; n--) times.push(now += draw.chance(1) ? -draw.below(500) : draw.below(3));
        for (let n = 0; n < 10; n++) {
          const at = draw.below(now + 500);
          expect(await find(at), `${at} of ${times.length}`).toBe(plainly(times, at));
        }
      }
    }
  });

  test("reads at most one block of the log, after the first pass over it", async () => {
    const { find, rowsRead } = logOf(Array.from({ length: 50_000 }, (_, n) => n));
    await find(49_000);
    const before = rowsRead();
    for (const at of [0, 1, 10_000, 25_555, 48_999]) {
      const start = rowsRead();
      expect(await find(at)).toBe(`${at + 1}.0`);
      expect(rowsRead() - start).toBeLessThanOrEqual(2000);
    }
    expect(rowsRead() - before).toBeLessThan(10_000);
  });
});

test("the store finds the changes since a time", async () => {
  const store = openEmbeddedStore(":memory:");
  const write = (n: number) => ({ writes: [{ object: `a:${n}`, relation: "r", user: "u:1" }], deletes: [] });
  expect(await store.cursorAt(0)).toBe("1.0");
  for (let n = 0; n < 5000; n++) store.commit([write(n)], n === 10 ? 9000 : n);
  const from = async (at: number) => (await store.changes(await store.cursorAt(at), 1)).changes[0]?.tuple.object;
  expect(await from(0)).toBe("a:0");
  expect(await from(10)).toBe("a:10");
  expect(await from(4999)).toBe("a:10");
  expect(await from(9001)).toBeUndefined();
  await store.close();
});
