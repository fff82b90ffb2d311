// Reads a whole store into a set of tuples while others write to it.
import { groupWrites, type FeedWrite } from "./feed.ts";
import { readFeed, type StoreAt } from "./feed-reader.ts";
import { keysOf, namesOf, Replica } from "./replica.ts";
import { createTupleSet, type TupleSet } from "../tuples/tuple-set.ts";
import { printTuple, type Tuple, type TupleKey } from "../tuples/tuple.ts";

/** The feed is read from so long before a scan begins, in milliseconds: covers writes under way, and clocks apart. */
const BEFORE_SCAN = 60_000;
/** A store that pages by offset misses tuples when others delete; so many scans are tried until none was disturbed. */
const MAX_SCANS = 5;
/** Exact reads under way at once. */
const READS_AT_ONCE = 16;

/** A set of tuples that was the store's, and from where in the feed it goes on. */
export interface Scanned {
  readonly tuples: TupleSet;
  /** Where the feed goes on, as `readFeed` takes it. */
  readonly end: number;
  readonly asOf: number;
}

/**
 * Reads every tuple, and then what changed meanwhile. Pages are no snapshot: a tuple written while they are read may
 * be in them or not, so every key the feed names is set to what its last Write says, in the order of revisions.
 */
export async function scan(store: StoreAt): Promise<Scanned> {
  for (let attempt = 1; ; attempt++) {
    const began = Date.now();
    const { tuples, byOffset } = await readAll(store);
    const part = await readFeed(store, began - BEFORE_SCAN);
    const disturbed = byOffset && part.changes.some((c) => c.operation === "delete" && c.at >= began - 1000);
    if ((disturbed || part.lossy) && attempt < MAX_SCANS) continue;
    const doubtful = settle(tuples, groupWrites(part.changes));
    const replica = new Replica(tuples);
    for (const [key, tuple] of await readKeys(store, doubtful)) replica.set(key, tuple);
    return { tuples, end: part.end, asOf: part.asOf };
  }
}

async function readAll({ server, id }: StoreAt): Promise<{ tuples: TupleSet; byOffset: boolean }> {
  const tuples = createTupleSet();
  let byOffset = false;
  for (let cursor = ""; ;) {
    const page = await server.read(id, {}, cursor);
    for (const { tuple } of page.tuples) {
      if (tuples.add(tuple)) continue;
      tuples.delete(tuple);
      tuples.add(tuple);
    }
    cursor = page.cursor;
    if (cursor === "") return { tuples, byOffset };
    byOffset ||= isOffset(cursor);
  }
}

/** True for the cursor of OpenFGA's memory store: a number where the SQL stores have an id. */
function isOffset(cursor: string): boolean {
  return /^\d+$/.test(Buffer.from(cursor, "base64").toString());
}

/** Sets every key of the Writes as the last one of its org left it; returns the keys for which that is not known. */
function settle(tuples: TupleSet, writes: readonly FeedWrite[]): TupleKey[] {
  const owner = new Map<string, string>();
  const doubtful = new Map<string, TupleKey>();
  const order = writes.filter((write) => write.steps.length === 1)
    .sort((a, b) => a.steps[0]!.to - b.steps[0]!.to);
  for (const write of writes) {
    const mine = write.steps.length === 1 ? write.steps[0]!.ledger : undefined;
    for (const key of keysOf(write)) {
      const name = printTuple(key);
      const known = owner.get(name);
      if (mine === undefined || (known !== undefined && known !== mine)) doubtful.set(name, key);
      owner.set(name, mine ?? "");
    }
  }
  for (const write of order) {
    for (const key of write.deletes) tuples.delete(key);
    for (const tuple of write.writes) {
      tuples.delete(tuple);
      tuples.add(tuple);
    }
  }
  return [...doubtful.values()];
}

/**
 * Reads keys beside the feed and tells what the store has for each to which no change of the replica came meanwhile,
 * all in one turn. Returns the other keys. `settled` brings the replica up to what was read, where that must be known.
 */
export async function readSteady(
  store: StoreAt, replica: Replica, keys: readonly TupleKey[], tell: (key: TupleKey, there: Tuple | undefined) => void,
  settled?: () => Promise<void>,
): Promise<readonly TupleKey[]> {
  const journal = replica.journal();
  try {
    const found = await readKeys(store, keys);
    await settled?.();
    const touched = namesOf(journal.entries.flatMap(keysOf));
    journal.stop();
    for (const [key, there] of found) if (!touched.has(printTuple(key))) tell(key, there);
    return keys.filter((key) => touched.has(printTuple(key)));
  } finally {
    journal.stop();
  }
}

/** What the primary datastore has for each key. */
async function readKeys(
  { server, id }: StoreAt, keys: readonly TupleKey[],
): Promise<[TupleKey, Tuple | undefined][]> {
  const found: [TupleKey, Tuple | undefined][] = [];
  for (let i = 0; i < keys.length; i += READS_AT_ONCE) {
    const some = keys.slice(i, i + READS_AT_ONCE);
    found.push(...await Promise.all(some.map(async (key): Promise<[TupleKey, Tuple | undefined]> => {
      const { object, relation, user } = key;
      const page = await server.read(id, { object, relation, user }, "", 1);
      return [key, page.tuples[0]?.tuple];
    })));
  }
  return found;
}
