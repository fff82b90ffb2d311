// The filter of a segment's keys: it misses none, passes few others, and a search of the index loads one filter.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { KeyFilter } from "../../src/history/key-filter.ts";
import { PostingFile } from "../../src/history/posting-file.ts";
import { PostingIndex } from "../../src/history/posting-index.ts";
import { Draw } from "../laws/draw.ts";
import { SEED } from "../laws/law.ts";

const SIZES = [1, 2, 7, 8, 9, 1000, 4096, 4097, 50_000];

test.each(SIZES)("a filter of %i keys misses none, and passes few others", (n) => {
  const draw = new Draw(SEED + n);
  const keys = new Set(Array.from({ length: n }, () => draw.below(2 ** 32)));
  const filter = KeyFilter.for(keys.size);
  for (const key of keys) filter.add(key);
  const read = new KeyFilter(new Uint8Array(filter.bytes));
  for (const key of keys) expect(read.has(key)).toBe(true);
  for (const key of keys) expect(read.has(key | 0)).toBe(true);
  const others = Array.from({ length: 20_000 }, () => draw.below(2 ** 32)).filter((key) => !keys.has(key));
  // A very small filter has too few bits for a rate. Larger ones have 8 to 16 bits for each key, of which it sets 4.
  const share = (1 - Math.exp(-4 * n / (filter.bytes.length * 8))) ** 4;
  const most = share + 5 * Math.sqrt(share / others.length);
  if (n >= 1000) {
    expect(share).toBeGreaterThan(0.0023);
    expect(share).toBeLessThan(0.0241);
    expect(others.filter((key) => read.has(key)).length / others.length).toBeLessThan(most);
  }
  expect(filter.bytes.length * 8).toBeLessThanOrEqual(Math.max(8, 16 * n));
});

test("bytes that are no power of two are refused", () => {
  for (const length of [0, 3, 1023]) expect(() => new KeyFilter(new Uint8Array(length))).toThrow("power of two");
});

test("a search loads one filter, and a segment without the key is not read once its filter is there", () => {
  const folder = mkdtempSync(join(tmpdir(), "sideline-filter-"));
  try {
    const path = join(folder, "index.db");
    const made = new PostingIndex(path, "log", { rows: 10, postings: 1000 });
    for (let row = 1; row <= 30; row++) {
      made.add(row, [row, 500]);
      if (made.isFull) expect([...made.flush(row)].length).toBeGreaterThan(0);
    }
    made.close();
    const index = new PostingIndex(path, "log", { rows: 10, postings: 1000 });
    index.trim((row) => row);
    const loaded = vi.spyOn(PostingFile.prototype, "loadFilter");
    const searched = vi.spyOn(PostingFile.prototype, "newest");
    try {
      for (const loads of [1, 2, 3, 3]) {
        expect([...index.newest(500)]).toEqual(Array.from({ length: 30 }, (_, i) => 30 - i));
        expect(loaded.mock.calls.length).toBe(loads);
      }
      searched.mockClear();
      expect([...index.newest(15)]).toEqual([15]);
      expect(searched.mock.calls.length).toBe(1);
      expect([...index.newest(77)]).toEqual([]);
      expect(searched.mock.calls.length).toBeLessThanOrEqual(2);
    } finally {
      loaded.mockRestore();
      searched.mockRestore();
      index.close();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});
