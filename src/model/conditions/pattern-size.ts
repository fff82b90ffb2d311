// The size of a regular expression, estimated from its text: what it costs to compile and to match.

/** Size of a Unicode class such as `\p{L}`, which has hundreds of ranges to read. */
const UNICODE_CLASS_SIZE = 50;
/** Number of a pattern's characters that add one to its size for being read, in addition to their meaning. */
const CHARACTERS_PER_SIZE = 8;
/** Number of characters in a range such as `[a-\x{fff}]` that count as one if case is ignored: each is looked up. */
const FOLDED_PER_SIZE = 64;
/** The first code point after all characters that have a case. */
const LAST_FOLDED = 0x20000;

/** A group being read: the size of its parts so far, and the size of its last part. */
interface Group {
  total: number;
  last: number;
}

const PART = new RegExp([
  String.raw`(?<quoted>\\Q(?:[^\\]|\\(?!E))*(?:\\E)?)`,
  String.raw`(?<unicode>\\[pP](?:\{[^}]*\}|.))`,
  String.raw`(?<escape>\\(?:x\{[^}]*\}|[^]))`,
  String.raw`(?<class>\[\^?\]?(?:\[:\^?\w+:\]|\\[pP]\{[^}]*\}|\\[^]|[^\]\\])*\]?)`,
  String.raw`(?<repeat>\{(?<least>\d+)(?:,(?<most>\d*))?\})`,
  String.raw`(?<flags>\(\?[A-Za-z-]*[:)])`,
  String.raw`(?<open>\()`, String.raw`(?<close>\))`, String.raw`(?<other>[^])`,
].join("|"), "y");

/** Estimates the steps of a pattern: never fewer than its program has, except for a pattern that RE2 refuses. */
export function patternSize(text: string): number {
  let ignoresCase = false;
  let read = Math.floor(text.length / CHARACTERS_PER_SIZE);
  const groups: Group[] = [{ total: 2, last: 0 }];
  PART.lastIndex = 0;
  for (let found = PART.exec(text); found !== null; found = PART.exec(text)) {
    const parts = found.groups!;
    const group = groups.at(-1)!;
    if (parts["flags"]?.includes("i")) ignoresCase = true;
    if (parts["flags"]?.endsWith(")")) continue;
    if (parts["open"] !== undefined || parts["flags"] !== undefined) groups.push({ total: 2, last: 0 });
    else if (parts["close"] !== undefined && groups.length > 1) {
      const { total, last } = groups.pop()!;
      extend(groups.at(-1)!, total + last);
    } else if (parts["repeat"] !== undefined) {
      group.last = repeated(group.last, Number(parts["least"]), parts["most"]);
    } else {
      // Each quoted character is a part of its own. A repeat after the quote applies to the last one.
      if (parts["quoted"] !== undefined) extend(group, found[0].length);
      if (parts["class"] !== undefined && ignoresCase) read += foldedSize(found[0]);
      extend(group, sizeOfPart(parts, found[0]));
    }
  }
  return groups.reduce((sum, { total, last }) => sum + total + last, read);
}

const RANGE = (() => {
  const end = String.raw`(\\x\{[\da-fA-F]*\}|\\x[\da-fA-F]{2}|\\[^]|[^\\])`;
  return new RegExp(`${end}-${end}`, "gu");
})();

/** Returns the size of a class's ranges if case is ignored. */
function foldedSize(set: string): number {
  let size = 0;
  for (const [, from, to] of set.matchAll(RANGE)) {
    size += Math.max(0, Math.min(codeOf(to!), LAST_FOLDED) - codeOf(from!));
  }
  return Math.floor(size / FOLDED_PER_SIZE);
}

/** Returns the code point of an end of a range. */
function codeOf(end: string): number {
  const spelt = /^\\x\{?([\da-fA-F]+)/.exec(end)?.[1];
  return spelt === undefined ? end.replace(/^\\(?=.)/, "").codePointAt(0)! : Number.parseInt(spelt, 16);
}

/** Returns the size of `x{2}`, `x{2,}` or `x{2,5}`. Each optional repeat takes one more step. */
function repeated(size: number, least: number, most: string | undefined): number {
  if (most === undefined) return size * least + 1;
  return most === "" ? size * (least + 1) + 2 : size * Number(most) + Math.abs(Number(most) - least) + 1;
}

function extend(group: Group, size: number): void {
  group.total += group.last;
  group.last = size;
}

function sizeOfPart({ class: set, unicode }: Record<string, string | undefined>, whole: string): number {
  if (unicode !== undefined) return UNICODE_CLASS_SIZE;
  if (set === undefined) return whole === "*" ? 2 : 1;
  return 1 + UNICODE_CLASS_SIZE * (set.match(/\\[pP]|\[:\^/g)?.length ?? 0);
}
