// Arena of blocks: short runs of two-word entries in one flat array. Blocks that are given back are reused.

/** Position of a block in entries, from 1; 0 means none. */
export type Block = number;

const FIRST_ENTRIES = 512;

/** Block capacities, in entries: every size up to 12, then four steps per doubling. */
const CAPACITIES: readonly number[] = capacities();

function capacities(): number[] {
  const found = Array.from({ length: 12 }, (_, i) => i + 1);
  for (let step = 4; found.at(-1)! < 2 ** 28; step *= 2) {
    for (let times = 4; times < 8; times++) if (times * step > 12) found.push(times * step);
  }
  return found;
}

/** Returns the index of the smallest capacity that holds this many entries. */
function classOf(entries: number): number {
  if (entries <= 12) return entries - 1;
  let i = 12;
  while (CAPACITIES[i]! < entries) i++;
  return i;
}

/** Returns the number of entries that a block for at least this many entries holds. */
export function capacityFor(entries: number): number {
  return CAPACITIES[classOf(entries)]!;
}

/** An arena of blocks. Entry `at` is the words `words[2 * at]` and `words[2 * at + 1]`. */
export class Blocks {
  /** Replaced when the arena grows: read it again after `take` and `resize`. */
  words: Int32Array<ArrayBuffer>;
  private used = 1;
  /** Block given back last, by capacity; its first word links to the one before it. */
  private readonly free = new Int32Array(CAPACITIES.length);

  constructor(entries: number = FIRST_ENTRIES) {
    this.words = new Int32Array(entries * 2);
  }

  /** Returns a block for this many entries. Its content is undefined. */
  take(entries: number): Block {
    const size = classOf(entries);
    const known = this.free[size]!;
    if (known !== 0) {
      this.free[size] = this.words[known * 2]!;
      return known;
    }
    const block = this.used;
    this.used += CAPACITIES[size]!;
    if (this.used * 2 > this.words.length) this.reserve(Math.ceil(this.used * 1.5));
    return block;
  }

  /** Gives back a block that was taken or resized for this many entries. */
  give(block: Block, entries: number): void {
    const size = classOf(entries);
    this.words[block * 2] = this.free[size]!;
    this.free[size] = block;
  }

  /** Returns a block of another size with the same entries: the same one if its capacity fits, else a copy. */
  resize(block: Block, before: number, after: number): Block {
    if (classOf(before) === classOf(after)) return block;
    const moved = this.take(after);
    const kept = Math.min(before, after);
    this.words.copyWithin(moved * 2, block * 2, (block + kept) * 2);
    this.give(block, before);
    return moved;
  }

  /** Makes room for this many entries in total. */
  reserve(entries: number): void {
    if (entries * 2 <= this.words.length) return;
    const longer = new Int32Array(entries * 2);
    longer.set(this.words);
    this.words = longer;
  }
}
