// Follows a store's change feed: polls with a look back, finds gaps in the chain of revisions, and closes them.
import type { Logger } from "pino";
import type { TupleKey } from "../../tuples/tuple.ts";
import type { FeedChange } from "../client.ts";
import { SuspectKeys, refreshKeys } from "./suspect-keys.ts";
import { groupInTurns, type FeedWrite } from "./feed.ts";
import { readFeed, readType, streamFeed, type FeedEnd, type StoreAt } from "./feed-reader.ts";
import { FeedPass } from "./feed-pass.ts";
import { FollowerLog } from "./follower-log.ts";
import { ForeignWrites } from "./foreign-writes.ts";
import { ageOf, instant, NEVER, type Instant } from "../two-clocks.ts";
import { LOOK_BACK } from "./look-back.ts";
import { FeedPositions } from "./feed-positions.ts";
import { PauseDetector } from "./pause-detector.ts";
import { Replica } from "./replica.ts";
import { scan } from "./scan.ts";
import {
  FEED_WINDOWS, LAGGING_POLLS, LONG_LOOK_INTERVAL_MS, LONG_PART_MS, MAX_CHANGES_READ_AGAIN, MIN_SCAN_INTERVAL_MS,
  PAUSED_POLLS, TRIES_BEFORE_SCAN,
} from "../openfga-limits.ts";
import { LEDGER_TYPE } from "../../domain/object-names.ts";

/** Dependencies of the follower. */
export interface FollowerParts {
  readonly store: StoreAt;
  /** Milliseconds between polls. */
  readonly interval: number;
  readonly log: Pick<Logger, "info" | "warn" | "error">;
  /** How long questions wait for the replica after a pause of this process, in milliseconds. */
  readonly wakeWait?: number | undefined;
  /** Called while the whole store is read, with the number of tuples read so far. */
  readonly loading?: ((tuples: number) => void) | undefined;
}

/** Keeps a replica equal to a store. */
export class Follower {
  /** Since the start: polls that left the replica complete, and scans of the whole store. */
  readonly counts = { polls: 0, scans: 0 };
  /** When the feed last showed an event written by another sidecar, on the monotonic clock. */
  othersAt = -Infinity;
  readonly foreign: ForeignWrites;
  readonly #parts: FollowerParts;
  readonly #positions: FeedPositions;
  readonly #suspects: SuspectKeys;
  readonly #log: FollowerLog;
  #replica = new Replica();
  #newestChange = 0;
  #ofMemory = false;
  #completeAt: Instant = NEVER;
  #longAt = -Infinity;
  #scannedAt = -Infinity;
  #tries = 0;
  /** True while the whole store must be read before the replica counts as complete. */
  #mustScan = true;
  #isScanDue = false;
  #trouble: string | undefined = "the store has not been read yet";
  #running: Promise<void> | undefined;
  #next: { lookBack: number; promise: Promise<void> } | undefined;
  #timer: NodeJS.Timeout | undefined;
  #pauses: PauseDetector | undefined;
  #closed = false;

  constructor(parts: FollowerParts) {
    this.#parts = parts;
    this.#positions = new FeedPositions(parts.store.server.clock);
    this.foreign = new ForeignWrites(parts.log);
    this.#suspects = new SuspectKeys(parts.store);
    this.#log = new FollowerLog(parts.log);
  }

  /** Reads the whole store, then polls until `close`. */
  async start(): Promise<void> {
    await this.#rescan();
    const { interval, wakeWait } = this.#parts;
    this.#pauses = new PauseDetector({
      longest: PAUSED_POLLS * interval, wait: wakeWait, wake: () => this.catchUp(LOOK_BACK.written),
      beaten: () => this.#log.lag(this.#trouble === undefined ? this.lag : 0),
    });
    this.#schedule();
  }

  /** The tuples. The object is replaced only before `start` has returned. */
  get replica(): Replica {
    return this.#replica;
  }

  /** Milliseconds since the replica was last known to be complete; Infinity: never, or a clock was set back. */
  get age(): number {
    return ageOf(this.#completeAt);
  }

  /** Why the replica is not complete; undefined where it is. */
  get trouble(): string | undefined {
    return this.#trouble;
  }

  /** Number of polls the replica is behind; 0 if that is no more than usual. */
  get lag(): number {
    const polls = this.age / this.#parts.interval;
    return polls > LAGGING_POLLS ? polls : 0;
  }

  /** Distance seen between the clocks of OpenFGA's servers, or how far one went back, in milliseconds. */
  get skew(): number {
    return this.#positions.apart;
  }

  /** Resolves after a pause of this process, once the replica is up to date or the longest wait is over. */
  get waking(): Promise<void> | undefined {
    return this.#pauses?.waking;
  }

  /** Whether the replica is still as it was before a pause of this process. */
  get isBehind(): boolean {
    return this.#pauses?.isBehind === true;
  }

  /**
   * Polls once, beginning after this call, with a look back of at least `lookBack` milliseconds. The replica then has
   * everything acknowledged to anyone before the call, except a Write that took longer. Concurrent calls share a poll.
   * Throws when OpenFGA is unavailable.
   */
  catchUp(lookBack: number): Promise<void> {
    if (this.#next !== undefined) {
      this.#next.lookBack = Math.max(this.#next.lookBack, lookBack);
      return this.#next.promise;
    }
    const next = { lookBack, promise: Promise.resolve() };
    next.promise = (this.#running ?? Promise.resolve()).catch(() => undefined).then(() => {
      this.#next = undefined;
      this.#running = this.#poll(next.lookBack).finally(() => this.#log.trouble(this.#trouble));
      return this.#running;
    });
    next.promise.catch(() => undefined);
    this.#next = next;
    return next.promise;
  }

  /** Reads keys from the store into the replica. */
  refreshKeys(keys: readonly TupleKey[]): Promise<void> {
    return refreshKeys(this.#parts.store, this.#replica, keys);
  }

  /** Stops polling, without waiting for a poll in progress. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#pauses?.stop();
  }

  #schedule(): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => {
      const long = performance.now() - this.#longAt >= LONG_LOOK_INTERVAL_MS;
      const poll = this.catchUp(long ? LOOK_BACK.long : LOOK_BACK.written);
      void poll.catch(() => undefined).then(() => this.#schedule());
    }, this.#parts.interval);
    this.#timer.unref();
  }

  async #poll(lookBack: number, whole = false): Promise<void> {
    if (this.#closed) throw new Error("the replica is closed");
    const began = instant();
    try {
      if (this.#mustScan || this.#mayScan()) return await this.#rescan();
      await this.#ensureStore(lookBack);
      const { stuck, lossy, steps } = await this.#read(began.steady, lookBack, whole);
      if (lossy || this.#isSkewNew(began.steady)) return await this.#rescan();
      if (this.#log.damaged(this.#replica.damaged)) {
        this.#isScanDue = true;
        if (this.#mayScan()) return await this.#rescan();
      }
      if (!this.#replica.knows(steps)) return await this.#poll(lookBack, true);
      if (lookBack >= LOOK_BACK.long) this.#longAt = began.steady;
      // The stuck Writes must be read again, however late the next poll is: this poll covers nothing.
      if (stuck.length > 0) return await this.#close(stuck, lookBack);
      this.#positions.cover(lookBack, began.steady);
      this.#tries = 0;
      this.#trouble = undefined;
      if (lookBack >= LOOK_BACK.written) this.#markComplete(began);
    } catch (error) {
      this.#trouble = error instanceof Error ? error.message : String(error);
      // OpenFGA may have refused a place that is now ahead of its clock.
      if (!this.#closed && this.#isSkewNew(began.steady)) return this.#rescan();
      throw error;
    }
  }

  /**
   * Applies the feed for a look back. Where that is much, reads only the steps in the order of events, and all
   * recent changes. Returns the stuck Writes, the steps that were read alone, and whether changes may be missing.
   */
  async #read(began: number, lookBack: number, whole: boolean): Promise<{
    stuck: readonly FeedWrite[]; steps: readonly FeedWrite[]; lossy: boolean;
  }> {
    const { store } = this.#parts;
    const isOld = async (changes: readonly FeedChange[]): Promise<boolean> =>
      this.#replica.knows(await groupInTurns(changes));
    const from = this.#positions.from(lookBack);
    const pass = new FeedPass(this.#replica, this.#newestChange);
    const isMuch = !whole && !this.#ofMemory && from.changes > MAX_CHANGES_READ_AGAIN;
    const steps = isMuch ? await groupInTurns(await readType(store, from.place, LEDGER_TYPE)) : [];
    const fresh = isMuch ? this.#positions.from(LOOK_BACK.shortest) : from;
    const isLong = isMuch && this.othersAt > -Infinity && began - fresh.at > LONG_PART_MS;
    let end: FeedEnd;
    if (isLong) {
      const part = await readFeed(store, fresh.place, isOld, FEED_WINDOWS);
      await pass.apply(await groupInTurns(part.changes));
      end = part;
    } else end = await streamFeed(store, fresh.place, isOld, (writes) => pass.apply(writes));
    const lossy = end.lossy && !pass.wasKnown;
    if (pass.newWrites > 0) this.othersAt = performance.now();
    if (!lossy) this.foreign.note(pass.foreign, this.#positions.oldest - LOOK_BACK.longest);
    await this.#suspects.refresh(this.#replica, pass.suspects, pass.beginnings);
    this.#newestChange = pass.newest;
    this.#ofMemory = end.ofMemory;
    this.#positions.read(end, pass.changes);
    return { stuck: pass.stuck, steps, lossy };
  }

  /** Handles a gap in the chain of revisions: looks farther back, and in the end reads the whole store. */
  async #close(stuck: readonly FeedWrite[], lookBack: number): Promise<void> {
    const [first] = stuck[0]!.steps;
    this.#trouble = `a gap before revision ${first?.to} of ${first?.ledger}`;
    if (lookBack < LOOK_BACK.long) return this.#poll(LOOK_BACK.long, true);
    if (lookBack < LOOK_BACK.longest) return this.#poll(LOOK_BACK.longest, true);
    this.#tries++;
    if (this.#tries < TRIES_BEFORE_SCAN || performance.now() - this.#scannedAt < MIN_SCAN_INTERVAL_MS) return;
    this.#parts.log.warn({ gap: this.#trouble }, "a gap in the feed stays open: reading the whole store");
    await this.#rescan();
  }

  async #rescan(): Promise<void> {
    this.#mustScan = true;
    const live = this.#replica;
    const journal = live.journal();
    const { store, loading, log } = this.#parts;
    const began = instant();
    try {
      const scanned = await scan(store, { known: (ledger) => live.revisionOf(ledger), loading });
      if (this.#positions.isEmpty) this.#replica = scanned.replica;
      const { differing, suspects } = this.#replica !== live ? { differing: 0, suspects: [] }
        : await live.replace(scanned.replica, journal.entries);
      journal.stop();
      this.#positions.begin(began.steady, scanned);
      this.#newestChange = Math.max(this.#newestChange, scanned.newest);
      this.#suspects.markKnown(scanned.beginnings);
      await this.#suspects.refresh(this.#replica, suspects);
      this.#scannedAt = performance.now();
      this.counts.scans++;
      [this.#mustScan, this.#isScanDue, this.#tries] = [false, false, 0];
      this.#trouble = undefined;
      this.#markComplete(began);
      log.info({ tuples: this.#replica.tuples.size, differing }, "the whole store was read");
      this.#log.damaged(this.#replica.damaged);
    } finally {
      journal.stop();
    }
  }

  /** Checks at long polls and after trouble that the store exists: the feed of a deleted store is merely empty. */
  async #ensureStore(lookBack: number): Promise<void> {
    if (lookBack < LOOK_BACK.long && this.#trouble === undefined) return;
    const { server, id } = this.#parts.store;
    if (!await server.hasStore(id)) throw new Error(`the store ${id} no longer exists`);
  }

  /** Returns whether OpenFGA's clock was behind the newest place of the feed, so that Writes may have been missed. */
  #isSkewNew(since: number): boolean {
    const skew = this.#positions.isEmpty ? undefined : this.#positions.newlyApart(since);
    if (skew !== undefined) this.#log.skew(skew);
    return skew !== undefined;
  }

  #mayScan(): boolean {
    return this.#isScanDue && performance.now() - this.#scannedAt >= MIN_SCAN_INTERVAL_MS;
  }

  #markComplete(at: Instant): void {
    this.counts.polls++;
    this.#completeAt = at;
    this.#pauses?.completeAt(at.steady);
  }
}
