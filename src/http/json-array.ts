// Splits JSON arrays before they are parsed: a long array is parsed one entry at a time, a large entry not at all.
import { decode, endOfString, NOT_UTF8 } from "./json-text.ts";

const TAB = 9;
const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const SPACE = 32;
const QUOTE = 34;
const COMMA = 44;
const OPEN_ARRAY = 91;
const CLOSE_ARRAY = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;

/** The texts of an array's entries, or the fault of the whole. */
export type ArrayReading = { readonly entries: readonly string[] } | { readonly fault: string } | "too_many";

const MALFORMED = { fault: "malformed JSON" };

/** Whether a JSON text is an array, judged by its first character that is not a space. */
export function isArrayText(bytes: Uint8Array): boolean {
  let at = 0;
  while (isSpace(bytes[at])) at++;
  return bytes[at] === OPEN_ARRAY;
}

/**
 * Splits an array into the texts of its entries, without the spaces around them. Refuses an array with more than `most`
 * entries. The array is valid JSON if each entry is, which this does not check. Reads the text once.
 */
export function splitJsonArray(bytes: Uint8Array, most: number): ArrayReading {
  const text = decode(bytes);
  if (text === undefined) return { fault: NOT_UTF8 };
  const open = pastSpaces(text, 0);
  if (text.charCodeAt(open) !== OPEN_ARRAY) return MALFORMED;
  const entries: string[] = [];
  let from = open + 1;
  let depth = 1;
  for (let i = from; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case QUOTE:
        i = endOfString(text, i);
        break;
      case OPEN_ARRAY:
      case OPEN_OBJECT:
        depth++;
        break;
      case COMMA:
        if (depth > 1) break;
        entries.push(trimmed(text, from, i));
        if (entries.length === most) return "too_many";
        from = i + 1;
        break;
      case CLOSE_ARRAY:
      case CLOSE_OBJECT:
        if (--depth > 0) break;
        if (text.charCodeAt(i) !== CLOSE_ARRAY || pastSpaces(text, i + 1) < text.length) return MALFORMED;
        // Only an array without entries has nothing before its end.
        if (entries.length > 0 || pastSpaces(text, from) < i) entries.push(trimmed(text, from, i));
        return { entries };
    }
  }
  return MALFORMED;
}

function pastSpaces(text: string, from: number): number {
  let at = from;
  while (isSpace(text.charCodeAt(at))) at++;
  return at;
}

/** Trims JSON's white space from a part of a text: JavaScript's `trim` removes more, such as a byte order mark. */
function trimmed(text: string, from: number, to: number): string {
  let end = to;
  const start = pastSpaces(text, from);
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(start, Math.max(start, end));
}

function isSpace(code: number | undefined): boolean {
  return code === SPACE || code === LINE_FEED || code === CARRIAGE_RETURN || code === TAB;
}
