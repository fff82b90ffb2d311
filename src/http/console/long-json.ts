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
 * Parses an answer of the app, an object printed without spaces: its fields one by one, also those of an object in it,
 * and the entries of their arrays in parts of about `perTurn` characters. A short text is parsed at once. Throws a
 * SyntaxError if the text is not JSON.
 *
 * @example parseLong('{"members":[{"user":"carl"}]}').next().value // { members: [{ user: "carl" }] }
 */
export function* parseLong(text: string, perTurn = CHARACTERS_PER_TURN): Parts<unknown> {
  if (text.length <= perTurn || text.charCodeAt(0) !== OPEN_OBJECT) return JSON.parse(text) as unknown;
  const { value, end } = yield* readObject(text, 1, { characters: perTurn, began: 0 });
  if (end !== text.length) throw new SyntaxError("more text after the object");
  return value;
}

/** A value, and the place after its text. */
interface Reading {
  readonly value: unknown;
  readonly end: number;
}

/** Number of characters that a turn reads, and the place where this turn began. */
interface Turn {
  readonly characters: number;
  began: number;
}

/** Reads an object whose first field begins at `from`. */
function* readObject(text: string, from: number, turn: Turn): Parts<Reading> {
  if (text.charCodeAt(from) === CLOSE_OBJECT) return { value: {}, end: from + 1 };
  const fields: [string, unknown][] = [];
  for (let at = from; ; at++) {
    const colon = endOfString(text, at) + 1;
    const name = JSON.parse(text.slice(at, colon)) as string;
    const read: Reading = yield* readField(text, colon + 1, turn);
    fields.push([name, read.value]);
    at = read.end;
    if (text.charCodeAt(at) === CLOSE_OBJECT) return { value: Object.fromEntries(fields), end: at + 1 };
    if (text.charCodeAt(at) !== COMMA) throw new SyntaxError("an object without an end");
    if (at - turn.began < turn.characters) continue;
    yield;
    turn.began = at;
  }
}

function* readField(text: string, from: number, turn: Turn): Parts<Reading> {
  const first = text.charCodeAt(from);
  if (first === OPEN_ARRAY) return yield* readArray(text, from + 1, turn);
  return first === OPEN_OBJECT ? yield* readObject(text, from + 1, turn) : readScalar(text, from);
}

function readScalar(text: string, from: number): Reading {
  let at = from;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at);
    else if (code === COMMA || code === CLOSE_OBJECT) break;
  }
  return { value: JSON.parse(text.slice(from, at)), end: at };
}

/** Reads an array whose first entry begins at `from`. */
function* readArray(text: string, from: number, turn: Turn): Parts<Reading> {
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
    else if (code === COMMA && depth === 0 && at - from >= turn.characters) {
      take(at);
      yield;
      turn.began = at;
    }
  }
  throw new SyntaxError("an array without an end");
}
