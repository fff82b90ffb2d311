// The filters in memory: those of the newest segments that fit, and searches that do not load them in circles.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { FILTER_BYTES_KEPT } from "../../src/history/history-limits.ts";
import { KeyFilter } from "../../src/history/key-filter.ts";
import { PostingFile } from "../../src/history/posting-file.ts";
import { PostingIndex } from "../../src/history/posting-index.ts";
import { SegmentFilters } from "../../src/history/segment-filters.ts";
import { Draw } from "../laws/draw.ts";
import { SEED } from "../laws/law.ts";

const EMPTY = new KeyFilter(new Uint8Array(1));

test("filters of 64 MB are kept; with one byte more, the oldest is dropped", () => {
  expect(FILTER_BYTES_KEPT).toBe(67_108_864);
  const filters = new SegmentFilters();
  for (let n = 0; n < 256; n++) filters.add(1 + n * 10, 262_144);
  for (let n = 0; n < 256; n++) expect([n, filters.lacks(1 + n * 10)]).toEqual([n, true]);
  for (const first of [1, 11]) filters.keep(first, EMPTY);
  expect([filters.of(1), filters.lacks(1)]).toEqual([EMPTY, false]);
  filters.add(2561, 1);
  expect([filters.of(1), filters.lacks(1), filters.of(11), filters.lacks(2561)])
    .toEqual([undefined, false, EMPTY, true]);
});

test("the newest filters that fit are kept, however segments come and go", () => {
  console.log(`seed ${SEED} (SIDELINE_TEST_SEED)`);
  const draw = new Draw(SEED);
  let [dropped, displaced] = [0, 0];
  for (let round = 0; round < 50; round++) {
    const filters = new SegmentFilters(100);
    const plain: { first: number; bytes: number; isLoaded: boolean }[] = [];
    for (let step = 0; step < 60; step++) {
      if (draw.chance(30)) {
        filters.drop();
        if (plain.pop() !== undefined) dropped++;
      } else {
        const first = 1 + plain.length;
        const bytes = draw.chance(5) ? 101 : draw.below(40);
        filters.add(first, bytes);
        plain.push({ first, bytes, isLoaded: false });
      }
      let [bytes, fits] = [0, true];
      for (const each of plain.toReversed()) {
        bytes += each.bytes;
        fits &&= bytes <= 100;
        if (!fits && each.isLoaded) displaced++;
        each.isLoaded &&= fits;
        expect([each.first, filters.lacks(each.first), filters.of(each.first) !== undefined])
          .toEqual([each.first, fits && !each.isLoaded, each.isLoaded]);
        if (!fits || each.isLoaded || !draw.chance(50)) continue;
        filters.keep(each.first, EMPTY);
        each.isLoaded = true;
      }
    }
  }
  expect(Math.min(dropped, displaced)).toBeGreaterThan(100);
});

test("searches over more segments than fit load each filter that fits once, also after a restart", () => {
  const folder = mkdtempSync(join(tmpdir(), "sideline-filters-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const loaded = vi.spyOn(PostingFile.prototype, "loadFilter");
  const searched = vi.spyOn(PostingFile.prototype, "newest");
  onTestFinished(() => void vi.restoreAllMocks());
  // A segment of ten rows has 13 keys: 104 bits, and so a filter of 16 bytes. Five of them fit.
  const sizes = { rows: 10, postings: 1000, filterBytes: 95 };
  const open = (): PostingIndex => new PostingIndex(join(folder, "index.db"), "log", sizes);
  let index = open();
  const addSegment = (): void => {
    for (let n = 0; n < 10; n++) index.add(index.last + 1, [index.last + 1, 500, 501, 502]);
    for (const _ of index.flush(index.last));
  };
  const search = (): number => {
    const before = loaded.mock.calls.length;
    for (const key of [500, 777, 501, 778, 502, 779, 500, 780]) {
      const rows = key < 777 ? Array.from({ length: index.last }, (_, n) => index.last - n) : [];
      expect([...index.newest(key)]).toEqual(rows);
    }
    return loaded.mock.calls.length - before;
  };
  for (let n = 0; n < 20; n++) addSegment();
  expect([search(), search()]).toEqual([5, 0]);
  addSegment();
  expect([search(), search()]).toEqual([1, 0]);
  index.close();
  index = open();
  index.trim((row) => row);
  expect([search(), search()]).toEqual([5, 0]);
  searched.mockClear();
  expect([...index.newest(777)]).toEqual([]);
  expect(searched.mock.calls.length).toBeGreaterThanOrEqual(16);
  expect(searched.mock.calls.length).toBeLessThanOrEqual(18);
  index.close();
});
