// Compares what a store holds with what Sideline's record says, tuple by tuple, while events go on.
import type { Tuple, TupleKey } from "../tuples/tuple.ts";
import { printTuple } from "../tuples/tuple.ts";
import { PLATFORM } from "../events/event.ts";
import { ledgerOf } from "../events/marker.ts";
import type { StoreAt } from "./feed-reader.ts";
import { isRevision } from "./feed.ts";
import { orgOf } from "./org-of.ts";
import type { StoreRecord } from "./record.ts";
import { isSame } from "./replica.ts";
import { readSteady, scan } from "./scan.ts";

/** A difference is looked at so often, while events touch its tuple; then the next audit must tell. */
const MAX_LOOKS = 10;

/** A tuple that only the store holds (`extra`), or only the record (`missing`). */
export interface Difference {
  readonly kind: "extra" | "missing";
  readonly tuple: Tuple;
  /** Why it is not to be put right unseen; undefined where it may be. */
  readonly leave: string | undefined;
}

/** What an audit came to. */
export interface Audit {
  /** Tuples of the store. */
  readonly tuples: number;
  readonly differences: readonly Difference[];
  /** Why nothing can be told of it, though the tuples may differ: the feed and the store do not belong together. */
  readonly doubt: string | undefined;
}

/** Reads the store and compares. Only what holds in a second look, while no event touches it, is a difference. */
export async function audit(store: StoreAt, record: StoreRecord): Promise<Audit> {
  const { tuples } = await scan(store);
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
  const moved = differences.find(({ tuple }) => isRevision(tuple));
  const doubt = record.gap ?? (moved === undefined ? undefined
    : `the feed does not tell how ${moved.tuple.object} came to where it is (${moved.kind} ${moved.tuple.user})`);
  return { tuples: tuples.size, differences, doubt };
}

/** Of some keys, those in which the store differs from the record. */
export async function lookAgain(
  store: StoreAt, record: StoreRecord, suspects: readonly TupleKey[],
): Promise<Difference[]> {
  const found: Difference[] = [];
  let left = suspects;
  for (let looks = 0; left.length > 0 && looks < MAX_LOOKS; looks++) {
    await record.catchUp();
    const tell = (key: TupleKey, theirs: Tuple | undefined): void =>
      void found.push(...differencesOf(record, key, theirs));
    left = await readSteady(store, record.replica, left, tell, () => record.catchUp());
  }
  return found;
}

function differencesOf(record: StoreRecord, key: TupleKey, theirs: Tuple | undefined): Difference[] {
  const ours = record.replica.tuples.get(key.object, key.relation, key.user);
  if (isSame(ours, theirs)) return [];
  const extra = theirs === undefined ? [] : [{ tuple: theirs, leave: shared(record, key) }];
  const missing = ours === undefined ? [] : [{ tuple: ours, leave: shared(record, key) ?? reasonToLeave(record, key) }];
  return [
    ...extra.map((each) => ({ kind: "extra", ...each } as const)),
    ...missing.map((each) => ({ kind: "missing", ...each } as const)),
  ];
}

/** Why a tuple that the record holds and the store does not is not to be written back unseen, as of now. */
export function reasonToLeave(record: StoreRecord, key: TupleKey): string | undefined {
  const org = orgOf(record.replica.tuples, key);
  if (org === PLATFORM && !key.object.startsWith("platform:")) return "its org is not known";
  return record.gone.reasonToLeave(key, ledgerOf(org));
}

/** Tuples that events of several orgs write and delete: their order is the feed's, which is none. */
function shared(record: StoreRecord, key: TupleKey): string | undefined {
  const isShared = key.object.startsWith("claim:") || key.object.startsWith("stream:");
  return isShared && record.odd.has(printTuple(key)) ? "two orgs were at it at once" : undefined;
}
