// The replica: a set of tuples kept equal to a store, moved on by whole Writes in the order of each org's revisions.
import { canonical } from "../state/digest.ts";
import { textOf } from "../state/entity.ts";
import { theUser } from "../state/view.ts";
import type { Delta } from "../tuples/delta.ts";
import { createTupleSet, type TupleSet } from "../tuples/tuple-set.ts";
import { printTuple, type Tuple, type TupleKey } from "../tuples/tuple.ts";
import type { FeedWrite, LedgerStep } from "./feed.ts";

/** What became of Writes of the feed. */
export interface Folded {
  /** Writes that do not continue from what the replica has: something between is missing. */
  readonly stuck: readonly FeedWrite[];
  /** Keys whose state the feed does not tell for certain: to be read from the store. */
  readonly doubtful: readonly TupleKey[];
  /** Writes of somebody else: no step in the order of any org. */
  readonly foreign: readonly FeedWrite[];
  /** How many Writes the replica did not have. */
  readonly taken: number;
}

/** Tuples in memory and how they follow the store's. Every change is made in one turn: no reader sees half a Write. */
export class Replica {
  readonly tuples: TupleSet;
  /** Grows with every change. */
  version = 0;
  readonly #watchers = new Set<(write: FeedWrite) => void>();

  constructor(tuples: TupleSet = createTupleSet()) {
    this.tuples = tuples;
  }

  /** Revision of a ledger; 0 before its first event. */
  revisionOf(ledger: string): number {
    const at = theUser(this.tuples, ledger, "at");
    return at === undefined ? 0 : Number(textOf(at));
  }

  /**
   * Folds Writes into the tuples. Each org's are taken in the order of their revisions, whatever order the feed tells
   * them in; what the replica has already is passed over.
   */
  fold(writes: readonly FeedWrite[]): Folded {
    const doubtful = new Map<string, TupleKey>();
    const foreign = writes.filter((write) => write.steps.length === 0);
    for (const key of foreign.flatMap(keysOf)) doubtful.set(printTuple(key), key);
    let waiting = writes.filter((write) => write.steps.some((step) => this.#isNew(step)));
    let taken = 0;
    for (let before = -1; waiting.length !== before;) {
      before = waiting.length;
      waiting = waiting.filter((write) => {
        if (!write.steps.every((step) => this.revisionOf(step.ledger) === step.from)) {
          return write.steps.some((step) => this.#isNew(step));
        }
        for (const key of this.#put(write)) doubtful.set(printTuple(key), key);
        taken++;
        return false;
      });
    }
    return { stuck: waiting, doubtful: [...doubtful.values()], foreign, taken };
  }

  /** True when every one of the Writes is Sideline's and in the replica. */
  knows(writes: readonly FeedWrite[]): boolean {
    return writes.every(({ steps }) => steps.length > 0 && !steps.some((step) => this.#isNew(step)));
  }

  /**
   * Applies a Write of this sidecar's own that the store has taken. Passes it over where the feed has told it already.
   * Returns keys that were not as the Write expected.
   */
  putOwn(delta: Delta, step: LedgerStep): readonly TupleKey[] {
    if (!this.#isNew(step)) return [];
    return this.#put({ stamp: "", steps: [step], ...delta });
  }

  /** Sets one key to what the store was read to have (undefined: absent). */
  set(key: TupleKey, tuple: Tuple | undefined): void {
    const there = this.tuples.get(key.object, key.relation, key.user);
    if (isSame(there, tuple)) return;
    if (tuple === undefined) this.#put({ stamp: "", steps: [], writes: [], deletes: [key] });
    else this.#put({ stamp: "", steps: [], writes: [tuple], deletes: [] });
  }

  /** Calls `seen` after each change from now on, in the turn of the change, until the function returned is called. */
  watch(seen: (write: FeedWrite) => void): () => void {
    this.#watchers.add(seen);
    return () => void this.#watchers.delete(seen);
  }

  /** Records from now on what changes, in order, until `stop`: for who reads the store beside the feed. */
  journal(): { readonly entries: readonly FeedWrite[]; stop(): void } {
    const entries: FeedWrite[] = [];
    return { entries, stop: this.watch((write) => entries.push(write)) };
  }

  /** Makes the tuples equal to another set's, in one turn. Returns the number of tuples that differed. */
  become(other: TupleSet): number {
    const deletes: Tuple[] = [];
    const writes: Tuple[] = [];
    for (const tuple of this.tuples.read({})) {
      if (!isSame(tuple, other.get(tuple.object, tuple.relation, tuple.user))) deletes.push(tuple);
    }
    for (const tuple of other.read({})) {
      if (!isSame(tuple, this.tuples.get(tuple.object, tuple.relation, tuple.user))) writes.push(tuple);
    }
    if (deletes.length + writes.length > 0) this.#put({ stamp: "", steps: [], writes, deletes });
    return Math.max(deletes.length, writes.length);
  }

  #isNew(step: LedgerStep): boolean {
    return this.revisionOf(step.ledger) < step.to;
  }

  /** Deletes and writes, whatever was there; returns the keys that were not as expected. */
  #put(write: FeedWrite): TupleKey[] {
    const odd: TupleKey[] = [];
    for (const key of write.deletes) if (!this.tuples.delete(key)) odd.push(key);
    for (const tuple of write.writes) {
      if (this.tuples.add(tuple)) continue;
      odd.push(tuple);
      this.tuples.delete(tuple);
      this.tuples.add(tuple);
    }
    this.version++;
    for (const seen of this.#watchers) seen(write);
    return odd;
  }
}

/** Every key a Write touches. */
export function keysOf(write: FeedWrite): TupleKey[] {
  return [...write.deletes, ...write.writes];
}

/** True for the same tuple with the same condition, and for two absent ones. OpenFGA keeps no order of keys. */
export function isSame(a: Tuple | undefined, b: Tuple | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  if (a.condition === undefined || b.condition === undefined) return a.condition === b.condition;
  return a.condition.name === b.condition.name && canonical(a.condition.context) === canonical(b.condition.context);
}

/** Keys as `printTuple` prints them. */
export function namesOf(keys: readonly TupleKey[]): Set<string> {
  return new Set(keys.map(printTuple));
}
