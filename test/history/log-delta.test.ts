// Writes found in the rows of a log: an undivided one reads few rows besides its own.
import { expect, test } from "vitest";
import { stepAt, type LogDelta } from "../../src/history/log-delta.ts";
import { MAX_ROWS_PER_STEP } from "../../src/history/history-limits.ts";
import { ledgerOf } from "../../src/ledger/event-record.ts";
import { MAX_TUPLES_PER_DELTA } from "../../src/tuples/store.ts";
import type { Tuple } from "../../src/tuples/tuple.ts";

const revision = (org: string): Tuple => ({ object: ledgerOf(org), relation: "at", user: "value:1" });
const tuplesOf = (name: string, count: number): Tuple[] =>
  Array.from({ length: count }, (_, n) => ({ object: `org:${name}`, relation: "member", user: `user:u${n}` }));

/** A log of rows without the counts of events, as early releases wrote them. */
function logOf(rows: readonly (readonly Tuple[])[]) {
  const log = rows.map((writes, n): LogDelta => ({ seq: n + 1, at: 0, writes, deletes: [], events: undefined }));
  let read = 0;
  return {
    stepAt: (seq: number) => stepAt((from, limit) => {
      const found = log.slice(from - 1, from - 1 + limit);
      read += found.length;
      return found;
    }, log[seq - 1]!),
    rowsRead: () => read,
  };
}

test("the first write of an org reads two rows before it", () => {
  const { stepAt: find, rowsRead } = logOf(Array.from({ length: 40 }, (_, n) => [revision(`o${n}`)]));
  for (const [seq, most] of [[40, 2], [2, 1], [1, 0]] as const) {
    const before = rowsRead();
    expect(find(seq)).toMatchObject({ first: seq, seq, org: `o${seq - 1}` });
    expect([seq, rowsRead() - before]).toEqual([seq, most]);
  }
});

test.each([MAX_ROWS_PER_STEP, MAX_ROWS_PER_STEP + 1])("of %i full rows, a divided write has the last ones", (count) => {
  const full = Array.from({ length: count }, (_, n) => tuplesOf(`o${n}`, MAX_TUPLES_PER_DELTA));
  const { stepAt: find } = logOf([[revision("first")], ...full, [revision("fc")]]);
  const seq = count + 2;
  const first = seq - MAX_ROWS_PER_STEP;
  expect(find(seq)).toMatchObject({ first, seq, org: "fc" });
  expect(find(seq)!.writes.length).toBe(MAX_ROWS_PER_STEP * MAX_TUPLES_PER_DELTA + 1);
});
