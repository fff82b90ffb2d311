// The index of a log against a plain map: on random rows, over restarts, over damage, and over another log's rows.
import { crc32 } from "node:zlib";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { IndexBehind, IndexedLog } from "../../src/history/indexed-log.ts";
import { MAX_SEGMENTS_REMOVED } from "../../src/history/history-limits.ts";
import { damage, numbersOf } from "../embedded/damage.ts";
import { Draw } from "../laws/draw.ts";
import { SEED } from "../laws/law.ts";
import { PATIENCE_MS } from "../live/patience.ts";

interface Row {
  readonly seq: number;
  readonly keys: readonly number[];
  /** Makes each row another one, like the revision in a row of a real log. */
  readonly nonce: number;
}

const KEYS = [0, 1, 255, 256, 2 ** 24, 2 ** 31, 2 ** 32 - 1, ...Array.from({ length: 60 }, (_, i) => i * 71_000_003)];

/** A log in memory, and what a map finds in it. */
class PlainLog {
  rows: Row[] = [];
  source = "a log";
  readonly #draw: Draw;

  constructor(draw: Draw) {
    this.#draw = draw;
  }

  grow(rows: number): void {
    for (let n = 0; n < rows; n++) {
      const keys = Array.from({ length: this.#draw.below(8) }, () => this.#draw.chance(20) ? 7 : this.#draw.pick(KEYS));
      this.rows.push({ seq: this.rows.length + 1, keys, nonce: this.#draw.below(2 ** 30) });
    }
  }

  newest(key: number, below: number, above: number): number[] {
    return this.rows.filter(({ seq, keys }) => seq < below && seq > above && keys.includes(key))
      .map(({ seq }) => seq).reverse();
  }

  index(path: string, failed: (error: unknown) => void = fail, sizes = { rows: 500, postings: 2500 }): IndexedLog<Row> {
    return new IndexedLog<Row>({
      source: this.source, last: () => this.rows.length,
      rows: (from, limit) => this.rows.slice(from - 1, from - 1 + limit),
      keysOf: ({ keys }) => keys, markOf: (row) => crc32(JSON.stringify(row)),
    }, { path, failed, sizes });
  }

  async compare(index: IndexedLog<Row>): Promise<void> {
    // After a fault while it was written, the index is made again a little later.
    let whole = await index.whole();
    for (; whole === undefined; whole = await index.whole()) await sleep(20);
    expect(whole.last).toBe(this.rows.length);
    for (const key of [7, ...KEYS, 12_345]) {
      const [below, above] = [this.#draw.below(this.rows.length + 2), this.#draw.below(this.rows.length + 2)];
      expect([...whole.newest(key, below, above)], `${key} ${below} ${above}`).toEqual(this.newest(key, below, above));
      expect([...whole.newest(key)], `${key}`).toEqual(this.newest(key, Infinity, 0));
      const all = this.newest(key, Infinity, 0);
      const rows = whole.newest(key);
      let lower = Infinity;
      for (let row = rows.next().value; row !== undefined; row = rows.next(lower).value) {
        // Only rows from `lower` on may be left out.
        while (all[0] !== row && all[0]! >= lower) all.shift();
        expect(all.shift(), `${key}`).toBe(row);
        lower = row - this.#draw.below(100);
      }
      expect(all.filter((row) => row < lower), `${key}`).toEqual([]);
    }
  }
}

function fail(error: unknown): void {
  throw error;
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "history-"));
  console.log(`seed ${SEED} (SIDELINE_TEST_SEED)`);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe("an index of a log", () => {
  test.each([":memory:", "file"])("finds the same rows as a map, in %s", async (place) => {
    const log = new PlainLog(new Draw(SEED));
    const index = log.index(place === "file" ? join(folder, "same.db") : place);
    for (let round = 0; round < 12; round++) {
      log.grow(round * 70);
      await log.compare(index);
    }
    await index.stop();
  });

  test("continues after a restart from its file, and reads only the rows after its last segment", async () => {
    const log = new PlainLog(new Draw(SEED + 1));
    const path = join(folder, "restart.db");
    for (let round = 0; round < 6; round++) {
      log.grow(400);
      const index = log.index(path);
      await log.compare(index);
      await index.stop();
    }
    const read: number[] = [];
    const { rows } = log;
    const counted = log.index(path);
    log.rows = new Proxy(rows, {
      get: (target, name) => name !== "slice" ? Reflect.get(target, name)
        : (from: number, end: number) => {
          if (end - from > 1) read.push(from);
          return target.slice(from, end);
        },
    });
    await counted.whole();
    log.rows = rows;
    expect(Math.min(...read)).toBeGreaterThanOrEqual(2000 - 500);
    await log.compare(counted);
    await counted.stop();
  });

  test("is made again where its file is damaged, and never answers from the damage", async () => {
    const log = new PlainLog(new Draw(SEED + 2));
    log.grow(3000);
    const path = join(folder, "damaged.db");
    const draw = numbersOf(SEED);
    let [faults, remade] = [0, 0];
    for (let round = 0; round < 60; round++) {
      const whole = log.index(path, () => remade++);
      await log.compare(whole);
      await whole.stop();
      const how = damage(folder, "damaged.db", draw);
      const index = log.index(path, () => faults++);
      try {
        await log.compare(index);
      } catch (error) {
        expect(index.faulty(error), `${how}: ${String(error)}`).toBe(true);
        await log.compare(index);
      }
      await index.stop();
    }
    expect(faults).toBeGreaterThan(10);
  });

  test("is made again where a small file is damaged anywhere", async () => {
    const log = new PlainLog(new Draw(SEED + 8));
    log.grow(20);
    const path = join(folder, "small.db");
    const first = log.index(path);
    await log.compare(first);
    await first.stop();
    const whole = readFileSync(path);
    const draw = numbersOf(SEED);
    for (let round = 0; round < 150; round++) {
      writeFileSync(path, whole);
      const how = damage(folder, "small.db", draw);
      const index = log.index(path, () => undefined);
      expect(await index.whole(), how).toBeDefined();
      await log.compare(index);
      await index.stop();
    }
  });

  test("drops the rows of a log that is shorter, or has another row at the end of a segment", async () => {
    const log = new PlainLog(new Draw(SEED + 3));
    log.grow(2300);
    const path = join(folder, "restored.db");
    for (const length of [2300, 1700, 900, 3]) {
      const before = log.index(path);
      await log.compare(before);
      await before.stop();
      log.rows.length = length;
      const shorter = log.index(path);
      await log.compare(shorter);
      await shorter.stop();
      log.rows.length = Math.floor(length / 2);
      log.grow(3000);
    }
  });

  test.each([[4, 41], [5, 1]])("after the last %i segments changed, reads from row %i on", async (n, from) => {
    expect(MAX_SEGMENTS_REMOVED).toBe(4);
    const log = new PlainLog(new Draw(SEED + 10));
    log.grow(80);
    const path = join(folder, `trimmed-${n}.db`);
    const sizes = { rows: 10, postings: Infinity };
    const before = log.index(path, fail, sizes);
    await log.compare(before);
    await before.stop();
    log.rows.length = 80 - 10 * n;
    log.grow(100);
    const { rows } = log;
    const read: number[] = [];
    log.rows = new Proxy(rows, {
      get: (target, name) => name !== "slice" ? Reflect.get(target, name)
        : (first: number, end: number) => {
          if (end - first > 1) read.push(first + 1);
          return target.slice(first, end);
        },
    });
    const after = log.index(path, fail, sizes);
    await after.whole();
    log.rows = rows;
    expect(Math.min(...read)).toBe(from);
    await log.compare(after);
    await after.stop();
  });

  test("is not used for another log", async () => {
    const log = new PlainLog(new Draw(SEED + 4));
    log.grow(1000);
    const path = join(folder, "another.db");
    const index = log.index(path);
    await log.compare(index);
    await index.stop();
    const other = new PlainLog(new Draw(SEED + 5));
    other.source = "another log";
    other.grow(1200);
    const faults: unknown[] = [];
    const own = other.index(path, (error) => faults.push(error));
    await other.compare(own);
    await own.stop();
    expect(String(faults[0])).toContain("of another log");
  });

  test("answers nothing while its file cannot be written, and recovers from a fault of the log", async () => {
    const log = new PlainLog(new Draw(SEED + 6));
    log.grow(1200);
    const faults: unknown[] = [];
    const lost = log.index(join(folder, "missing", "index.db"), (error) => faults.push(error));
    expect(await lost.whole()).toBeUndefined();
    expect(faults).toHaveLength(2);
    await lost.stop();

    const index = log.index(":memory:", (error) => faults.push(error));
    const { rows } = log;
    log.rows = new Proxy(rows, {
      get: (target, name) => {
        if (name === "slice") throw new Error("the log is damaged");
        return Reflect.get(target, name) as unknown;
      },
    });
    expect(await index.whole()).toBeUndefined();
    log.rows = rows;
    await log.compare(index);
    await index.stop();
  });

  test("follows the log in the background", async () => {
    const log = new PlainLog(new Draw(SEED + 7));
    log.grow(1300);
    const path = join(folder, "background.db");
    const index = log.index(path);
    index.start();
    await expect.poll(() => index.last).toBe(1300);
    log.grow(10);
    await expect.poll(() => index.last, { interval: 50, timeout: PATIENCE_MS }).toBe(1310);
    await index.stop();
    expect(existsSync(path)).toBe(true);
    expect(await index.whole()).toBeUndefined();
  });

  test("rows that questions add become segments in the background, without a new row", async () => {
    const log = new PlainLog(new Draw(SEED + 9));
    log.grow(10);
    const path = join(folder, "followed.db");
    const index = log.index(path, fail, { rows: 50, postings: Infinity });
    await log.compare(index);
    log.grow(40);
    expect([index.follow().last, index.follow().isFull]).toEqual([50, true]);
    log.grow(2);
    expect(() => index.follow()).toThrow(IndexBehind);
    log.rows.length = 51;
    index.start();
    await expect.poll(() => index.follow().isFull, { timeout: PATIENCE_MS }).toBe(false);
    await log.compare(index);
    await index.stop();
  });
});
