// History and past of a store on OpenFGA: a log of its changes, made from the whole change feed and kept up with it.
import { randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import { z } from "zod";
import type { EventHistory, HistoryFilter, HistoryPage } from "../../history/event-history.ts";
import { EVENT_KEYS_VERSION, EventKeys } from "../../history/event-keys.ts";
import { IndexedLog } from "../../history/indexed-log.ts";
import { LogHistory, type HistoryPlace } from "../../history/log-history.ts";
import { keysOfRow, KEYS_VERSION } from "../../history/log-row.ts";
import type { RefusedEvents } from "../../history/refused-events.ts";
import type { Model } from "../../model/rewrite.ts";
import type { PastAnswers } from "../../sidecar/past-checker.ts";
import { EventLog, type EventRow } from "./event-log.ts";
import { FeedPast, pastRowOf } from "./feed-past.ts";
import { isRevision, type FeedWrite } from "./feed.ts";
import { FeedReplay } from "./feed-replay.ts";
import type { StoreAt } from "./feed-reader.ts";
import { LOOK_BACK } from "./look-back.ts";
import { OpenfgaError } from "../openfga-error.ts";
import { HISTORY_INTERVAL_MS, HISTORY_RETRY_PAUSE_MS } from "../openfga-limits.ts";

/** Everything that the history depends on. */
export interface FeedHistoryParts {
  readonly store: StoreAt;
  readonly model: Model;
  readonly refused: RefusedEvents;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly emailHash: ((address: string) => string) | undefined;
  /** A name unique to this sidecar. */
  readonly writer: string;
  readonly log: Pick<Logger, "info" | "warn">;
}

/** A history that is complete once the feed has been read from its beginning. */
export class FeedHistory implements EventHistory {
  readonly #parts: FeedHistoryParts;
  readonly #replay: FeedReplay;
  readonly #events = new EventLog();
  readonly #index: IndexedLog<EventRow>;
  readonly #history: LogHistory;
  /** Answers as of earlier changes. */
  readonly past: PastAnswers;
  /** When this sidecar began to keep refused events. */
  readonly refusedSince: number;
  #isComplete = false;
  #isClosed = false;
  #running: Promise<void> | undefined;
  /** The reading of the feed that has not begun yet. */
  #next: { readonly lookBack: number; readonly promise: Promise<void> } | undefined;

  constructor(parts: FeedHistoryParts) {
    const { store, log } = parts;
    const events = this.#events;
    this.#parts = parts;
    this.refusedSince = parts.now();
    // The replay puts the Writes in order, for which it needs no tuples but the revisions.
    const whole = new WeakMap<FeedWrite, FeedWrite>();
    this.#replay = new FeedReplay(store, (write) => {
      const reduced = { ...write, writes: write.writes.filter(isRevision), deletes: write.deletes.filter(isRevision) };
      whole.set(reduced, write);
      return reduced;
    }, (write) => events.addForeign(whole.get(write) ?? write));
    this.#replay.replica.watch((write) => events.add(whole.get(write) ?? write));
    const seed = randomBytes(4).readUInt32LE();
    // The log may be ahead of the follower's replica: the coaches of its rows are in its own tuples.
    const eventKeys = new EventKeys(events.read, events.tuples, seed);
    this.#index = new IndexedLog<EventRow>({
      source: `${KEYS_VERSION} ${EVENT_KEYS_VERSION}`, last: () => events.last, rows: events.read,
      keysOf: (row) => [...keysOfRow(seed, pastRowOf(row)), ...eventKeys.of(row)],
      markOf: (row) => crc32(JSON.stringify(row)),
    }, { path: ":memory:", failed: (error) => log.warn({ err: error }, "the index of the history is made again") });
    this.past = new FeedPast({
      model: parts.model, events, index: this.#index, seed, now: parts.now,
      isComplete: () => this.#isComplete, check: () => this.#checkWhole(),
      catchUp: () => this.#catchUp(LOOK_BACK.written),
    });
    this.#history = new LogHistory({
      log: events.read, some: (numbers) => events.some(numbers), last: () => events.last,
      firstSince: async (time) => events.firstSince(time), recordedAt: async (seq) => events.latestUpTo(seq),
      index: this.#index, seed, refused: parts.refused, tuples: events.tuples, now: parts.now,
      emailHash: parts.emailHash,
      places: { print: (place) => this.#print(place), read: (text) => this.#read(text) },
    });
  }

  /** Number of the newest row of the log. */
  get last(): number {
    return this.#events.last;
  }

  /** Reads the feed in the background, and follows it from then on. */
  start(): void {
    this.#index.start();
    void this.#follow();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#index.stop();
  }

  async page(
    filter: HistoryFilter, size: number, place: string | undefined,
  ): Promise<HistoryPage | "incomplete" | undefined> {
    if (!this.#isComplete) return "incomplete";
    await this.#catchUp(LOOK_BACK.written);
    return this.#history.page(filter, size, place);
  }

  async #follow(): Promise<void> {
    const { log } = this.#parts;
    for (let isWarned = false; !this.#isClosed;) {
      try {
        if (this.#isComplete) await this.#catchUp(LOOK_BACK.long);
        else await this.#readAll();
        isWarned = false;
        await sleep(HISTORY_INTERVAL_MS, undefined, { ref: false });
      } catch (error) {
        if (!isWarned && !this.#isClosed) log.warn({ err: error }, "the feed cannot be read for the history");
        isWarned = true;
        await sleep(HISTORY_RETRY_PAUSE_MS, undefined, { ref: false });
      }
    }
  }

  async #readAll(): Promise<void> {
    await this.#replay.read(() => undefined);
    this.#isComplete = true;
    const { broken } = this.#replay;
    const { log } = this.#parts;
    if (broken.size > 0) log.warn({ ledgers: [...broken.keys()].slice(0, 10) }, "the feed lacks events of some orgs");
    log.info({ events: this.last }, "the history was read from the feed");
  }

  /** Throws while the log lacks changes of the feed: the past without them may allow what was revoked. */
  #checkWhole(): void {
    const [broken] = this.#replay.broken.keys();
    if (broken !== undefined) throw new OpenfgaError("unavailable", `the change feed lacks events of ${broken}`);
  }

  /** Reads what is new in the feed. Two readings never overlap; callers share one that has not begun. */
  #catchUp(lookBack: number): Promise<void> {
    if (this.#next !== undefined && this.#next.lookBack >= lookBack) return this.#next.promise;
    const promise = (this.#running ?? Promise.resolve()).catch(() => undefined).then(() => {
      if (this.#next?.promise === promise) this.#next = undefined;
      return this.#replay.catchUp(lookBack);
    });
    this.#next = { lookBack, promise };
    this.#running = promise;
    return promise;
  }

  /** A place as every sidecar of the store reads it. */
  #print({ below, refusedBelow }: HistoryPlace): string {
    const [row] = below > 1 ? this.#events.read(below - 1, 1) : [];
    const { writer, refused } = this.#parts;
    const oldest = refused.newest(refusedBelow).next().value?.at ?? 0;
    return JSON.stringify([row?.place ?? "", row?.at ?? 0, writer, refusedBelow, oldest]);
  }

  #read(text: string): HistoryPlace | undefined {
    const { writer, refused } = this.#parts;
    const read = placeShape.safeParse(parsed(text));
    if (!read.success) return undefined;
    const [place, at, of, refusedBelow, until] = read.data;
    const row = place === "" ? 0 : this.#events.numberOf(place, at);
    if (row === undefined) return undefined;
    if (of === writer) return { below: row + 1, refusedBelow };
    // Another sidecar has refused events of its own: those up to the same time follow.
    for (const { at: refusedAt, number } of refused.newest(Infinity)) {
      if (refusedAt <= until) return { below: row + 1, refusedBelow: number + 1 };
    }
    return { below: row + 1, refusedBelow: 1 };
  }
}

/** Place and time of the last row shown; a sidecar, the number of the refused event it showed last, the next's time. */
const placeShape = z.tuple([z.string(), z.number(), z.string(), z.number(), z.number()]);

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
