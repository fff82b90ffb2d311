// The text form of the embedded store's rows: tuples and deltas as compact JSON arrays.
import type { Tuple, TupleKey } from "../tuples/tuple.ts";

/** A tuple as a row: `[object, relation, user]` or `[object, relation, user, condition name, condition context]`. */
export type TupleRow = readonly [string, string, string, string?, Readonly<Record<string, unknown>>?];

/**
 * A delta as a row: deletes, writes, and the number of events that have all of their deltas by then. Earlier releases
 * did not count events.
 */
export type DeltaRow = readonly [deletes: readonly TupleRow[], writes: readonly TupleRow[], events?: number];

const utf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * Decodes a value that was read as bytes. Throws a SyntaxError on bytes that are not UTF-8. The store never reads text
 * columns as text, because libsql ends the process when one is damaged.
 */
export function textOf(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new SyntaxError("a text is not UTF-8");
  }
}

/** Returns the JSON of a tuple's row. */
export function encodeTuple(tuple: Tuple): string {
  const { condition } = tuple;
  if (condition === undefined) return encodeKey(tuple);
  const { object, relation, user } = tuple;
  return JSON.stringify([object, relation, user, condition.name, condition.context]);
}

/** Returns the tuple of a row. */
export function decodeTuple(row: TupleRow): Tuple {
  const [object, relation, user, name, context] = row;
  if (name === undefined) return { object, relation, user };
  return { object, relation, user, condition: { name, context: context ?? {} } };
}

/** Returns a text of a tuple's key that is equal exactly for equal keys. */
export function textOfKey({ object, relation, user }: TupleKey): string {
  return `${object.length},${relation.length},${object}${relation}${user}`;
}

/** Matches texts that JSON represents unchanged; nearly all names are such texts. */
const PLAIN = /^[^"\\\x00-\x1f\ud800-\udfff]*$/;

/** Returns the JSON of a tuple's key. */
export function encodeKey({ object, relation, user }: TupleKey): string {
  if (PLAIN.test(object) && PLAIN.test(relation) && PLAIN.test(user)) return `["${object}","${relation}","${user}"]`;
  return JSON.stringify([object, relation, user]);
}
