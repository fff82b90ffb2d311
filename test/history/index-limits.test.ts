// The limits of an index: rows in a segment, and the time of a turn of indexing.
import { setImmediate as nextTurn } from "node:timers/promises";
import { expect, test } from "vitest";
import { INDEXING_MS_PER_TURN, ROWS_INDEXED_PER_TURN } from "../../src/history/history-limits.ts";
import { IndexBehind, IndexedLog } from "../../src/history/indexed-log.ts";
import { IndexFault } from "../../src/history/posting-file.ts";
import { PostingIndex } from "../../src/history/posting-index.ts";
import { ROWS } from "../../src/history/recent-postings.ts";

function fail(error: unknown): void {
  throw error;
}

test("a segment numbers 65,536 rows: one more is a fault", () => {
  const index = new PostingIndex(":memory:", "a log", { rows: Infinity, postings: Infinity });
  for (let seq = 1; seq <= ROWS; seq++) index.add(seq, seq === 1 || seq === ROWS ? [7] : []);
  expect([ROWS, ...index.newest(7)]).toEqual([65_536, ROWS, 1]);
  expect(() => index.add(ROWS + 1, [7])).toThrow(IndexFault);
  index.close();
});

test("a turn of the event loop ends after 5 ms, however few rows it indexed; a question adds no more", async () => {
  const rows = Array.from({ length: 100 }, (_, n) => n + 1);
  const index = new IndexedLog<number>({
    source: "costly rows", last: () => rows.length, rows: (from, limit) => rows.slice(from - 1, from - 1 + limit),
    keysOf: (row) => {
      for (const until = performance.now() + 2; performance.now() < until;);
      return [row];
    },
    markOf: (row) => row,
  }, { path: ":memory:", failed: fail });
  let isWhole = false;
  const whole = index.whole().then(() => {
    isWhole = true;
  });
  const added: number[] = [];
  for (let before = 0; !isWhole; before = index.last) {
    added.push(index.last - before);
    await nextTurn();
  }
  await whole;
  const most = INDEXING_MS_PER_TURN / 2 + 1;
  expect([INDEXING_MS_PER_TURN, index.last]).toEqual([5, 100]);
  expect(Math.max(...added)).toBeLessThanOrEqual(most);

  rows.push(...Array.from({ length: 50 }, (_, n) => 101 + n));
  expect(() => index.follow()).toThrow(IndexBehind);
  expect(index.last - 100).toBeGreaterThan(0);
  expect(index.last - 100).toBeLessThanOrEqual(most);
  await index.whole();
  rows.push(151);
  expect([...index.follow().newest(151)]).toEqual([151]);
  await index.stop();
});

test.each(["in memory", "in a file"])("a list is left for a lower row without the rows in between, %s", (place) => {
  const index = new PostingIndex(":memory:", "a log");
  for (let seq = 1; seq <= 20_000; seq++) index.add(seq, [7, seq % 3 === 0 ? 9 : 5, 8]);
  if (place === "in a file") for (const _ of index.flush(1));
  for (const [key, step] of [[7, 1], [8, 1], [9, 3]] as const) {
    const rows = index.newest(key, 19_000, 500);
    let row: number | undefined = 19_000;
    for (const lower of [19_000, 18_000, 17_999, 17_000, 3000, 2999, 600, 502, 501]) {
      row = (Math.ceil(Math.min(lower, row!) / step) - 1) * step;
      if (row <= 500) row = undefined;
      expect([key, lower, rows.next(lower).value]).toEqual([key, lower, row]);
    }
  }
  index.close();
});

test("a question adds 200 rows at most", async () => {
  expect(ROWS_INDEXED_PER_TURN).toBe(200);
  const rows = [1];
  const index = new IndexedLog<number>({
    source: "rows", last: () => rows.length, rows: (from, limit) => rows.slice(from - 1, from - 1 + limit),
    keysOf: () => [7], markOf: (row) => row,
  }, { path: ":memory:", failed: fail });
  await index.whole();
  rows.push(...Array.from({ length: ROWS_INDEXED_PER_TURN }, (_, n) => n + 2));
  expect(index.ready()?.last).toBe(201);
  rows.push(...Array.from({ length: ROWS_INDEXED_PER_TURN + 1 }, (_, n) => n + 202));
  expect([index.ready(), index.last]).toEqual([undefined, 201]);
  expect(() => index.follow()).toThrow(IndexBehind);
  await index.whole();
  expect(index.ready()?.last).toBe(402);
  await index.stop();
  expect(index.ready()).toBeUndefined();
});
