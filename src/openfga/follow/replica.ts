// The replica: tuples kept equal to a store, advanced by whole Writes in the order of each org's revisions.
import { StateLock } from "../../sidecar/state-lock.ts";
import type { Delta } from "../../tuples/delta.ts";
import { createTupleSet, takeOver } from "../../memory/indexed-tuple-set.ts";
import type { TupleSet } from "../../tuples/tuple-set.ts";
import { printTuple, type Tuple, type TupleKey } from "../../tuples/tuple.ts";
import { differences, differencesLeft, writesOf, type Differences } from "../verify/differences.ts";
import { isRevision, revisionIn, type FeedWrite, type LedgerStep } from "./feed.ts";
import { isSame } from "../same-tuple.ts";
import { atOnce, inTurns, nextTurn } from "../long-work.ts";
import { STEPS_PER_TURN } from "../openfga-limits.ts";
import { LEDGER_TYPE } from "../../domain/object-names.ts";

/** Result of applying Writes of the feed. */
export interface Applied {
  /** Writes that do not continue from the replica's state: a Write between is missing. */
  readonly stuck: readonly FeedWrite[];
  /** Keys whose state the feed does not show for certain: to be read from the store. */
  readonly suspects: readonly TupleKey[];
  /** Foreign Writes: they are no step in the order of any org. */
  readonly foreign: readonly FeedWrite[];
  /**
   * Writes that begin an order which has already begun in the replica. Most are old ones read again, but a foreign
   * Write looks alike, so the store must be asked whether their revisions exist.
   */
  readonly beginnings: readonly FeedWrite[];
  /** Number of Writes the replica did not have. */
  readonly newWrites: number;
}

/** How a Write relates to a replica; `step` is the first one that does not continue from the present revision. */
type Judged = "known" | "foreign" | "beginning" | "suspect" | "next" | { readonly step: LedgerStep };

/** Tuples in memory that follow the store's. A Write is applied in one turn: no reader sees half of it. */
export class Replica {
  readonly tuples: TupleSet;
  /** Keeps the tuples unchanged while an answer is made over several turns; changes go through `change`. */
  readonly lock = new StateLock();
  /** Increases with every change. */
  version = 0;
  /** Number of times all tuples were replaced: any key may have changed then. */
  takeovers = 0;
  readonly #damaged = new Map<string, string>();
  readonly #watchers = new Set<(write: FeedWrite) => void>();

  constructor(tuples: TupleSet = createTupleSet()) {
    this.tuples = tuples;
    for (const { object } of tuples.read({ objectType: LEDGER_TYPE, relation: "at" })) this.#inspect(object);
  }

  /** Returns the revision of a ledger; 0 before its first event, and while it is damaged. */
  revisionOf(ledger: string): number {
    if (this.#damaged.has(ledger)) return 0;
    const [at] = this.tuples.users(ledger, "at");
    return at === undefined ? 0 : revisionIn(at) ?? 0;
  }

  /** Ledgers that hold no order since a foreign Write, and why each holds none. */
  get damaged(): ReadonlyMap<string, string> {
    return this.#damaged;
  }

  /**
   * Applies Writes to the tuples. Each org's Writes are taken in the order of their revisions, whatever their order in
   * the feed. Writes that the replica already has are passed over.
   */
  apply(writes: readonly FeedWrite[]): Applied {
    return atOnce(this.#applying(writes));
  }

  /** Does the same as `apply` in turns of the event loop, each Write whole in one of them. */
  async applyInTurns(writes: readonly FeedWrite[]): Promise<Applied> {
    const work = this.#applying(writes);
    for (;;) {
      const part = await this.change(() => work.next());
      if (part.done === true) return part.value;
      await nextTurn();
    }
  }

  /** Runs a change of the tuples once no caller holds the lock; at once where none does. */
  change<T>(apply: () => T): Promise<T> {
    return this.lock.changed(apply);
  }

  *#applying(writes: readonly FeedWrite[]): Generator<void, Applied> {
    const suspects = new Map<string, TupleKey>();
    const [foreign, beginnings]: [FeedWrite[], FeedWrite[]] = [[], []];
    const parked = new Map<string, FeedWrite[]>();
    const suspect = (keys: readonly TupleKey[]): void => keys.forEach((key) => void suspects.set(printTuple(key), key));
    let [newWrites, steps] = [0, 0];
    for (const write of writes) {
      const waiting = [write];
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
        const judged = this.#judge(next);
        if (typeof judged === "object") park(parked, judged.step, next);
        else if (judged === "beginning") beginnings.push(next);
        else if (judged === "next") {
          suspect(this.#put(next));
          newWrites++;
          for (const step of next.steps) waiting.push(...unpark(parked, step));
        } else if (judged !== "known") {
          suspect(keysOf(next));
          if (judged === "foreign") foreign.push(next);
        }
        steps += 1 + next.writes.length + next.deletes.length;
        if (steps < STEPS_PER_TURN) continue;
        steps = 0;
        yield;
      }
    }
    const stuck = [...parked.values()].flat().filter((write) => write.steps.some((step) => this.#isNew(step)));
    return { stuck, suspects: [...suspects.values()], foreign, beginnings, newWrites };
  }

  #judge({ steps }: FeedWrite): Judged {
    if (steps.length === 0) return "foreign";
    if (steps.some(({ ledger }) => this.#damaged.has(ledger))) return "suspect";
    const begun = steps.filter(({ ledger, from }) => from === 0 && this.revisionOf(ledger) > 0);
    // An order begins once: a Write that begins it again at a later revision is foreign.
    if (begun.some((step) => this.#isNew(step))) return "foreign";
    if (!steps.some((step) => this.#isNew(step))) return begun.length > 0 ? "beginning" : "known";
    const step = steps.find(({ ledger, from }) => this.revisionOf(ledger) !== from);
    return step === undefined ? "next" : { step };
  }

  /** Returns true when every one of the Writes is Sideline's and in the replica. */
  knows(writes: readonly FeedWrite[]): boolean {
    return writes.every(({ steps }) => steps.length > 0
      && steps.every((step) => !this.#damaged.has(step.ledger) && !this.#isNew(step)));
  }

  /**
   * Applies a Write of this sidecar that the store has taken. Passes it over where the feed has already shown it.
   * Returns the keys that were not as the Write expected.
   */
  putOwn(delta: Delta, step: LedgerStep): readonly TupleKey[] {
    if (!this.#damaged.has(step.ledger) && !this.#isNew(step)) return [];
    return this.#put({ stamp: "", steps: [step], ...delta });
  }

  /**
   * Takes in the users of a ledger's `at`, as read from the store. One later revision is an event that the feed has yet
   * to show, and is left to the feed. No revision, an earlier one, or more than one is the result of a foreign Write.
   */
  setRevisions(ledger: string, users: readonly string[]): void {
    const ours = this.tuples.users(ledger, "at");
    const [was, is] = [revisionIn(ours[0] ?? ""), revisionIn(users[0] ?? "")];
    const isOne = ours.length === 1 && users.length === 1 && was !== undefined && is !== undefined;
    if (isOne && !this.#damaged.has(ledger) && is > was) return;
    if (isOne && is < was) return void this.#damaged.set(ledger, "its revision went back");
    if (users.length === 0 && (ours.length > 0 || this.#damaged.has(ledger))) {
      return void this.#damaged.set(ledger, "its revision was deleted");
    }
    const keyOf = (user: string): TupleKey => ({ object: ledger, relation: "at", user });
    const deletes = ours.filter((user) => !users.includes(user)).map(keyOf);
    const writes = users.filter((user) => !ours.includes(user)).map(keyOf);
    if (deletes.length + writes.length > 0) this.#put({ stamp: "", steps: [], writes, deletes });
    else this.#inspect(ledger);
  }

  /** Sets one key to what was read from the store (undefined: absent). */
  set(key: TupleKey, tuple: Tuple | undefined): void {
    const there = this.tuples.get(key.object, key.relation, key.user);
    if (isSame(there, tuple)) return;
    if (tuple === undefined) this.#put({ stamp: "", steps: [], writes: [], deletes: [key] });
    else this.#put({ stamp: "", steps: [], writes: [tuple], deletes: [] });
  }

  /** Calls `seen` after each change from now on, in the turn of the change, until the returned function is called. */
  watch(seen: (write: FeedWrite) => void): () => void {
    this.#watchers.add(seen);
    return () => void this.#watchers.delete(seen);
  }

  /** Records all changes in order until `stop`, for callers that read the store while the feed is followed. */
  journal(): { readonly entries: readonly FeedWrite[]; stop(): void } {
    const entries: FeedWrite[] = [];
    return { entries, stop: this.watch((write) => entries.push(write)) };
  }

  /**
   * Makes the tuples equal to those of another replica, which must not be used afterwards. The two are compared in
   * turns of the event loop; then the other's tuples replace this replica's at once. This sidecar's own Writes made
   * meanwhile are kept: `changes` are all changes since the other's tuples were read. Returns the number of tuples that
   * differed, and keys to be read from the store.
   */
  async replace(other: Replica, changes: readonly FeedWrite[]): Promise<{ differing: number; suspects: TupleKey[] }> {
    const suspects: TupleKey[] = [];
    let done = 0;
    const apply = function* (): Generator<void, void> {
      while (done < changes.length) {
        const some = changes.slice(done);
        done = changes.length;
        const { suspects: odd, stuck } = yield* other.#applying(some.filter(({ steps }) => steps.length > 0));
        const corrections = some.filter(({ steps }) => steps.length === 0);
        for (const keys of [odd, ...[...stuck, ...corrections].map(keysOf)]) for (const key of keys) suspects.push(key);
      }
    };
    await inTurns(apply());
    const before = done;
    const found = await differences(this.tuples, other.tuples);
    await inTurns(apply());
    const left = await differencesLeft(found, this.tuples, other.tuples);
    return this.change(() => {
      atOnce(apply());
      this.#takeOver(other, left, changes.slice(before).flatMap(keysOf));
      return { differing: Math.max(left.deletes.length, left.writes.length), suspects };
    });
  }

  /** Replaces the tuples. `late`: keys that changed after they were compared. */
  #takeOver(other: Replica, found: Differences, late: readonly TupleKey[]): void {
    takeOver(this.tuples, other.tuples);
    this.takeovers++;
    this.version++;
    const there = (key: TupleKey): boolean => this.tuples.has(key.object, key.relation, key.user);
    const lately = { writes: late.filter(there), deletes: late.filter((key) => !there(key)), ledgers: found.ledgers };
    for (const write of [...writesOf(found), ...writesOf(lately)]) {
      for (const key of keysOf(write)) if (isRevision(key)) this.#inspect(key.object);
      for (const seen of this.#watchers) seen(write);
    }
    for (const ledger of found.ledgers) {
      if (this.tuples.users(ledger, "at").length === 0) this.#damaged.set(ledger, "its revision was deleted");
    }
  }

  /** Updates whether a ledger is damaged, by more than one revision or one that is no number; none: no event yet. */
  #inspect(ledger: string): void {
    const users = this.tuples.users(ledger, "at");
    const isSound = users.length === 0 || (users.length === 1 && revisionIn(users[0]!) !== undefined);
    if (isSound) this.#damaged.delete(ledger);
    else this.#damaged.set(ledger, users.length > 1 ? "it has more than one revision" : "its revision is not a number");
  }

  #isNew(step: LedgerStep): boolean {
    return this.revisionOf(step.ledger) < step.to;
  }

  /** Deletes and writes tuples, whatever existed before. Returns the keys that were not as expected. */
  #put(write: FeedWrite): TupleKey[] {
    const odd: TupleKey[] = [];
    for (const key of write.deletes) if (!this.tuples.delete(key)) odd.push(key);
    for (const tuple of write.writes) {
      if (this.tuples.add(tuple)) continue;
      odd.push(tuple);
      this.tuples.delete(tuple);
      this.tuples.add(tuple);
    }
    for (const key of write.deletes) if (isRevision(key)) this.#inspect(key.object);
    for (const key of write.writes) if (isRevision(key)) this.#inspect(key.object);
    this.version++;
    for (const seen of this.#watchers) seen(write);
    return odd;
  }
}

function park(parked: Map<string, FeedWrite[]>, { ledger, from }: LedgerStep, write: FeedWrite): void {
  const place = `${ledger} ${from}`;
  parked.set(place, [...parked.get(place) ?? [], write]);
}

/** Takes out the Writes that wait for a step. */
function unpark(parked: Map<string, FeedWrite[]>, { ledger, to }: LedgerStep): FeedWrite[] {
  const place = `${ledger} ${to}`;
  const some = parked.get(place) ?? [];
  parked.delete(place);
  return some;
}

/** Returns every key that a Write touches. */
export function keysOf(write: FeedWrite): TupleKey[] {
  return [...write.deletes, ...write.writes];
}

/** Returns keys as `printTuple` prints them. */
export function namesOf(keys: readonly TupleKey[]): Set<string> {
  return new Set(keys.map(printTuple));
}
