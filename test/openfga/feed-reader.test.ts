// Reading the feed of OpenFGA's memory store, which is in the order of writes but paged by places that are not.
import { ulid } from "ulid";
import { describe, expect, test } from "vitest";
import type { FeedChange, OpenfgaServer, Since } from "../../src/openfga/client.ts";
import { readFeed } from "../../src/openfga/follow/feed-reader.ts";
import { FeedReplay } from "../../src/openfga/follow/feed-replay.ts";
import { printTuple, type Tuple } from "../../src/tuples/tuple.ts";
import { serverWith } from "./sql-feed.ts";

type Placed = FeedChange & { readonly id: string };

/** A feed as the memory store has it: a page contains the changes after a place, in the order of writes. */
function memory(feed: readonly Placed[]): OpenfgaServer {
  const changes = async (_store: string, { cursor, startTime }: Since, _limit?: number, type = "") => {
    const after = cursor !== undefined ? Buffer.from(cursor, "base64").toString().split("|")[0]!
      : ulid(startTime ?? 0).slice(0, 10);
    const page = feed.filter(({ id, tuple }) => id > after && tuple.object.startsWith(type)).slice(0, 100);
    const last = page.at(-1);
    return { changes: page, cursor: last === undefined ? cursor ?? "" : Buffer.from(`${last.id}|`).toString("base64") };
  };
  return serverWith({ changes });
}

/** The changes of one event that writes `members` members: in one millisecond, in random places. */
function event(place: number, from: number, members: number): Placed[] {
  const at = (n: number): Tuple => ({ object: "ledger:org/fc", relation: "at", user: `value:${n}` });
  const writes = Array.from({ length: members }, (_, n): Tuple =>
    ({ object: "org:fc", relation: "member", user: `user:u${from}-${n}` }));
  const facts = { name: "recorded", context: { facts: "applied|>x" } };
  const marker: Tuple = { object: `event:${from}`, relation: "applied", user: `event:${from}`, condition: facts };
  const told = (operation: FeedChange["operation"]) => (tuple: Tuple): Placed =>
    ({ operation, tuple, at: place, stamp: `w${from}`, id: ulid(place) });
  const deletes = from === 0 ? [] : [at(from)];
  return [...deletes.map(told("delete")), ...[...writes, marker, at(from + 1)].map(told("write"))];
}

const EVENTS = Array.from({ length: 12 }, (_, n) => event(1_000 + n, n, 60));
const names = (changes: readonly FeedChange[]): string[] =>
  [...new Set(changes.map(({ operation, tuple }) => `${operation} ${printTuple(tuple)}`))].sort();

describe("the memory store", () => {
  test("no change is lost between two pages", async () => {
    const feed = EVENTS.flat();
    const part = await readFeed({ server: memory(feed), id: "s" }, 1);
    expect(names(part.changes)).toEqual(names(feed));
    expect([part.lossy, part.end]).toEqual([false, 1_011]);
  });

  test("a feed replay has everything, also where a Write ends with a page", async () => {
    for (const members of [1, 46, 47, 48, 60, 97, 98]) {
      const feed = Array.from({ length: 6 }, (_, n) => event(1_000 + n, n, members));
      const record = new FeedReplay({ server: memory(feed.flat()), id: "s" });
      await record.read(() => undefined);
      const held = record.replica.tuples.users("org:fc", "member").length;
      expect([members, held, record.doubt, record.foreign.size]).toEqual([members, members * 6, undefined, 0]);
    }
  });

  test("a millisecond that fills a page is read type by type; a type that fills one is incomplete", async () => {
    for (const [members, lossy] of [[48, false], [49, false], [50, true]] as const) {
      const feed = [event(1_000, 0, members), event(1_000, 1, members), event(2_000, 2, 1)].flat();
      const part = await readFeed({ server: memory(feed), id: "s" }, 1);
      expect([members, part.lossy]).toEqual([members, lossy]);
      if (!lossy) expect(names(part.changes)).toEqual(names(feed));
      const record = new FeedReplay({ server: memory(feed), id: "s" });
      await record.read(() => undefined);
      expect([members, record.doubt !== undefined]).toEqual([members, lossy]);
    }
  });
});
