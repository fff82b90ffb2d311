// Reads the change feed so that every Write it returns is whole.
import { decodeTime } from "ulid";
import { PAGE_SIZE, type FeedChange, type OpenfgaServer, type Since } from "./client.ts";

/** One store of a server. */
export interface StoreAt {
  readonly server: OpenfgaServer;
  readonly id: string;
}

/** A part of the feed, to its end. */
export interface FeedPart {
  readonly changes: readonly FeedChange[];
  /** Where the feed goes on: milliseconds since 1970 on OpenFGA's clock. */
  readonly end: number;
  /** When the last page was asked for, in milliseconds since 1970: what was written before is in this part. */
  readonly asOf: number;
}

/**
 * Reads the feed from a time (milliseconds since 1970, on the clock of OpenFGA's own ids) to its end. All changes of
 * one Write have ids of one millisecond, so a part that begins with a whole millisecond cuts no Write. Where the part
 * has several pages, a Write that was committed between two of them shows without the changes that lie before the
 * second: so the part is read again, and only what the first reading knew of is returned. Not where all of it is old,
 * as `isOld` tells: such as this sidecar's own writes.
 */
export async function readFeed(
  store: StoreAt, from: number, isOld: (changes: readonly FeedChange[]) => boolean = () => false,
): Promise<FeedPart> {
  const first = await readPages(store, from);
  if (first.pages === 1 || isOld(first.changes)) return first;
  const known = new Set(first.changes.map(({ stamp }) => stamp));
  const second = await readPages(store, from);
  return { ...first, changes: second.changes.filter(({ stamp }) => known.has(stamp)) };
}

async function readPages({ server, id }: StoreAt, from: number): Promise<FeedPart & { pages: number }> {
  const changes: FeedChange[] = [];
  let since: Since = { startTime: from };
  for (let pages = 1; ; pages++) {
    const asOf = Date.now();
    const page = await server.changes(id, since);
    changes.push(...page.changes);
    if (page.changes.length > 0) since = { cursor: page.cursor };
    if (page.changes.length < PAGE_SIZE) return { changes, end: timeOf(since, from), asOf, pages };
  }
}

/**
 * The millisecond of the last change before a cursor. The SQL stores' cursor is `{"ulid":...}`, the memory store's
 * `<ulid>|<type>`, in base64. One that holds no such id leaves the start where it was.
 */
export function timeOf({ cursor = "" }: Since, from: number): number {
  const id = /[0-7][0-9A-HJKMNP-TV-Z]{25}/.exec(Buffer.from(cursor, "base64").toString())?.[0];
  return id === undefined ? from : Math.max(from, decodeTime(id));
}
