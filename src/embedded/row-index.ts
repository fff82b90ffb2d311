// The index of the embedded store: finds the row of a tuple by a hash of its key, in flat arrays, 8 bytes a slot.
import { grown, isFull, placesFor } from "../memory/hash-index.ts";
import type { PlainRow } from "../memory/ascii-row.ts";
import type { Tuple, TupleKey } from "../tuples/tuple.ts";

/**
 * Returns the hash of a tuple's key, 32 bits, unsigned. `seed` (32 bits, random, one per database) keeps outsiders from
 * choosing ids that collide. The hash must stay the same for a database's life: the database stores the sum of these
 * hashes.
 */
export function hashKey(seed: number, key: TupleKey): number {
  return mix(text(text(text(seed, key.object), key.relation), key.user));
}

/** Returns the hash of a whole tuple, including its condition: a term of the database's sum. 32 bits, unsigned. */
export function hashTuple(seed: number, tuple: Tuple): number {
  return withCondition(hashKey(seed, tuple), tuple);
}

/** Returns what `hashTuple` returns, given the hash of the tuple's key. */
export function withCondition(hash: number, { condition }: Tuple): number {
  return condition === undefined ? hash : mix(text(text(hash, condition.name), JSON.stringify(condition.context)));
}

/** Does the same as `hashKey` for a row in bytes, each of them a character below 128. */
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

/** Maps hashes to row ids, all above 0. Several ids may share a hash, so the caller compares the rows themselves. */
export class RowIndex {
  /** A slot is two words: the hash, and the low 32 bits of the id. */
  #slots: Uint32Array;
  /** The next 16 bits of the ids; undefined until an id needs them, after more than four billion written tuples. */
  #high: Uint16Array | undefined;
  #places: number;
  #size = 0;

  /** Creates an empty index with room for a number of rows; it grows beyond that. */
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
    if (id >= 2 ** 48) throw new RangeError(`row ids end at 2^48, and ${id} is greater`);
    if (isFull(this.#size, this.#places)) this.#grow();
    if (id >= 2 ** 32) this.#high ??= new Uint16Array(this.#places);
    this.#put(hash, id);
    this.#size++;
  }

  /** Returns the first id with this hash for which `same` is true. */
  find(hash: number, same: (id: number) => boolean): number | undefined {
    let slot = this.#home(hash);
    for (let id = this.#id(slot); id !== 0; id = this.#id(slot)) {
      if (this.#slots[slot * 2] === hash && same(id)) return id;
      slot = this.#after(slot);
    }
    return undefined;
  }

  /**
   * Removes a row; throws if it is not in the index. Moves later rows of the probe up, so that no tombstones pile up.
   */
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
