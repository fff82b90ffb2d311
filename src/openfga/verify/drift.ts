// The drift pass: compares the whole store with the replica now and then, to find what the change feed did not show.
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import { partOf } from "../../memory/indexed-tuple-set.ts";
import { printTuple, type Tuple, type TupleKey } from "../../tuples/tuple.ts";
import { isRevision } from "../follow/feed.ts";
import type { StoreAt } from "../follow/feed-reader.ts";
import type { Follower } from "../follow/follower.ts";
import { LOOK_BACK } from "../follow/look-back.ts";
import { isSame } from "../same-tuple.ts";
import { readUntilSteady } from "../follow/scan.ts";
import { BloomFilter } from "../follow/bloom-filter.ts";
import {
  DRIFT_JITTER, DRIFT_PAGE_PAUSE_MS, DRIFT_TUPLES_PER_TURN, MAX_SUSPECTS, MAX_TUPLES_LOGGED,
} from "../openfga-limits.ts";

/** Dependencies of a drift pass. */
export interface DriftParts {
  readonly store: StoreAt;
  readonly follower: Pick<Follower, "replica" | "catchUp" | "trouble" | "refreshKeys">;
  /** Milliseconds between two passes; 0: none. */
  readonly interval: number;
  readonly log: Pick<Logger, "info" | "warn" | "error">;
}

/** Result of a pass: tuples that only the store has, and tuples that only the replica has. */
export interface Pass {
  /** When it ended, in milliseconds since 1970. */
  readonly at: number;
  readonly tuples: number;
  readonly extra: readonly string[];
  readonly missing: readonly string[];
}

/**
 * Reads the store page by page and compares. Tuples that differ are read again, one by one, and count only if they
 * still differ while nothing changes them. Then the replica takes over the store's state: OpenFGA answers with it, and
 * a tuple that the store no longer has must not keep granting here.
 */
export class Drift {
  /** Counts since the start. */
  readonly counts = { passes: 0, failed: 0, extra: 0, missing: 0 };
  last: Pass | undefined;
  readonly #parts: DriftParts;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(parts: DriftParts) {
    this.#parts = parts;
  }

  /** Makes a pass every interval. */
  start(): void {
    const { interval, log } = this.#parts;
    if (interval === 0 || this.#closed) return;
    this.#timer = setTimeout(() => {
      void this.pass().catch((error: unknown) => {
        this.counts.failed++;
        log.warn({ err: error }, "the store could not be compared with the replica");
      }).then(() => this.start());
    }, interval * (1 + (Math.random() * 2 - 1) * DRIFT_JITTER));
    this.#timer.unref();
  }

  /** Makes no more passes. A pass in progress ends at its next pause. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  /** Makes one pass. Throws when OpenFGA is unavailable, or the replica cannot be kept complete. */
  async pass(): Promise<Pass> {
    const { log } = this.#parts;
    const { suspects, tuples } = await this.#compare();
    if (suspects.length > MAX_SUSPECTS) log.warn({ looked: MAX_SUSPECTS }, "too many tuples differ to examine each");
    const { extra, missing } = await this.#lookAgain(suspects.slice(0, MAX_SUSPECTS));
    const pass: Pass = { at: Date.now(), tuples, extra, missing };
    this.last = pass;
    this.counts.passes++;
    this.counts.extra += extra.length;
    this.counts.missing += missing.length;
    const details = { tuples, extra: extra.slice(0, MAX_TUPLES_LOGGED), missing: missing.slice(0, MAX_TUPLES_LOGGED) };
    if (extra.length + missing.length === 0) log.info(details, "the store was compared with the replica");
    else log.error(details, "the replica differed from the store for no reason in the change feed; it was corrected");
    return pass;
  }

  async #compare(): Promise<{ suspects: TupleKey[]; tuples: number }> {
    const { store: { server, id }, follower: { replica } } = this.#parts;
    const suspects: TupleKey[] = [];
    const suspect = (key: TupleKey): void => void (suspects.length <= MAX_SUSPECTS && suspects.push(key));
    const stored = new BloomFilter(replica.tuples.size, Math.floor(Math.random() * 2 ** 32));
    let tuples = 0;
    for (let cursor = ""; ;) {
      const page = await server.read(id, {}, cursor);
      for (const { tuple } of page.tuples) {
        stored.add(printTuple(tuple));
        if (!isSame(tuple, replica.tuples.get(tuple.object, tuple.relation, tuple.user))) suspect(tuple);
      }
      tuples += page.tuples.length;
      cursor = page.cursor;
      if (cursor === "") break;
      await this.#pause();
    }
    const parts = Math.ceil(replica.tuples.size / DRIFT_TUPLES_PER_TURN);
    for (let i = 0; i < parts; i++) {
      for (const tuple of partOf(replica.tuples, i / parts, (i + 1) / parts)) {
        if (!stored.has(printTuple(tuple))) suspect(tuple);
      }
      await this.#pause();
    }
    return { suspects, tuples };
  }

  async #pause(): Promise<void> {
    await sleep(DRIFT_PAGE_PAUSE_MS, undefined, { ref: false });
    if (this.#closed) throw new Error("the sidecar is closed");
  }

  /** Returns the names of keys that still differ while nothing changes them, and sets the replica to the store. */
  async #lookAgain(suspects: readonly TupleKey[]): Promise<{ extra: string[]; missing: string[] }> {
    const { store, follower } = this.#parts;
    const { replica } = follower;
    const found = { extra: [] as string[], missing: [] as string[] };
    const revisions: TupleKey[] = [];
    const report = (key: TupleKey, theirs: Tuple | undefined): void => {
      const ours = replica.tuples.get(key.object, key.relation, key.user);
      if (isSame(ours, theirs)) return;
      if (theirs !== undefined) found.extra.push(printTuple(key));
      if (ours !== undefined) found.missing.push(printTuple(key));
      if (isRevision(key)) revisions.push(key);
      else replica.set(key, theirs);
    };
    const settled = async (): Promise<void> => {
      await follower.catchUp(LOOK_BACK.long);
      if (follower.trouble !== undefined) throw new Error(follower.trouble);
    };
    const before = (): Promise<void> => follower.catchUp(LOOK_BACK.long);
    await readUntilSteady(store, replica, suspects, report, { before, settled });
    await follower.refreshKeys(revisions);
    return found;
  }
}
