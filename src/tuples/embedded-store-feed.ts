// The embedded store's feed of changes, read from its log of deltas; a cursor is the place of the next change.
import { setImmediate } from "node:timers/promises";
import { decodeTuple, type DeltaRow, type TupleRow } from "./embedded-store-rows.ts";
import type { Change, ChangePage } from "./store.ts";
import { typeOf } from "./tuple.ts";

/** A row of the log: number of the delta (from 1), milliseconds since 1970, the delta. */
export type LogRow = readonly [seq: number, at: number, delta: DeltaRow];

/** Reads at most `limit` rows of the log from a number on, in order. */
export type LogReader = (from: number, limit: number) => readonly LogRow[];

/** Deltas read at a time; between two times other work gets its turn. */
const DELTAS_AT_A_TIME = 200;

interface Place {
  /** Number of the delta. */
  readonly seq: number;
  /** Changes of that delta that were told already. */
  readonly told: number;
}

/**
 * A page of the feed, as the store's port describes it. `last` tells the number of the newest delta. Throws on a
 * cursor that is not one of this feed, such as one that lies ahead of it.
 */
export async function readFeed(read: LogReader, last: () => number, cursor: string | undefined, limit: number,
  type: string | undefined): Promise<ChangePage> {
  if (!Number.isSafeInteger(limit) || limit < 1) throw new Error(`a page holds 1 change or more, not ${limit}`);
  const start = parseCursor(cursor, last());
  const changes: Change[] = [];
  let { seq, told } = start;
  for (let after = start; ; await setImmediate()) {
    const rows = read(seq, Math.min(limit, DELTAS_AT_A_TIME));
    for (const row of rows) {
      const all = changesOf(row);
      for (; told < all.length; told++) {
        const change = all[told] as Change;
        if (type !== undefined && typeOf(change.tuple.object) !== type) continue;
        changes.push(change);
        after = told + 1 < all.length ? { seq: row[0], told: told + 1 } : { seq: row[0] + 1, told: 0 };
        if (changes.length === limit) return { changes, cursor: printCursor(after) };
      }
      seq = row[0] + 1;
      told = 0;
    }
    if (rows.length === 0) return { changes, cursor: printCursor(after) };
  }
}

function changesOf([, at, [deletes, writes]]: LogRow): Change[] {
  const change = (operation: Change["operation"]) => (row: TupleRow): Change =>
    ({ operation, tuple: decodeTuple(row), at });
  return [...deletes.map(change("delete")), ...writes.map(change("write"))];
}

function printCursor({ seq, told }: Place): string {
  return `${seq}.${told}`;
}

function parseCursor(cursor: string | undefined, last: number): Place {
  if (cursor === undefined) return { seq: 1, told: 0 };
  const parts = /^([1-9]\d{0,14})\.(\d{1,2})$/.exec(cursor);
  const place = { seq: Number(parts?.[1]), told: Number(parts?.[2]) };
  if (parts === null || place.seq > last + 1) throw new Error(`not a cursor of this store's changes: ${cursor}`);
  return place;
}
