// The rows of the embedded store's log, each with a checksum: written with a commit, checked whenever they are read.
import { crc32 } from "node:zlib";
import { StoreError } from "./store-error.ts";
import type { LogRow } from "./store-feed.ts";
import { textOf, type DeltaRow } from "./row-text.ts";
import type { Statements } from "./store-sql.ts";

/** A row as the database returns it; `sum` is null if a release before version 2 of the schema wrote the row. */
type StoredRow = readonly [seq: number, at: number, body: Uint8Array, sum: number | null];

/** Returns the checksum of a row: CRC-32 of its number, its time and its text. */
export function logSum(seq: number, at: number, body: string | Uint8Array): number {
  return crc32(body, crc32(`${seq},${at},`));
}

/** Reads the log of a store. */
export class LogTable {
  readonly #folder: string;
  readonly #statements: Pick<Statements, "log" | "someLog" | "latestLog" | "firstLog">;

  constructor(folder: string, statements: Statements) {
    this.#folder = folder;
    this.#statements = statements;
  }

  /** Returns last number and latest time of at most `limit` rows, starting at a number; undefined if none exist. */
  latest(from: number, limit: number): readonly [seq: number, at: number] | undefined {
    const [seq, at] = this.#statements.latestLog.get(from, limit) as [number | null, number];
    return seq === null ? undefined : [seq, at];
  }

  /** Returns the first number at or after `from` whose time is `at` (milliseconds since 1970) or later. */
  firstSince(from: number, at: number): number | undefined {
    return (this.#statements.firstLog.get(from, at) as [number] | undefined)?.[0];
  }

  /**
   * Returns how many events have all of their rows up to a row (0: before the first). Returns undefined if the row has
   * no count or is damaged; reading the row reports the damage.
   */
  eventsAt(seq: number): number | undefined {
    try {
      const [row] = this.#statements.log.all(seq, 1) as StoredRow[];
      if (row === undefined) return 0;
      const [, at, body, sum] = row;
      return sum === logSum(seq, at, body) ? (JSON.parse(textOf(body)) as DeltaRow)[2] : undefined;
    } catch {
      return undefined;
    }
  }

  /** Reads at most `limit` rows, starting at a number; `last` is the newest. Throws a StoreError on a damaged row. */
  read(from: number, limit: number, last: number): LogRow[] {
    return this.#rows(from, limit, last).map(([seq, at, body]) => [seq, at, JSON.parse(textOf(body)) as DeltaRow]);
  }

  /** Reads the rows with some numbers, the highest first. Throws a StoreError on a damaged row, or a missing one. */
  readSome(numbers: readonly number[]): LogRow[] {
    const rows = this.#statements.someLog.all(JSON.stringify(numbers)) as StoredRow[];
    if (rows.length !== numbers.length) throw this.#damaged(numbers[0] ?? 0);
    return rows.map(([seq, at, body, sum]) => {
      if (sum !== null && sum !== logSum(seq, at, body)) throw this.#damaged(seq);
      return [seq, at, JSON.parse(textOf(body)) as DeltaRow];
    });
  }

  #damaged(seq: number): StoreError {
    return new StoreError("corrupt", `the store in ${this.#folder} is damaged: row ${seq} of its log is not what was `
      + "written");
  }

  /**
   * Checks at most `limit` rows, starting at a number. Returns the number after the last one. Throws as `read` does.
   */
  check(from: number, limit: number, last: number): number {
    const rows = this.#rows(from, limit, last);
    for (const [, , body, sum] of rows) if (sum === null) JSON.parse(textOf(body));
    return from + rows.length;
  }

  /** Reads rows and checks that no number is missing: a gap would hide changes from readers of the feed. */
  #rows(from: number, limit: number, last: number): StoredRow[] {
    const rows = this.#statements.log.all(from, limit) as StoredRow[];
    const count = Math.min(limit, last + 1 - from);
    for (let i = 0; i < Math.max(count, rows.length); i++) {
      const [seq, at, body, sum] = rows[i] ?? [];
      const isWhole = seq === from + i && i < count && at !== undefined && body !== undefined;
      if (isWhole && (sum === null || sum === logSum(seq, at, body))) continue;
      throw this.#damaged(from + i);
    }
    return rows;
  }
}
