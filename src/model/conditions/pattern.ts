// The regular expressions of `matches`: RE2, as in OpenFGA, with bounds on their size and on the text to match.
import { RE2JS } from "re2js";
import type { Budget } from "./budget.ts";
import { Abort } from "./values.ts";
import { MAX_COMPILED_PATTERNS, MAX_PATTERN_SIZE } from "../model-limits.ts";

/** Number of steps counted for compiling: per pattern, and per unit of its size. Measured: 10 and up to 2 µs. */
const STEPS_OF_COMPILING = 200;
const STEPS_PER_SIZE = 40;
/** Number of steps counted per character of a text and unit of the pattern's size: up to 0.2 microseconds. */
const STEPS_PER_TRIAL = 2;

/** Size of a Unicode class such as `\p{L}`, which has hundreds of ranges to read. */
const UNICODE_CLASS_SIZE = 50;
/** Number of a pattern's characters that add one to its size for being read, in addition to their meaning. */
const CHARACTERS_PER_SIZE = 8;
/** Number of characters in a range such as `[a-\x{fff}]` that count as one if case is ignored: each is looked up. */
const FOLDED_PER_SIZE = 64;
/** The first code point after all characters that have a case. */
const LAST_FOLDED = 0x20000;

/** A compiled pattern. */
export interface Pattern {
  readonly size: number;
  readonly expression: { test(text: string): boolean };
}

const compiled = new Map<string, Pattern>();

/**
 * Compiles a pattern. Throws an Error when it is not RE2, and an Abort when it is too large or the budget has too few
 * steps. The steps count even if the pattern was compiled before.
 */
export function compilePattern(text: string, budget: Budget): Pattern {
  const known = compiled.get(text);
  if (known !== undefined) {
    budget.recall(stepsOf(known.size));
    return known;
  }
  const size = patternSize(text);
  if (size > MAX_PATTERN_SIZE) throw new Abort(`a pattern is larger than ${MAX_PATTERN_SIZE} steps`);
  budget.walk(stepsOf(size));
  const pattern = { size, expression: RE2JS.compile(text) };
  if (compiled.size >= MAX_COMPILED_PATTERNS) compiled.delete(compiled.keys().next().value!);
  compiled.set(text, pattern);
  return pattern;
}

const stepsOf = (size: number): number => STEPS_OF_COMPILING + STEPS_PER_SIZE * size;

/** Whether a pattern matches anywhere in a text. Throws an Abort when that is too much work. */
export function matches({ size, expression }: Pattern, text: string, budget: Budget): boolean {
  budget.walk(STEPS_PER_TRIAL * size * budget.charactersOf(text));
  return expression.test(text);
}

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
