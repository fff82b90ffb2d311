// Chunks of sorted postings: the keys, 4 bytes each, then the rows, 2 bytes each, in the order of the machine.
import { ROWS } from "./recent-postings.ts";

/** A part of a segment: its keys, and next to each the row, counted from the first of the segment. */
export interface Chunk {
  readonly keys: Uint32Array;
  readonly rows: Uint16Array;
}

/** Returns the bytes of a chunk, and its keys. */
export function encodeChunk(postings: Float64Array): { readonly body: Uint8Array; readonly keys: Uint32Array } {
  const keys = Uint32Array.from(postings, (posting) => Math.floor(posting / ROWS));
  const rows = Uint16Array.from(postings, (posting) => posting % ROWS);
  return { body: Buffer.concat([new Uint8Array(keys.buffer), new Uint8Array(rows.buffer)]), keys };
}

/** Returns the number of different keys among sorted postings. */
export function countKeys(postings: Float64Array): number {
  let count = 0;
  for (let i = 0, last = -1; i < postings.length; i++) {
    const key = Math.floor(postings[i]! / ROWS);
    if (key !== last) count++;
    last = key;
  }
  return count;
}

/** Returns the chunk in some bytes; undefined if they are none. */
export function decodeChunk(body: Uint8Array): Chunk | undefined {
  const { buffer } = new Uint8Array(body);
  const count = body.length / 6;
  if (!Number.isInteger(count) || count === 0) return undefined;
  return { keys: new Uint32Array(buffer, 0, count), rows: new Uint16Array(buffer, count * 4, count) };
}

/** Returns a posting of a chunk as one number. */
export function postingOf({ keys, rows }: Chunk, at: number): number {
  return keys[at]! * ROWS + rows[at]!;
}

/** Returns the number of chunks that begin below a posting. */
export function countBelow(starts: Float64Array, end: number): number {
  let [low, high] = [0, starts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (starts[middle]! < end) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Returns the number of postings of a chunk below a posting. */
export function countPostingsBelow(keys: Uint32Array, rows: Uint16Array, end: number): number {
  let [low, high] = [0, keys.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (keys[middle]! * ROWS + rows[middle]! < end) low = middle + 1;
    else high = middle;
  }
  return low;
}
