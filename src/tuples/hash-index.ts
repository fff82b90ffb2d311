// Hash index: open addressing over (hash, reference) pairs in one typed array; deletable, doubles when full.

const FIRST_CAPACITY = 64;

/** Mixes up to three integers into one 32-bit hash. */
export function hashOf(a: number, b: number, c: number): number {
  let h = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca77) ^ Math.imul(c, 0xc2b2ae3d);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  h = Math.imul(h ^ (h >>> 12), 0x297a2d39);
  return h ^ (h >>> 15);
}

/**
 * Hash of the rows of an object's relation: those of one object differ in the last three bits only, so that their
 * places lie in one line of a processor's cache.
 */
export function hashOfObject(object: number, relation: number, usersets: boolean): number {
  return (hashOf(object, 0, 0) & ~7) | ((relation + (usersets ? 4 : 0)) & 7);
}

/**
 * Multimap from a 32-bit hash to references > 0. The keys live with the caller, who tells equal hashes apart:
 * `for (let at = index.seek(h, h); at >= 0; at = index.seek(h, at + 1)) if (isIt(index.at(at))) ...`
 */
export class HashIndex {
  private pairs: Int32Array<ArrayBuffer>;
  private mask: number;
  private count = 0;

  constructor(capacity: number = FIRST_CAPACITY) {
    this.pairs = new Int32Array(capacity * 2);
    this.mask = capacity - 1;
  }

  /** Position, from `from` on, of the next reference stored under this hash; -1 when there is none. */
  seek(hash: number, from: number): number {
    const { pairs, mask } = this;
    for (let at = from & mask; ; at = (at + 1) & mask) {
      if (pairs[at * 2 + 1] === 0) return -1;
      if (pairs[at * 2] === hash) return at;
    }
  }

  /** The reference at a position that `seek` returned. */
  at(position: number): number {
    return this.pairs[position * 2 + 1]!;
  }

  /** Replaces the reference at a position that `seek` returned. */
  put(position: number, reference: number): void {
    this.pairs[position * 2 + 1] = reference;
  }

  /** Adds a reference. At most two thirds of the places are ever taken. */
  add(hash: number, reference: number): void {
    if ((this.count + 1) * 3 > (this.mask + 1) * 2) this.double();
    this.place(hash, reference);
    this.count++;
  }

  /** Removes the pair at a position that `seek` returned, closing the gap behind it. */
  remove(position: number): void {
    const { pairs, mask } = this;
    let hole = position;
    for (let at = (hole + 1) & mask; pairs[at * 2 + 1] !== 0; at = (at + 1) & mask) {
      const home = pairs[at * 2]! & mask;
      if (((at - home) & mask) >= ((at - hole) & mask)) {
        pairs[hole * 2] = pairs[at * 2]!;
        pairs[hole * 2 + 1] = pairs[at * 2 + 1]!;
        hole = at;
      }
    }
    pairs[hole * 2] = 0;
    pairs[hole * 2 + 1] = 0;
    this.count--;
  }

  private place(hash: number, reference: number): void {
    const { pairs, mask } = this;
    let at = hash & mask;
    while (pairs[at * 2 + 1] !== 0) at = (at + 1) & mask;
    pairs[at * 2] = hash;
    pairs[at * 2 + 1] = reference;
  }

  private double(): void {
    const old = this.pairs;
    this.pairs = new Int32Array(old.length * 2);
    this.mask = this.mask * 2 + 1;
    for (let i = 0; i < old.length; i += 2) if (old[i + 1] !== 0) this.place(old[i]!, old[i + 1]!);
  }
}
