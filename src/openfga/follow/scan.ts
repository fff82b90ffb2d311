// Reads a whole store into a replica while others write to it.
import { setTimeout as sleep } from "node:timers/promises";
import type { FeedWrite } from "./feed.ts";
import { streamFeed, type FeedEnd, type StoreAt } from "./feed-reader.ts";
import { OpenfgaError } from "../openfga-error.ts";
import { keysOf, namesOf, Replica } from "./replica.ts";
import { revisionsOf, catchUpScan, type Hole } from "./scan-catch-up.ts";
import { createTupleSet } from "../../memory/indexed-tuple-set.ts";
import type { TupleSet } from "../../tuples/tuple-set.ts";
import { printTuple, type Tuple, type TupleKey } from "../../tuples/tuple.ts";
import {
  EXACT_READS_AT_ONCE, FEED_BEFORE_SCAN_MS, FEED_READINGS, FEED_READING_PAUSE_MS, MAX_LOOKS, MAX_SCANS,
} from "../openfga-limits.ts";

/** A replica as read from the store, and from where in the feed it continues. */
export interface Scanned extends FeedEnd {
  readonly replica: Replica;
  /** Where the scan's reading of the feed began: a Write behind this place may appear at any time. */
  readonly from: number;
  /** Number of changes of that reading, and the time of the newest, in milliseconds since 1970. */
  readonly changes: number;
  readonly newest: number;
  /** Writes that begin an order, among those of the reading. */
  readonly beginnings: readonly FeedWrite[];
}

/** Options of a scan. */
export interface ScanOptions {
  /** Returns the revision of a ledger that is known to be committed. */
  readonly known?: (ledger: string) => number;
  /** Called while tuples are read, with the number read so far. */
  readonly loading?: ((tuples: number) => void) | undefined;
}

/**
 * Reads every tuple, and then the changes made meanwhile. Pages are no snapshot: a tuple written while they are read
 * may be in them or not. So every key that the feed names is set to the result of its last Write, in the order of
 * revisions. The feed is not read in one moment either: where it lacks a revision, that Write was committed behind the
 * reader, and the feed is read again. Throws OpenfgaError where that does not help.
 */
export async function scan(store: StoreAt, { known = () => 0, loading }: ScanOptions = {}): Promise<Scanned> {
  let committed = known;
  for (let attempt = 1; ; attempt++) {
    const began = await placeNow(store);
    const { tuples, byOffset } = await readAll(store, loading);
    const from = Math.max(1, began - FEED_BEFORE_SCAN_MS);
    const isHole = ({ ledger, to }: Hole): boolean => to > committed(ledger);
    const { writes, end, holes, suspects } = await readAfter(store, from, tuples, isHole);
    const disturbed = byOffset && writes.some(({ at = 0, deletes }) => deletes.length > 0 && at >= began - 1000);
    if ((disturbed || end.lossy) && attempt < MAX_SCANS) continue;
    if (holes.length > 0) {
      if (attempt >= MAX_SCANS) throw new OpenfgaError("unavailable", `the feed lacks a Write of ${holes[0]!.ledger}`);
      // The Writes this attempt saw are committed when the next one begins.
      const before = committed;
      const seen = new Map(holes.map(({ ledger, to }) => [ledger, to]));
      committed = (ledger) => Math.max(before(ledger), seen.get(ledger) ?? 0);
      continue;
    }
    const replica = new Replica(tuples);
    const damaged = [...replica.damaged.keys()].flatMap((object) => [...tuples.read({ object, relation: "at" })]);
    for (const [key, tuple] of await readKeys(store, [...suspects, ...damaged])) replica.set(key, tuple);
    const changes = writes.reduce((sum, write) => sum + write.writes.length + write.deletes.length, 0);
    const newest = writes.reduce((latest, { at = 0 }) => Math.max(latest, at), 0);
    const beginnings = writes.filter(({ steps }) => steps.some((step) => step.from === 0));
    return { ...end, replica, from, changes, newest, beginnings };
  }
}

/** Returns OpenFGA's present time or a little before, from an answer: no later Write gets a place before it. */
async function placeNow({ server, id }: StoreAt): Promise<number> {
  const asked = performance.now();
  if (!await server.hasStore(id)) throw new Error(`the store ${id} no longer exists`);
  return (server.clock.bounds(asked) ?? server.clock.bounds())?.least ?? Date.now();
}

/** Reads the feed from a place and brings tuples up to it, until no order has a gap. */
async function readAfter(
  store: StoreAt, from: number, tuples: TupleSet, isHole: (hole: Hole) => boolean,
): Promise<{ writes: FeedWrite[]; end: FeedEnd; holes: Hole[]; suspects: TupleKey[] }> {
  const read = revisionsOf(tuples);
  for (let reading = 1; ; reading++) {
    const writes: FeedWrite[] = [];
    const end = await streamFeed(store, from, () => false, async (some) => void writes.push(...some));
    const { holes, suspects } = await catchUpScan(tuples, writes, read);
    const open = holes.filter(isHole);
    if (open.length === 0 || reading === FEED_READINGS) return { writes, end, holes: open, suspects };
    await sleep(FEED_READING_PAUSE_MS);
  }
}

async function readAll(
  { server, id }: StoreAt, loading: ScanOptions["loading"],
): Promise<{ tuples: TupleSet; byOffset: boolean }> {
  const tuples = createTupleSet();
  let byOffset = false;
  for (let cursor = ""; ;) {
    const page = await server.read(id, {}, cursor);
    for (const { tuple } of page.tuples) {
      if (tuples.add(tuple)) continue;
      tuples.delete(tuple);
      tuples.add(tuple);
    }
    loading?.(tuples.size);
    cursor = page.cursor;
    if (cursor === "") return { tuples, byOffset };
    byOffset ||= isOffset(cursor);
  }
}

/** Returns true for the cursor of OpenFGA's memory store: a number where the SQL stores have an id. */
function isOffset(cursor: string): boolean {
  return /^\d+$/.test(Buffer.from(cursor, "base64").toString());
}

/**
 * Reads keys from the store and reports the stored tuple of each key that did not change in the replica meanwhile, all
 * in one turn. Returns the other keys. `catchUp` brings the replica up to the reads, where the caller needs that.
 */
export async function readSteady(
  store: StoreAt, replica: Replica, keys: readonly TupleKey[], each: (key: TupleKey, there: Tuple | undefined) => void,
  catchUp?: () => Promise<void>,
): Promise<readonly TupleKey[]> {
  const journal = replica.journal();
  const { takeovers } = replica;
  try {
    const found = await readKeys(store, keys);
    await catchUp?.();
    return await replica.change(() => {
      if (replica.takeovers !== takeovers) return keys;
      const touched = namesOf(journal.entries.flatMap(keysOf));
      journal.stop();
      for (const [key, there] of found) if (!touched.has(printTuple(key))) each(key, there);
      return keys.filter((key) => touched.has(printTuple(key)));
    });
  } finally {
    journal.stop();
  }
}

/**
 * Reads keys with `readSteady`, those that changed meanwhile again, at most MAX_LOOKS times. `before` comes before each
 * look.
 */
export async function readUntilSteady(
  store: StoreAt, replica: Replica, keys: readonly TupleKey[], tell: (key: TupleKey, there: Tuple | undefined) => void,
  { before, settled }: { readonly before: () => Promise<unknown>; readonly settled: () => Promise<void> },
): Promise<void> {
  let left = keys;
  for (let looks = 0; left.length > 0 && looks < MAX_LOOKS; looks++) {
    await before();
    left = await readSteady(store, replica, left, tell, settled);
  }
}

/** Reads the revisions of the ledgers of some keys from the store, each again until it did not change meanwhile. */
export async function readRevisions(
  { server, id }: StoreAt, replica: Replica, keys: readonly TupleKey[],
): Promise<void> {
  for (const object of new Set(keys.map((key) => key.object))) {
    for (let isSteady = false; !isSteady;) {
      const journal = replica.journal();
      const { takeovers } = replica;
      try {
        const { tuples } = await server.read(id, { object, relation: "at" }, "");
        await replica.change(() => {
          isSteady = replica.takeovers === takeovers
            && !journal.entries.flatMap(keysOf).some((key) => key.object === object);
          if (isSteady) replica.setRevisions(object, tuples.map(({ tuple }) => tuple.user));
        });
      } finally {
        journal.stop();
      }
    }
  }
}

/** Reads each key from the primary datastore. */
async function readKeys(
  { server, id }: StoreAt, keys: readonly TupleKey[],
): Promise<[TupleKey, Tuple | undefined][]> {
  const found: [TupleKey, Tuple | undefined][] = [];
  for (let i = 0; i < keys.length; i += EXACT_READS_AT_ONCE) {
    const some = keys.slice(i, i + EXACT_READS_AT_ONCE);
    found.push(...await Promise.all(some.map(async (key): Promise<[TupleKey, Tuple | undefined]> => {
      const { object, relation, user } = key;
      const page = await server.read(id, { object, relation, user }, "", 1);
      return [key, page.tuples[0]?.tuple];
    })));
  }
  return found;
}
