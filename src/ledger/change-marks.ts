// Marks of the tuples that an event changes, kept in its record: they distinguish events that share one write.
import { sizeOf, type Delta } from "../tuples/delta.ts";
import { printTuple, type TupleKey } from "../tuples/tuple.ts";
import { MAX_TUPLES_PER_DELTA } from "../tuples/store.ts";

/** Length of a mark, in characters: 30 bits. Among the 100 tuples of a write, two rarely have the same. */
const MARK_LENGTH = 5;

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** Returns the marks of a delta's tuples as one text; "" for a delta that no other shares a write with. */
export function marksOf(delta: Delta): string {
  if (sizeOf(delta) > MAX_TUPLES_PER_DELTA) return "";
  return [...delta.deletes.map((key) => markOf("-", key)), ...delta.writes.map((key) => markOf("+", key))].join("");
}

/**
 * Returns the part of a delta whose tuples have marks.
 *
 * @example
 * const ann = { user: "user:ann", relation: "member", object: "org:fc" };
 * const ben = { user: "user:ben", relation: "member", object: "org:fc" };
 * markedIn({ writes: [ann, ben], deletes: [] }, marksOf({ writes: [ben], deletes: [] })).writes // [ben]
 */
export function markedIn({ writes, deletes }: Delta, marks: string): Delta {
  const all = new Set<string>();
  for (let i = 0; i < marks.length; i += MARK_LENGTH) all.add(marks.slice(i, i + MARK_LENGTH));
  return {
    writes: writes.filter((tuple) => all.has(markOf("+", tuple))),
    deletes: deletes.filter((key) => all.has(markOf("-", key))),
  };
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
