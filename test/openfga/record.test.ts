// The record of a store, from feeds as they can come: split over pages, with gaps, written around, migrated.
import { ulid } from "ulid";
import { describe, expect, test } from "vitest";
import type { FeedChange, OpenfgaServer, Since } from "../../src/openfga/client.ts";
import { MAX_STUCK, StoreRecord } from "../../src/openfga/record.ts";
import { printTuple, type Tuple } from "../../src/tuples/tuple.ts";

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

/** An event: a step of an org from n, its marker, and a tuple. */
const event = (place: number, from: number, writes: readonly Tuple[], deletes: readonly Tuple[] = [], org = "fc") =>
  write(place, [at(from + 1, org), marker(`${org}${from}`), ...writes],
    [...(from === 0 ? [] : [at(from, org)]), ...deletes]);

/** A server with such a feed, in pages of 100. */
function serverOf(feed: readonly Placed[]): OpenfgaServer {
  const places = feed.map(({ place }) => ulid(place).slice(0, 10));
  const cursorOf = (index: number): string => {
    const id = places[index]! + String(index).padStart(16, "0");
    return Buffer.from(JSON.stringify({ ulid: id })).toString("base64");
  };
  const changes = async (_store: string, { cursor, startTime }: Since) => {
    const from = cursor === undefined ? feed.findIndex(({ place }) => place >= (startTime ?? 0))
      : Number(/(\d{16})"\}$/.exec(Buffer.from(cursor, "base64").toString())![1]) + 1;
    const page = from < 0 ? [] : feed.slice(from, from + 100);
    return { changes: page, cursor: page.length === 0 ? cursor ?? "" : cursorOf(from + page.length - 1) };
  };
  return { changes } as unknown as OpenfgaServer;
}

async function recordOf(feed: readonly Placed[]): Promise<StoreRecord> {
  const record = new StoreRecord({ server: serverOf(feed), id: "s" });
  await record.read(() => undefined);
  return record;
}

const contents = (record: StoreRecord): string[] =>
  [...record.replica.tuples.read({})].filter(({ object }) => object.startsWith("org:")).map(({ user }) => user).sort();

describe("the record", () => {
  test("holds what events wrote, and nothing of what came around them", async () => {
    const feed = [
      event(1000, 0, [member("a")]), write(2000, [member("eve")]), event(3000, 1, [member("b")]),
      write(4000, [], [member("a")]), event(5000, 2, [], [member("b")]),
    ];
    const record = await recordOf(feed.flat());
    expect([contents(record), record.foreign.size, record.gap]).toEqual([["user:a"], 2, undefined]);
  });

  test("puts Writes together that pages split and whose changes the feed mixes", async () => {
    const [a, b] = [event(1000, 0, [member("a")]), event(1000, 0, [member("x")], [], "xo")];
    const c = event(1001, 1, [member("b")]);
    const mixed = [a[0]!, b[0]!, a[1]!, b[2]!, b[1]!, a[2]!, ...c];
    // So many changes before them that a page ends at each of theirs in turn.
    for (let before = 88; before <= 100; before++) {
      const others = write(500, Array.from({ length: before }, (_, n) => member(`o${n}`)));
      const record = await recordOf([...others, ...mixed]);
      expect([before, contents(record), record.gap]).toEqual([before, ["user:a", "user:b", "user:x"], undefined]);
    }
  });

  test("reads what is young as a feed that still moves", async () => {
    const now = Date.now();
    const feed = [event(1000, 0, [member("a")]), event(now - 1000, 1, [member("b")]), event(now, 2, [member("c")])];
    const record = await recordOf(feed.flat());
    expect([contents(record), record.gap]).toEqual([["user:a", "user:b", "user:c"], undefined]);
  });

  test("tells a gap, and a revision that comes twice", async () => {
    const gap = await recordOf([event(1000, 0, [member("a")]), event(3000, 2, [member("c")])].flat());
    expect(gap.gap).toContain("revision 3 of ledger:org/fc");
    expect(contents(gap)).toEqual(["user:a"]);
    const twice = [event(1000, 0, [member("a")]), event(2000, 1, []), event(3000, 1, [member("z")])];
    await expect(recordOf(twice.flat())).rejects.toThrow("revision 2 of ledger:org/fc twice");
  });

  test(`gives up once more than ${MAX_STUCK} Writes wait for one that is missing`, async () => {
    const waiting = (n: number) => Array.from({ length: n }, (_, i) => event(3000 + i, 2 + i, []));
    const first = event(1000, 0, []);
    expect((await recordOf([first, ...waiting(MAX_STUCK)].flat())).gap).toContain("revision 3");
    await expect(recordOf([first, ...waiting(MAX_STUCK + 1)].flat())).rejects.toThrow("the feed has a gap");
  });

  test("takes a migration as it is, but no ledger that is written after the first event", async () => {
    const brought = [write(1000, [member("a"), marker("1")]), write(2000, [member("b"), at(2), at(3, "xo")])];
    const after = [event(3000, 2, [member("c")]), write(4000, [member("eve")])];
    const record = await recordOf([...brought, ...after].flat());
    expect([contents(record), record.imported, record.foreign.size]).toEqual([["user:a", "user:b", "user:c"], 2, 1]);
    const forged = [event(1000, 0, [member("a")]), write(2000, [member("eve")]), write(3000, [at(7)])];
    const tampered = await recordOf(forged.flat());
    expect([contents(tampered), tampered.imported]).toEqual([["user:a"], 0]);
    expect(tampered.gap).toContain("revision 7");
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
    return record.gone.reasonToLeave(member("a"), "ledger:org/fc");
  };

  test("may be written back, unless an event since may have meant it to be gone", async () => {
    const may = "may have meant it to be gone";
    expect(await reason(gone)).toBeUndefined();
    expect(await reason(gone, event(3000, 1, [], [member("b")]))).toBeUndefined();
    expect(await reason(gone, event(3000, 1, [{ ...member("a"), relation: "coach" }]))).toContain(may);
    expect(await reason(gone, write(3000, [at(2), marker("u", "unchanged")], [at(1)]))).toContain(may);
    expect(await reason(gone, write(3000, [at(1, "xo"), marker("u", "unchanged")]))).toBeUndefined();
    expect(await reason(event(1500, 1, [], [member("b")]), gone)).toBeUndefined();
  });

  test("what is known of it holds when it is deleted once more; an event that writes it begins anew", async () => {
    const touch = event(3000, 1, [{ ...member("a"), relation: "coach" }]);
    const again = [write(4000, [member("a")]), write(5000, [], [member("a")])];
    expect(await reason(gone, touch, ...again)).toContain("may have meant");
    expect(await reason(gone, touch, event(4000, 2, [member("a")]), again[1]!)).toBeUndefined();
  });

  test("is left, where the feed does not tell of it", async () => {
    expect(await reason()).toContain("does not tell who deleted it");
  });
});
