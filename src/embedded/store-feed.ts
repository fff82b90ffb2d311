// The embedded store's feed of changes, read from its log of deltas; a cursor is the place of the next change.
import { setImmediate } from "node:timers/promises";
import { decodeTuple, type DeltaRow, type TupleRow } from "./row-text.ts";
import type { Change, ChangePage } from "../tuples/store.ts";
import { typeOf } from "../tuples/tuple.ts";
import { DELTAS_AT_A_TIME, TIMES_AT_A_TIME } from "./embedded-limits.ts";

/** A row of the log: number of the delta (from 1), milliseconds since 1970, the delta. */
export type LogRow = readonly [seq: number, at: number, delta: DeltaRow];

/** Reads at most `limit` rows of the log in order, starting at a number. */
export type LogReader = (from: number, limit: number) => readonly LogRow[];

interface Place {
  /** Number of the delta. */
  readonly seq: number;
  /** Number of changes of that delta that were already returned. */
  readonly done: number;
}

/**
 * Reads a page of the feed, as the store's port describes it. `last` returns the number of the newest delta. Throws on
 * a cursor that does not belong to this feed, such as one that lies ahead of it.
 */
export async function readFeed(read: LogReader, last: () => number, cursor: string | undefined, limit: number,
  type: string | undefined): Promise<ChangePage> {
  if (!Number.isSafeInteger(limit) || limit < 1) throw new Error(`a page holds 1 change or more, not ${limit}`);
  const start = parseCursor(cursor, last());
  const changes: Change[] = [];
  let { seq, done } = start;
  for (let after = start; ; await setImmediate()) {
    const rows = read(seq, Math.min(limit, DELTAS_AT_A_TIME));
    for (const row of rows) {
      const all = changesOf(row);
      for (; done < all.length; done++) {
        const change = all[done] as Change;
        if (type !== undefined && typeOf(change.tuple.object) !== type) continue;
        changes.push(change);
        after = done + 1 < all.length ? { seq: row[0], done: done + 1 } : { seq: row[0] + 1, done: 0 };
        if (changes.length === limit) return { changes, cursor: printCursor(after) };
      }
      seq = row[0] + 1;
      done = 0;
    }
    if (rows.length === 0) return { changes, cursor: printCursor(after) };
  }
}

/** Reads the times of the log's rows. */
export interface LogTimes {
  /** Returns last number and latest time of at most `limit` rows, starting at a number; undefined if none exist. */
  latest(from: number, limit: number): readonly [seq: number, at: number] | undefined;
  /** Returns the first number at or after `from` whose time is `at` or later. */
  first(from: number, at: number): number | undefined;
}

/**
 * Finds places of the feed by time. Clocks step back, so rows are not in the order of their times. The index therefore
 * keeps, for each block of the log, the latest time up to its end, which only grows. A block is read once, when a
 * question first needs it.
 */
export class TimeIndex {
  readonly #times: LogTimes;
  /** For each block read so far: its last number, and the latest time up to there. */
  readonly #blocks: { readonly seq: number; readonly at: number }[] = [];

  constructor(times: LogTimes) {
    this.#times = times;
  }

  /** Returns the cursor of the first change at `at` or later, or of the end. `last` returns the newest number. */
  async cursorAt(at: number, last: () => number): Promise<string> {
    return printCursor({ seq: await this.firstAt(at, last), done: 0 });
  }

  /** Returns the number of the first row at `at` or later, or the one after the newest. */
  async firstAt(at: number, last: () => number): Promise<number> {
    for (; (this.#blocks.at(-1)?.at ?? -Infinity) < at; await setImmediate()) {
      const read = this.#readBlock();
      if (read === "end") return last() + 1;
      if (read === "partial") break;
    }
    const from = this.#blocks[this.#blockOf(at) - 1]?.seq ?? 0;
    return this.#times.first(from + 1, at) ?? last() + 1;
  }

  /** Returns the latest time of the rows up to one that exists. */
  async latestUpTo(seq: number): Promise<number> {
    for (; (this.#blocks.at(-1)?.seq ?? 0) < seq; await setImmediate()) if (this.#readBlock() !== "whole") break;
    let i = this.#blocks.length - 1;
    while (i >= 0 && this.#blocks[i]!.seq > seq) i--;
    const before = this.#blocks[i] ?? { seq: 0, at: -Infinity };
    return Math.max(before.at, this.#times.latest(before.seq + 1, seq - before.seq)?.[1] ?? -Infinity);
  }

  /** Reads the next block. A block that is not full still grows, so it is not kept. */
  #readBlock(): "whole" | "partial" | "end" {
    const before = this.#blocks.at(-1) ?? { seq: 0, at: -Infinity };
    const found = this.#times.latest(before.seq + 1, TIMES_AT_A_TIME);
    if (found === undefined) return "end";
    const [seq, at] = found;
    if (seq < before.seq + TIMES_AT_A_TIME) return "partial";
    this.#blocks.push({ seq, at: Math.max(at, before.at) });
    return "whole";
  }

  /**
   * Returns the number of the first block whose latest time is `at` or later; the number of blocks if there is none.
   */
  #blockOf(at: number): number {
    let [low, high] = [0, this.#blocks.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#blocks[middle]!.at < at) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function changesOf([, at, [deletes, writes]]: LogRow): Change[] {
  const change = (operation: Change["operation"]) => (row: TupleRow): Change =>
    ({ operation, tuple: decodeTuple(row), at });
  return [...deletes.map(change("delete")), ...writes.map(change("write"))];
}

function printCursor({ seq, done }: Place): string {
  return `${seq}.${done}`;
}

/** Returns the number of the delta that a cursor of this feed stands before. */
export function deltaAt(cursor: string): number {
  return Number.parseInt(cursor, 10);
}

function parseCursor(cursor: string | undefined, last: number): Place {
  if (cursor === undefined) return { seq: 1, done: 0 };
  const parts = /^([1-9]\d{0,14})\.(\d{1,2})$/.exec(cursor);
  const place = { seq: Number(parts?.[1]), done: Number(parts?.[2]) };
  if (parts === null || place.seq > last + 1) throw new Error(`not a cursor of this store's changes: ${cursor}`);
  return place;
}
