// Groups the changes of the feed into Writes, and finds each Write's steps in the orders of the orgs.
import type { FeedChange } from "../client.ts";
import { textOf, LEDGER_TYPE } from "../../domain/object-names.ts";
import { printTuple, type Tuple, type TupleKey } from "../../tuples/tuple.ts";
import { inTurns } from "../long-work.ts";
import { STEPS_PER_TURN } from "../openfga-limits.ts";

/** A step in a ledger's order of events: the revision before (0: none) and after. */
export interface LedgerStep {
  readonly ledger: string;
  readonly from: number;
  readonly to: number;
}

/** One Write with all of its changes. */
export interface FeedWrite {
  readonly stamp: string;
  /** The time of the stamp, in milliseconds since 1970, where the Write came from the feed. */
  readonly at?: number;
  /** The steps of a Write by Sideline; none for a foreign Write. */
  readonly steps: readonly LedgerStep[];
  readonly writes: readonly Tuple[];
  readonly deletes: readonly TupleKey[];
}

/** Returns true for a tuple that holds the revision of a ledger. */
export function isRevision(key: TupleKey): boolean {
  return key.relation === "at" && key.object.startsWith(`${LEDGER_TYPE}:`);
}

/** Returns the revision that a user of a ledger's `at` names; undefined where it is no whole number above 0. */
export function revisionIn(user: string): number | undefined {
  return /^value:[1-9]\d{0,14}$/.test(user) ? Number(textOf(user)) : undefined;
}

/**
 * Groups changes into Writes by their time, which the changes of one Write share, in the order of first appearance, in
 * turns of the event loop. The feed's order within a Write has no meaning: under load OpenFGA gives the changes of a
 * Write random places within its millisecond, mixed with those of other Writes.
 */
export function groupInTurns(changes: readonly FeedChange[]): Promise<FeedWrite[]> {
  return inTurns(grouping(changes));
}

function* grouping(changes: readonly FeedChange[]): Generator<void, FeedWrite[]> {
  const groups = new Map<string, FeedChange[]>();
  for (const [i, change] of changes.entries()) {
    const group = groups.get(change.stamp);
    if (group === undefined) groups.set(change.stamp, [change]);
    else group.push(change);
    if (i % STEPS_PER_TURN === STEPS_PER_TURN - 1) yield;
  }
  const writes: FeedWrite[] = [];
  let steps = 0;
  for (const [stamp, group] of groups) {
    writes.push(writeOf(stamp, group));
    steps += group.length;
    if (steps < STEPS_PER_TURN) continue;
    steps = 0;
    yield;
  }
  return writes;
}

function writeOf(stamp: string, changes: readonly FeedChange[]): FeedWrite {
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
  const at = changes[0]?.at ?? 0;
  return { stamp, at, steps, writes: [...writes.values()], deletes: [...deletes.values()] };
}

/**
 * Returns the steps of a Write. There are none where it touches a ledger as no event does: it writes no revision of the
 * ledger or more than one, deletes more than one, or goes backwards. Such a Write is foreign.
 */
function stepsOf(writes: readonly Tuple[], deletes: readonly TupleKey[]): LedgerStep[] {
  const written = writes.filter(isRevision);
  const deleted = deletes.filter(isRevision);
  const steps: LedgerStep[] = [];
  for (const { object: ledger, user } of written) {
    const before = deleted.filter(({ object }) => object === ledger);
    const [from, to] = [before[0] === undefined ? 0 : revisionIn(before[0].user), revisionIn(user)];
    const isOnly = written.filter(({ object }) => object === ledger).length === 1 && before.length <= 1;
    if (!isOnly || from === undefined || to === undefined || to <= from) return [];
    steps.push({ ledger, from, to });
  }
  return deleted.every(({ object }) => steps.some(({ ledger }) => ledger === object)) ? steps : [];
}
