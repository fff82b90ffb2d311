// Reads keys that may differ from the store again: the replica takes over the store's tuples.
import type { TupleKey } from "../../tuples/tuple.ts";
import { isRevision, type FeedWrite } from "./feed.ts";
import type { StoreAt } from "./feed-reader.ts";
import { Beginnings } from "./foreign-writes.ts";
import type { Replica } from "./replica.ts";
import { readRevisions, readSteady } from "./scan.ts";

/** Brings keys of a replica up to date with the store. */
export async function refreshKeys(store: StoreAt, replica: Replica, keys: readonly TupleKey[]): Promise<void> {
  await readRevisions(store, replica, keys.filter(isRevision));
  for (let left: readonly TupleKey[] = keys.filter((key) => !isRevision(key)); left.length > 0;) {
    left = await readSteady(store, replica, left, (key, there) => replica.set(key, there));
  }
}

/** Keys that may differ until the store is read. The feed shows the reason to suspect a key only once. */
export class SuspectKeys {
  readonly #store: StoreAt;
  readonly #beginnings = new Beginnings();
  #left: readonly TupleKey[] = [];

  constructor(store: StoreAt) {
    this.#store = store;
  }

  /** Marks Writes that begin an order as known, since a scan of the store reported them. */
  markKnown(beginnings: readonly FeedWrite[]): void {
    this.#beginnings.unasked(beginnings);
  }

  /** Reads some keys again, those of new beginnings, and those left over from earlier failures. */
  async refresh(
    replica: Replica, keys: readonly TupleKey[], beginnings: readonly FeedWrite[] = [],
  ): Promise<void> {
    const all = this.#left = [...this.#left, ...keys, ...this.#beginnings.unasked(beginnings)];
    await refreshKeys(this.#store, replica, all);
    this.#left = this.#left.slice(all.length);
  }
}
