// The rows of the embedded store as text: tuples and deltas as compact JSON arrays.
import type { Tuple, TupleKey } from "./tuple.ts";

/** A tuple as a row: `[object, relation, user]` or `[object, relation, user, condition's name, its context]`. */
export type TupleRow = readonly [string, string, string, string?, Readonly<Record<string, unknown>>?];

/**
 * A delta as a row: deletes, writes, and how many events have all of their deltas by then. Earlier releases did not
 * count events.
 */
export type DeltaRow = readonly [deletes: readonly TupleRow[], writes: readonly TupleRow[], events?: number];

const utf8 = new TextDecoder("utf-8", { fatal: true });

/**
 * The text of a value that was read as bytes. Throws a SyntaxError on bytes that are no UTF-8. Texts are never read as
 * such: where one is damaged, libsql ends the process.
 */
export function textOf(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new SyntaxError("a text is not UTF-8");
  }
}

/** JSON of a tuple's row. */
export function encodeTuple(tuple: Tuple): string {
  const { condition } = tuple;
  if (condition === undefined) return encodeKey(tuple);
  const { object, relation, user } = tuple;
  return JSON.stringify([object, relation, user, condition.name, condition.context]);
}

/** The tuple of a row. */
export function decodeTuple(row: TupleRow): Tuple {
  const [object, relation, user, name, context] = row;
  if (name === undefined) return { object, relation, user };
  return { object, relation, user, condition: { name, context: context ?? {} } };
}

/** A text for a tuple's key alone: equal exactly for equal keys. */
export function textOfKey({ object, relation, user }: TupleKey): string {
  return `${object.length},${relation.length},${object}${relation}${user}`;
}

/** Texts that stand in JSON as they are, which nearly all names do. */
const PLAIN = /^[^"\\\x00-\x1f\ud800-\udfff]*$/;

/** JSON of a tuple's key. */
export function encodeKey({ object, relation, user }: TupleKey): string {
  if (PLAIN.test(object) && PLAIN.test(relation) && PLAIN.test(user)) return `["${object}","${relation}","${user}"]`;
  return JSON.stringify([object, relation, user]);
}
