// Regular expressions of `matches`: RE2, as in OpenFGA, with bounds on their size and on the text they are tried on.
import { RE2JS } from "re2js";
import type { Budget } from "./budget.ts";
import { Abort } from "./values.ts";

/** Size of a pattern: its steps, with repeats written out (`x{100}` has 100). Our own number: 10 ms to compile. */
export const MAX_PATTERN_SIZE = 1000;
/** Size of a pattern times characters of the text that it is tried on, at most. Our own number: a few milliseconds. */
export const MAX_PATTERN_WORK = 50_000;
/** Patterns kept compiled at a time, over all models; the oldest makes room. Our own number: up to 100 kB each. */
export const MAX_COMPILED_PATTERNS = 256;

/** What a class of Unicode such as `\p{L}` counts as: it has hundreds of ranges to be read. */
const UNICODE_CLASS_SIZE = 50;

/** A compiled pattern. */
export interface Pattern {
  readonly size: number;
  readonly expression: { test(text: string): boolean };
}

const compiled = new Map<string, Pattern>();

/** Compiles a pattern. Throws an Error when it is not RE2, and an Abort when it is too large. */
export function compilePattern(text: string): Pattern {
  const known = compiled.get(text);
  if (known !== undefined) return known;
  const size = patternSize(text);
  if (size > MAX_PATTERN_SIZE) throw new Abort(`a pattern is larger than ${MAX_PATTERN_SIZE} steps`);
  const pattern = { size, expression: RE2JS.compile(text) };
  if (compiled.size >= MAX_COMPILED_PATTERNS) compiled.delete(compiled.keys().next().value!);
  compiled.set(text, pattern);
  return pattern;
}

/** Whether a pattern matches somewhere in a text. Throws an Abort when that is too much work. */
export function matches({ size, expression }: Pattern, text: string, budget: Budget): boolean {
  const characters = budget.charactersOf(text);
  if (size * characters > MAX_PATTERN_WORK) {
    throw new Abort(`a pattern times a text is more work than ${MAX_PATTERN_WORK}`);
  }
  return expression.test(text);
}

/** A group that is being read: the sizes of what it has so far, and of its last part. */
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
  String.raw`(?<open>\()`, String.raw`(?<close>\))`, String.raw`(?<other>[^])`,
].join("|"), "y");

/** About how many steps a pattern has: never fewer than its program, but for a pattern that RE2 refuses. */
export function patternSize(text: string): number {
  const groups: Group[] = [{ total: 2, last: 0 }];
  PART.lastIndex = 0;
  for (let found = PART.exec(text); found !== null; found = PART.exec(text)) {
    const parts = found.groups!;
    const group = groups.at(-1)!;
    if (parts["open"] !== undefined) groups.push({ total: 2, last: 0 });
    else if (parts["close"] !== undefined && groups.length > 1) {
      const { total, last } = groups.pop()!;
      extend(groups.at(-1)!, total + last);
    } else if (parts["repeat"] !== undefined) {
      group.last = repeated(group.last, Number(parts["least"]), parts["most"]);
    } else {
      // What is quoted are parts of one character each; a repeat is that of the last one.
      if (parts["quoted"] !== undefined) extend(group, found[0].length);
      extend(group, sizeOfPart(parts, found[0]));
    }
  }
  return groups.reduce((sum, { total, last }) => sum + total + last, 0);
}

/** The size of `x{2}`, `x{2,}` or `x{2,5}`: what may be left out takes a step more each. */
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
