// Reads the change feed so that every Write it returns is whole.
import { decodeTime, encodeTime } from "ulid";
import { typeOf } from "../../tuples/tuple.ts";
import type { FeedChange, FeedPage, OpenfgaServer, Since } from "../client.ts";
import { groupInTurns, type FeedWrite } from "./feed.ts";
import { FEED_FINAL_AFTER_MS, PAGE_SIZE } from "../openfga-limits.ts";
import { LEDGER_TYPE } from "../../domain/object-names.ts";

/** One store of a server. */
export interface StoreAt {
  readonly server: OpenfgaServer;
  readonly id: string;
}

/** The end of a reading of the feed. */
export interface FeedEnd {
  /** Where the feed continues: milliseconds since 1970 on OpenFGA's clock. */
  readonly end: number;
  /** When the last page arrived, on the monotonic clock: no Write that began later has a place before the end. */
  readonly asOf: number;
  /** Changes may be missing, in a busy millisecond of the memory store. */
  readonly lossy: boolean;
  /** The store is a memory store. */
  readonly ofMemory: boolean;
}

/** A part of the feed, up to its end. */
export interface FeedPart extends FeedEnd {
  readonly changes: readonly FeedChange[];
}

type IsOld = (changes: readonly FeedChange[]) => boolean | Promise<boolean>;

/**
 * Reads the feed from a time (milliseconds since 1970, on the clock of OpenFGA's own ids) to its end. All changes of
 * one Write have ids of one millisecond, so a page that begins with a whole millisecond cuts no Write. Where pages do
 * not, a Write committed between two of them may appear without the changes that lie before the second. The part is
 * then read again, and only Writes known from the first reading are returned. It is not read again where `isOld` says
 * that all of it is old, such as this sidecar's own writes. The time is split into `windows` parts that are read at
 * once.
 */
export async function readFeed(
  store: StoreAt, from: number, isOld: IsOld = () => false, windows = 1,
): Promise<FeedPart> {
  const first = await readWindows(store, from, windows);
  if (first.steady || await isOld(first.changes)) return first;
  const known = new Set(first.changes.map(({ stamp }) => stamp));
  const second = await readWindows(store, from, windows);
  return { ...first, lossy: second.lossy, changes: second.changes.filter(({ stamp }) => known.has(stamp)) };
}

/**
 * Splits the time until now into equal windows and reads them at once, the last one to the end of the feed. "Now" is
 * the clock of the OpenFGA server that is farthest behind: a server refuses to read from a time ahead of its clock.
 */
async function readWindows(store: StoreAt, from: number, most: number): Promise<FeedPart & { steady: boolean }> {
  const now = store.server.clock.bounds()?.least ?? from;
  const windows = now > from ? most : 1;
  const step = Math.max(1, Math.ceil((now - from) / windows));
  const parts = await Promise.all(Array.from({ length: windows }, (_, i) =>
    readPages(store, from + i * step, i === windows - 1 ? Infinity : from + (i + 1) * step)));
  return {
    ...parts.at(-1)!, changes: parts.flatMap(({ changes }) => changes), lossy: parts.some(({ lossy }) => lossy),
    steady: parts.every(({ steady }) => steady), end: Math.max(...parts.map(({ end }) => end)),
    asOf: Math.max(...parts.map(({ asOf }) => asOf)),
  };
}

/** Writes gathered while pages are read, with the first and last millisecond of the page each first appeared on. */
type Open = Map<string, { readonly changes: FeedChange[]; readonly from: number; readonly to: number }>;

/**
 * Reads the feed from a time to its end and hands over Writes as they become whole, so that a long part is never held
 * in full. Where wholeness cannot be known, and in a memory store, `readFeed` reads the rest.
 */
export async function streamFeed(
  store: StoreAt, from: number, isOld: IsOld, onWrites: (writes: readonly FeedWrite[]) => Promise<void>,
): Promise<FeedEnd> {
  const open: Open = new Map();
  const finalBefore = (store.server.clock.bounds()?.least ?? 0) - FEED_FINAL_AFTER_MS;
  let before: Pick<Page, "since" | "place"> = { since: { startTime: from }, place: from };
  for (let held: readonly FeedChange[] | undefined; ;) {
    const page = await readPage(store, before);
    const asOf = performance.now();
    const isSteady = held === undefined || await isAgain(store, page.since, before.place, held);
    // A page of a single millisecond is continued by its cursor. Two such pages, and a memory store's, cannot be cut.
    const isCut = page.place > before.place || held === undefined;
    if (!isSteady || (!page.ended && (page.ofMemory || !isCut))) {
      const start = Math.min(before.place, ...[...open.values()].map((write) => write.from));
      const rest = await readFeed(store, start, isOld);
      await onWrites(await groupInTurns(rest.changes));
      return rest;
    }
    gather(open, page, before.place);
    const whole = [...open].filter(([, { to }]) => page.ended || to < page.place);
    for (const [stamp] of whole) open.delete(stamp);
    await onWrites(await groupInTurns(whole.flatMap(([, { changes }]) => changes)));
    if (page.ended) return { end: page.place, asOf, lossy: page.lossy, ofMemory: page.ofMemory };
    const isFinal = page.place < finalBefore;
    held = !isFinal && page.place === before.place ? page.changes : undefined;
    const since = isFinal || held !== undefined ? page.since : sinceOf(page.since, page.place);
    before = { since, place: page.place };
  }
}

function gather(open: Open, { changes, place }: Page, from: number): void {
  for (const change of changes) {
    const there = open.get(change.stamp);
    if (there === undefined) open.set(change.stamp, { changes: [change], from, to: place });
    else there.changes.push(change);
  }
}

/** Returns whether a millisecond still begins with a page read before: nothing was committed within it meanwhile. */
async function isAgain(store: StoreAt, cursor: Since, place: number, held: readonly FeedChange[]): Promise<boolean> {
  const again = await store.server.changes(store.id, sinceOf(cursor, place));
  return JSON.stringify(again.changes) === JSON.stringify(held);
}

/**
 * Reads the changes of one type from a time to the end of the feed, as an SQL store lists them. A Write committed
 * between two pages may be there in part.
 */
export async function readType(store: StoreAt, from: number, type: string): Promise<FeedChange[]> {
  const changes: FeedChange[] = [];
  for (let since: Since = { startTime: from }; ;) {
    const page = await store.server.changes(store.id, since, PAGE_SIZE, type);
    changes.push(...page.changes);
    if (page.changes.length < PAGE_SIZE) return changes;
    since = { cursor: page.cursor };
  }
}

/**
 * Reads pages to the end, or until one ends at a given time or later; then the Writes at its end are read whole. In an
 * SQL store each page begins with the millisecond the one before ended in. A page of a single millisecond is continued
 * by its cursor, and read again after the next page: if it is the same, nothing was committed within it meanwhile.
 * `steady`: no Write can be there in part.
 */
async function readPages(store: StoreAt, from: number, until = Infinity): Promise<FeedPart & { steady: boolean }> {
  const changes: FeedChange[] = [];
  let page: Page = { changes, since: { startTime: from }, place: from, ended: false, lossy: false, ofMemory: false };
  let held: readonly FeedChange[] | undefined;
  for (let lossy = false, steady = true; ;) {
    const { place } = page;
    page = await readPage(store, page);
    const asOf = performance.now();
    changes.push(...page.changes);
    lossy ||= page.lossy;
    if (held !== undefined) steady &&= await isAgain(store, page.since, place, held);
    const { ended, ofMemory } = page;
    if (ended) return { changes, end: page.place, asOf, steady, lossy, ofMemory };
    if (page.place >= until) {
      const rest = await readPage(store, { since: sinceOf(page.since, page.place), place: page.place });
      const begun = new Set(page.changes.map(({ stamp }) => stamp));
      changes.push(...rest.changes.filter(({ stamp }) => begun.has(stamp)));
      steady &&= rest.ended || rest.place > page.place;
      return { changes, end: page.place, asOf, steady, lossy, ofMemory };
    }
    // Two pages of one millisecond, and those of a memory store, are not examined.
    steady &&= !ofMemory && (page.place > place || held === undefined);
    held = ofMemory || page.place > place ? undefined : page.changes;
    if (ofMemory || held !== undefined) continue;
    page = { ...page, since: sinceOf(page.since, page.place) };
    // The next page repeats the last Write in full.
    const last = changes.at(-1)?.stamp;
    while (changes.at(-1)?.stamp === last) changes.pop();
  }
}

/** A page of the feed, and where the next one begins. */
export interface Page {
  readonly changes: readonly FeedChange[];
  readonly since: Since;
  /** The millisecond of the last change. */
  readonly place: number;
  readonly ended: boolean;
  /** Changes of that millisecond may be missing. */
  readonly lossy: boolean;
  readonly ofMemory: boolean;
}

/**
 * Reads the page after another one. The SQL stores sort by a change's place, and the cursor holds that place. The
 * memory store lists changes in the order of writing, and its cursor passes over those after it that have an earlier
 * place within their millisecond. There the whole millisecond is read again, so changes come twice.
 */
export async function readPage(store: StoreAt, before: Pick<Page, "since" | "place">): Promise<Page> {
  const page = await store.server.changes(store.id, before.since);
  const place = timeOf(page, before.place);
  const { changes } = page;
  const ended = changes.length < PAGE_SIZE;
  const ofMemory = isOfMemory(page);
  const found = { changes, place, ended, lossy: false, ofMemory };
  if (ended || !ofMemory) return { ...found, since: { cursor: page.cursor } };
  const cursor = { cursor: page.cursor };
  if (place > before.place) return { ...found, since: sinceOf(cursor, place) };
  const { more, lossy } = await readMillisecond(store, place, changes);
  return { ...found, changes: [...changes, ...more], since: sinceOf(cursor, place + 1), lossy };
}

/**
 * Reads a millisecond of the memory store that fills a page, type by type: the types on the page, and the two that
 * every event writes. A type that fills a page is not read in full.
 */
async function readMillisecond(
  store: StoreAt, place: number, page: readonly FeedChange[],
): Promise<{ more: FeedChange[]; lossy: boolean }> {
  const more: FeedChange[] = [];
  let lossy = false;
  for (const type of new Set([...page.map(({ tuple }) => typeOf(tuple.object)), LEDGER_TYPE, "event"])) {
    const { changes } = await store.server.changes(store.id, { startTime: place }, PAGE_SIZE, type);
    // In the memory store a change's time is the time of its place.
    const some = changes.filter(({ at }) => at === place);
    lossy ||= some.length === PAGE_SIZE;
    more.push(...some);
  }
  return { more, lossy };
}

/** Returns true for the cursor of the memory store, `<ulid>|<type>` in base64. */
function isOfMemory({ cursor }: FeedPage): boolean {
  return /^[0-9A-Z]{26}\|/.test(Buffer.from(cursor, "base64").toString());
}

/** An id in a cursor; its first 10 characters are the time. */
const ID = /[0-7][0-9A-HJKMNP-TV-Z]{25}/;

/**
 * Returns the beginning of a millisecond as a cursor: the given cursor with another id in it. OpenFGA refuses a start
 * time ahead of its clock, and the feed has such places after its clock went back; it accepts any cursor.
 */
function sinceOf({ cursor = "" }: Since, place: number): Since {
  const text = Buffer.from(cursor, "base64").toString();
  if (!ID.test(text)) return { startTime: place };
  return { cursor: Buffer.from(text.replace(ID, encodeTime(place, 10) + "0".repeat(16))).toString("base64") };
}

/**
 * Returns the millisecond of the last change before a cursor. The SQL stores' cursor is `{"ulid":...}`, the memory
 * store's `<ulid>|<type>`, in base64. A cursor that holds no such id leaves the start where it was.
 */
function timeOf({ cursor = "" }: Since, from: number): number {
  const id = ID.exec(Buffer.from(cursor, "base64").toString())?.[0];
  return id === undefined ? from : Math.max(from, decodeTime(id));
}
