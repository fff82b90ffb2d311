// The change feed of OpenFGA's SQL stores: pages in the order of ids, and a cursor that names the last one.
import { ulid } from "ulid";
import type { FeedChange, FeedPage, OpenfgaServer, Since } from "../../src/openfga/client.ts";
import { ServerClock } from "../../src/openfga/follow/server-clock.ts";
import { PAGE_SIZE } from "../../src/openfga/openfga-limits.ts";

/** A change and its place in the feed. */
export type Placed = FeedChange & { readonly id: string };

/** A server that answers some calls. Its clock is not known unless `clock` is given. */
export function serverWith(calls: Partial<OpenfgaServer>): OpenfgaServer {
  return { hasStore: async () => true, clock: new ServerClock(), ...calls } as unknown as OpenfgaServer;
}

/** Sorts changes into the order of the feed. */
export function sortFeed(feed: Placed[]): void {
  feed.sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** A page of a sorted feed, limited to the objects of one type if it is named. */
export function pageOf(
  feed: readonly Placed[], { cursor, startTime }: Since, limit = PAGE_SIZE, type = "",
): FeedPage {
  const from: string = cursor ? JSON.parse(Buffer.from(cursor, "base64").toString()).ulid
    : ulid(startTime || 1, () => 0);
  const changes = feed.filter(({ id, tuple }) => id > from && tuple.object.startsWith(type)).slice(0, limit);
  const last = changes.at(-1)?.id;
  return {
    changes, cursor: last === undefined ? cursor ?? "" : Buffer.from(JSON.stringify({ ulid: last })).toString("base64"),
  };
}
