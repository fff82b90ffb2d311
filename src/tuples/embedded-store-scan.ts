// The scan at the start of the embedded store: every row from its bytes into a set and the index, summed up on the way.
import { hashKey, hashPlainRow, withCondition, type RowIndex } from "./embedded-store-index.ts";
import { decodeTuple, type TupleRow } from "./embedded-store-rows.ts";
import { emptyPlainRow, readPlainRow } from "./plain-row.ts";
import type { PlainLoading, TupleSet } from "./tuple-set.ts";
import { printTuple } from "./tuple.ts";

/** What a store is loaded into: a set, or anything that takes tuples; false where the tuple is there already. */
export type Loadable = Pick<TupleSet, "add"> & Partial<PlainLoading>;

const LINE_END = 0x0a;
const COMMA = 0x2c;
const ZERO = 0x30;
const utf8 = new TextDecoder();

/**
 * Reads a page, lines of `id,tuple`, into a set and an index. Returns the sum of the tuples' hashes, 32 bits, unsigned.
 * Throws a SyntaxError on a row that is none, and an Error where the set holds a tuple already.
 */
export function readScan(page: Uint8Array, seed: number, into: Loadable, rows: RowIndex): number {
  const plain = emptyPlainRow();
  let sum = 0;
  for (let at = 0; at < page.length; at++) {
    let id = 0;
    for (; page[at]! >= ZERO && page[at]! <= ZERO + 9; at++) id = id * 10 + page[at]! - ZERO;
    if (id === 0 || page[at++] !== COMMA) throw new SyntaxError("a row holds the end of a line");
    if (into.addPlain !== undefined && readPlainRow(page, at, plain) && isLineEnd(page, plain.end)) {
      const hash = hashPlainRow(seed, page, plain);
      sum = (sum + hash) >>> 0;
      rows.add(hash, id);
      if (!into.addPlain(page, plain)) refuse(page, at, plain.end);
      at = plain.end;
    } else {
      const end = lineEnd(page, at);
      const tuple = decodeTuple(parseRow(page, at, end));
      const hash = hashKey(seed, tuple);
      sum = (sum + withCondition(hash, tuple)) >>> 0;
      rows.add(hash, id);
      if (!into.add(tuple)) refuse(page, at, end);
      at = end;
    }
  }
  return sum;
}

function isLineEnd(page: Uint8Array, at: number): boolean {
  return at === page.length || page[at] === LINE_END;
}

/** JSON escapes a line's end, so that it stands between rows only. */
function lineEnd(page: Uint8Array, from: number): number {
  const at = page.indexOf(LINE_END, from);
  return at < 0 ? page.length : at;
}

function parseRow(page: Uint8Array, from: number, end: number): TupleRow {
  return JSON.parse(utf8.decode(page.subarray(from, end))) as TupleRow;
}

function refuse(page: Uint8Array, from: number, end: number): never {
  throw new Error(`the set to load into holds ${printTuple(decodeTuple(parseRow(page, from, end)))} already`);
}
