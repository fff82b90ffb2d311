// The newest postings of an index, in memory: for each key the numbers of its rows, newest first.
import { scrambled } from "../memory/slot-table.ts";
import { POSTINGS_SORTED_PER_TURN } from "./history-limits.ts";

/** Numbers of rows in descending order. `next` takes a number: rows from there on may be left out. */
export type RowNumbers = Generator<number, void, number | undefined>;

const FIRST_POSTINGS = 1024;

/** Number of values that the row of a posting has, counted from the first row of its segment. */
export const ROWS = 2 ** 16;

/**
 * Postings of successive rows. The postings of one key form a chain from the newest to the oldest, so that a read
 * touches nothing else.
 */
export class RecentPostings {
  /** Number of the first row. */
  readonly first: number;
  #last: number;
  #count = 0;
  #keys = new Uint32Array(FIRST_POSTINGS);
  /** Number of the row, counted from `first`. */
  #rows = new Uint16Array(FIRST_POSTINGS);
  /** The posting before with the same key, from 1; 0: none. */
  #before = new Uint32Array(FIRST_POSTINGS);
  /** Open addressing: the newest posting of a key, from 1; 0: free. */
  #newest = new Uint32Array(FIRST_POSTINGS * 2);

  constructor(first: number) {
    this.first = first;
    this.#last = first - 1;
  }

  /** Number of the newest row; `first - 1` before there is one. */
  get last(): number {
    return this.#last;
  }

  /** Number of postings. */
  get size(): number {
    return this.#count;
  }

  /** Adds the next row. A key that occurs twice counts once. */
  add(keys: Iterable<number>): void {
    const row = ++this.#last - this.first;
    for (const each of keys) {
      const key = each >>> 0;
      const slot = this.#slotOf(key);
      const before = this.#newest[slot]!;
      if (before > 0 && this.#rows[before - 1] === row) continue;
      if (this.#count === this.#keys.length) this.#grow();
      const at = this.#count++;
      this.#keys[at] = key;
      this.#rows[at] = row;
      this.#before[at] = before;
      this.#newest[this.#slotOf(key)] = at + 1;
    }
  }

  /** Yields the numbers of a key's rows below and above some number, newest first. `next` takes a lower `below`. */
  *newest(key: number, below: number, above: number): RowNumbers {
    let limit = below;
    if (limit <= this.first) return;
    for (let at = this.#newest[this.#slotOf(key)]!; at > 0; at = this.#before[at - 1]!) {
      const row = this.first + this.#rows[at - 1]!;
      if (row <= above) return;
      if (row < limit) limit = (yield row) ?? limit;
    }
  }

  /** Returns all postings in ascending order, each as `key * ROWS + row`, in parts. */
  *sorted(): Generator<undefined, Float64Array> {
    const ends = new Uint32Array(257);
    for (let at = 0; at < this.#count; at++) ends[(this.#keys[at]! >>> 24) + 1]!++;
    for (let i = 1; i < ends.length; i++) ends[i]! += ends[i - 1]!;
    const postings = new Float64Array(this.#count);
    const next = ends.slice();
    for (let at = 0; at < this.#count; at++) {
      postings[next[this.#keys[at]! >>> 24]!++] = this.#keys[at]! * ROWS + this.#rows[at]!;
    }
    let sorted = 0;
    for (let i = 0; i + 1 < ends.length; i++) {
      if (ends[i + 1]! - sorted > POSTINGS_SORTED_PER_TURN) {
        yield;
        sorted = ends[i]!;
      }
      postings.subarray(ends[i], ends[i + 1]).sort();
    }
    return postings;
  }

  /** Returns the slot of a key: with its newest posting, or free. */
  #slotOf(key: number): number {
    const mask = this.#newest.length - 1;
    for (let slot = scrambled(key) & mask; ; slot = (slot + 1) & mask) {
      const at = this.#newest[slot]!;
      if (at === 0 || this.#keys[at - 1] === key >>> 0) return slot;
    }
  }

  #grow(): void {
    const size = this.#keys.length * 2;
    const [keys, rows, before] = [new Uint32Array(size), new Uint16Array(size), new Uint32Array(size)];
    keys.set(this.#keys);
    rows.set(this.#rows);
    before.set(this.#before);
    [this.#keys, this.#rows, this.#before] = [keys, rows, before];
    const old = this.#newest;
    this.#newest = new Uint32Array(size * 2);
    for (const at of old) if (at > 0) this.#newest[this.#slotOf(this.#keys[at - 1]!)] = at;
  }
}
