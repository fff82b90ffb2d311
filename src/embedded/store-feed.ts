// The embedded store's feed of changes, read from its log of deltas; a cursor is the place of the next change.
import { setImmediate } from "node:timers/promises";
import { decodeTuple, type DeltaRow, type TupleRow } from "./row-text.ts";
import type { Change, ChangePage } from "../tuples/store.ts";
import { typeOf } from "../tuples/tuple.ts";
import { DELTAS_AT_A_TIME, TIME_BLOCKS_PER_TURN, TIMES_PER_BLOCK } from "./embedded-limits.ts";

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
 * Finds rows by time, and the latest time up to a row. Clocks step back, so rows are not in the order of their times.
 * The index therefore keeps, for each block of the log, the latest time up to its end, which only grows. A block is
 * read once, when a question first needs it or a block after it.
 */
export class TimeIndex {
  readonly #times: LogTimes;
  /** For each block of TIMES_PER_BLOCK rows that was read: the latest time up to its end. */
  readonly #ends: number[] = [];

  constructor(times: LogTimes) {
    this.#times = times;
  }

  /** Returns the cursor of the first change at `at` or later, or of the end. `last` returns the newest number. */
  async cursorAt(at: number, last: () => number): Promise<string> {
    return printCursor({ seq: await this.firstAt(at, last), done: 0 });
  }

  /** Returns the number of the first row at `at` or later, or the one after the newest. */
  async firstAt(at: number, last: () => number): Promise<number> {
    await this.#readUntil(() => this.#endOf(this.#ends.length - 1) >= at);
    return this.#times.first(this.#blockOf(at) * TIMES_PER_BLOCK + 1, at) ?? last() + 1;
  }

  /** Returns the latest time of the rows up to one that exists. */
  async latestUpTo(seq: number): Promise<number> {
    const block = Math.floor((seq - 1) / TIMES_PER_BLOCK);
    await this.#readUntil(() => this.#ends.length >= block);
    const before = this.#endOf(block - 1);
    // Without a later time in the block: a clock that jumped forward and back leaves most blocks like this.
    if (this.#ends[block] === before) return before;
    const from = block * TIMES_PER_BLOCK;
    return Math.max(before, this.#times.latest(from + 1, seq - from)?.[1] ?? -Infinity);
  }

  /** Returns the latest time up to the end of a block that was read. */
  #endOf(block: number): number {
    return this.#ends[block] ?? -Infinity;
  }

  /** Reads blocks in turns, until some are enough or none is left. */
  async #readUntil(isEnough: () => boolean): Promise<void> {
    for (let n = 1; !isEnough() && this.#readBlock(); n++) if (n % TIME_BLOCKS_PER_TURN === 0) await setImmediate();
  }

  /** Reads the next block. Returns false where it is not full: it still grows, so it is not kept. */
  #readBlock(): boolean {
    const before = this.#ends.length * TIMES_PER_BLOCK;
    const [seq, at] = this.#times.latest(before + 1, TIMES_PER_BLOCK) ?? [before, -Infinity];
    if (seq < before + TIMES_PER_BLOCK) return false;
    this.#ends.push(Math.max(at, this.#endOf(this.#ends.length - 1)));
    return true;
  }

  /**
   * Returns the number of the first block whose latest time is `at` or later; the number of blocks if there is none.
   */
  #blockOf(at: number): number {
    let [low, high] = [0, this.#ends.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#endOf(middle) < at) low = middle + 1;
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
