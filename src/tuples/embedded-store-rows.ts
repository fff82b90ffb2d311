// The rows of the embedded store as text: tuples and deltas as compact JSON arrays.
import type { Delta } from "./delta.ts";
import type { Tuple, TupleKey } from "./tuple.ts";

/** A tuple as a row: `[object, relation, user]` or `[object, relation, user, condition's name, its context]`. */
export type TupleRow = readonly [string, string, string, string?, Readonly<Record<string, unknown>>?];

/** A delta as a row: deletes, then writes. */
export type DeltaRow = readonly [readonly TupleRow[], readonly TupleRow[]];

/** JSON of a tuple's row. */
export function encodeTuple(tuple: Tuple): string {
  const { condition } = tuple;
  if (condition === undefined) return encodeKey(tuple);
  const { object, relation, user } = tuple;
  return JSON.stringify([object, relation, user, condition.name, condition.context]);
}

/** JSON of a delta's row: what the log keeps. */
export function encodeDelta(delta: Delta): string {
  return `[[${delta.deletes.map(encodeKey).join(",")}],[${delta.writes.map(encodeTuple).join(",")}]]`;
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

/** JSON of a tuple's key, written out: three strings are quicker than an array of them. */
function encodeKey({ object, relation, user }: TupleKey): string {
  return `[${JSON.stringify(object)},${JSON.stringify(relation)},${JSON.stringify(user)}]`;
}
