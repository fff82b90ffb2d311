// How far back a poll reads the feed of an SQL store: everything or, if that is much, only the order of events.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Follower } from "../../src/openfga/follow/follower.ts";
import { LOOK_BACK } from "../../src/openfga/follow/look-back.ts";
import { OpenfgaError } from "../../src/openfga/openfga-error.ts";
import { printTuple } from "../../src/tuples/tuple.ts";
import { at, FeedStore, LEDGER, member } from "./feed-store.ts";

describe("a poll", () => {
  let store: FeedStore;
  let follower: Follower;
  const has = (user: string): boolean => follower.replica.tuples.has("org:fc", "member", `user:${user}`);
  const later = (ms: number): void => void vi.advanceTimersByTime(ms);
  /** Events of 100 changes, one after the other. */
  const busy = (events: number): void => {
    const next = follower.replica.revisionOf(LEDGER) + 1;
    for (let i = 0; i < events; i++, later(40)) store.event(next + i, 100);
  };
  /** Polls `after` milliseconds later. Returns the requested types, `undefined` for all. */
  const poll = async (lookBack: number, after = 300): Promise<(string | undefined)[]> => {
    later(after);
    store.reads.length = 0;
    await follower.catchUp(lookBack);
    return [...store.reads];
  };

  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ["Date", "performance"] });
    store = new FeedStore();
    store.event(1, 10);
    const log = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
    follower = new Follower({ store: { server: store.server, id: "s" }, interval: 3_600_000, log });
    await follower.start();
    await poll(LOOK_BACK.short);
    await poll(LOOK_BACK.short, LOOK_BACK.long);
  });
  afterEach(() => {
    follower.close();
    vi.useRealTimers();
  });

  test.each([[1_000, false], [1_001, true]])("of %i changes rereads only the order: %s", async (n, isMuch) => {
    busy(Math.floor(n / 100));
    if (n % 100 > 0) store.write([member("rest")], []);
    await poll(LOOK_BACK.short);
    expect(follower.replica.tuples.size).toBe(store.tuples.size);
    // A foreign Write may have begun before the last poll: changes between the last two polls are read once more.
    await poll(LOOK_BACK.short);
    const again = await poll(LOOK_BACK.short);
    expect([again.includes("ledger"), again.length >= 10]).toEqual([isMuch, !isMuch]);
  });

  test("an event that appears late is found by its step and read completely, also in a busy store", async () => {
    busy(30);
    await poll(LOOK_BACK.short);
    store.write([at(32)], [at(31), member("31-1")], store.now() - 600);
    expect(has("31-1")).toBe(true);
    expect(await poll(LOOK_BACK.short)).toContain("ledger");
    expect([has("31-1"), follower.replica.revisionOf(LEDGER), follower.trouble]).toEqual([false, 32, undefined]);
    expect(follower.replica.tuples.size).toBe(store.tuples.size);
  });

  test("a foreign Write is seen at once, also in a busy store, and a late one in a calm store", async () => {
    busy(30);
    await poll(LOOK_BACK.short);
    store.write([member("raw")], [member("5-1")]);
    expect(await poll(LOOK_BACK.short)).toContain("ledger");
    expect([has("raw"), has("5-1"), follower.foreign.count]).toEqual([true, false, 1]);
    await poll(LOOK_BACK.short, 5_000);
    store.write([], [member("6-1")], store.now() - 1_200);
    expect(await poll(LOOK_BACK.short)).not.toContain("ledger");
    expect([has("6-1"), follower.foreign.count]).toEqual([false, 2]);
  });

  test("a gap in a busy store is closed by reading everything", async () => {
    busy(30);
    await poll(LOOK_BACK.short);
    const began = store.now();
    // Revision 32 begins and commits; 33 appears first.
    later(3_000);
    store.tuples.set(printTuple(at(32)), at(32));
    store.write([at(33), member("x")], [at(32)]);
    await poll(LOOK_BACK.short);
    expect(follower.trouble).toContain("a gap before revision 33");
    store.write([at(32), member("y")], [at(31)], began);
    store.tuples.delete(printTuple(at(32)));
    await poll(LOOK_BACK.short);
    expect([has("x"), has("y"), follower.trouble]).toEqual([true, true, undefined]);
    expect(follower.replica.revisionOf(LEDGER)).toBe(33);
  });

  test("that asks the store about the beginning of an order keeps its present revision", async () => {
    const ledger = "ledger:org/xo";
    store.write([at(1, ledger)], []);
    await poll(LOOK_BACK.short);
    // The feed returns the beginning again, and the store is a revision further when asked about it.
    let calls = 0;
    store.before = () => {
      if (++calls === 2) store.write([at(2, ledger)], [at(1, ledger)]);
    };
    await poll(LOOK_BACK.short);
    expect([calls >= 2, follower.replica.revisionOf(ledger) > 0]).toEqual([true, true]);
    store.before = () => undefined;
    await poll(LOOK_BACK.short);
    expect([follower.replica.revisionOf(ledger), follower.replica.damaged.size]).toEqual([2, 0]);
  });

  test("that could not ask the store about an oddity leaves it to the next one", async () => {
    const ledger = "ledger:org/xo";
    store.write([at(1, ledger)], []);
    await poll(LOOK_BACK.short);
    store.write([at(2, ledger)], [at(1, ledger)]);
    await poll(LOOK_BACK.short);
    // The order begins once more: the feed returns it as it returned the old beginning.
    store.write([at(1, ledger)], []);
    let calls = 0;
    store.before = () => {
      if (++calls === 2) throw new OpenfgaError("unavailable", "cut off");
    };
    await expect(poll(LOOK_BACK.short)).rejects.toThrow("cut off");
    await poll(LOOK_BACK.short);
    expect([...follower.replica.damaged.keys()]).toEqual([ledger]);
  });
});
