// A filter of the keys in a segment of the index: it passes each of them, and 0.24 to 2.4 % of the others.
import { scrambled } from "../memory/slot-table.ts";
import { FILTER_BITS_PER_KEY } from "./history-limits.ts";

/** Bits that a key sets. */
const BITS_SET = 4;

/** A Bloom filter of 32-bit keys. */
export class KeyFilter {
  /** The bits as bytes, a power of two of them. */
  readonly bytes: Uint8Array;
  readonly #mask: number;

  /** Takes the bytes of a filter. Their number must be a power of two. */
  constructor(bytes: Uint8Array) {
    if (bytes.length === 0 || (bytes.length & (bytes.length - 1)) !== 0) {
      throw new RangeError(`a filter has a power of two of bytes, not ${bytes.length}`);
    }
    this.bytes = bytes;
    this.#mask = bytes.length * 8 - 1;
  }

  /** Returns an empty filter with room for a number of keys: 8 to 16 bits for each. */
  static for(keys: number): KeyFilter {
    const bits = Math.max(keys, 1) * FILTER_BITS_PER_KEY;
    return new KeyFilter(new Uint8Array(2 ** Math.ceil(Math.log2(Math.max(bits / 8, 1)))));
  }

  /** Adds a key. */
  add(key: number): void {
    const [start, step] = bitsOf(key);
    for (let i = 0; i < BITS_SET; i++) {
      const bit = (start + Math.imul(i, step)) & this.#mask;
      this.bytes[bit >>> 3]! |= 1 << (bit & 7);
    }
  }

  /** Returns false where the key was not added; true where it was, or may have been. */
  has(key: number): boolean {
    const [start, step] = bitsOf(key);
    for (let i = 0; i < BITS_SET; i++) {
      const bit = (start + Math.imul(i, step)) & this.#mask;
      if ((this.bytes[bit >>> 3]! & (1 << (bit & 7))) === 0) return false;
    }
    return true;
  }
}

function bitsOf(key: number): readonly [start: number, step: number] {
  const start = scrambled(key);
  return [start, scrambled(start ^ 0x5bd1e995) | 1];
}
