// The order in which the tuples of an event that needs several writes are written.
import { LINKED_EVER } from "../domain/seats.ts";
import type { Delta } from "../tuples/delta.ts";
import type { Tuple, TupleKey } from "../tuples/tuple.ts";

/** True for a tuple that takes access away: the model subtracts it (S21). All others can only add access. */
function takesAway({ object, relation }: TupleKey): boolean {
  return relation === LINKED_EVER && object.startsWith("athlete:");
}

/**
 * The first tuples of a delta, `room` of them at most, in the order that keeps every state in between safe: the marks
 * that take access away, the deletes, the other writes, and the deletes of such marks last.
 *
 * Until the last delete is done, a state has the tuples of the state before, or fewer, and at least its marks: it
 * allows no more than the state before. From then on it has the tuples of the state after, or fewer, and at least its
 * marks: it allows no more than the state after. The end of a link counts as a delete, although the model also
 * subtracts a link: its mark is there by then.
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
