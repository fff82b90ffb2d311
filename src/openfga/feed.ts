// The change feed in Writes: which changes belong together, and which step in the order of which orgs they are.
import type { FeedChange } from "./client.ts";
import { textOf } from "../state/entity.ts";
import { printTuple, type Tuple, type TupleKey } from "../tuples/tuple.ts";

/** A step in the order of events of one ledger: the revision before (0: none) and after. */
export interface LedgerStep {
  readonly ledger: string;
  readonly from: number;
  readonly to: number;
}

/** The changes of one Write, all of them. */
export interface FeedWrite {
  readonly stamp: string;
  /** One step for a Write of Sideline; none for a Write by somebody else. */
  readonly steps: readonly LedgerStep[];
  readonly writes: readonly Tuple[];
  readonly deletes: readonly TupleKey[];
}

/** The type of the objects that keep the order of events. */
export const LEDGER_TYPE = "ledger";

/** True for the tuple that tells the revision an order of events is at. */
export function isRevision(key: TupleKey): boolean {
  return key.relation === "at" && key.object.startsWith(`${LEDGER_TYPE}:`);
}

/**
 * Sorts changes into Writes by their time, which the changes of one Write share, in the order of first appearance.
 * Within a Write the feed's order says nothing: under load OpenFGA gives the changes of a Write places at random within
 * its millisecond, among those of others.
 */
export function groupWrites(changes: readonly FeedChange[]): FeedWrite[] {
  const groups = new Map<string, FeedChange[]>();
  for (const change of changes) {
    const group = groups.get(change.stamp);
    if (group === undefined) groups.set(change.stamp, [change]);
    else group.push(change);
  }
  return [...groups].map(([stamp, group]) => fold(stamp, group));
}

function fold(stamp: string, changes: readonly FeedChange[]): FeedWrite {
  const writes = new Map<string, Tuple>();
  const deletes = new Map<string, TupleKey>();
  for (const { operation, tuple } of changes) {
    const name = printTuple(tuple);
    if (operation === "write") {
      deletes.delete(name);
      writes.set(name, tuple);
    } else {
      writes.delete(name);
      deletes.set(name, tuple);
    }
  }
  const steps = stepsOf([...writes.values()], [...deletes.values()]);
  return { stamp, steps, writes: [...writes.values()], deletes: [...deletes.values()] };
}

function stepsOf(writes: readonly Tuple[], deletes: readonly TupleKey[]): LedgerStep[] {
  return writes.filter(isRevision).map(({ object: ledger, user }) => {
    const before = deletes.find((key) => isRevision(key) && key.object === ledger);
    return { ledger, from: before === undefined ? 0 : Number(textOf(before.user)), to: Number(textOf(user)) };
  });
}
