// Random damage to the files of a store. The seed is printed, so that each run can be repeated.
import { closeSync, existsSync, openSync, readFileSync, rmSync, statSync, truncateSync, writeSync } from "node:fs";
import { join } from "node:path";

/** Seeded random numbers from 0 (inclusive) to `below` (mulberry32). */
export function numbersOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let word = Math.imul(state ^ (state >>> 15), 1 | state);
    word = (word + Math.imul(word ^ (word >>> 7), 61 | word)) ^ word;
    return Math.floor((((word ^ (word >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** Writes bytes into a file. */
export function overwrite(file: string, at: number, bytes: Uint8Array): void {
  const descriptor = openSync(file, "r+");
  writeSync(descriptor, bytes, 0, bytes.length, at);
  closeSync(descriptor);
}

/** Changes some bytes of a file to other values, at random places between two offsets. */
function changeBytes(file: string, draw: (below: number) => number, from: number, end: number): string {
  const content = readFileSync(file);
  const places = Array.from({ length: 1 + draw(8) }, () => from + draw(end - from));
  for (const at of places) overwrite(file, at, Uint8Array.of(content[at]! ^ (1 + draw(255))));
  return `bytes ${places.join(", ")} changed`;
}

/** Damages one file of a folder at random. Returns a description. */
export function damage(folder: string, name: string, draw: (below: number) => number): string {
  const file = join(folder, name);
  if (!existsSync(file)) return `${name} is not there`;
  const { size } = statSync(file);
  const way = size === 0 ? 9 : draw(10);
  if (way < 6) return `${name}: ${changeBytes(file, draw, 0, size)}`;
  if (way < 8) {
    const from = draw(size);
    const length = Math.min(size - from, 1 + draw(8192));
    overwrite(file, from, new Uint8Array(length));
    return `${name}: ${length} zeros from ${from}`;
  }
  if (way < 9) {
    const length = draw(size);
    truncateSync(file, length);
    return `${name}: cut at ${length}`;
  }
  rmSync(file);
  return `${name}: deleted`;
}
