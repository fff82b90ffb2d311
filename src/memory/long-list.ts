// Long lists: a hash table holds the positions of a list's entries, so that any of them is removed in a few steps.
import { capacityFor, type Block, type Blocks } from "./entry-blocks.ts";
import { hashOf } from "./slot-table.ts";

/** Bit in the first word of the last entry of a block or list. A removed entry of a long list has no other bit. */
export const LAST = 1;
/** Number of header entries before those of a list: (owner, key) and (count, table); the table of a short list is 0. */
export const HEADER = 2;
/**
 * Maximum number of entries of a list without a table. A long list keeps its table until it has half as many. Our own
 * number: to search and to move so many entries takes about a microsecond.
 */
export const MOST_IN_SHORT_LIST = 1_024;

// A table is a block of its own: (positions, slots), (room, first), then the slots, two in an entry. A slot holds the
// position of an entry in the list, from 1; 0 if it is empty. `positions` counts removed entries as well, `room` is the
// capacity of the list's block, `first` the first position that is not removed.
const TABLE_HEADER = 2;
const POSITIONS = 0;
const SLOTS = 1;
const ROOM = 2;
const FIRST = 3;

/** Maximum number of slots in ten that are taken, and the number after a table was made. */
const MOST_IN_TEN = 8;
const AIM_IN_TEN = 6;
/** One position in so many may be that of a removed entry. */
const LEAST_PER_REMOVED = 8;

const tableOf = ({ words }: Blocks, list: Block): Block => words[list * 2 + 3]!;

/** True for a list that has a table. */
export function isLong(blocks: Blocks, list: Block): boolean {
  return tableOf(blocks, list) !== 0;
}

/** Returns the row of the first entry of a list. */
export function startOf(blocks: Blocks, list: Block): number {
  const table = tableOf(blocks, list);
  return list + HEADER + (table === 0 ? 0 : blocks.words[table * 2 + FIRST]! - 1);
}

/** Gives a list without removed entries, in a block of its size, a table: it is then long. */
export function makeLong(blocks: Blocks, list: Block): void {
  const count = blocks.words[list * 2 + 2]!;
  makeTable(blocks, list, { positions: count, room: capacityFor(HEADER + count), first: 1 });
}

/** Adds an entry to a long list. `tag` is its first word without LAST. Returns the list, which may have moved. */
export function addToLong(blocks: Blocks, list: Block, tag: number, other: number): Block {
  const table = tableOf(blocks, list);
  const positions = blocks.words[table * 2 + POSITIONS]! + 1;
  const room = blocks.words[table * 2 + ROOM]!;
  const isFull = HEADER + positions > room;
  const moved = isFull ? blocks.resize(list, room, room + 1) : list;
  const { words } = blocks;
  words[rowAt(moved, positions - 1) * 2]! &= ~LAST;
  words[rowAt(moved, positions) * 2] = tag | LAST;
  words[rowAt(moved, positions) * 2 + 1] = other;
  const count = ++words[moved * 2 + 2]!;
  words[table * 2 + POSITIONS] = positions;
  if (isFull) words[table * 2 + ROOM] = capacityFor(room + 1);
  if (count * 10 <= words[table * 2 + SLOTS]! * MOST_IN_TEN) place(words, table, positions, other);
  else remakeTable(blocks, moved);
  return moved;
}

/**
 * Removes the entry with exactly this tag and other end from a long list. Returns the list, which may have moved and
 * may no longer be long. Throws if the entry is missing.
 */
export function removeFromLong(blocks: Blocks, list: Block, tag: number, other: number): Block {
  const { words } = blocks;
  const table = tableOf(blocks, list);
  const position = erase(words, list, tag, other);
  const row = rowAt(list, position);
  if (position === words[table * 2 + POSITIONS]) {
    words[table * 2 + POSITIONS]!--;
    words[(row - 1) * 2]! |= LAST;
  } else words[row * 2] = 0;
  const count = --words[list * 2 + 2]!;
  while (words[startOf(blocks, list) * 2] === 0) words[table * 2 + FIRST]!++;
  const positions = words[table * 2 + POSITIONS]!;
  const isSparse = (positions - count) * LEAST_PER_REMOVED > positions || positions * 2 < words[table * 2 + ROOM]!;
  const isToBeShort = count <= MOST_IN_SHORT_LIST / 2;
  return isToBeShort || isSparse ? compact(blocks, list, isToBeShort) : list;
}

/** Moves the entries of a long list to a block of their size. */
function compact(blocks: Blocks, list: Block, isToBeShort: boolean): Block {
  const table = tableOf(blocks, list);
  const count = blocks.words[list * 2 + 2]!;
  const moved = blocks.take(HEADER + count);
  const { words } = blocks;
  words.copyWithin(moved * 2, list * 2, list * 2 + 3);
  words[moved * 2 + 3] = 0;
  let to = moved + HEADER;
  const end = rowAt(list, words[table * 2 + POSITIONS]!);
  for (let row = list + HEADER; row <= end; row++) {
    if ((words[row * 2]! & ~LAST) === 0) continue;
    words[to * 2] = words[row * 2]! & ~LAST;
    words[to * 2 + 1] = words[row * 2 + 1]!;
    to++;
  }
  words[(to - 1) * 2]! |= LAST;
  blocks.give(list, words[table * 2 + ROOM]!);
  giveTable(blocks, table);
  if (!isToBeShort) makeLong(blocks, moved);
  return moved;
}

function makeTable(
  blocks: Blocks, list: Block, { positions, room, first }: { positions: number; room: number; first: number },
): void {
  const least = TABLE_HEADER + Math.ceil(blocks.words[list * 2 + 2]! * 10 / AIM_IN_TEN / 2);
  const slots = (capacityFor(least) - TABLE_HEADER) * 2;
  const table = blocks.take(least);
  const { words } = blocks;
  words.set([positions, slots, room, first], table * 2);
  words.fill(0, (table + TABLE_HEADER) * 2, (table + TABLE_HEADER) * 2 + slots);
  for (let position = first; position <= positions; position++) {
    const row = rowAt(list, position);
    if ((words[row * 2]! & ~LAST) !== 0) place(words, table, position, words[row * 2 + 1]!);
  }
  words[list * 2 + 3] = table;
}

function remakeTable(blocks: Blocks, list: Block): void {
  const { words } = blocks;
  const table = tableOf(blocks, list);
  const [positions, , room, first] = words.subarray(table * 2, table * 2 + 4) as unknown as number[];
  giveTable(blocks, table);
  makeTable(blocks, list, { positions: positions!, room: room!, first: first! });
}

function giveTable(blocks: Blocks, table: Block): void {
  blocks.give(table, TABLE_HEADER + blocks.words[table * 2 + SLOTS]! / 2);
}

function rowAt(list: Block, position: number): number {
  return list + HEADER + position - 1;
}

function homeOf(slots: number, other: number): number {
  return Math.floor((hashOf(other, 0, 0) >>> 0) / 2 ** 32 * slots);
}

/** Notes the position of an entry. */
function place(words: Int32Array, table: Block, position: number, other: number): void {
  const slots = words[table * 2 + SLOTS]!;
  const base = (table + TABLE_HEADER) * 2;
  let slot = homeOf(slots, other);
  while (words[base + slot] !== 0) slot = slot + 1 === slots ? 0 : slot + 1;
  words[base + slot] = position;
}

/** Removes the position of an entry from the table, closes the gap, and returns the position. */
function erase(words: Int32Array, list: Block, tag: number, other: number): number {
  const table = words[list * 2 + 3]!;
  const slots = words[table * 2 + SLOTS]!;
  const base = (table + TABLE_HEADER) * 2;
  const after = (slot: number): number => (slot + 1 === slots ? 0 : slot + 1);
  let hole = homeOf(slots, other);
  let position = words[base + hole]!;
  for (; position !== 0; position = words[base + hole]!) {
    const row = rowAt(list, position);
    if (words[row * 2 + 1] === other && (words[row * 2]! & ~LAST) === tag) break;
    hole = after(hole);
  }
  if (position === 0) throw new Error("a tuple is missing from its list");
  for (let at = after(hole); words[base + at] !== 0; at = after(at)) {
    const home = homeOf(slots, words[rowAt(list, words[base + at]!) * 2 + 1]!);
    if ((at - home + slots) % slots < (at - hole + slots) % slots) continue;
    words[base + hole] = words[base + at]!;
    hole = at;
  }
  words[base + hole] = 0;
  return position;
}
