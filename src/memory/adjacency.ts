// Adjacency lists: the entries of each entity's tuples, stored contiguously; for many entries, in a list per relation.
import { Blocks, type Block } from "./entry-blocks.ts";
import { HashIndex } from "./hash-index.ts";
import {
  addToLong, HEADER, isLong, LAST, makeLong, MOST_IN_SHORT_LIST, removeFromLong, startOf,
} from "./long-list.ts";
import { hashOf, markOf } from "./slot-table.ts";

/** Position of one tuple's entry, from 1; 0 means none. Valid until the next change. */
export type Row = number;

/**
 * Where an entity's entries are: 0 if it has none; positive for the block that holds them all; negative for the block
 * that holds the number of its entries and the marks of its lists.
 */
export type Head = number;

// An entry is two words. The first is the relation's symbol, shifted, plus these bits. The second is the entity at the
// other end of the tuple or, for a conditional tuple, its number among the conditional tuples.
export const RELATION_SHIFT = 3;
export const USERSET = 4;
export const CONDITIONAL = 2;
/** Bits that all entries of a list share: the relation, and whether the users are usersets. */
const KEY = ~(CONDITIONAL | LAST);

/** Maximum number of entries of an entity in one block. With more, it has lists. */
const MOST_IN_BLOCK = 16;

/** One direction of the tuples: from objects to users, or from users to objects. */
export class Adjacency {
  private readonly blocks: Blocks;
  /** Block of each list, by owner and key. */
  private readonly lists = new HashIndex();

  constructor(entries?: number) {
    this.blocks = new Blocks(entries);
  }

  /** Makes room for a number of entries. */
  reserve(entries: number): void {
    this.blocks.reserve(entries);
  }

  /** Returns the first row of an owner with this key. Continue with `next`. */
  first(head: Head, owner: number, key: number): Row {
    const { words } = this.blocks;
    if (head <= 0) {
      const list = this.listOf(head, owner, key);
      return list === 0 ? 0 : this.start(list);
    }
    for (let row = head; ; row++) {
      const tag = words[row * 2]!;
      if ((tag & KEY) === key) return row;
      if ((tag & LAST) !== 0) return 0;
    }
  }

  /** Returns the next row with the same owner and key. */
  next(row: Row): Row {
    const { words } = this.blocks;
    let tag = words[row * 2]!;
    const key = tag & KEY;
    for (let at = row; (tag & LAST) === 0;) {
      tag = words[++at * 2]!;
      if ((tag & KEY) === key) return at;
    }
    return 0;
  }

  /** Returns the tag of a row without its LAST bit: the relation, whether usersets, and whether conditional. */
  tagOf(row: Row): number {
    return this.blocks.words[row * 2]! & ~LAST;
  }

  /** Returns the second word of a row's entry. */
  otherOf(row: Row): number {
    return this.blocks.words[row * 2 + 1]!;
  }

  /** Returns the list of an owner with this key; 0 if there is none or the owner's entries are in one block. */
  listOf(head: Head, owner: number, key: number): Block {
    if (head >= 0 || (this.blocks.words[1 - head * 2]! & markOf(key >> 2)) === 0) return 0;
    const at = this.seek(owner, key, hashOf(owner, key, 0));
    return at < 0 ? 0 : this.lists.at(at);
  }

  /** Returns the number of entries in a list; 0 for list 0. */
  countOf(list: Block): number {
    return list === 0 ? 0 : this.blocks.words[list * 2 + 2]!;
  }

  /** Returns the first row of a list. Continue with `next`. */
  start(list: Block): Row {
    return startOf(this.blocks, list);
  }

  /** Yields every row of an owner; `keys` returns the keys for which it may have lists. */
  *rows(head: Head, owner: number, keys: () => Iterable<number>): Iterable<Row> {
    if (head > 0) {
      for (let row = head; ; row++) {
        yield row;
        if ((this.blocks.words[row * 2]! & LAST) !== 0) return;
      }
    }
    if (head === 0) return;
    for (const key of keys()) {
      for (let row = this.first(head, owner, key); row !== 0; row = this.next(row)) yield row;
    }
  }

  /** Adds an entry after the existing ones. Returns the owner's new head. */
  add(head: Head, owner: number, tag: number, other: number): Head {
    const { blocks } = this;
    if (head === 0) {
      const block = blocks.take(1);
      this.set(block, tag | LAST, other);
      return block;
    }
    if (head > 0) {
      const count = this.countFrom(head);
      if (count < MOST_IN_BLOCK) {
        const block = blocks.resize(head, count, count + 1);
        this.append(block, count, tag, other);
        return block;
      }
      return this.add(this.split(head, owner), owner, tag, other);
    }
    this.addToList(owner, tag, other);
    const { words } = blocks;
    words[-head * 2]!++;
    words[1 - head * 2]! |= markOf((tag & KEY) >> 2);
    return head;
  }

  /** Removes the entry with exactly this tag and other end. Returns the owner's new head. Throws if it is missing. */
  remove(head: Head, owner: number, tag: number, other: number): Head {
    if (head > 0) return this.cut(head, 0, this.countFrom(head), tag, other);
    const hash = hashOf(owner, tag & KEY, 0);
    const at = this.seek(owner, tag & KEY, hash);
    const list = this.lists.at(at);
    const count = this.blocks.words[list * 2 + 2]!;
    const rest = isLong(this.blocks, list) ? removeFromLong(this.blocks, list, tag, other)
      : this.cut(list, HEADER, count, tag, other);
    if (rest === 0) this.lists.remove(at);
    else {
      this.lists.put(at, rest);
      this.blocks.words[rest * 2 + 2] = count - 1;
    }
    if (--this.blocks.words[-head * 2]! > 0) return head;
    this.blocks.give(-head, 1);
    return 0;
  }

  /** Removes one of the `count` entries after a block's header. Returns the block, or 0 if no entry is left. */
  private cut(block: Block, header: number, count: number, tag: number, other: number): Block {
    const { words } = this.blocks;
    // Search from both ends: undoing a tried event removes the last entry, emptying a list removes the first.
    let row = block + header + count - 1;
    for (let first = block + header; !this.is(row, tag, other); first++, row--) {
      if (this.is(first, tag, other)) {
        row = first;
        break;
      }
      if (row <= first) throw new Error("a tuple is missing from its list");
    }
    if (count === 1) {
      this.blocks.give(block, header + 1);
      return 0;
    }
    words.copyWithin(row * 2, (row + 1) * 2, (block + header + count) * 2);
    words[(block + header + count - 2) * 2]! |= LAST;
    return this.blocks.resize(block, header + count, header + count - 1);
  }

  /** Moves the entries of a full block into lists. */
  private split(block: Block, owner: number): Head {
    const entries = Array.from({ length: MOST_IN_BLOCK }, (_, i) => [this.tagOf(block + i), this.otherOf(block + i)]);
    this.blocks.give(block, MOST_IN_BLOCK);
    const lists = this.blocks.take(1);
    this.set(lists, 0, 0);
    for (const [tag, other] of entries) this.add(-lists, owner, tag!, other!);
    return -lists;
  }

  private addToList(owner: number, tag: number, other: number): void {
    const key = tag & KEY;
    const hash = hashOf(owner, key, 0);
    const at = this.seek(owner, key, hash);
    if (at < 0) {
      const list = this.blocks.take(HEADER + 1);
      this.set(list, owner, key);
      this.set(list + 1, 1, 0);
      this.set(list + HEADER, tag | LAST, other);
      this.lists.add(hash, list);
      return;
    }
    const before = this.lists.at(at);
    const count = this.blocks.words[before * 2 + 2]!;
    if (count === MOST_IN_SHORT_LIST && !isLong(this.blocks, before)) makeLong(this.blocks, before);
    if (isLong(this.blocks, before)) {
      this.lists.put(at, addToLong(this.blocks, before, tag, other));
      return;
    }
    const list = this.blocks.resize(before, HEADER + count, HEADER + count + 1);
    this.lists.put(at, list);
    this.append(list + HEADER, count, tag, other);
    this.set(list + 1, count + 1, 0);
  }

  private is(row: Row, tag: number, other: number): boolean {
    const { words } = this.blocks;
    return words[row * 2 + 1] === other && (words[row * 2]! & ~LAST) === tag;
  }

  private append(first: Row, count: number, tag: number, other: number): void {
    this.blocks.words[(first + count - 1) * 2]! &= ~LAST;
    this.set(first + count, tag | LAST, other);
  }

  private set(row: Row, first: number, second: number): void {
    this.blocks.words[row * 2] = first;
    this.blocks.words[row * 2 + 1] = second;
  }

  private countFrom(block: Block): number {
    const { words } = this.blocks;
    let row = block;
    while ((words[row * 2]! & LAST) === 0) row++;
    return row - block + 1;
  }

  private seek(owner: number, key: number, hash: number): number {
    const { lists } = this;
    const { words } = this.blocks;
    for (let at = lists.seek(hash, lists.home(hash)); at >= 0; at = lists.seek(hash, at + 1)) {
      const list = lists.at(at);
      if (words[list * 2] === owner && words[list * 2 + 1] === key) return at;
    }
    return -1;
  }
}
