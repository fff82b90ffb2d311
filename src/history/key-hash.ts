// The 32-bit keys of an index: hashes of texts under a secret seed.
import { hashOfText, packText } from "../memory/packed-text.ts";

/**
 * Returns the key of a text, 32 bits, unsigned. `seed`: 32 secret bits, one per index. Senders of events choose ids,
 * and without the seed could choose ids whose keys are those of others: each question about one would read all.
 */
export function keyOfText(seed: number, text: string): number {
  const { words, size, length } = packText(text);
  return hashOfText(seed, words, 0, size, length) >>> 0;
}
