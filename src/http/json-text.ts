// JSON texts read strictly: UTF-8, no key twice in one object, a bounded depth.
import { endOf, type Parts } from "../checks/parts.ts";
import { maskAddresses } from "../events/refusal.ts";

/** Deepest nesting of arrays and objects a request may have. OpenFGA allows 10,000; no question needs ten. */
export const MAX_JSON_DEPTH = 128;

/** A value, or what is wrong with the text. */
export type JsonReading = { readonly value: unknown } | { readonly fault: string };

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const QUOTE = 34;
const COMMA = 44;
const OPEN_ARRAY = 91;
const BACKSLASH = 92;
const CLOSE_ARRAY = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;

/**
 * Reads a JSON text. Invalid UTF-8 and a key that stands twice are faults: two readers of such a text may understand
 * two different things, and one of them may be a proxy that let it pass.
 */
export function readJson(bytes: Uint8Array, halves: "halves" | "no halves" = "halves"): JsonReading {
  return endOf(readJsonInParts(bytes, halves));
}

/** The same in parts: each goes through the text once. */
export function* readJsonInParts(
  bytes: Uint8Array, halves: "halves" | "no halves" = "halves",
): Parts<JsonReading> {
  const text = decode(bytes);
  return text === undefined ? { fault: NOT_UTF8 } : yield* parse(text, halves);
}

/** What is wrong with bytes that `decode` does not take. */
export const NOT_UTF8 = "the body is not UTF-8";

/** The text of bytes; undefined where they are not UTF-8. */
export function decode(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/**
 * Reads a JSON text that is decoded already. With `no halves` an escape that is half of a surrogate pair is a fault, as
 * in OpenFGA; an event names the field that has one.
 */
export function parseJson(text: string, halves: "halves" | "no halves" = "halves"): JsonReading {
  return endOf(parse(text, halves));
}

function* parse(text: string, halves: "halves" | "no halves"): Parts<JsonReading> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { fault: "malformed JSON" };
  }
  yield;
  if (halves === "no halves" && SURROGATE_ESCAPE.test(text)) {
    if (hasLoneSurrogate(value, 0)) return { fault: "half of a surrogate pair" };
    yield;
  }
  // A text is never shorter than its value needs: is it no longer, then nothing of it was lost, such as a key's first
  // value. Most are so, since most programs write no space; the others are looked through.
  if (lengthOf(value, 0) === text.length) return { value };
  yield;
  const fault = faultOf(text);
  return fault === undefined ? { value } : { fault };
}

/** An escape such as `\ud800`: half of a character. */
const SURROGATE_ESCAPE = /\\u[dD][89a-fA-F]/;

/**
 * Whether some text or key within a value is no sequence of whole characters, which no UTF-8 could carry on. What is
 * nested too deep is not looked at: it is a fault by itself.
 */
function hasLoneSurrogate(value: unknown, depth: number): boolean {
  if (typeof value === "string") return /\p{Cs}/u.test(value);
  if (typeof value !== "object" || value === null || depth >= MAX_JSON_DEPTH) return false;
  if (Array.isArray(value)) return value.some((entry) => hasLoneSurrogate(entry, depth + 1));
  for (const key in value) {
    if (/\p{Cs}/u.test(key) || hasLoneSurrogate((value as Record<string, unknown>)[key], depth + 1)) return true;
  }
  return false;
}

/**
 * Characters of the shortest text of a value: no spaces, no escapes. NaN, which no length is equal to, where it is
 * nested too deep or holds a number: there are shorter texts of a number than the one JavaScript prints.
 */
function lengthOf(value: unknown, depth: number): number {
  if (typeof value === "string") return value.length + 2;
  if (value === null || value === true) return 4;
  if (value === false) return 5;
  if (typeof value !== "object" || depth >= MAX_JSON_DEPTH) return Number.NaN;
  // One bracket, and behind each entry a comma or the other bracket.
  let length = 1;
  if (Array.isArray(value)) {
    for (const entry of value) length += lengthOf(entry, depth + 1) + 1;
  } else {
    for (const key in value) length += key.length + 4 + lengthOf((value as Record<string, unknown>)[key], depth + 1);
  }
  return length === 1 ? 2 : length;
}

/** The first key that stands twice, or too deep a nesting, in a text that is JSON. */
function faultOf(text: string): string | undefined {
  // One entry per open bracket: the keys seen so far of an object, undefined for an array.
  const open: (Set<string> | undefined)[] = [];
  let atKey = false;
  for (let i = 0; i < text.length; i++) {
    switch (text.charCodeAt(i)) {
      case QUOTE: {
        const end = endOfString(text, i);
        if (atKey) {
          const keys = open.at(-1)!;
          const raw = text.slice(i + 1, end);
          const key = raw.includes("\\") ? JSON.parse(`"${raw}"`) as string : raw;
          if (keys.has(key)) return `duplicate field ${JSON.stringify(maskAddresses(key).slice(0, 100))}`;
          keys.add(key);
          atKey = false;
        }
        i = end;
        break;
      }
      case OPEN_OBJECT:
      case OPEN_ARRAY:
        atKey = text.charCodeAt(i) === OPEN_OBJECT;
        if (open.push(atKey ? new Set() : undefined) > MAX_JSON_DEPTH) return `nested deeper than ${MAX_JSON_DEPTH}`;
        break;
      case CLOSE_OBJECT:
      case CLOSE_ARRAY:
        open.pop();
        atKey = false;
        break;
      case COMMA:
        atKey = open.at(-1) !== undefined;
    }
  }
  return undefined;
}

/** Index of the quote that closes the string opened at `start`; past the end of a text that does not close it. */
export function endOfString(text: string, start: number): number {
  let i = start + 1;
  for (; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) break;
    if (code === BACKSLASH) i++;
  }
  return i;
}
