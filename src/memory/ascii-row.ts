// A plain row: a tuple without a condition as ASCII bytes, described by the positions of its parts.
import { internRelation, type RelationSymbol, type TypeSymbol } from "./symbols.ts";

/** Positions where the parts of a row begin and end. */
export interface PlainRow {
  object: number;
  objectEnd: number;
  relation: number;
  relationEnd: number;
  user: number;
  userEnd: number;
  /** Position after the row. */
  end: number;
}

/** Returns an empty row, to be filled by `readPlainRow`. */
export function emptyPlainRow(): PlainRow {
  return { object: 0, objectEnd: 0, relation: 0, relationEnd: 0, user: 0, userEnd: 0, end: 0 };
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN = 0x5b;
const CLOSE = 0x5d;
const BACKSLASH = 0x5c;

/**
 * Reads the JSON `["object","relation","user"]` from a position in bytes. Returns false for anything else: a condition,
 * an escape, or a character of more than one byte. The content of `into` is then undefined.
 */
export function readPlainRow(bytes: Uint8Array, from: number, into: PlainRow): boolean {
  if (bytes[from] !== OPEN || bytes[from + 1] !== QUOTE) return false;
  into.object = from + 2;
  into.objectEnd = endOf(bytes, into.object);
  if (!isSeparator(bytes, into.objectEnd)) return false;
  into.relation = into.objectEnd + 3;
  into.relationEnd = endOf(bytes, into.relation);
  if (!isSeparator(bytes, into.relationEnd)) return false;
  into.user = into.relationEnd + 3;
  into.userEnd = endOf(bytes, into.user);
  into.end = into.userEnd + 2;
  return bytes[into.userEnd] === QUOTE && bytes[into.userEnd + 1] === CLOSE;
}

/** Returns the position of the quote that ends a string, or of the first byte that is not plain. */
function endOf(bytes: Uint8Array, from: number): number {
  let at = from;
  for (let byte = bytes[at]!; byte !== QUOTE && byte !== BACKSLASH && byte < 128; byte = bytes[at]!) at++;
  return at;
}

function isSeparator(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === QUOTE && bytes[at + 1] === COMMA && bytes[at + 2] === QUOTE;
}

/** Number of recently found relations that `PlainSymbols` caches. */
const KEPT = 256;

/** Symbols of relations named in bytes. A cache finds recent ones without creating a string. */
export class PlainSymbols {
  private readonly kept: ({ type: TypeSymbol; name: string; symbol: RelationSymbol } | undefined)[] = [];

  /** Returns the symbol of a row's relation for an object type, and creates it if it is new. */
  find(type: TypeSymbol, bytes: Uint8Array, { relation, relationEnd }: PlainRow): RelationSymbol {
    const place = (type * 31 + bytes[relation]! * 7 + bytes[relationEnd - 1]! + relationEnd - relation) % KEPT;
    const kept = this.kept[place];
    if (kept !== undefined && kept.type === type && isText(kept.name, bytes, relation, relationEnd)) return kept.symbol;
    const name = String.fromCharCode(...bytes.subarray(relation, relationEnd));
    const symbol = internRelation(type, name);
    this.kept[place] = { type, name, symbol };
    return symbol;
  }
}

function isText(text: string, bytes: Uint8Array, from: number, end: number): boolean {
  if (text.length !== end - from) return false;
  for (let i = from; i < end; i++) if (text.charCodeAt(i - from) !== bytes[i]) return false;
  return true;
}
