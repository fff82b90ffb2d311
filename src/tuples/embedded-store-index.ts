// The index of the embedded store: finds the row of a tuple by a hash of its key, in flat arrays, 12 bytes a slot.
import type { Tuple, TupleKey } from "./tuple.ts";

/** Slots of the smallest index; the number is always a power of two. */
const LEAST_SLOTS = 1024;

/**
 * Hash of a tuple's key, 32 bits, unsigned. `seed` (32 bits, random, one per database) keeps outsiders from choosing
 * ids that collide. Stable for a database's life: the sum of these hashes is kept in it.
 */
export function hashKey(seed: number, key: TupleKey): number {
  return mix(text(text(text(seed, key.object), key.relation), key.user));
}

/** Hash of a whole tuple, condition included: what the database's sum is made of. 32 bits, unsigned. */
export function hashTuple(seed: number, tuple: Tuple): number {
  return withCondition(hashKey(seed, tuple), tuple);
}

/** `hashTuple`, made of the hash of the tuple's key. */
export function withCondition(hash: number, { condition }: Tuple): number {
  return condition === undefined ? hash : mix(text(text(hash, condition.name), JSON.stringify(condition.context)));
}

function text(start: number, value: string): number {
  let hash = start ^ value.length;
  for (let i = 0; i < value.length; i++) {
    hash = Math.imul(hash ^ value.charCodeAt(i), 0x01000193);
    hash ^= hash >>> 15;
  }
  return hash;
}

function mix(value: number): number {
  let hash = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Hash to row ids, several ids to a hash allowed: whoever looks up compares the row itself. Row ids are above 0. */
export class RowIndex {
  #hashes: Uint32Array;
  #ids: Float64Array;
  #size = 0;

  /** An empty index with room for a number of rows; it grows beyond. */
  constructor(rows: number) {
    let slots = LEAST_SLOTS;
    while (rows * 4 > slots * 3) slots *= 2;
    this.#hashes = new Uint32Array(slots);
    this.#ids = new Float64Array(slots);
  }

  /** Number of rows. */
  get size(): number {
    return this.#size;
  }

  /** Adds a row. The same row must not be added twice. */
  add(hash: number, id: number): void {
    if ((this.#size + 1) * 4 > this.#ids.length * 3) this.#grow();
    this.#put(hash, id);
    this.#size++;
  }

  /** First id with this hash for which `same` is true. */
  find(hash: number, same: (id: number) => boolean): number | undefined {
    const mask = this.#ids.length - 1;
    for (let slot = hash & mask; this.#ids[slot] !== 0; slot = (slot + 1) & mask) {
      const id = this.#ids[slot] as number;
      if (this.#hashes[slot] === hash && same(id)) return id;
    }
    return undefined;
  }

  /** Takes a row out; asserts that it is there. Later rows of the probe move up, so that no tombstones pile up. */
  delete(hash: number, id: number): void {
    const mask = this.#ids.length - 1;
    let hole = hash & mask;
    while (this.#ids[hole] !== id) {
      if (this.#ids[hole] === 0) throw new Error(`row ${id} is not in the index`);
      hole = (hole + 1) & mask;
    }
    for (let slot = (hole + 1) & mask; this.#ids[slot] !== 0; slot = (slot + 1) & mask) {
      const home = (this.#hashes[slot] as number) & mask;
      if (((slot - home) & mask) < ((slot - hole) & mask)) continue;
      this.#hashes[hole] = this.#hashes[slot] as number;
      this.#ids[hole] = this.#ids[slot] as number;
      hole = slot;
    }
    this.#ids[hole] = 0;
    this.#size--;
  }

  #put(hash: number, id: number): void {
    const mask = this.#ids.length - 1;
    let slot = hash & mask;
    while (this.#ids[slot] !== 0) slot = (slot + 1) & mask;
    this.#hashes[slot] = hash;
    this.#ids[slot] = id;
  }

  #grow(): void {
    const [hashes, ids] = [this.#hashes, this.#ids];
    this.#hashes = new Uint32Array(hashes.length * 2);
    this.#ids = new Float64Array(ids.length * 2);
    for (let slot = 0; slot < ids.length; slot++) {
      if (ids[slot] !== 0) this.#put(hashes[slot] as number, ids[slot] as number);
    }
  }
}
