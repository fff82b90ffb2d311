// Follows a store's change feed: polls with a look back, finds gaps by the chain of revisions, and closes them.
import type { Logger } from "pino";
import type { FeedChange } from "./client.ts";
import { groupWrites, LEDGER_TYPE, type FeedWrite } from "./feed.ts";
import { readFeed, readType, type FeedPart, type StoreAt } from "./feed-reader.ts";
import { Replica } from "./replica.ts";
import { readSteady, scan } from "./scan.ts";
import { printTuple, type TupleKey } from "../tuples/tuple.ts";

/**
 * How far back a poll looks, in milliseconds. A change gets its place in the feed when its write begins, and shows when
 * it commits; a reader that has passed the place meanwhile would never see it. SHORT covers a write of a healthy
 * server, LONG the 3 s after which OpenFGA ends one, twice and more.
 */
export const LOOK_BACK = { shortest: 100, short: 1_500, long: 15_000, longest: 60_000 } as const;

/**
 * Where more changes than this are to be read again, a poll looks back at the order of events only, which is two
 * changes of each Write: what they are is read where one is not known yet. A Write of somebody else that shows so late
 * is then seen when there is less to do, or by the drift pass.
 */
const MOST_AGAIN = 1_000;

/** Of a busy store others write to, more than so many milliseconds are read in parts, so many at once, not to lag. */
const LONG_PART = 900;
const WINDOWS = 4;

/** Every so many milliseconds a poll looks back LONG, so that a change shown late is seen though no gap tells of it. */
const LONG_EVERY = 10_000;
/** A gap is searched for in the feed so many times before the whole store is read. */
const TRIES_BEFORE_SCAN = 3;
/** A scan of the whole store for a gap is not repeated sooner, in milliseconds. */
const SCAN_EVERY = 5_000;
/** Writes of somebody else that are remembered, so that none is told twice. */
const MAX_FOREIGN = 10_000;
/** So many tuples are named in one line of the log. */
const NAMED = 10;

/** Where a poll ended (on OpenFGA's clock), when it was read, in milliseconds since 1970; changes told until then. */
interface End {
  readonly since: number;
  readonly at: number;
  readonly told: number;
}

/** What the follower works with. */
export interface FollowerParts {
  readonly store: StoreAt;
  /** Milliseconds between polls. */
  readonly interval: number;
  readonly log: Pick<Logger, "info" | "warn" | "error">;
}

/** Keeps a replica equal to a store. */
export class Follower {
  readonly replica = new Replica();
  /** Since the start: polls that succeeded, readings of the whole store, Writes of somebody else that the feed told. */
  readonly counts = { polls: 0, scans: 0, foreign: 0 };
  /** When the feed last told an event that another sidecar wrote, in milliseconds since 1970. */
  othersAt = 0;
  /** Writes of somebody else by their stamp, and when they were told, in milliseconds since 1970. */
  readonly #foreign = new Map<string, number>();
  readonly #parts: FollowerParts;
  /** Ends of earlier polls, oldest first. */
  #ends: End[] = [];
  /** Changes the feed told since the start, each counted once or so. */
  #told = 0;
  #ofMemory = false;
  #settledAt = 0;
  #longAt = 0;
  #scannedAt = 0;
  #tries = 0;
  #trouble: string | undefined = "the store has not been read yet";
  #said = this.#trouble;
  #running: Promise<void> | undefined;
  #next: { lookBack: number; promise: Promise<void> } | undefined;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(parts: FollowerParts) {
    this.#parts = parts;
  }

  /** Reads the whole store; then polls by itself until `close`. */
  async start(): Promise<void> {
    await this.#rescan();
    this.#said = undefined;
    this.#schedule();
  }

  /** When the replica was last known to be complete, in milliseconds since 1970; 0: never yet. */
  get settledAt(): number {
    return this.#settledAt;
  }

  /** What keeps the replica from being complete; undefined where nothing does. */
  get trouble(): string | undefined {
    return this.#trouble;
  }

  /**
   * Polls once, beginning after this call, and looks back at least so many milliseconds: everything acknowledged by
   * whomever before the call is in the replica then. Calls at the same time share a poll. Throws when OpenFGA cannot be
   * asked.
   */
  catchUp(lookBack: number): Promise<void> {
    if (this.#next !== undefined) {
      this.#next.lookBack = Math.max(this.#next.lookBack, lookBack);
      return this.#next.promise;
    }
    const next = { lookBack, promise: Promise.resolve() };
    next.promise = (this.#running ?? Promise.resolve()).catch(() => undefined).then(() => {
      this.#next = undefined;
      this.#running = this.#poll(next.lookBack).finally(() => this.#tellTrouble());
      return this.#running;
    });
    // Whoever waits hears of a failure; nobody has to wait.
    next.promise.catch(() => undefined);
    this.#next = next;
    return next.promise;
  }

  /** Keys to be read from the store, because something was odd about them. */
  async verify(keys: readonly TupleKey[]): Promise<void> {
    const { store } = this.#parts;
    for (let left = keys; left.length > 0;) {
      left = await readSteady(store, this.replica, left, (key, there) => this.replica.set(key, there));
    }
  }

  /** Ends polling; a poll under way is let go. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #schedule(): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => {
      const long = Date.now() - this.#longAt >= LONG_EVERY;
      void this.catchUp(long ? LOOK_BACK.long : LOOK_BACK.short).catch(() => undefined).then(() => this.#schedule());
    }, this.#parts.interval);
    this.#timer.unref();
  }

  async #poll(lookBack: number, whole = false): Promise<void> {
    if (this.#closed) throw new Error("the replica is closed");
    try {
      if (this.#settledAt === 0 && this.#ends.length === 0) return await this.#rescan();
      await this.#ensureStore(lookBack);
      const began = Date.now();
      const { steps, part } = await this.#read(began, lookBack, whole);
      const writes = groupWrites(part.changes);
      const isLossy = part.lossy && !this.replica.knows(writes);
      const { stuck, doubtful, foreign, taken } = this.replica.fold(writes);
      if (taken > 0) this.othersAt = Date.now();
      if (!isLossy) this.#note(foreign);
      await this.verify(doubtful);
      this.#remember(part);
      if (isLossy) return await this.#rescan();
      if (!this.replica.knows(steps)) return await this.#poll(lookBack, true);
      if (lookBack >= LOOK_BACK.long) this.#longAt = began;
      if (stuck.length > 0) return await this.#close(stuck, lookBack);
      this.#tries = 0;
      this.#settle(began);
    } catch (error) {
      this.#trouble = error instanceof Error ? error.message : String(error);
      throw error;
    }
  }

  /** Reads the feed so far back; where that is much, only the steps in the order of events, and all that is new. */
  async #read(began: number, lookBack: number, whole: boolean): Promise<{ steps: FeedWrite[]; part: FeedPart }> {
    const { store } = this.#parts;
    const isOld = (changes: readonly FeedChange[]): boolean => this.replica.knows(groupWrites(changes));
    const from = this.#endBefore(began - lookBack);
    if (whole || this.#ofMemory || this.#told - from.told <= MOST_AGAIN) {
      return { steps: [], part: await readFeed(store, from.since, isOld) };
    }
    const steps = groupWrites(await readType(store, from.since, LEDGER_TYPE));
    const fresh = this.#endBefore(began - LOOK_BACK.shortest);
    const isLong = this.othersAt > 0 && began - fresh.at > LONG_PART;
    return { steps, part: await readFeed(store, fresh.since, isOld, isLong ? WINDOWS : 1) };
  }

  /** The chain of revisions has a gap: looks farther back, and in the end reads everything. */
  async #close(stuck: readonly FeedWrite[], lookBack: number): Promise<void> {
    const [first] = stuck[0]!.steps;
    this.#trouble = `a gap before revision ${first?.to} of ${first?.ledger}`;
    if (lookBack < LOOK_BACK.long) return this.#poll(LOOK_BACK.long, true);
    if (lookBack < LOOK_BACK.longest) return this.#poll(LOOK_BACK.longest, true);
    this.#tries++;
    if (this.#tries < TRIES_BEFORE_SCAN || Date.now() - this.#scannedAt < SCAN_EVERY) return;
    this.#parts.log.warn({ gap: this.#trouble }, "the feed does not close a gap: reading the whole store");
    await this.#rescan();
  }

  async #rescan(): Promise<void> {
    const journal = this.replica.journal();
    try {
      const began = Date.now();
      const scanned = await scan(this.#parts.store);
      const fresh = new Replica(scanned.tuples);
      fresh.fold(journal.entries.filter((write) => write.steps.length > 0));
      const differing = this.replica.become(scanned.tuples);
      this.#ends.push({ since: scanned.end, at: scanned.asOf, told: this.#told });
      this.#scannedAt = Date.now();
      this.counts.scans++;
      this.#tries = 0;
      this.#settle(began);
      this.#parts.log.info({ tuples: this.replica.tuples.size, differing }, "the store was read");
    } catch (error) {
      this.#trouble = error instanceof Error ? error.message : String(error);
      throw error;
    } finally {
      journal.stop();
    }
  }

  /** A feed of a store that is gone is empty and no error; so it is asked for now and then, and after every trouble. */
  async #ensureStore(lookBack: number): Promise<void> {
    if (lookBack < LOOK_BACK.long && this.#trouble === undefined) return;
    const { server, id } = this.#parts.store;
    if (!await server.hasStore(id)) throw new Error(`the store ${id} is gone`);
  }

  /** Says when following the store gets into trouble, and when it is out of it. */
  #tellTrouble(): void {
    if (this.#trouble === this.#said) return;
    if (this.#trouble === undefined) this.#parts.log.info({}, "the store is followed again");
    else this.#parts.log.warn({ trouble: this.#trouble }, "the store cannot be followed");
    this.#said = this.#trouble;
  }

  #settle(at: number): void {
    this.counts.polls++;
    this.#settledAt = at;
    this.#trouble = undefined;
  }

  /**
   * Tells of the Writes of somebody else. Their tuples are taken over all the same: OpenFGA answers with them, and a
   * tuple that somebody deleted by hand must not go on granting here.
   */
  #note(foreign: readonly FeedWrite[]): void {
    const fresh = foreign.filter(({ stamp }) => !this.#foreign.has(stamp));
    if (fresh.length === 0) return;
    this.counts.foreign += fresh.length;
    for (const { stamp } of fresh) this.#foreign.set(stamp, Date.now());
    const reachable = (this.#ends[0]?.at ?? 0) - LOOK_BACK.longest;
    for (const [stamp, at] of this.#foreign) {
      if (at >= reachable && this.#foreign.size <= MAX_FOREIGN) break;
      this.#foreign.delete(stamp);
    }
    const named = (keys: readonly TupleKey[]): string[] => keys.slice(0, NAMED).map(printTuple);
    this.#parts.log.error({
      writes: fresh.length, at: fresh[0]?.stamp, written: named(fresh.flatMap((write) => write.writes)),
      deleted: named(fresh.flatMap((write) => write.deletes)),
    }, "somebody wrote to the store around Sideline: its answers follow; see sideline verify");
  }

  /** The newest end that was read before a time, or the oldest there is. */
  #endBefore(before: number): End {
    const end = this.#ends.findLast(({ at }) => at <= before) ?? this.#ends[0];
    if (end === undefined) throw new Error("the store has not been read yet");
    return end;
  }

  #remember(part: FeedPart): void {
    const last = this.#ends.at(-1)?.since ?? 0;
    this.#told += part.changes.filter(({ at }) => at > last).length;
    this.#ofMemory = part.ofMemory;
    this.#ends.push({ since: part.end, at: part.asOf, told: this.#told });
    const keep = this.#ends.findLastIndex(({ at }) => at <= part.asOf - LOOK_BACK.longest * 2);
    if (keep > 0) this.#ends.splice(0, keep);
  }
}
