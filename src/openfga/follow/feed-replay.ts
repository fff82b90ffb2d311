// Sideline's record of a store: the tuples its events wrote, rebuilt from the change feed without foreign Writes.
import { recordTextsIn } from "../../ledger/event-record.ts";
import { createTupleSet } from "../../memory/indexed-tuple-set.ts";
import type { TupleSet } from "../../tuples/tuple-set.ts";
import { printTuple } from "../../tuples/tuple.ts";
import type { FeedChange } from "../client.ts";
import { groupInTurns, type FeedWrite } from "./feed.ts";
import { readPage, streamFeed, type Page, type StoreAt } from "./feed-reader.ts";
import { Covered, LOOK_BACK } from "./look-back.ts";
import { ForeignDeletes } from "./foreign-deletes.ts";
import { Replica } from "./replica.ts";
import { FEED_FINAL_AFTER_MS, MAX_WRITES_STUCK } from "../openfga-limits.ts";

/** Number of changes between two progress reports. */
const CHANGES_PER_PROGRESS = 10_000;

/** Writes gathered while pages are read, with the places where the page each first appeared on began and ended. */
type Open = Map<string, { readonly changes: FeedChange[]; readonly from: number; readonly to: number }>;

/**
 * Reads the whole feed. A Write with a step in the order of an org is an event's; every other Write is foreign and left
 * out. Foreign Writes before the first event, where ledgers start at later revisions, are a migration's. The replay
 * shows who wrote around Sideline, not who forges its bookkeeping. An order that cannot be followed stops where it
 * broke; the others are still followed. The feed is never held in full.
 */
export class FeedReplay {
  readonly replica = new Replica();
  /** Number of tuples that a migration wrote. */
  imported = 0;
  /** Stamps of the foreign Writes. */
  readonly foreign = new Set<string>();
  /** Keys that were not as an event expected: a foreign Write changed them, or two orgs wrote them at once. */
  readonly unexpected = new Set<string>();
  readonly foreignDeletes = new ForeignDeletes();
  readonly #store: StoreAt;
  readonly #reduce: (write: FeedWrite) => FeedWrite;
  readonly #seenForeign: (write: FeedWrite) => void;
  /** Foreign Writes that stand behind a stuck one: it may have written what they delete. */
  readonly #unseen: FeedWrite[] = [];
  readonly #migrations = new Set<string>();
  /** Ledgers whose order can no longer be followed, and why. */
  readonly #broken = new Map<string, string>();
  #begun = false;
  #written: TupleSet = createTupleSet();
  #deleted: TupleSet = createTupleSet();
  #stuck: readonly FeedWrite[] = [];
  #lossy = false;
  #end = 1;
  /** Readings, by where the feed ended when each began, on OpenFGA's clock. */
  #covered = new Covered(1);

  /**
   * `reduce` returns the part of each Write that the replica holds: its steps must stay. Default: all of it. `foreign`
   * is called with each foreign Write, once, between the events of the feed and while none of them is stuck.
   */
  constructor(
    store: StoreAt, reduce: (write: FeedWrite) => FeedWrite = (write) => write,
    foreign: (write: FeedWrite) => void = () => undefined,
  ) {
    this.#store = store;
    this.#reduce = reduce;
    this.#seenForeign = foreign;
    this.replica.watch((write) => this.foreignDeletes.event(write));
  }

  /** Reads the feed from its beginning. */
  async read(progress: (changes: number) => void): Promise<void> {
    const { server, id } = this.#store;
    await server.hasStore(id);
    const moving = (server.clock.bounds()?.least ?? Date.now()) - FEED_FINAL_AFTER_MS;
    const open: Open = new Map();
    let read = 0;
    let page: Page = { changes: [], since: {}, place: this.#end, ended: false, lossy: false, ofMemory: false };
    const more = (changes: number): void => {
      read += changes;
      if (read % CHANGES_PER_PROGRESS < changes) progress(read);
    };
    while (!page.ended) {
      const last = page.place;
      page = await readPage(this.#store, page);
      this.#lossy ||= page.lossy;
      this.#end = Math.min(last, ...[...open.values()].map(({ from }) => from));
      // From here on Writes may be in progress, so everything not known to be whole is read again.
      if (page.place >= moving) break;
      gather(open, page.changes, last, page.place);
      await this.#applyOnce(ready(open, page.ended ? Infinity : page.place));
      more(page.changes.length);
    }
    if (page.ended && page.place < moving) this.#end = page.place;
    const before = this.#end;
    await this.#readFrom(before, more);
    this.#covered = new Covered(before);
  }

  /** Takes in everything acknowledged before this call, except Writes that took longer than `lookBack` ms. */
  async catchUp(lookBack: number = LOOK_BACK.long): Promise<void> {
    // OpenFGA's clock may have gone back since the newest place.
    const now = this.#store.server.clock.bounds()?.least ?? Infinity;
    const before = this.#end;
    await this.#readFrom(Math.max(1, Math.min(this.#covered.since(lookBack), now - lookBack)));
    this.#covered.read(lookBack, before);
  }

  /** Why differences cannot be trusted; undefined where they can. */
  get doubt(): string | undefined {
    return this.#lossy ? "OpenFGA's memory store leaves out changes of a busy millisecond" : undefined;
  }

  /** Ledgers whose order the feed does not show, and why. */
  get broken(): ReadonlyMap<string, string> {
    const broken = new Map(this.#broken);
    for (const { steps } of this.#stuck) {
      for (const { ledger, to } of steps) {
        if (!broken.has(ledger)) broken.set(ledger, `revision ${to} does not follow the one before it`);
      }
    }
    return broken;
  }

  async #readFrom(from: number, more: (changes: number) => void = () => undefined): Promise<void> {
    let wasKnown = true;
    const onWrites = async (writes: readonly FeedWrite[]): Promise<void> => {
      wasKnown &&= this.replica.knows(writes);
      this.#applyInOrder(writes);
      more(writes.reduce((sum, write) => sum + write.writes.length + write.deletes.length, 0));
    };
    const end = await streamFeed(this.#store, from, async (changes) =>
      this.replica.knows(await groupInTurns(changes)), onWrites);
    this.#lossy ||= end.lossy && !wasKnown;
    this.#end = end.end;
  }

  async #applyOnce(grouped: Promise<FeedWrite[]>): Promise<void> {
    const writes = await grouped;
    const seen = new Set<string>();
    for (const write of writes) {
      for (const { ledger, from, to } of write.steps) {
        const name = `${ledger} ${to}`;
        if (seen.has(name) || (from > 0 && this.replica.knows([write]))) {
          this.#break(ledger, `the feed has revision ${to} twice`);
        }
        seen.add(name);
      }
    }
    this.#applyInOrder(writes);
  }

  /** Takes Writes one after the other, so that a foreign delete is known to come before or after an event. */
  #applyInOrder(writes: readonly FeedWrite[]): void {
    let some = [...this.#stuck];
    for (const write of writes) {
      if (write.steps.some(({ ledger }) => this.#broken.has(ledger))) continue;
      if (write.steps.length === 0) {
        some = [...this.#apply(some)];
        this.#putAside(write);
        if (some.length === 0) this.#showForeign();
        continue;
      }
      if (this.replica.knows([write])) continue;
      if (!this.#begun && isImport(write)) this.#import();
      else this.#begun = true;
      some.push(this.#reduce(write));
    }
    this.#stuck = this.#apply(some);
    while (this.#stuck.length > MAX_WRITES_STUCK) {
      const { ledger, to } = this.#stuck[0]!.steps[0]!;
      this.#break(ledger, `revision ${to} does not follow the one before it`);
    }
    if (this.#stuck.length === 0) this.#showForeign();
  }

  #showForeign(): void {
    for (const write of this.#unseen.splice(0)) this.#seenForeign(write);
  }

  /** Stops following a ledger. */
  #break(ledger: string, why: string): void {
    if (!this.#broken.has(ledger)) this.#broken.set(ledger, why);
    this.#stuck = this.#stuck.filter(({ steps }) => !steps.some((step) => step.ledger === ledger));
  }

  #apply(writes: readonly FeedWrite[]): readonly FeedWrite[] {
    const { stuck, suspects, foreign } = this.replica.apply(writes);
    for (const key of suspects) this.unexpected.add(printTuple(key));
    // A foreign Write that looks like the beginning of an order which has already begun.
    for (const write of foreign) this.#putAside(write);
    return stuck;
  }

  #putAside(write: FeedWrite): void {
    if (this.#migrations.has(write.stamp) || this.foreign.has(write.stamp)) return;
    this.foreign.add(write.stamp);
    this.foreignDeletes.foreign(write);
    this.#unseen.push(write);
    if (this.#begun) return;
    const { writes, deletes } = this.#reduce(write);
    for (const key of [...deletes, ...writes]) {
      this.#written.delete(key);
      this.#deleted.delete(key);
    }
    for (const tuple of writes) this.#written.add(tuple);
    for (const key of deletes) this.#deleted.add(key);
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

/** Returns true where ledgers begin with more revisions than the Write has event records. */
function isImport(write: FeedWrite): boolean {
  if (!write.steps.every(({ from }) => from === 0)) return false;
  return write.steps.reduce((sum, { to }) => sum + to, 0) > recordTextsIn(write.writes).length;
}

function gather(open: Open, changes: readonly FeedChange[], from: number, to: number): void {
  for (const change of changes) {
    const there = open.get(change.stamp);
    if (there === undefined) open.set(change.stamp, { changes: [change], from, to });
    else there.changes.push(change);
  }
}

/**
 * Takes the Writes that are whole once the feed was read to a place. All changes of a Write have places within one
 * millisecond, which is at most the last one of the page it began on.
 */
function ready(open: Open, place: number): Promise<FeedWrite[]> {
  const whole = [...open].filter(([, { to }]) => to < place);
  for (const [stamp] of whole) open.delete(stamp);
  return groupInTurns(whole.flatMap(([, { changes }]) => changes));
}
