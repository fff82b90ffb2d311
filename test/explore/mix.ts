// Mixes two numbers of 32 bits into one.

/** A number of 32 bits, with its sign, that depends on every bit of both. */
export function mix(a: number, b: number): number {
  let h = Math.imul(a ^ b, 0x9e37_79b1);
  h ^= h >>> 15;
  h = Math.imul(h, 0x85eb_ca77);
  return h ^ (h >>> 13);
}
