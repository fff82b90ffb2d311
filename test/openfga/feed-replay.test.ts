// Replays of a store's feed in its possible forms: split over pages, with gaps, written around, migrated.
import { ulid } from "ulid";
import { describe, expect, test } from "vitest";
import type { FeedChange, OpenfgaServer, Since } from "../../src/openfga/client.ts";
import { FeedReplay } from "../../src/openfga/follow/feed-replay.ts";
import { printTuple, type Tuple } from "../../src/tuples/tuple.ts";
import { pageOf, serverWith } from "./sql-feed.ts";
import { MAX_WRITES_STUCK } from "../../src/openfga/openfga-limits.ts";

type Placed = FeedChange & { readonly place: number };

const member = (user: string): Tuple => ({ object: "org:fc", relation: "member", user: `user:${user}` });
const at = (n: number, org = "fc"): Tuple => ({ object: `ledger:org/${org}`, relation: "at", user: `value:${n}` });
const marker = (id: string, status = "applied"): Tuple => ({
  object: `event:${id}`, relation: "applied", user: `event:${id}`,
  condition: { name: "recorded", context: { facts: `${status}|>x` } },
});

/** The changes of one Write; those of one place (in milliseconds since 1970) are in one millisecond of the feed. */
function write(place: number, writes: readonly Tuple[], deletes: readonly Tuple[] = []): Placed[] {
  const told = (operation: FeedChange["operation"]) => (tuple: Tuple): Placed =>
    ({ operation, tuple, at: place, stamp: `w${writes.map(printTuple).join()}-${place}`, place });
  return [...deletes.map(told("delete")), ...writes.map(told("write"))];
}

/** An event: a step of an org from n, its record, and a tuple. */
const event = (place: number, from: number, writes: readonly Tuple[], deletes: readonly Tuple[] = [], org = "fc") =>
  write(place, [at(from + 1, org), marker(`${org}${from}`), ...writes],
    [...(from === 0 ? [] : [at(from, org)]), ...deletes]);

/** A server with such a feed, in pages of 100. */
function serverOf(feed: readonly Placed[]): OpenfgaServer {
  const placed = feed.map((change, index) => ({ ...change, id: ulid(change.place).slice(0, 10) + digits(index) }));
  return serverWith({ changes: async (_store: string, since: Since) => pageOf(placed, since) });
}

/** A part of an id that keeps the order of the feed within a millisecond. */
const digits = (index: number): string => String(index + 1).padStart(16, "0");

async function recordOf(feed: readonly Placed[]): Promise<FeedReplay> {
  const record = new FeedReplay({ server: serverOf(feed), id: "s" });
  await record.read(() => undefined);
  return record;
}

const contents = (record: FeedReplay): string[] =>
  [...record.replica.tuples.read({})].filter(({ object }) => object.startsWith("org:")).map(({ user }) => user).sort();

describe("the replay", () => {
  test("has the events' writes, and none from around them", async () => {
    const feed = [
      event(1000, 0, [member("a")]), write(2000, [member("eve")]), event(3000, 1, [member("b")]),
      write(4000, [], [member("a")]), event(5000, 2, [], [member("b")]),
    ];
    const record = await recordOf(feed.flat());
    expect([contents(record), record.foreign.size, record.broken.size]).toEqual([["user:a"], 2, 0]);
  });

  test("assembles Writes that pages split and whose changes the feed mixes", async () => {
    const [a, b] = [event(1000, 0, [member("a")]), event(1000, 0, [member("x")], [], "xo")];
    const c = event(1001, 1, [member("b")]);
    const mixed = [a[0]!, b[0]!, a[1]!, b[2]!, b[1]!, a[2]!, ...c];
    // Changes before them, in such a number that a page ends at each of theirs in turn.
    for (let before = 88; before <= 100; before++) {
      const others = write(500, Array.from({ length: before }, (_, n) => member(`o${n}`)));
      const record = await recordOf([...others, ...mixed]);
      expect([before, contents(record), record.broken.size]).toEqual([before, ["user:a", "user:b", "user:x"], 0]);
    }
  });

  test("reads young changes as a feed that may still change", async () => {
    const now = Date.now();
    const feed = [event(1000, 0, [member("a")]), event(now - 1000, 1, [member("b")]), event(now, 2, [member("c")])];
    const record = await recordOf(feed.flat());
    expect([contents(record), record.broken.size]).toEqual([["user:a", "user:b", "user:c"], 0]);
  });

  test("has Writes that were committed behind a long reading, after the next one", async () => {
    const users = (prefix: string): Tuple[] => Array.from({ length: 60 }, (_, n) => member(`${prefix}${n}`));
    const late = event(99_999, 1, [], [member("a")]);
    const busy = [...event(100_000, 0, users("x"), [], "xo"), ...event(130_000, 1, users("y"), [], "xo"),
      ...event(160_000, 2, users("z"), [], "xo")];
    let feed = event(90_000, 0, [member("a")]);
    let calls = 0;
    const server = serverWith({ changes: async (store: string, since: Since) => {
      const page = await serverOf(feed).changes(store, since);
      if (feed.length > 10 && calls++ === 0) feed = [...feed.slice(0, 3), ...late, ...busy];
      return page;
    } });
    const record = new FeedReplay({ server, id: "s" });
    await record.read(() => undefined);
    feed = [...feed, ...busy];
    await record.catchUp();
    expect([calls > 1, contents(record).includes("user:a"), contents(record).includes("user:z59")])
      .toEqual([true, true, true]);
    await record.catchUp();
    expect([contents(record).includes("user:a"), record.broken.size]).toEqual([false, 0]);
  });

  test("follows the other orgs if one has a gap, or a revision that comes twice", async () => {
    const others = [event(1500, 0, [member("x")], [], "xo"), event(4500, 1, [member("y")], [], "xo")];
    const gap = await recordOf([event(1000, 0, [member("a")]), others[0]!, event(3000, 2, [member("c")]),
      others[1]!].flat());
    expect([...gap.broken]).toEqual([["ledger:org/fc", "revision 3 does not follow the one before it"]]);
    expect(contents(gap)).toEqual(["user:a", "user:x", "user:y"]);
    const twice = await recordOf([event(1000, 0, [member("a")]), event(2000, 1, []), event(3000, 1, [member("z")]),
      event(4000, 2, [member("b")]), ...others].flat().sort((a, b) => a.place - b.place));
    expect([...twice.broken]).toEqual([["ledger:org/fc", "the feed has revision 2 twice"]]);
    expect(contents(twice)).toEqual(["user:x", "user:y"]);
  });

  test.each([[MAX_WRITES_STUCK, false], [MAX_WRITES_STUCK + 1, true]])(
    "keeps %i Writes that wait for a missing one; dropped: %s",
    async (n, isDropped) => {
      const waiting = Array.from({ length: n }, (_, i) => event(3000 + i, 2 + i, [member(`m${i}`)]));
      const others = Array.from({ length: 100 }, (_, i) => event(8000 + i, i, [], [], "xo"));
      const late = event(9000, 1, [member("late")]);
      const record = await recordOf([event(1000, 0, []), ...waiting, ...others, late].flat());
      expect([record.broken.size, contents(record).length]).toEqual(isDropped ? [1, 0] : [0, n + 1]);
    });

  test("accepts a migration unchanged, but no ledger that is written after the first event", async () => {
    const brought = [write(1000, [member("a"), marker("1")]), write(2000, [member("b"), at(2), at(3, "xo")])];
    const after = [event(3000, 2, [member("c")]), write(4000, [member("eve")])];
    const record = await recordOf([...brought, ...after].flat());
    expect([contents(record), record.imported, record.foreign.size]).toEqual([["user:a", "user:b", "user:c"], 2, 1]);
    const forged = [event(1000, 0, [member("a")]), write(2000, [member("eve")]), write(3000, [at(7)])];
    const tampered = await recordOf(forged.flat());
    expect([contents(tampered), tampered.imported]).toEqual([["user:a"], 0]);
    expect([tampered.foreign.size, tampered.broken.size]).toEqual([2, 0]);
  });

  test("a group of events in one Write is no migration", async () => {
    const group = write(1000, [at(2), marker("1"), marker("2"), member("a")]);
    const record = await recordOf([...write(500, [member("eve")]), ...group]);
    expect([contents(record), record.imported, record.foreign.size]).toEqual([["user:a"], 0, 1]);
  });
});

describe("a tuple that somebody deleted", () => {
  const gone = write(2000, [], [member("a")]);
  const first = event(1000, 0, [member("a"), member("b")]);
  const reason = async (...more: Placed[][]): Promise<string | undefined> => {
    const record = await recordOf([first, ...more].flat());
    return record.foreignDeletes.reasonToLeave(member("a"), "ledger:org/fc");
  };

  test("may be written back, unless an event since may have meant to delete it", async () => {
    const may = "may have meant to delete it";
    expect(await reason(gone)).toBeUndefined();
    expect(await reason(gone, event(3000, 1, [], [member("b")]))).toBeUndefined();
    expect(await reason(gone, event(3000, 1, [{ ...member("a"), relation: "coach" }]))).toContain(may);
    expect(await reason(gone, write(3000, [at(2), marker("u", "unchanged")], [at(1)]))).toContain(may);
    expect(await reason(gone, write(3000, [at(1, "xo"), marker("u", "unchanged")]))).toBeUndefined();
    expect(await reason(event(1500, 1, [], [member("b")]), gone)).toBeUndefined();
  });

  test("keeps its known state when it is deleted once more; an event that writes it starts again", async () => {
    const touch = event(3000, 1, [{ ...member("a"), relation: "coach" }]);
    const again = [write(4000, [member("a")]), write(5000, [], [member("a")])];
    expect(await reason(gone, touch, ...again)).toContain("may have meant");
    expect(await reason(gone, touch, event(4000, 2, [member("a")]), again[1]!)).toBeUndefined();
  });

  test("is left alone if it is not in the feed", async () => {
    expect(await reason()).toContain("does not show what deleted it");
  });
});
