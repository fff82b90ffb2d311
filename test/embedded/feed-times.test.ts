// Rows by time and latest times up to rows: the same as a walk through the whole log finds, with few reads of it.
import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, test, vi } from "vitest";
import { TIME_BLOCKS_PER_TURN, TIMES_PER_BLOCK } from "../../src/embedded/embedded-limits.ts";
import { TimeIndex } from "../../src/embedded/store-feed.ts";
import { openEmbeddedStore } from "../../src/embedded/embedded-store.ts";
import { LogTable } from "../../src/embedded/store-log.ts";
import { StoreWatch } from "../../src/embedded/store-watch.ts";
import { Draw } from "../laws/draw.ts";
import { SEED } from "../laws/law.ts";
import { PATIENCE_MS } from "../live/patience.ts";

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
  return {
    find: (at: number) => index.cursorAt(at, () => times.length), latestUpTo: (seq: number) => index.latestUpTo(seq),
    rowsRead: () => read, times,
  };
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

  test("finds the latest time up to each row, even if clocks step back and the log grows", async () => {
    const draw = new Draw(SEED + 1);
    let late = 0;
    for (let round = 0; round < 10; round++) {
      let now = 1000;
      const { latestUpTo, times } = logOf([]);
      for (let step = 0; step < 8; step++) {
        const jump = draw.maybe(30, () => 5000);
        if (jump !== undefined) times.push(now + jump);
        for (let n = draw.below(300); n > 0; n--) times.push(now += draw.chance(5) ? -draw.below(60) : draw.below(3));
        const upTo = times.map((_, n) => Math.max(...times.slice(0, n + 1)));
        late += upTo.filter((at, n) => at > times[n]!).length;
        for (let n = 0; n < 100 && times.length > 0; n++) {
          const seq = 1 + draw.below(times.length);
          expect([seq, await latestUpTo(seq)]).toEqual([seq, upTo[seq - 1]]);
        }
      }
    }
    expect(late).toBeGreaterThan(1000);
  });

  test("reads at most one block for the latest time up to a row, however many rows before it are late", async () => {
    expect(TIMES_PER_BLOCK).toBe(64);
    const jumped = logOf(Array.from({ length: 100_000 }, (_, n) => n === 10 ? 1e9 : n));
    const inOrder = logOf(Array.from({ length: 100_000 }, (_, n) => n));
    for (const { latestUpTo, rowsRead, times } of [jumped, inOrder]) {
      await latestUpTo(times.length);
      for (const [seq, most] of [[64, 64], [65, 1], [99_999, 31], [50_000, 16], [12, 12]] as const) {
        const start = rowsRead();
        expect([seq, await latestUpTo(seq)]).toEqual([seq, Math.max(...times.slice(0, seq))]);
        expect([seq, rowsRead() - start <= most]).toEqual([seq, true]);
      }
    }
    const start = jumped.rowsRead();
    for (let seq = 99_800; seq < 99_900; seq++) expect(await jumped.latestUpTo(seq)).toBe(1e9);
    expect(jumped.rowsRead()).toBe(start);
  });

  test("reads 32 blocks in one turn of the event loop", async () => {
    expect(TIME_BLOCKS_PER_TURN).toBe(32);
    const turns = [[31, [1984, 1]], [32, [2048, 1]], [33, [2048, 65]], [65, [2048, 2048, 65]]] as const;
    for (const [blocks, perTurn] of turns) {
      const { latestUpTo, rowsRead, times } = logOf(Array.from({ length: blocks * TIMES_PER_BLOCK + 1 }, (_, n) => n));
      let isRead = false;
      const read = latestUpTo(times.length).then(() => {
        isRead = true;
      });
      const seen = [rowsRead()];
      for (let before = rowsRead(); !isRead; before = rowsRead()) {
        await nextTurn();
        seen.push(rowsRead() - before);
      }
      await read;
      expect(seen).toEqual(perTurn);
    }
  });

  test("reads at most one block of the log, after the first pass over it", async () => {
    const { find, rowsRead } = logOf(Array.from({ length: 50_000 }, (_, n) => n));
    await find(49_000);
    const before = rowsRead();
    for (const at of [0, 1, 10_000, 25_555, 48_999]) {
      const start = rowsRead();
      expect(await find(at)).toBe(`${at + 1}.0`);
      expect(rowsRead() - start).toBeLessThanOrEqual(TIMES_PER_BLOCK);
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

test("once the log of a store was checked, questions about times read few rows of it", async () => {
  const store = openEmbeddedStore(":memory:");
  const write = (n: number) => ({ writes: [{ object: `a:${n}`, relation: "r", user: "u:1" }], deletes: [] });
  for (let n = 0; n < 5000; n++) store.commit([write(n)], n);
  const fail = (why: string): never => expect.fail(why);
  const watch = new StoreWatch({ store, folder: ":memory:", log: { error: fail, info: fail }, fatal: fail });
  watch.start();
  const checked = () => watch.parts().flatMap(({ figures = [] }) => figures)
    .find((figure) => figure?.name === "checked_changes")?.value;
  await vi.waitFor(() => expect(checked()).toBe(5000), { timeout: PATIENCE_MS });
  const read = vi.spyOn(LogTable.prototype, "latest");
  expect(await store.times.latestUpTo(5000)).toBe(4999);
  expect(read).toHaveBeenCalledTimes(1);
  read.mockRestore();
  watch.stop();
  await store.close();
});
