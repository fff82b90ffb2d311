// The rows of the embedded store as text: tuples and deltas as compact JSON arrays.
import type { Delta } from "./delta.ts";
import type { Tuple, TupleKey } from "./tuple.ts";

/** A tuple as a row: `[object, relation, user]` or `[object, relation, user, condition's name, its context]`. */
export type TupleRow = readonly [string, string, string, string?, Readonly<Record<string, unknown>>?];

/** A delta as a row: deletes, then writes. */
export type DeltaRow = readonly [readonly TupleRow[], readonly TupleRow[]];

/** JSON of a tuple's row. */
export function encodeTuple(tuple: Tuple): string {
  return JSON.stringify(rowOf(tuple));
}

/** JSON of a delta's row: what the log keeps. */
export function encodeDelta(delta: Delta): string {
  return JSON.stringify([delta.deletes.map(keyRowOf), delta.writes.map(rowOf)]);
}

/** The tuple of a row. */
export function decodeTuple(row: TupleRow): Tuple {
  const [object, relation, user, name, context] = row;
  if (name === undefined) return { object, relation, user };
  return { object, relation, user, condition: { name, context: context ?? {} } };
}

/** JSON of a tuple's key alone: equal exactly for equal keys. */
export function encodeKey(key: TupleKey): string {
  return JSON.stringify(keyRowOf(key));
}

function rowOf(tuple: Tuple): TupleRow {
  const { object, relation, user, condition } = tuple;
  return condition === undefined ? [object, relation, user]
    : [object, relation, user, condition.name, condition.context];
}

function keyRowOf(key: TupleKey): TupleRow {
  return [key.object, key.relation, key.user];
}
