// Changes of log rows that were read lately: a question reads the same rows many times.
import { ROWS_KEPT } from "./history-limits.ts";
import { changesIn, type PastRow, type TupleChange } from "./log-row.ts";

/** A row with its changes. */
export interface ReadRow {
  readonly row: PastRow;
  readonly changes: readonly TupleChange[];
}

/** Reads single rows of a log, and keeps the ones used last. */
export class KeptRows {
  readonly #read: (seq: number) => PastRow | undefined;
  /** The one used last is at the end. */
  readonly #kept = new Map<number, ReadRow>();

  constructor(read: (seq: number) => PastRow | undefined) {
    this.#read = read;
  }

  /** Returns a row. Throws if the log has no such row or cannot read it. */
  get(seq: number): ReadRow {
    const known = this.#kept.get(seq);
    if (known !== undefined) {
      this.#kept.delete(seq);
      this.#kept.set(seq, known);
      return known;
    }
    const row = this.#read(seq);
    if (row === undefined) throw new Error(`the log has no row ${seq}`);
    const read = { row, changes: changesIn(row) };
    this.#kept.set(seq, read);
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= ROWS_KEPT) break;
      this.#kept.delete(oldest);
    }
    return read;
  }
}
