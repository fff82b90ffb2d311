// The scan at the start of the embedded store: reads every row's bytes into a set and the index, and adds up their sum.
import { StoreError } from "./store-error.ts";
import { hashKey, hashPlainRow, RowIndex, withCondition } from "./row-index.ts";
import { decodeTuple, textOf, type TupleRow } from "./row-text.ts";
import { unsigned } from "./store-state.ts";
import type { Statements } from "./store-sql.ts";
import { emptyPlainRow, readPlainRow } from "../memory/ascii-row.ts";
import type { PlainLoading } from "../memory/indexed-tuple-set.ts";
import type { TupleSet } from "../tuples/tuple-set.ts";
import { printTuple } from "../tuples/tuple.ts";

/** The target of loading: a set, or anything that takes tuples. `add` returns false if it already has the tuple. */
export type Loadable = Pick<TupleSet, "add"> & Partial<PlainLoading>;

/** The target of a scan that only builds the index. */
export const NOWHERE: Loadable = { add: () => true, addPlain: () => true, reserve: () => {} };

const LINE_END = 0x0a;
const COMMA = 0x2c;
const ZERO = 0x30;

/** The count and sum that the database states for its tuples; `sum` and `seed` are unsigned, 32 bits. */
interface Expected {
  readonly count: number;
  readonly sum: number;
  readonly seed: number;
}

/**
 * Reads every tuple into a set, one page per step, and yields the number so far. Also looks each tuple up by its id,
 * and compares count and sum with the expected ones. Returns the index. Throws a StoreError on damage.
 */
export function* scanTuples(
  folder: string, { scan, lookUp }: Statements, { count, sum: expected, seed }: Expected, into: Loadable,
): Generator<number, RowIndex> {
  const damaged = (how: string): never => {
    throw new StoreError("corrupt", `the store in ${folder} is damaged: ${how}`);
  };
  // Has room to spare, so that the first events after the start do not wait for the index to grow.
  const rows = new RowIndex(Math.ceil(count * 1.1));
  let sum = 0;
  for (let after = 0; ;) {
    const [last, page, times] = scan.get(after) as [number | null, Uint8Array | null, number];
    if (last === null || page === null) break;
    const before = rows.size;
    sum = unsigned(sum + readScan(page, seed, into, rows) + times);
    const [found] = lookUp.get(after, last) as [number];
    if (found !== rows.size - before) damaged(`${rows.size - before - found} tuples are not found by their ids`);
    after = last;
    yield rows.size;
  }
  if (rows.size === count && sum === expected) return rows;
  return damaged(`${rows.size} tuples with sum ${sum}, where ${count} with sum ${expected} were written`);
}

/**
 * Reads a page, lines of `id,tuple`, into a set and an index. Returns the sum of the tuples' hashes, 32 bits, unsigned.
 * Throws a SyntaxError on a malformed or repeated row, and an Error if the set already held a tuple.
 */
function readScan(page: Uint8Array, seed: number, into: Loadable, rows: RowIndex): number {
  const plain = emptyPlainRow();
  let sum = 0;
  let before = 0;
  for (let at = 0; at < page.length; at++) {
    let id = 0;
    for (; page[at]! >= ZERO && page[at]! <= ZERO + 9; at++) id = id * 10 + page[at]! - ZERO;
    if (id === 0 || page[at++] !== COMMA) throw new SyntaxError("a row holds the end of a line");
    if (id <= before) throw new SyntaxError(`row ${id} stands after row ${before}`);
    before = id;
    if (into.addPlain !== undefined && readPlainRow(page, at, plain) && isLineEnd(page, plain.end)) {
      const hash = hashPlainRow(seed, page, plain);
      sum = (sum + hash) >>> 0;
      rows.add(hash, id);
      if (!into.addPlain(page, plain)) refuse(page.subarray(at, plain.end), isTwice(rows, hash, id));
      at = plain.end;
    } else {
      const end = lineEnd(page, at);
      const tuple = decodeTuple(parseRow(page, at, end));
      const hash = hashKey(seed, tuple);
      sum = (sum + withCondition(hash, tuple)) >>> 0;
      rows.add(hash, id);
      if (!into.add(tuple)) refuse(page.subarray(at, end), isTwice(rows, hash, id));
      at = end;
    }
  }
  return sum;
}

function isLineEnd(page: Uint8Array, at: number): boolean {
  return at === page.length || page[at] === LINE_END;
}

/** Returns the end of a line. JSON escapes line feeds, so they occur only between rows. */
function lineEnd(page: Uint8Array, from: number): number {
  const at = page.indexOf(LINE_END, from);
  return at < 0 ? page.length : at;
}

function parseRow(page: Uint8Array, from: number, end: number): TupleRow {
  return JSON.parse(textOf(page.subarray(from, end))) as TupleRow;
}

/** True if an earlier row has the same key, barring a collision of hashes. */
function isTwice(rows: RowIndex, hash: number, id: number): boolean {
  return rows.find(hash, (other) => other !== id) !== undefined;
}

/**
 * Throws for a row the set refused: a second row with the same key is damage; otherwise the caller's set was not empty.
 */
function refuse(row: Uint8Array, isDamage: boolean): never {
  const name = printTuple(decodeTuple(parseRow(row, 0, row.length)));
  throw isDamage ? new SyntaxError(`two rows hold ${name}`) : new Error(`the set to load into holds ${name} already`);
}
