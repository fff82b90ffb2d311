// The index of the embedded store: finds the row of a tuple by a hash of its key, in 8 bytes a slot.
import { SlotTable } from "../memory/slot-table.ts";
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

/**
 * Returns the hash of a whole tuple, with its condition, given the hash of its key. 32 bits, unsigned: a term of the
 * database's sum.
 */
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

/** Ids above this number take two words: SQLite's 64-bit row ids, up to 2^48. */
const MOST_IN_A_WORD = 2 ** 32 - 1;

/** Maps hashes to row ids, all above 0. Several ids may share a hash, so the caller compares the rows themselves. */
export class RowIndex extends SlotTable {
  /** True once an id has needed two words, after more than four billion written tuples. */
  private isWide = false;

  /** Creates an empty index with room for a number of rows; it grows beyond that. */
  constructor(rows: number) {
    super(2, rows);
  }

  /** Adds a row. The same row must not be added twice. Ids of 2^48 and above throw. */
  add(hash: number, id: number): void {
    if (id >= 2 ** 48) throw new RangeError(`row ids end at 2^48, and ${id} is greater`);
    if (id > MOST_IN_A_WORD && !this.isWide) {
      this.widen(3);
      this.isWide = true;
    }
    const at = this.placeOfNew(hash) * this.slotSize;
    // Not the low 32 bits of the id: they may be 0, and a slot with 0 in its first word is free.
    this.words[at] = (id - 1) % MOST_IN_A_WORD + 1;
    this.words[at + 1] = hash;
    if (this.isWide) this.words[at + 2] = Math.floor((id - 1) / MOST_IN_A_WORD);
  }

  /** Returns the first id with this hash for which `same` is true. */
  find(hash: number, same: (id: number) => boolean): number | undefined {
    const at = this.seek(hash, same);
    return at < 0 ? undefined : this.idAt(at);
  }

  /** Removes a row; throws if it is not in the index. */
  delete(hash: number, id: number): void {
    const at = this.seek(hash, (other) => other === id);
    if (at < 0) throw new Error(`row ${id} is not in the index`);
    this.close(at);
  }

  protected hashAt(words: Int32Array, at: number): number {
    return words[at + 1]!;
  }

  private get slotSize(): number {
    return this.isWide ? 3 : 2;
  }

  private seek(hash: number, same: (id: number) => boolean): number {
    const { words, slotSize } = this;
    for (let at = this.home(hash); words[at * slotSize] !== 0; at = this.after(at)) {
      if (words[at * slotSize + 1] === (hash | 0) && same(this.idAt(at))) return at;
    }
    return -1;
  }

  private idAt(place: number): number {
    const { words, slotSize } = this;
    const low = words[place * slotSize]! >>> 0;
    return this.isWide ? words[place * 3 + 2]! * MOST_IN_A_WORD + low : low;
  }
}
