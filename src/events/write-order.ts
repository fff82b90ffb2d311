// The order of tuples for an event that needs several writes.
import { LINKED_EVER } from "../domain/seats.ts";
import type { Delta } from "../tuples/delta.ts";
import type { Tuple, TupleKey } from "../tuples/tuple.ts";

/** True for a tuple that removes access: the model subtracts it (S21). All other tuples can only add access. */
function takesAway({ object, relation }: TupleKey): boolean {
  return relation === LINKED_EVER && object.startsWith("athlete:");
}

/**
 * Returns the first tuples of a delta, at most `room`, in an order that keeps every intermediate state safe: the marks
 * that remove access, then the deletes, then the other writes, and the deletes of such marks last.
 *
 * Until the last delete is done, an intermediate state has all marks of the state before and, apart from new marks, no
 * additional tuples, so it allows no more than the state before. From then on it has all marks of the state after and,
 * apart from old marks, no additional tuples, so it allows no more than the state after. The end of a link counts as a
 * delete, although the model also subtracts a link: its mark exists by then.
 */
export function firstPart(delta: Delta, room: number): Delta {
  const marks = delta.writes.filter(takesAway);
  const others = delta.writes.filter((tuple) => !takesAway(tuple));
  const ends = delta.deletes.filter((key) => !takesAway(key));
  const lifted = delta.deletes.filter(takesAway);

  let left = Math.max(room, 0);
  const take = <Key extends Tuple | TupleKey>(list: readonly Key[]): readonly Key[] => {
    const part = list.slice(0, left);
    left -= part.length;
    return part;
  };
  const first = take(marks);
  const deletes = take(ends);
  const writes = take(others);
  return { writes: [...first, ...writes], deletes: [...deletes, ...take(lifted)] };
}
