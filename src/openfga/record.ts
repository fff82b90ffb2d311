// Sideline's record of a store: what its change feed says that events wrote, without what came around them.
import { markersIn } from "../events/marker.ts";
import { createTupleSet, type TupleSet } from "../tuples/tuple-set.ts";
import { printTuple } from "../tuples/tuple.ts";
import type { FeedChange } from "./client.ts";
import { groupWrites, type FeedWrite } from "./feed.ts";
import { readFeed, readPage, type Page, type StoreAt } from "./feed-reader.ts";
import { LOOK_BACK } from "./follower.ts";
import { GoneTuples } from "./gone-tuples.ts";
import { keysOf, Replica } from "./replica.ts";

/** What is as young as this, in milliseconds, is read as a feed that still moves: covers clocks apart, too. */
const MOVING = 60_000;
/** So many Writes may wait for one that is missing: it is late by seconds at most. */
export const MAX_STUCK = 1_000;
/** The progress is told after so many changes. */
const TELL_EVERY = 10_000;

/** Writes gathered while pages are read, and the places where the page began that each was first on, and ended. */
type Open = Map<string, { readonly changes: FeedChange[]; readonly from: number; readonly to: number }>;

/**
 * Folds the whole feed. A Write with a step in the order of an org is an event's; every other one is somebody else's
 * and is left out. Those before the first event, where ledgers come at once to later revisions, are a migration's. It
 * tells who wrote around Sideline, not who forges its bookkeeping.
 */
export class StoreRecord {
  readonly replica = new Replica();
  /** Tuples that a migration brought. */
  imported = 0;
  /** Stamps of the Writes of somebody else. */
  readonly foreign = new Set<string>();
  /** Keys that were not as an event expected: somebody else had been there, or two orgs were at it at once. */
  readonly odd = new Set<string>();
  readonly gone = new GoneTuples();
  readonly #store: StoreAt;
  readonly #migrations = new Set<string>();
  #begun = false;
  #written: TupleSet = createTupleSet();
  #deleted: TupleSet = createTupleSet();
  #stuck: readonly FeedWrite[] = [];
  #lossy = false;
  #end = 1;

  constructor(store: StoreAt) {
    this.#store = store;
    this.replica.watch((write) => this.gone.event(write));
  }

  /** Reads the feed from its beginning. Throws when it has a gap, or tells a ledger's revisions twice. */
  async read(progress: (changes: number) => void): Promise<void> {
    const moving = Date.now() - MOVING;
    const open: Open = new Map();
    let read = 0;
    let page: Page = { changes: [], since: {}, place: this.#end, ended: false, lossy: false, ofMemory: false };
    while (!page.ended) {
      const last = page.place;
      page = await readPage(this.#store, page);
      this.#lossy ||= page.lossy;
      this.#end = Math.min(last, ...[...open.values()].map(({ from }) => from));
      // Where Writes may be under way, what is not known to be whole is read again.
      if (page.place >= moving) break;
      gather(open, page.changes, last, page.place);
      this.#takeOnce(ready(open, page.ended ? Infinity : page.place));
      read += page.changes.length;
      if (read % TELL_EVERY < page.changes.length) progress(read);
    }
    if (page.ended && page.place < moving) this.#end = page.place;
    await this.#goOn(this.#end);
  }

  /** Takes in what was acknowledged before this call, but for what took longer to write than `lookBack` ms. */
  async catchUp(lookBack: number = LOOK_BACK.long): Promise<void> {
    await this.#goOn(Math.max(1, this.#end - lookBack));
  }

  /** What is missing in the feed, so that nothing can be told of what differs; undefined where nothing is. */
  get gap(): string | undefined {
    const step = this.#stuck[0]?.steps[0];
    if (step !== undefined) return `revision ${step.to} of ${step.ledger} does not follow on what is before`;
    return this.#lossy ? "the memory store does not tell all changes of a busy millisecond" : undefined;
  }

  async #goOn(from: number): Promise<void> {
    const part = await readFeed(this.#store, from, (changes) => this.replica.knows(groupWrites(changes)));
    const writes = groupWrites(part.changes);
    this.#lossy ||= part.lossy && !this.replica.knows(writes);
    this.#take(writes);
    this.#end = part.end;
  }

  #takeOnce(writes: readonly FeedWrite[]): void {
    const told = new Set<string>();
    for (const write of writes) {
      const names = write.steps.map(({ ledger, to }) => `revision ${to} of ${ledger}`);
      const again = names.find((name) => told.has(name) || this.replica.knows([write]));
      if (again !== undefined) throw new Error(`the feed tells ${again} twice`);
      for (const name of names) told.add(name);
    }
    this.#take(writes);
    if (this.#stuck.length > MAX_STUCK) throw new Error(`the feed has a gap: ${this.gap}`);
  }

  /** One after the other, so that what somebody else deleted is known to be before or after an event. */
  #take(writes: readonly FeedWrite[]): void {
    let some = [...this.#stuck];
    for (const write of writes) {
      if (write.steps.length === 0) {
        some = [...this.#fold(some)];
        this.#putAside(write);
        continue;
      }
      if (this.replica.knows([write])) continue;
      if (!this.#begun && isImport(write)) this.#import();
      else this.#begun = true;
      some.push(write);
    }
    this.#stuck = this.#fold(some);
  }

  #fold(writes: readonly FeedWrite[]): readonly FeedWrite[] {
    const { stuck, doubtful } = this.replica.fold(writes);
    for (const key of doubtful) this.odd.add(printTuple(key));
    return stuck;
  }

  #putAside(write: FeedWrite): void {
    if (this.#migrations.has(write.stamp) || this.foreign.has(write.stamp)) return;
    this.foreign.add(write.stamp);
    this.gone.foreign(write);
    if (this.#begun) return;
    for (const key of keysOf(write)) {
      this.#written.delete(key);
      this.#deleted.delete(key);
    }
    for (const tuple of write.writes) this.#written.add(tuple);
    for (const key of write.deletes) this.#deleted.add(key);
  }

  #import(): void {
    for (const tuple of this.#written.read({})) this.replica.set(tuple, tuple);
    for (const key of this.#deleted.read({})) this.replica.set(key, undefined);
    this.imported += this.#written.size;
    for (const stamp of this.foreign) this.#migrations.add(stamp);
    this.foreign.clear();
    [this.#written, this.#deleted] = [createTupleSet(), createTupleSet()];
  }
}

/** True where ledgers begin with more revisions than there are markers of events. */
function isImport(write: FeedWrite): boolean {
  if (!write.steps.every(({ from }) => from === 0)) return false;
  return write.steps.reduce((sum, { to }) => sum + to, 0) > markersIn(write.writes).length;
}

function gather(open: Open, changes: readonly FeedChange[], from: number, to: number): void {
  for (const change of changes) {
    const there = open.get(change.stamp);
    if (there === undefined) open.set(change.stamp, { changes: [change], from, to });
    else there.changes.push(change);
  }
}

/**
 * Takes the Writes that are whole, once the feed was read to a place: all changes of a Write have places of one
 * millisecond, which is at most the last one of the page it began on.
 */
function ready(open: Open, place: number): FeedWrite[] {
  const whole = [...open].filter(([, { to }]) => to < place);
  for (const [stamp] of whole) open.delete(stamp);
  return groupWrites(whole.flatMap(([, { changes }]) => changes));
}
