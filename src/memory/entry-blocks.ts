// Blocks: short runs of entries, two words each, in one flat array; a block that is given back is used again.

/** A block's place, from 1, in entries; 0 is no block. */
export type Block = number;

const FIRST_ENTRIES = 512;

/** Capacities of blocks, in entries: each to a dozen, then four steps to each doubling. */
const CAPACITIES: readonly number[] = capacities();

function capacities(): number[] {
  const found = Array.from({ length: 12 }, (_, i) => i + 1);
  for (let step = 4; found.at(-1)! < 2 ** 28; step *= 2) {
    for (let times = 4; times < 8; times++) if (times * step > 12) found.push(times * step);
  }
  return found;
}

/** The number of the least capacity that holds a number of entries. */
function classOf(entries: number): number {
  if (entries <= 12) return entries - 1;
  let i = 12;
  while (CAPACITIES[i]! < entries) i++;
  return i;
}

/** An arena of blocks. Entry `at` is the words `words[2 * at]` and `words[2 * at + 1]`. */
export class Blocks {
  /** Changes when the arena grows: read it anew after `take` and `resize`. */
  words: Int32Array<ArrayBuffer>;
  private used = 1;
  /** By class, the block given back last, whose first word tells the one before. */
  private readonly free = new Int32Array(CAPACITIES.length);

  constructor(entries: number = FIRST_ENTRIES) {
    this.words = new Int32Array(entries * 2);
  }

  /** A block for a number of entries. What stands in it is undefined. */
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

  /** Gives back a block that was taken, or resized, for a number of entries. */
  give(block: Block, entries: number): void {
    const size = classOf(entries);
    this.words[block * 2] = this.free[size]!;
    this.free[size] = block;
  }

  /** A block with the entries of another, which is given back where it has not the right capacity. */
  resize(block: Block, before: number, after: number): Block {
    if (classOf(before) === classOf(after)) return block;
    const moved = this.take(after);
    const kept = Math.min(before, after);
    this.words.copyWithin(moved * 2, block * 2, (block + kept) * 2);
    this.give(block, before);
    return moved;
  }

  /** Makes room for a number of entries in all. */
  reserve(entries: number): void {
    if (entries * 2 <= this.words.length) return;
    const longer = new Int32Array(entries * 2);
    longer.set(this.words);
    this.words = longer;
  }
}
