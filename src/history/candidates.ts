// The rows of a log that may be asked for, newest first: those that the index has under every key, or all rows.
import { UNKNOWN_KEY } from "./event-keys.ts";
import type { PostingIndex } from "./posting-index.ts";
import type { RowNumbers } from "./recent-postings.ts";

/** The rows below and above some numbers. */
export interface RowRange {
  readonly below: number;
  readonly above: number;
}

/** Yields rows in small steps. The index may grow between two steps. */
export class Candidates {
  #index: PostingIndex | undefined;
  readonly #keys: readonly number[];
  readonly #above: number;
  readonly #faulty: (error: unknown) => boolean;
  /** Every row from this number on is done. */
  #below: number;

  /**
   * Without an index or keys, yields all rows. `faulty` is called with an error of the index; if it returns true, the
   * rest of the rows is yielded without it.
   */
  constructor(
    index: PostingIndex | undefined, keys: readonly number[], { below, above }: RowRange,
    faulty: (error: unknown) => boolean,
  ) {
    this.#index = keys.length === 0 ? undefined : index;
    this.#keys = keys;
    this.#below = below;
    this.#above = above;
    this.#faulty = faulty;
  }

  /** Returns the next rows that some steps of work find, perhaps none; undefined at the end. */
  take(steps: number): readonly number[] | undefined {
    if (this.#below <= this.#above + 1) return undefined;
    try {
      if (this.#index !== undefined) return this.#takeFrom(this.#index, steps);
    } catch (error) {
      if (!this.#faulty(error)) throw error;
      this.#index = undefined;
    }
    const rows: number[] = [];
    while (rows.length < steps && this.#below > this.#above + 1) rows.push(--this.#below);
    return rows;
  }

  #takeFrom(index: PostingIndex, steps: number): readonly number[] {
    const [above, found] = [this.#above, [] as number[]];
    const listOf = (key: number): PostingList => new PostingList(index, key, this.#below, above);
    const [lists, unknown] = [this.#keys.map(listOf), listOf(UNKNOWN_KEY)];
    let below = this.#below;
    for (let left = steps; left > 0; left--) {
      // No row above the lowest head is in every list.
      const low = Math.min(...lists.map(({ head }) => head));
      const isInAll = low > above && lists.every(({ head }) => head === low);
      const next = Math.max(unknown.head, isInAll ? low : above);
      below = Math.max(low, unknown.head) + 1;
      if (next > above && next >= low) {
        found.push(next);
        below = next;
        unknown.skipTo(next);
        if (isInAll && next === low) for (const list of lists) list.skipTo(low);
      } else if (low <= above) {
        below = above + 1;
        break;
      } else for (const list of lists) list.skipTo(low + 1);
    }
    this.#below = below;
    return found;
  }
}

/** The rows of one key, newest first. */
class PostingList {
  readonly #index: PostingIndex;
  readonly #key: number;
  readonly #above: number;
  #rows: RowNumbers;
  /** The present row; at the end the number that all rows are above. */
  head: number;

  constructor(index: PostingIndex, key: number, below: number, above: number) {
    this.#index = index;
    this.#key = key;
    this.#above = above;
    this.#rows = index.newest(key, below, above);
    this.head = this.#rows.next().value ?? above;
  }

  /** Moves to the first row below a number. */
  skipTo(below: number): void {
    if (this.head < below || this.head === this.#above) return;
    this.head = this.#rows.next(below).value ?? this.#above;
    if (this.head < below) return;
    // A segment of the index ended above the number: the others are searched.
    this.#rows = this.#index.newest(this.#key, below, this.#above);
    this.head = this.#rows.next().value ?? this.#above;
  }
}
