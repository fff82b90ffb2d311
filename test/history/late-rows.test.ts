// The latest time up to a row, from the late rows of the index: over clocks that step back, segments and restarts.
import { expect, test } from "vitest";
import { IndexedLog } from "../../src/history/indexed-log.ts";
import { LateRows } from "../../src/history/late-rows.ts";
import { IndexFault } from "../../src/history/posting-file.ts";
import { Draw } from "../laws/draw.ts";
import { SEED } from "../laws/law.ts";

test("the latest time up to each row is the one of a running maximum", async () => {
  console.log(`seed ${SEED} (SIDELINE_TEST_SEED)`);
  const draw = new Draw(SEED);
  const times: number[] = [];
  let clock = 1000;
  const grow = (rows: number): void => {
    for (let n = 0; n < rows; n++) {
      clock += draw.chance(5) ? -draw.below(60) : draw.below(3);
      times.push(clock);
    }
  };
  const timeOf = (seq: number): number => times[seq - 1]!;
  const keysOf = { of: (_seq: number, _at: number): readonly number[] => [] };
  const index = new IndexedLog<number>({
    source: "times", last: () => times.length, markOf: (seq) => seq, keysOf: (seq) => keysOf.of(seq, timeOf(seq)),
    rows: (from, limit) => Array.from({ length: Math.min(limit, times.length + 1 - from) }, (_, n) => from + n),
  }, { path: ":memory:", failed: (error) => expect.fail(String(error)), sizes: { rows: 70, postings: Infinity } });
  let late = 0;
  for (let round = 0; round < 20; round++) {
    // Each round begins as a process does: what it knows of the rows before is in the index.
    const rows = new LateRows({ index, timeOf });
    keysOf.of = rows.keysOf;
    grow(1 + draw.below(60));
    await index.whole();
    for (let seq = 1, latest = -Infinity; seq <= times.length; seq++) {
      if (timeOf(seq) < latest) late++;
      latest = Math.max(latest, timeOf(seq));
      expect([seq, rows.recordedAt(seq)]).toEqual([seq, latest]);
    }
  }
  expect(late).toBeGreaterThan(100);
  await index.stop();
});

test("without the index the time is that of the row", () => {
  const timeOf = (seq: number): number => 100 - seq;
  const closed = { opened: undefined, ready: () => undefined, faulty: () => false };
  expect(new LateRows({ index: closed, timeOf }).recordedAt(7)).toBe(93);
  const damaged = { ...closed, ready: () => { throw new IndexFault("damaged"); }, faulty: () => true };
  expect(new LateRows({ index: damaged, timeOf }).recordedAt(7)).toBe(93);
  expect(() => new LateRows({ index: { ...damaged, faulty: () => false }, timeOf }).recordedAt(7)).toThrow(IndexFault);
});
