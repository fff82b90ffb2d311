// Rows recorded after the clock stepped back. They count at the latest time before them: that time never goes back.
import type { IndexedLog } from "./indexed-log.ts";
import type { PostingIndex } from "./posting-index.ts";

/** Key of the late rows. No text has it but by chance. */
const LATE_KEY = 1;

/** A log of rows with times in milliseconds since 1970, and its index, which has the keys of `keysOf`. */
export interface LateRowParts {
  readonly index: Pick<IndexedLog<unknown>, "opened" | "ready" | "faulty">;
  /** Returns the time of a row. */
  readonly timeOf: (seq: number) => number;
}

/** Finds late rows when the log is indexed, so that the latest time up to a row is known without reading the log. */
export class LateRows {
  readonly #parts: LateRowParts;
  /** Number of the row before, and the latest time up to it. */
  #last = 0;
  #latest = -Infinity;

  constructor(parts: LateRowParts) {
    this.#parts = parts;
  }

  /** Returns the keys of a row. Rows come in order; after a restart the index has those before the first. */
  readonly keysOf = (seq: number, at: number): readonly number[] => {
    const { opened } = this.#parts.index;
    if (seq === 1) this.#latest = -Infinity;
    else if (seq !== this.#last + 1 && opened !== undefined) this.#latest = this.#latestUpTo(opened, seq - 1);
    this.#last = seq;
    if (at < this.#latest) return [LATE_KEY];
    this.#latest = at;
    return [];
  };

  /** Returns the latest time of the rows up to one; while the index is not complete, the time of the row itself. */
  readonly recordedAt = (seq: number): number => {
    const { index, timeOf } = this.#parts;
    try {
      const ready = index.ready();
      if (ready !== undefined) return this.#latestUpTo(ready, seq);
    } catch (error) {
      if (!index.faulty(error)) throw error;
    }
    return timeOf(seq);
  };

  /** The nearest row that is not late has the latest time. */
  #latestUpTo(index: PostingIndex, seq: number): number {
    const { timeOf } = this.#parts;
    const isLate = index.newest(LATE_KEY, seq + 1, seq - 1).next().value !== undefined;
    if (!isLate) return timeOf(seq);
    let place = seq;
    for (const late of index.newest(LATE_KEY, seq + 1)) {
      if (late < place) break;
      place--;
    }
    return Math.max(timeOf(seq), timeOf(place));
  }
}
