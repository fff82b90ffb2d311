// Open addressing in one typed array: slots of a few words, found by hash, removed without tombstones, grown by 25%.

const FIRST_CAPACITY = 64;

/** Maximum number of slots in ten that are taken. */
const MOST_IN_TEN = 8;
const GROWTH = 1.25;

/** Mixes up to three integers into one 32-bit hash. */
export function hashOf(a: number, b: number, c: number): number {
  return scrambled(Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca77) ^ Math.imul(c, 0xc2b2ae3d));
}

/** Returns 32 bits of which each depends on every bit of the given ones. */
export function scrambled(bits: number): number {
  let h = Math.imul(bits ^ (bits >>> 15), 0x2c1b3c6d);
  h = Math.imul(h ^ (h >>> 12), 0x297a2d39);
  return h ^ (h >>> 15);
}

/** Returns one bit of 32 for an integer: a mark in a set of marks, which may share bits. */
export function markOf(key: number): number {
  return 1 << (Math.imul(key, 0x9e3779b1) >>> 27);
}

/**
 * The slots of a hash table. The first word of a taken slot is not 0. Entries with equal hashes are found in the order
 * in which they were added. A subclass says what the words of a slot are, and searches them from `home` on.
 */
export abstract class SlotTable {
  protected words: Int32Array<ArrayBuffer>;
  protected places: number;
  private width: number;
  private scale: number;
  private count = 0;

  /** `width`: words of a slot. `entries`: number of entries to make room for. */
  constructor(width: number, entries: number) {
    this.width = width;
    this.places = placesFor(entries);
    this.scale = this.places / 2 ** 32;
    this.words = new Int32Array(this.places * width);
  }

  /** Number of entries. */
  get size(): number {
    return this.count;
  }

  /** Returns the place where the search for a hash begins. */
  home(hash: number): number {
    return Math.floor((hash >>> 0) * this.scale);
  }

  /** Removes the entry at a place: entries behind it that may stand nearer to their home move up. */
  protected close(place: number): void {
    const { words, width, places } = this;
    let hole = place;
    for (let at = this.after(hole); words[at * width] !== 0; at = this.after(at)) {
      const home = this.home(this.hashAt(words, at * width));
      const distance = at >= home ? at - home : at - home + places;
      const toHole = at >= hole ? at - hole : at - hole + places;
      if (distance < toHole) continue;
      for (let i = 0; i < width; i++) words[hole * width + i] = words[at * width + i]!;
      hole = at;
    }
    for (let i = 0; i < width; i++) words[hole * width + i] = 0;
    this.count--;
  }

  /** Makes room for a number of entries, so that adding them does not grow the table step by step. */
  reserve(entries: number): void {
    const places = placesFor(entries);
    if (places > this.places) this.resize(places, this.width);
  }

  /** Returns the hash of the entry in the slot that begins at `words[at]`. */
  protected abstract hashAt(words: Int32Array, at: number): number;

  protected after(place: number): number {
    return place + 1 === this.places ? 0 : place + 1;
  }

  /** Counts a new entry and returns its place. The caller must write its words at once. */
  protected placeOfNew(hash: number): number {
    if ((this.count + 1) * 10 > this.places * MOST_IN_TEN) this.resize(Math.ceil(this.places * GROWTH), this.width);
    this.count++;
    return this.gapFrom(this.home(hash));
  }

  /** Gives every slot more words, 0 in those that hold an entry. */
  protected widen(width: number): void {
    this.resize(this.places, width);
  }

  private gapFrom(home: number): number {
    const { words, width } = this;
    let at = home;
    while (words[at * width] !== 0) at = this.after(at);
    return at;
  }

  private resize(places: number, width: number): void {
    const { words: old, width: before } = this;
    this.words = new Int32Array(places * width);
    this.width = width;
    this.places = places;
    this.scale = places / 2 ** 32;
    // Start at a gap, so that entries with equal hashes that wrap around the end keep their order.
    let gap = 0;
    while (old[gap] !== 0) gap += before;
    for (let i = 0; i < old.length; i += before) {
      const from = gap + i < old.length ? gap + i : gap + i - old.length;
      if (old[from] === 0) continue;
      const to = this.gapFrom(this.home(this.hashAt(old, from))) * width;
      for (let k = 0; k < before; k++) this.words[to + k] = old[from + k]!;
    }
  }
}

/** Returns the number of places of a table that holds this many entries without growing. */
function placesFor(entries: number): number {
  return Math.max(FIRST_CAPACITY, Math.ceil(entries * 10 / MOST_IN_TEN) + 1);
}
