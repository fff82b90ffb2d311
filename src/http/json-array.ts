// JSON arrays taken apart before they are read: a long one is read an entry at a time, a large entry not at all.
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

/** The texts of an array's entries, or what is wrong with the whole. */
export type ArrayReading = { readonly entries: readonly string[] } | { readonly fault: string } | "too_many";

const MALFORMED = { fault: "malformed JSON" };

/** Whether a text, if it is JSON, is an array: by its first character that is no space. */
export function isArrayText(bytes: Uint8Array): boolean {
  let at = 0;
  while (isSpace(bytes[at])) at++;
  return bytes[at] === OPEN_ARRAY;
}

/**
 * Takes an array apart into the texts of its entries, `most` at most, without the spaces around them. The whole is JSON
 * where each of them is, which is left to see. Goes through the text once.
 */
export function takeApart(bytes: Uint8Array, most: number): ArrayReading {
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
        // An array without entries is the only one with nothing before its end.
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

/** A part of a text without what JSON takes for spaces: JavaScript's `trim` takes more, such as a byte order mark. */
function trimmed(text: string, from: number, to: number): string {
  let end = to;
  const start = pastSpaces(text, from);
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(start, Math.max(start, end));
}

function isSpace(code: number | undefined): boolean {
  return code === SPACE || code === LINE_FEED || code === CARRIAGE_RETURN || code === TAB;
}
