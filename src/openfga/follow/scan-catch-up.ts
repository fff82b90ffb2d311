// Brings tuples that were read in pages up to the change feed that was read after them.
import { revisionIn, type FeedWrite } from "./feed.ts";
import { keysOf } from "./replica.ts";
import { isSame } from "../same-tuple.ts";
import { inTurns } from "../long-work.ts";
import type { TupleSet } from "../../tuples/tuple-set.ts";
import { printTuple, type Tuple, type TupleKey } from "../../tuples/tuple.ts";
import { STEPS_PER_TURN } from "../openfga-limits.ts";
import { LEDGER_TYPE } from "../../domain/object-names.ts";

/** A gap in a ledger's order: a Write of the feed continues from revision `to`, and no Write leads to it. */
export interface Hole {
  readonly ledger: string;
  readonly to: number;
}

/** Work left after `catchUpScan`. */
export interface CaughtUp {
  readonly holes: Hole[];
  /** Keys whose state the feed does not show: to be read from the store. */
  readonly suspects: TupleKey[];
}

/**
 * Sets every key of the Writes as the last one of its org left it. Keys written by more than one org, and keys that a
 * foreign Write left otherwise than the tuples have them, are suspects. `read`: the revision each ledger had in the
 * pages. Runs in turns of the event loop; the tuples must not be used meanwhile.
 */
export function catchUpScan(
  tuples: TupleSet, writes: readonly FeedWrite[], read: ReadonlyMap<string, number>,
): Promise<CaughtUp> {
  return inTurns(catchingUp(tuples, writes, read));
}

/** Returns the revision each ledger was read at; the newest where pages of different times had more than one. */
export function revisionsOf(tuples: TupleSet): Map<string, number> {
  const revisions = new Map<string, number>();
  for (const { object, user } of tuples.read({ objectType: LEDGER_TYPE, relation: "at" })) {
    revisions.set(object, Math.max(revisions.get(object) ?? 0, revisionIn(user) ?? 0));
  }
  return revisions;
}

function* catchingUp(
  tuples: TupleSet, writes: readonly FeedWrite[], read: ReadonlyMap<string, number>,
): Generator<void, CaughtUp> {
  const { orders, loose, holes } = ordersOf(writes, read);
  const owner = new Map<string, string>();
  const suspects = new Map<string, TupleKey>();
  let steps = 0;
  const own = (write: FeedWrite, ledger: string): void => {
    for (const key of keysOf(write)) {
      const name = printTuple(key);
      const known = owner.get(name);
      if (known !== undefined && (ledger === "" || known !== ledger)) suspects.set(name, key);
      owner.set(name, ledger);
    }
    steps += 1 + write.writes.length + write.deletes.length;
  };
  for (const [ledger, order] of orders) {
    for (const write of order) {
      own(write, ledger);
      for (const key of write.deletes) tuples.delete(key);
      for (const tuple of write.writes) put(tuples, tuple);
      if (steps < STEPS_PER_TURN) continue;
      steps = 0;
      yield;
    }
  }
  for (const write of loose) {
    own(write, "");
    // Where the pages have the key as this Write left it, the Write came before them.
    for (const key of write.deletes) if (has(tuples, key)) suspects.set(printTuple(key), key);
    for (const tuple of write.writes) {
      const { object, relation, user } = tuple;
      if (!isSame(tuples.get(object, relation, user), tuple)) suspects.set(printTuple(tuple), tuple);
    }
    if (steps < STEPS_PER_TURN) continue;
    steps = 0;
    yield;
  }
  return { holes, suspects: [...suspects.values()] };
}

/** Returns the Writes of each ledger in the order of its revisions, all other Writes, and the gaps. */
function ordersOf(
  writes: readonly FeedWrite[], read: ReadonlyMap<string, number>,
): { orders: Map<string, FeedWrite[]>; loose: FeedWrite[]; holes: Hole[] } {
  const orders = new Map<string, FeedWrite[]>();
  const loose: FeedWrite[] = [];
  const holes: Hole[] = [];
  for (const write of writes) {
    const [step, ...more] = write.steps;
    const order = step === undefined || more.length > 0 ? loose : orders.get(step.ledger) ?? [];
    order.push(write);
    if (order !== loose) orders.set(step!.ledger, order);
  }
  for (const [ledger, order] of orders) {
    order.sort((a, b) => a.steps[0]!.to - b.steps[0]!.to);
    const steps = order.map((write) => write.steps[0]!);
    if (steps.some(({ from }, i) => i > 0 && from < steps[i - 1]!.to)) {
      // A foreign Write touched the ledger: its order cannot be used.
      orders.delete(ledger);
      loose.push(...order);
      continue;
    }
    for (const [i, { from }] of steps.entries()) {
      const before = i === 0 ? read.get(ledger) ?? 0 : steps[i - 1]!.to;
      if (from > before) holes.push({ ledger, to: from });
    }
  }
  return { orders, loose, holes };
}

function has(tuples: TupleSet, { object, relation, user }: TupleKey): boolean {
  return tuples.has(object, relation, user);
}

function put(tuples: TupleSet, tuple: Tuple): void {
  tuples.delete(tuple);
  tuples.add(tuple);
}
