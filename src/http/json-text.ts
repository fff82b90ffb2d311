// Parses JSON texts strictly: valid UTF-8, no duplicate key in an object, a bounded depth.
import { endOf, type Parts } from "../checks/parts.ts";
import { maskAddresses } from "../events/refusal.ts";
import { MAX_JSON_DEPTH, MAX_SHOWN_LENGTH } from "./http-limits.ts";

/** A value, or the fault of the text. */
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
 * Parses a JSON text. Invalid UTF-8 and a duplicate key are faults: two readers may understand such a text differently,
 * and one of them may be a proxy that let it pass.
 */
export function readJson(bytes: Uint8Array, halves: "halves" | "no halves" = "halves"): JsonReading {
  return endOf(readJsonInParts(bytes, halves));
}

/** Does the same in parts: each part reads the text once. */
export function* readJsonInParts(
  bytes: Uint8Array, halves: "halves" | "no halves" = "halves",
): Parts<JsonReading> {
  const text = decode(bytes);
  return text === undefined ? { fault: NOT_UTF8 } : yield* parse(text, halves);
}

/** Fault of bytes that `decode` does not accept. */
export const NOT_UTF8 = "the body is not UTF-8";

/** Decodes bytes as a text; undefined if they are not UTF-8. */
export function decode(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/**
 * Parses a decoded JSON text. With `no halves`, an escape that is half of a surrogate pair is a fault, as in OpenFGA.
 * Events are parsed with `halves`, so that their refusal can name the field that has one.
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
  // A text is at least as long as the shortest text of its value. If it is no longer than that, nothing of it was lost,
  // such as the first value of a duplicate key. Most texts are that short, since most programs write no spaces; the
  // others are scanned.
  if (lengthOf(value, 0) === text.length) return { value };
  yield;
  const fault = faultOf(text);
  return fault === undefined ? { value } : { fault };
}

/** Matches an escape such as `\ud800`: half of a character. */
const SURROGATE_ESCAPE = /\\u[dD][89a-fA-F]/;

/**
 * Whether a text or key within a value has half of a surrogate pair, which UTF-8 cannot represent. Skips values nested
 * too deep: those are a fault by themselves.
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
 * Returns the length of the shortest text of a value: no spaces, no escapes. Returns NaN, which equals no length, if
 * the value is nested too deep or holds a number: a number may have a shorter text than the one JavaScript prints.
 */
function lengthOf(value: unknown, depth: number): number {
  if (typeof value === "string") return value.length + 2;
  if (value === null || value === true) return 4;
  if (value === false) return 5;
  if (typeof value !== "object" || depth >= MAX_JSON_DEPTH) return Number.NaN;
  // One opening bracket, and after each entry a comma or the closing bracket.
  let length = 1;
  if (Array.isArray(value)) {
    for (const entry of value) length += lengthOf(entry, depth + 1) + 1;
  } else {
    for (const key in value) length += key.length + 4 + lengthOf((value as Record<string, unknown>)[key], depth + 1);
  }
  return length === 1 ? 2 : length;
}

/** Returns a name from a sender as an answer repeats it: without an address, and cut. */
export function shownName(name: string): string {
  // A name may be a megabyte: only a part of it is searched for addresses.
  return maskAddresses(name.slice(0, 4 * MAX_SHOWN_LENGTH)).slice(0, MAX_SHOWN_LENGTH);
}

/** Returns the fault of a valid JSON text: its first duplicate key, or nesting that is too deep. */
function faultOf(text: string): string | undefined {
  // One entry per open bracket: the keys of an object so far, or undefined for an array.
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
          if (keys.has(key)) return `duplicate field ${JSON.stringify(shownName(key))}`;
          keys.add(key);
          atKey = false;
        }
        i = end;
        break;
      }
      case OPEN_OBJECT:
      case OPEN_ARRAY:
        atKey = text.charCodeAt(i) === OPEN_OBJECT;
        if (open.push(atKey ? new Set() : undefined) > MAX_JSON_DEPTH) return `deeper than ${MAX_JSON_DEPTH} levels`;
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

/** Returns the index of the quote that closes the string opened at `start`; past the end of the text if none does. */
export function endOfString(text: string, start: number): number {
  let i = start + 1;
  for (; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) break;
    if (code === BACKSLASH) i++;
  }
  return i;
}
