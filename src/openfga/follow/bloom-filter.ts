// A Bloom filter of tuple names: never misses an added name, and passes one in thousands of those not added.

/** Bits per tuple, and bits set by each: one in 1,800 names that were not added passes. */
const BITS_PER_TUPLE = 16;
const BITS_SET = 7;

/** A Bloom filter for about `names` names. `seed`: two filters with different seeds pass different names. */
export class BloomFilter {
  readonly #bits: Uint32Array;
  readonly #seed: number;

  constructor(names: number, seed: number) {
    this.#bits = new Uint32Array(Math.ceil(Math.max(names, 1) * BITS_PER_TUPLE / 32));
    this.#seed = seed;
  }

  /** Adds a name. */
  add(name: string): void {
    for (const bit of this.#bitsOf(name)) this.#bits[bit >>> 5]! |= 1 << (bit & 31);
  }

  /** Returns false where the name was not added; true where it was, or may have been. */
  has(name: string): boolean {
    return this.#bitsOf(name).every((bit) => (this.#bits[bit >>> 5]! & (1 << (bit & 31))) !== 0);
  }

  #bitsOf(name: string): number[] {
    let a = this.#seed;
    let b = ~this.#seed;
    for (let i = 0; i < name.length; i++) {
      a = Math.imul(a ^ name.charCodeAt(i), 0x01000193);
      b = Math.imul(b ^ name.charCodeAt(i), 0x85ebca6b) + i | 0;
    }
    a = Math.imul(a ^ (a >>> 15), 0x2c1b3c6d);
    b = Math.imul(b ^ (b >>> 13), 0x297a2d39) | 1;
    const size = this.#bits.length * 32;
    return Array.from({ length: BITS_SET }, (_, i) => (a + Math.imul(b, i) >>> 0) % size);
  }
}
