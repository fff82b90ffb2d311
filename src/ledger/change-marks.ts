// Marks of the tuples that an event changes, kept in its record: they distinguish events that share one write.
import { sizeOf, type Delta } from "../tuples/delta.ts";
import { printTuple, type TupleKey } from "../tuples/tuple.ts";
import { MAX_TUPLES_PER_DELTA } from "../tuples/store.ts";

/** Length of a mark, in characters: 30 bits. Among the 100 tuples of a write, two rarely have the same. */
const MARK_LENGTH = 5;

/** The marks of a delta without tuples: shorter than a mark, so it is none. */
const NO_TUPLES = "none";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** Returns the marks of a delta's tuples as one text; "" for a delta that no other shares a write with. */
export function marksOf(delta: Delta): string {
  const size = sizeOf(delta);
  if (size > MAX_TUPLES_PER_DELTA) return "";
  if (size === 0) return NO_TUPLES;
  return [...delta.deletes.map((key) => markOf("-", key)), ...delta.writes.map((key) => markOf("+", key))].join("");
}

/**
 * Splits a delta into the part whose tuples have marks, and the rest.
 *
 * @example
 * const ann = { user: "user:ann", relation: "member", object: "org:fc" };
 * const ben = { user: "user:ben", relation: "member", object: "org:fc" };
 * splitByMarks({ writes: [ann, ben], deletes: [] }, marksOf({ writes: [ben], deletes: [] }))[0].writes // [ben]
 */
export function splitByMarks({ writes, deletes }: Delta, marks: string): readonly [marked: Delta, rest: Delta] {
  const all = new Set<string>();
  for (let i = 0; i < marks.length; i += MARK_LENGTH) all.add(marks.slice(i, i + MARK_LENGTH));
  const isWritten = (tuple: TupleKey): boolean => all.has(markOf("+", tuple));
  const isDeleted = (key: TupleKey): boolean => all.has(markOf("-", key));
  return [
    { writes: writes.filter(isWritten), deletes: deletes.filter(isDeleted) },
    { writes: writes.filter((tuple) => !isWritten(tuple)), deletes: deletes.filter((key) => !isDeleted(key)) },
  ];
}

/** FNV-1a over the characters. */
function markOf(operation: "+" | "-", key: TupleKey): string {
  let hash = 0x811c_9dc5;
  const text = operation + printTuple(key);
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x0100_0193);
  hash ^= hash >>> 15;
  let mark = "";
  for (let i = 0; i < MARK_LENGTH; i++) mark += ALPHABET[(hash >>> (6 * i)) & 63];
  return mark;
}
