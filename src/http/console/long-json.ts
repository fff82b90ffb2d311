// Parses the JSON text of a long answer in parts: an org may have very many people.
import type { Parts } from "../../checks/parts.ts";
import { endOfString } from "../json-text.ts";
import { CHARACTERS_PER_TURN } from "../http-limits.ts";

const QUOTE = 34;
const COMMA = 44;
const OPEN_ARRAY = 91;
const CLOSE_ARRAY = 93;
const OPEN_OBJECT = 123;
const CLOSE_OBJECT = 125;

/**
 * Parses an answer of the app, an object printed without spaces: its fields one by one, and the entries of arrays in
 * parts of about `perTurn` characters. A short text is parsed at once. Throws a SyntaxError if the text is not JSON.
 *
 * @example parseLong('{"members":[{"user":"carl"}]}').next().value // { members: [{ user: "carl" }] }
 */
export function* parseLong(text: string, perTurn = CHARACTERS_PER_TURN): Parts<unknown> {
  const isShort = text.length <= perTurn || text === "{}";
  if (isShort || text.charCodeAt(0) !== OPEN_OBJECT) return JSON.parse(text) as unknown;
  const fields: [string, unknown][] = [];
  for (let at = 1; ; at++) {
    const colon = endOfString(text, at) + 1;
    const name = JSON.parse(text.slice(at, colon)) as string;
    const isArray = text.charCodeAt(colon + 1) === OPEN_ARRAY;
    const read: Reading = isArray ? yield* readArray(text, colon + 2, perTurn) : readValue(text, colon + 1);
    fields.push([name, read.value]);
    at = read.end;
    if (at === text.length - 1 && text.charCodeAt(at) === CLOSE_OBJECT) return Object.fromEntries(fields);
    if (text.charCodeAt(at) !== COMMA) throw new SyntaxError("an object without an end");
  }
}

/** A value, and the place after its text. */
interface Reading {
  readonly value: unknown;
  readonly end: number;
}

function readValue(text: string, from: number): Reading {
  let depth = 0;
  let at = from;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at);
    else if (code === OPEN_ARRAY || code === OPEN_OBJECT) depth++;
    else if (depth === 0 && (code === COMMA || code === CLOSE_OBJECT)) break;
    else if (code === CLOSE_ARRAY || code === CLOSE_OBJECT) depth--;
  }
  return { value: JSON.parse(text.slice(from, at)), end: at };
}

/** Reads an array whose first entry begins at `from`. */
function* readArray(text: string, from: number, perTurn: number): Parts<Reading> {
  const entries: unknown[] = [];
  const take = (to: number): void => {
    for (const entry of JSON.parse(`[${text.slice(from, to)}]`) as unknown[]) entries.push(entry);
    from = to + 1;
  };
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at);
    else if (code === OPEN_ARRAY || code === OPEN_OBJECT) depth++;
    else if (code === CLOSE_ARRAY && depth === 0) {
      take(at);
      return { value: entries, end: at + 1 };
    } else if (code === CLOSE_ARRAY || code === CLOSE_OBJECT) depth--;
    else if (code === COMMA && depth === 0 && at - from >= perTurn) {
      take(at);
      yield;
    }
  }
  throw new SyntaxError("an array without an end");
}
