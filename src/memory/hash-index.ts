// Hash index: open addressing over (hash, reference) pairs in one typed array. Pairs can be removed; it grows by 25%.

const FIRST_CAPACITY = 64;

/** Maximum number of places in ten that are taken in a hash table. */
const MOST_IN_TEN = 8;
const GROWTH = 1.25;

/** Mixes up to three integers into one 32-bit hash. */
export function hashOf(a: number, b: number, c: number): number {
  let h = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca77) ^ Math.imul(c, 0xc2b2ae3d);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  h = Math.imul(h ^ (h >>> 12), 0x297a2d39);
  return h ^ (h >>> 15);
}

/** Returns the number of places of a table that holds this many entries without growing. */
export function placesFor(entries: number): number {
  return Math.max(FIRST_CAPACITY, Math.ceil(entries * 10 / MOST_IN_TEN) + 1);
}

/** Returns true if a table must grow before it takes one more entry. */
export function isFull(entries: number, places: number): boolean {
  return (entries + 1) * 10 > places * MOST_IN_TEN;
}

/** Returns the number of places of a table after it grows. */
export function grown(places: number): number {
  return Math.ceil(places * GROWTH);
}

/**
 * Multimap from a 32-bit hash to references > 0. The caller holds the keys and compares them when hashes are equal:
 * `for (let at = index.seek(h, index.home(h)); at >= 0; at = index.seek(h, at + 1)) if (isIt(index.at(at))) ...`
 */
export class HashIndex {
  private pairs: Int32Array<ArrayBuffer>;
  private places: number;
  private scale: number;
  private count = 0;

  constructor(entries: number = 0) {
    this.places = placesFor(entries);
    this.scale = this.places / 2 ** 32;
    this.pairs = new Int32Array(this.places * 2);
  }

  /** Returns the position where the search for a hash begins. */
  home(hash: number): number {
    return Math.floor((hash >>> 0) * this.scale);
  }

  /** Returns the position, from `from` on, of the next reference stored under this hash, or -1 if there is none. */
  seek(hash: number, from: number): number {
    const { pairs, places } = this;
    for (let at = from; ; at++) {
      if (at === places) at = 0;
      if (pairs[at * 2 + 1] === 0) return -1;
      if (pairs[at * 2] === hash) return at;
    }
  }

  /** Returns the reference at a position that `seek` returned. */
  at(position: number): number {
    return this.pairs[position * 2 + 1]!;
  }

  /** Replaces the reference at a position that `seek` returned. */
  put(position: number, reference: number): void {
    this.pairs[position * 2 + 1] = reference;
  }

  /** Adds a reference. */
  add(hash: number, reference: number): void {
    if (isFull(this.count, this.places)) this.resize(grown(this.places));
    this.place(hash, reference);
    this.count++;
  }

  /** Removes the pair at a position that `seek` returned, and closes the gap. */
  remove(position: number): void {
    const { pairs, places } = this;
    let hole = position;
    for (let at = this.after(hole); pairs[at * 2 + 1] !== 0; at = this.after(at)) {
      const home = this.home(pairs[at * 2]!);
      const distance = at >= home ? at - home : at - home + places;
      const toHole = at >= hole ? at - hole : at - hole + places;
      if (distance < toHole) continue;
      pairs[hole * 2] = pairs[at * 2]!;
      pairs[hole * 2 + 1] = pairs[at * 2 + 1]!;
      hole = at;
    }
    pairs[hole * 2] = 0;
    pairs[hole * 2 + 1] = 0;
    this.count--;
  }

  /** Makes room for a number of references, so that adding them does not grow the index step by step. */
  reserve(entries: number): void {
    const places = placesFor(entries);
    if (places > this.places) this.resize(places);
  }

  /** Returns the references in a range of the places, from one fraction (0 to 1) to another. */
  some(from: number, to: number): number[] {
    const found: number[] = [];
    const end = Math.floor(to * this.places);
    for (let at = Math.floor(from * this.places); at < end; at++) if (this.at(at) !== 0) found.push(this.at(at));
    return found;
  }

  private after(at: number): number {
    return at + 1 === this.places ? 0 : at + 1;
  }

  private place(hash: number, reference: number): void {
    const { pairs } = this;
    let at = this.home(hash);
    while (pairs[at * 2 + 1] !== 0) at = this.after(at);
    pairs[at * 2] = hash;
    pairs[at * 2 + 1] = reference;
  }

  private resize(places: number): void {
    const old = this.pairs;
    this.pairs = new Int32Array(places * 2);
    this.places = places;
    this.scale = places / 2 ** 32;
    for (let i = 0; i < old.length; i += 2) if (old[i + 1] !== 0) this.place(old[i]!, old[i + 1]!);
  }
}
