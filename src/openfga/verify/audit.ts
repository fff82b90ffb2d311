// Compares a store with Sideline's record, tuple by tuple, while events keep arriving.
import type { Tuple, TupleKey } from "../../tuples/tuple.ts";
import { printTuple } from "../../tuples/tuple.ts";
import { PLATFORM } from "../../ledger/envelope.ts";
import { ledgerOf } from "../../ledger/event-record.ts";
import type { StoreAt } from "../follow/feed-reader.ts";
import { isRevision } from "../follow/feed.ts";
import { orgOf } from "../follow/org-of.ts";
import type { FeedReplay } from "../follow/feed-replay.ts";
import { isSame } from "../same-tuple.ts";
import { readUntilSteady, scan } from "../follow/scan.ts";

/** A tuple that only the store holds (`extra`), or only the record (`missing`). */
export interface Difference {
  readonly kind: "extra" | "missing";
  readonly tuple: Tuple;
  /** Why it must not be repaired automatically; undefined where it may be. */
  readonly leave: string | undefined;
}

/** Result of an audit. */
export interface Audit {
  /** Number of tuples in the store. */
  readonly tuples: number;
  readonly differences: readonly Difference[];
  /** Ledgers without a usable order, and why. Tuples that belong to them are left as they are. */
  readonly damaged: ReadonlyMap<string, string>;
  /** Why the comparison cannot be trusted, as the feed may lack changes of the store; undefined where it can. */
  readonly doubt: string | undefined;
}

/** Reads the store and compares. A difference counts only if a second look confirms it while no event touches it. */
export async function audit(store: StoreAt, record: FeedReplay): Promise<Audit> {
  const { replica: { tuples } } = await scan(store, { known: (ledger) => record.replica.revisionOf(ledger) });
  await record.catchUp();
  const ours = record.replica.tuples;
  const suspects: TupleKey[] = [];
  for (const tuple of tuples.read({})) {
    if (!isSame(tuple, ours.get(tuple.object, tuple.relation, tuple.user))) suspects.push(tuple);
  }
  for (const tuple of ours.read({})) {
    if (!tuples.has(tuple.object, tuple.relation, tuple.user)) suspects.push(tuple);
  }
  const differences = await lookAgain(store, record, suspects);
  const damaged = new Map(record.broken);
  for (const { kind, tuple } of differences) {
    if (!isRevision(tuple) || damaged.has(tuple.object)) continue;
    damaged.set(tuple.object, `${kind === "extra" ? "no event wrote" : "somebody deleted"} its revision ${tuple.user}`);
  }
  const isLost = record.broken.size > 0;
  const left = differences.map((difference) => ({ ...difference, leave: difference.leave
    ?? reasonOfLedger(record, difference.tuple, damaged, isLost) }));
  return { tuples: tuples.size, differences: left, damaged, doubt: record.doubt };
}

/**
 * Returns why a tuple is left because of the ledger of its org. Where the record has lost an order (`isLost`), a tuple
 * without a known org may belong to that order.
 */
function reasonOfLedger(
  record: FeedReplay, key: TupleKey, damaged: ReadonlyMap<string, string>, isLost: boolean,
): string | undefined {
  const org = orgOf(record.replica.tuples, key);
  if (damaged.has(key.object) || damaged.has(ledgerOf(org))) return "its ledger is damaged";
  return isLost && org === PLATFORM && !isPlatforms(key) ? "its org is unknown" : undefined;
}

function isPlatforms({ object }: TupleKey): boolean {
  return object.startsWith("platform:") || object === ledgerOf(PLATFORM);
}

/** Returns those of some keys at which the store differs from the record. */
export async function lookAgain(
  store: StoreAt, record: FeedReplay, suspects: readonly TupleKey[],
): Promise<Difference[]> {
  const found: Difference[] = [];
  const report = (key: TupleKey, theirs: Tuple | undefined): void =>
    void found.push(...differencesOf(record, key, theirs));
  const catchUp = (): Promise<void> => record.catchUp();
  await readUntilSteady(store, record.replica, suspects, report, { before: catchUp, settled: catchUp });
  return found;
}

function differencesOf(record: FeedReplay, key: TupleKey, theirs: Tuple | undefined): Difference[] {
  const ours = record.replica.tuples.get(key.object, key.relation, key.user);
  if (isSame(ours, theirs)) return [];
  const extra = theirs === undefined ? [] : [{ tuple: theirs, leave: shared(record, key) }];
  const missing = ours === undefined ? [] : [{ tuple: ours, leave: shared(record, key) ?? reasonToLeave(record, key) }];
  return [
    ...extra.map((each) => ({ kind: "extra", ...each } as const)),
    ...missing.map((each) => ({ kind: "missing", ...each } as const)),
  ];
}

/** Returns why a tuple that the record has and the store lacks must not be written back automatically, as of now. */
export function reasonToLeave(record: FeedReplay, key: TupleKey): string | undefined {
  const org = orgOf(record.replica.tuples, key);
  if (org === PLATFORM && !isPlatforms(key)) return "its org is unknown";
  return record.foreignDeletes.reasonToLeave(key, ledgerOf(org));
}

/** Returns why a tuple that events of more than one org write and delete is left: the feed gives those no order. */
function shared(record: FeedReplay, key: TupleKey): string | undefined {
  const isShared = key.object.startsWith("claim:") || key.object.startsWith("stream:");
  return isShared && record.unexpected.has(printTuple(key)) ? "two orgs changed it at the same time" : undefined;
}
