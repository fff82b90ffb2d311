// The index of the embedded store: finds the row of a tuple by a hash of its key, in flat arrays, 8 bytes a slot.
import { grown, isFull, placesFor } from "../memory/hash-index.ts";
import type { PlainRow } from "../memory/ascii-row.ts";
import type { Tuple, TupleKey } from "../tuples/tuple.ts";

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

/** As `hashKey`, of a row whose parts stand in bytes, each a character below 128. */
export function hashPlainRow(seed: number, bytes: Uint8Array, at: PlainRow): number {
  const object = part(seed, bytes, at.object, at.objectEnd);
  return mix(part(part(object, bytes, at.relation, at.relationEnd), bytes, at.user, at.userEnd));
}

function part(start: number, bytes: Uint8Array, from: number, end: number): number {
  let hash = start ^ (end - from);
  for (let i = from; i < end; i++) {
    hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
    hash ^= hash >>> 15;
  }
  return hash;
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
  /** A slot is two words: the hash, and the low 32 bits of the id. */
  #slots: Uint32Array;
  /** The next 16 bits of the ids, once one has them: more than four thousand million tuples were written by then. */
  #high: Uint16Array | undefined;
  #places: number;
  #size = 0;

  /** An empty index with room for a number of rows; it grows beyond. */
  constructor(rows: number) {
    this.#places = placesFor(rows);
    this.#slots = new Uint32Array(this.#places * 2);
  }

  /** Number of rows. */
  get size(): number {
    return this.#size;
  }

  /** Adds a row. The same row must not be added twice. Ids of 2^48 and above throw. */
  add(hash: number, id: number): void {
    if (id >= 2 ** 48) throw new RangeError(`row ids end at 2^48, and ${id} is beyond`);
    if (isFull(this.#size, this.#places)) this.#grow();
    if (id >= 2 ** 32) this.#high ??= new Uint16Array(this.#places);
    this.#put(hash, id);
    this.#size++;
  }

  /** First id with this hash for which `same` is true. */
  find(hash: number, same: (id: number) => boolean): number | undefined {
    let slot = this.#home(hash);
    for (let id = this.#id(slot); id !== 0; id = this.#id(slot)) {
      if (this.#slots[slot * 2] === hash && same(id)) return id;
      slot = this.#after(slot);
    }
    return undefined;
  }

  /** Takes a row out; asserts that it is there. Later rows of the probe move up, so that no tombstones pile up. */
  delete(hash: number, id: number): void {
    const slots = this.#slots;
    let hole = this.#home(hash);
    for (let there = this.#id(hole); there !== id || slots[hole * 2] !== hash; there = this.#id(hole)) {
      if (there === 0) throw new Error(`row ${id} is not in the index`);
      hole = this.#after(hole);
    }
    for (let slot = this.#after(hole); this.#id(slot) !== 0; slot = this.#after(slot)) {
      const home = this.#home(slots[slot * 2] as number);
      const distance = slot >= home ? slot - home : slot - home + this.#places;
      const toHole = slot >= hole ? slot - hole : slot - hole + this.#places;
      if (distance < toHole) continue;
      this.#set(hole, slots[slot * 2] as number, this.#id(slot));
      hole = slot;
    }
    this.#set(hole, 0, 0);
    this.#size--;
  }

  #home(hash: number): number {
    return Math.floor(hash * (this.#places / 2 ** 32));
  }

  #after(slot: number): number {
    return slot + 1 === this.#places ? 0 : slot + 1;
  }

  #id(slot: number): number {
    const low = this.#slots[slot * 2 + 1] as number;
    return this.#high === undefined ? low : (this.#high[slot] as number) * 2 ** 32 + low;
  }

  #set(slot: number, hash: number, id: number): void {
    this.#slots[slot * 2] = hash;
    this.#slots[slot * 2 + 1] = id;
    if (this.#high !== undefined) this.#high[slot] = id / 2 ** 32;
  }

  #put(hash: number, id: number): void {
    let slot = this.#home(hash);
    while (this.#id(slot) !== 0) slot = this.#after(slot);
    this.#set(slot, hash, id);
  }

  #grow(): void {
    const [slots, high, places] = [this.#slots, this.#high, this.#places];
    this.#places = grown(places);
    this.#slots = new Uint32Array(this.#places * 2);
    if (high !== undefined) this.#high = new Uint16Array(this.#places);
    for (let slot = 0; slot < places; slot++) {
      const id = (high === undefined ? 0 : (high[slot] as number) * 2 ** 32) + (slots[slot * 2 + 1] as number);
      if (id !== 0) this.#put(slots[slot * 2] as number, id);
    }
  }
}
