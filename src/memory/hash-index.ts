// Hash index: a multimap from 32-bit hashes to references, for callers that hold and compare the keys themselves.
import { SlotTable } from "./slot-table.ts";

/**
 * Multimap from a 32-bit hash to references > 0. The caller holds the keys and compares them when hashes are equal:
 * `for (let at = index.seek(h, index.home(h)); at >= 0; at = index.seek(h, at + 1)) if (isIt(index.at(at))) ...`
 */
export class HashIndex extends SlotTable {
  constructor(entries: number = 0) {
    super(2, entries);
  }

  /** Returns the position, from `from` on, of the next reference stored under this hash, or -1 if there is none. */
  seek(hash: number, from: number): number {
    const { words, places } = this;
    for (let at = from; ; at++) {
      if (at === places) at = 0;
      if (words[at * 2] === 0) return -1;
      if (words[at * 2 + 1] === hash) return at;
    }
  }

  /** Returns the reference at a position that `seek` returned. */
  at(position: number): number {
    return this.words[position * 2]!;
  }

  /** Replaces the reference at a position that `seek` returned. */
  put(position: number, reference: number): void {
    this.words[position * 2] = reference;
  }

  /** Adds a reference. */
  add(hash: number, reference: number): void {
    const at = this.placeOfNew(hash) * 2;
    this.words[at] = reference;
    this.words[at + 1] = hash;
  }

  /** Removes the reference at a position that `seek` returned. Later positions become invalid. */
  remove(position: number): void {
    this.close(position);
  }

  /** Returns the references in a range of the places, from one fraction (0 to 1) to another. */
  some(from: number, to: number): number[] {
    const found: number[] = [];
    const end = Math.floor(to * this.places);
    for (let at = Math.floor(from * this.places); at < end; at++) if (this.at(at) !== 0) found.push(this.at(at));
    return found;
  }

  protected hashAt(words: Int32Array, at: number): number {
    return words[at + 1]!;
  }
}
