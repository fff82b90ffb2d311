// How the `sequence` of two events compare.

const DIGITS = /^[0-9]+$/;

/**
 * Compares two sequences: returns a negative number if `a` comes first, 0 if neither does. Two sequences of digits
 * compare as numbers, so leading zeros do not count; all others compare as text. The work is linear in their length.
 *
 * @example compareSequences("10", "9") > 0 // true
 */
export function compareSequences(a: string, b: string): number {
  if (!DIGITS.test(a) || !DIGITS.test(b)) return compareTexts(a, b);
  const [x, y] = [withoutZeros(a), withoutZeros(b)];
  return x.length === y.length ? compareTexts(x, y) : x.length - y.length;
}

function withoutZeros(digits: string): string {
  let from = 0;
  while (digits[from] === "0") from++;
  return digits.slice(from);
}

function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
