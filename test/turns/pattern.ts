// Parses regular expressions far enough to find whether a match can backtrack repeatedly.

/** One element of a pattern: characters, a group or an assertion, and its repetition. */
interface Element {
  readonly text: string;
  readonly group: readonly (readonly Element[])[] | undefined;
  /** Consumes nothing: `^`, `$`, `\b`, a look-around. */
  readonly assertion: boolean;
  readonly min: number;
  readonly max: number;
}

const QUANTIFIER = /^(?:[*+?]|\{\d+(?:,\d*)?\})\??/;

/** Reads the alternatives of a pattern, each a sequence of elements. */
function read(pattern: string): Element[][] {
  const alternatives: Element[][] = [[]];
  let rest = pattern;
  while (rest !== "") {
    if (rest.startsWith("|")) {
      alternatives.push([]);
      rest = rest.slice(1);
      continue;
    }
    const text = atomOf(rest);
    const quantifier = QUANTIFIER.exec(rest.slice(text.length))?.[0] ?? "";
    rest = rest.slice(text.length + quantifier.length);
    const opening = /^\((?:\?(?:[:=!]|<[=!]|<\w+>))?/.exec(text)?.[0];
    alternatives.at(-1)!.push({
      text, group: opening === undefined ? undefined : read(text.slice(opening.length, -1)),
      assertion: text === "^" || text === "$" || text === "\\b" || /^\(\?<?[=!]/.test(text), ...timesOf(quantifier),
    });
  }
  return alternatives;
}

/** The text of the first element: a class, a group, an escape or a character. */
function atomOf(rest: string): string {
  if (rest.startsWith("[")) return /^\[(?:[^\]\\]|\\.)*\]/.exec(rest)![0];
  if (rest.startsWith("\\")) return /^\\(?:[pP]\{[^}]*\}|x..|u\{[^}]*\}|u....|.)/.exec(rest)![0];
  if (!rest.startsWith("(")) return String.fromCodePoint(rest.codePointAt(0)!);
  let depth = 0;
  for (let at = 0; at < rest.length; at += "[\\".includes(rest[at]!) ? atomOf(rest.slice(at)).length : 1) {
    if (rest[at] === "(") depth++;
    if (rest[at] === ")" && --depth === 0) return rest.slice(0, at + 1);
  }
  throw new Error(`not a pattern: ${rest}`);
}

function timesOf(quantifier: string): { min: number; max: number } {
  const braces = /^\{(\d+)(?:(,)(\d*))?\}/.exec(quantifier);
  if (braces !== null) {
    const min = Number(braces[1]);
    return { min, max: braces[2] === undefined ? min : braces[3] === "" ? Infinity : Number(braces[3]) };
  }
  const [sign = ""] = quantifier;
  return { min: sign === "*" || sign === "?" ? 0 : 1, max: sign === "*" || sign === "+" ? Infinity : 1 };
}

const SAMPLE = [
  ...Array.from({ length: 0x180 }, (_, code) => String.fromCharCode(code)), "\u2028", "\u4e00", "\u{1f600}",
];

/** Whether two elements may begin with the same character. */
function overlap(a: Element, b: Element, flags: string): boolean {
  const begins = (element: Element, char: string): boolean => (element.group === undefined
    ? new RegExp(`^(?:${element.text})$`, flags.replace(/[gy]/g, "")).test(char)
    : element.group.some((sequence) => firstOf(sequence).some((inner) => begins(inner, char))));
  return SAMPLE.some((char) => begins(a, char) && begins(b, char));
}

/** The elements that a sequence may begin with. */
function firstOf(sequence: readonly Element[]): Element[] {
  const first: Element[] = [];
  for (const element of sequence) {
    if (!element.assertion) first.push(element);
    if (!mayBeEmpty(element)) break;
  }
  return first;
}

const mayBeEmpty = ({ assertion, min, group }: Element): boolean =>
  assertion || min === 0 || group?.some((sequence) => sequence.every(mayBeEmpty)) === true;

/** Whether a part of a sequence may repeat without end. */
const isEndless = (sequence: readonly Element[]): boolean => sequence.some((element) =>
  !element.assertion && (element.max === Infinity || element.group?.some(isEndless) === true));

/** The reason why a match may take more steps than a multiple of the text's length; undefined if it cannot. */
export function slowness(pattern: string, flags: string): string | undefined {
  const alternatives = read(pattern);
  const isAnchored = flags.includes("y") || alternatives.every(([first]) => first?.text === "^");
  for (const sequence of alternatives) {
    // The pattern is tried at each place of the text, so an open-ended repetition must be its end, or fails at each.
    if (!isAnchored && isEndless(sequence.slice(0, -1))) return "starts anywhere, runs on and may fail then";
    const fault = slownessOf(sequence, flags);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function slownessOf(sequence: readonly Element[], flags: string): string | undefined {
  for (const [i, element] of sequence.entries()) {
    if (element.assertion) continue;
    for (const inner of element.group ?? []) {
      const fault = slownessOf(inner, flags);
      if (fault !== undefined) return fault;
      // The end of one round may also begin the next, so every way of splitting them is tried.
      const last = inner.at(-1);
      if (element.max === Infinity && last !== undefined && last.max === Infinity
        && firstOf(inner).some((first) => overlap(last, first, flags))) return `${element.text} repeats what repeats`;
    }
    if (element.max !== Infinity) continue;
    for (const next of firstOf(sequence.slice(i + 1))) {
      if (next.max === Infinity && overlap(element, next, flags)) return `${element.text} and ${next.text} share`;
    }
  }
  return undefined;
}
