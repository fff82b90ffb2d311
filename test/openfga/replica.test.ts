// The replica and the hazards of the change feed: changes that arrive late, out of order, twice, and in part.
import { describe, expect, test } from "vitest";
import type { FeedChange, OpenfgaServer } from "../../src/openfga/client.ts";
import { groupInTurns } from "../../src/openfga/follow/feed.ts";
import { readFeed } from "../../src/openfga/follow/feed-reader.ts";
import { NetDelta } from "../../src/openfga/write/net-delta.ts";
import { Replica } from "../../src/openfga/follow/replica.ts";
import type { Tuple } from "../../src/tuples/tuple.ts";
import { printTuple } from "../../src/tuples/tuple.ts";
import { serverWith } from "./sql-feed.ts";

const member = (user: string): Tuple => ({ object: "org:fc", relation: "member", user: `user:${user}` });
const at = (n: number, ledger = "org/fc"): Tuple =>
  ({ object: `ledger:${ledger}`, relation: "at", user: `value:${n}` });

/** The changes of one Write of an org: a step from n to n + 1, with a tuple written or deleted. */
function write(from: number, change: "write" | "delete", user: string, ledger = "org/fc"): FeedChange[] {
  const stamp = `2026-03-01T12:00:00.${String(from).padStart(6, "0")}${ledger}Z`;
  const told = (operation: "write" | "delete", tuple: Tuple): FeedChange => ({ operation, tuple, at: from, stamp });
  const step = [...(from === 0 ? [] : [told("delete", at(from, ledger))]), told("write", at(from + 1, ledger))];
  return [...step, told(change, member(user))];
}

const contents = (replica: Replica): string[] => [...replica.tuples.read({})].map(printTuple).sort();
const fold = async (replica: Replica, ...changes: FeedChange[][]) =>
  replica.apply(await groupInTurns(changes.flat()));

const WRITES = [write(0, "write", "a"), write(1, "delete", "a"), write(2, "write", "a"), write(3, "write", "b")];
const END = ["ledger:org/fc#at@value:4", "org:fc#member@user:a", "org:fc#member@user:b"];

describe("the replica", () => {
  test("applies the Writes of an org in the order of its revisions, whatever the order of the feed", async () => {
    for (const order of [[0, 1, 2, 3], [3, 2, 1, 0], [1, 0, 3, 2], [2, 0, 3, 1]]) {
      const replica = new Replica();
      expect((await fold(replica, ...order.map((i) => WRITES[i]!))).stuck).toEqual([]);
      expect(contents(replica)).toEqual(END);
    }
  });

  test("applies a Write once, however often it arrives, and its own if the feed had it before", async () => {
    const replica = new Replica();
    await fold(replica, WRITES[0]!, WRITES[1]!);
    await fold(replica, WRITES[0]!, WRITES[1]!, WRITES[2]!);
    expect(replica.putOwn({ writes: [at(3), member("a")], deletes: [at(2)] },
      { ledger: "ledger:org/fc", from: 2, to: 3 })).toEqual([]);
    await fold(replica, ...WRITES);
    expect(contents(replica)).toEqual(END);
  });

  test("a missing Write stops the ones after it, until it arrives", async () => {
    const replica = new Replica();
    const { stuck } = await fold(replica, WRITES[0]!, WRITES[2]!, WRITES[3]!);
    expect(stuck.map(({ steps }) => steps[0]?.from)).toEqual([2, 3]);
    expect(contents(replica)).toEqual(["ledger:org/fc#at@value:1", "org:fc#member@user:a"]);
    expect((await fold(replica, ...WRITES)).stuck).toEqual([]);
    expect(contents(replica)).toEqual(END);
  });

  test("orgs do not wait for one another", async () => {
    const replica = new Replica();
    const { stuck } = await fold(replica, WRITES[1]!, write(0, "write", "z", "org/xo"));
    expect(stuck).toHaveLength(1);
    expect(contents(replica)).toEqual(["ledger:org/xo#at@value:1", "org:fc#member@user:z"]);
  });

  test("a foreign Write is named and its tuples are doubtful; nothing of it is believed", async () => {
    const replica = new Replica();
    const raw: FeedChange = { operation: "write", tuple: member("eve"), at: 0, stamp: "raw" };
    const { foreign, suspects } = await fold(replica, WRITES[0]!, [raw]);
    expect(foreign.map(({ stamp }) => stamp)).toEqual(["raw"]);
    expect(suspects.map(printTuple)).toEqual(["org:fc#member@user:eve"]);
    expect(contents(replica)).not.toContain("org:fc#member@user:eve");
  });

  test("a tuple that a Write expected and did not find is doubtful", async () => {
    const replica = new Replica();
    const { suspects } = await fold(replica, write(0, "delete", "nobody"));
    expect(suspects.map(printTuple)).toEqual(["org:fc#member@user:nobody"]);
  });
});

describe("the feed", () => {
  /** A server whose feed has two pages; a Write commits between them, with its first change before the boundary. */
  function interrupted(): { server: OpenfgaServer; late: FeedChange[] } {
    const filler = Array.from({ length: 99 }, (_, i): FeedChange =>
      ({ operation: "write", tuple: member(`f${i}`), at: 0, stamp: "filler" }));
    const late = WRITES[0]!;
    const boundary: FeedChange = { operation: "write", tuple: member("edge"), at: 0, stamp: "edge" };
    let pages = 0;
    const changes = async (_store: string, since: { cursor?: string }) => {
      pages++;
      const all = pages === 1 ? [...filler, boundary] : [...filler, late[0]!, boundary, ...late.slice(1)];
      const from = since.cursor === undefined ? 0 : all.findIndex(({ stamp }) => stamp === "edge") + 1;
      return { changes: since.cursor === undefined ? all.slice(0, 100) : all.slice(from), cursor: "c" };
    };
    return { server: serverWith({ changes }), late };
  }

  test("a Write that commits between two pages is returned complete", async () => {
    const { server, late } = interrupted();
    const part = await readFeed({ server, id: "s" }, 0);
    const told = (await groupInTurns(part.changes)).find(({ stamp }) => stamp === late[0]!.stamp);
    expect(told?.writes.map(printTuple).sort()).toEqual(late.map(({ tuple }) => printTuple(tuple)).sort());
    expect(told?.steps).toEqual([{ ledger: "ledger:org/fc", from: 0, to: 1 }]);
  });
});

describe("the net effect of deltas", () => {
  const near = { ...member("a"), condition: { name: "near", context: { distance: 1 } } };

  test("a change that is undone again is left out", () => {
    const net = new NetDelta();
    net.add({ writes: [at(2), member("a")], deletes: [at(1)] }, () => undefined);
    net.add({ writes: [at(3)], deletes: [at(2), member("a")] }, () => undefined);
    expect(net.delta()).toEqual({ writes: [at(3)], deletes: [at(1)] });
    expect(net.size).toBe(2);
  });

  test("a tuple that comes back with another condition does not fit one write", () => {
    const net = new NetDelta();
    net.add({ writes: [], deletes: [member("a")] }, () => undefined);
    expect(net.copy().add({ writes: [near], deletes: [] }, () => member("a"))).toBe("recast");
    expect(net.copy().add({ writes: [near], deletes: [] }, () => near)).toBeUndefined();
  });
});
