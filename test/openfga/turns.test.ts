// Long parts of the feed are applied in turns of the event loop, each Write complete; none is in memory as a whole.
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { decodeTime, ulid } from "ulid";
import type { FeedChange } from "../../src/openfga/client.ts";
import { groupInTurns, type FeedWrite } from "../../src/openfga/follow/feed.ts";
import { streamFeed } from "../../src/openfga/follow/feed-reader.ts";
import { FeedReplay } from "../../src/openfga/follow/feed-replay.ts";
import { Replica } from "../../src/openfga/follow/replica.ts";
import { catchUpScan } from "../../src/openfga/follow/scan-catch-up.ts";
import { createTupleSet } from "../../src/memory/indexed-tuple-set.ts";
import type { Tuple } from "../../src/tuples/tuple.ts";
import { at, FeedStore, LEDGER, member } from "./feed-store.ts";
import { serverWith } from "./sql-feed.ts";
import { STEPS_PER_TURN } from "../../src/openfga/openfga-limits.ts";

const SIZE = 100;
const EVENTS = 300;

/** The changes of the n-th event of the org. */
function event(n: number): FeedChange[] {
  const told = (operation: FeedChange["operation"], tuple: Tuple): FeedChange =>
    ({ operation, tuple, at: n, stamp: `w${n}` });
  const members = Array.from({ length: SIZE - 2 }, (_, i) => told("write", member(`${n}-${i}`)));
  return [...(n === 1 ? [] : [told("delete", at(n - 1))]), ...members, told("write", at(n))];
}

const FEED = Array.from({ length: EVENTS }, (_, i) => event(i + 1));
const writes = await groupInTurns(FEED.flat());

/** Runs some work. Returns the number of turns of the event loop, and the most that one turn adds to `count`. */
async function turnsOf(run: () => Promise<unknown>, count: () => number): Promise<{ most: number; turns: number }> {
  let [most, turns, before] = [0, 0, count()];
  let over = false;
  const look = (): void => {
    most = Math.max(most, count() - before);
    before = count();
    turns++;
    if (!over) setImmediate(look);
  };
  setImmediate(look);
  await run();
  over = true;
  most = Math.max(most, count() - before);
  return { most, turns };
}

describe("in turns of the event loop", () => {
  test("a long part is replayed, and each turn shows only complete Writes", async () => {
    const replica = new Replica();
    const shown: number[] = [];
    const { most, turns } = await turnsOf(() => replica.applyInTurns([...writes].reverse()), () => {
      shown.push(replica.tuples.size - (replica.revisionOf(LEDGER) > 0 ? 1 : 0));
      return replica.tuples.size;
    });
    expect(replica.revisionOf(LEDGER)).toBe(EVENTS);
    expect([most <= STEPS_PER_TURN + SIZE, turns > EVENTS * SIZE / STEPS_PER_TURN / 2]).toEqual([true, true]);
    expect(shown.filter((size) => size % (SIZE - 2) !== 0)).toEqual([]);
  });

  test("changes are sorted into Writes", async () => {
    let seen = 0;
    const counted = FEED.flat().map((change) => Object.defineProperty({ ...change }, "stamp", {
      get: () => (seen++, change.stamp), enumerable: true,
    }));
    const { most } = await turnsOf(() => groupInTurns(counted), () => seen);
    expect([seen >= EVENTS * (SIZE - 1), most <= STEPS_PER_TURN * 2]).toEqual([true, true]);
    expect(writes.map(({ stamp, writes: written, deletes }) => [stamp, written.length + deletes.length]))
      .toEqual(FEED.map((changes) => [changes[0]!.stamp, changes.length]));
  });

  test("pages are updated to the feed, and a replica to another one", async () => {
    const tuples = createTupleSet();
    const settling = await turnsOf(() => catchUpScan(tuples, writes, new Map()), () => tuples.size);
    expect(settling.most).toBeLessThanOrEqual(STEPS_PER_TURN + SIZE);
    const replica = new Replica();
    let compared = 0;
    const { get } = replica.tuples;
    replica.tuples.get = (...key) => (compared++, get.call(replica.tuples, ...key));
    const own: FeedWrite[] = [];
    const becoming = await turnsOf(() => replica.replace(new Replica(tuples), own), () => compared);
    expect(replica.tuples.size).toBe(tuples.size);
    // The sets are compared in parts, and one replaces the other at once.
    expect(becoming.turns).toBeGreaterThan(tuples.size / 2_000);
  });

  test("a replica that changes during the comparison keeps additions, and no deleted tuple", async () => {
    const [ours, theirs] = [new Replica(), new Replica()];
    ours.apply(writes.slice(0, 200));
    theirs.apply(writes.slice(0, 100));
    for (let n = 0; n < 3_000; n++) ours.set(member(`extra-${n}`), member(`extra-${n}`));
    const journal = ours.journal();
    const running = ours.replace(theirs, journal.entries);
    let turns = 0;
    const disturb = (): void => {
      ours.set(member(`new-${turns}`), member(`new-${turns}`));
      ours.set(member(`extra-${turns * 7}`), undefined);
      if (turns++ < 10) setImmediate(disturb);
    };
    setImmediate(disturb);
    const { suspects } = await running;
    const extra = [...ours.tuples.read({})].filter(({ user }) => user.startsWith("user:extra"));
    expect([extra, ours.tuples.size, ours.revisionOf(LEDGER)]).toEqual([[], theirs.tuples.size, 100]);
    expect(suspects.some(({ user }) => user === "user:new-0")).toBe(true);
  });
});

describe("a long feed", () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const PAGES = 400;
  const AT_ONCE = 40;

  /** A server with a long feed, made page by page with one Write per page; counts the pages in memory. */
  function longFeed(now: number) {
    const pages: WeakRef<FeedChange>[] = [];
    let most = 0;
    const idOf = (n: number, place = 1): string => ulid(now + n * 10).slice(0, 10) + String(place).padStart(16, "0");
    const changes = async (_id: string, { cursor, startTime = 0 }: { cursor?: string; startTime?: number }) => {
      const after: string = cursor !== undefined ? JSON.parse(Buffer.from(cursor, "base64").toString()).ulid
        : startTime < now ? "" : ulid(startTime, () => 0);
      const done = after === "" ? 0 : Math.round((decodeTime(after) - now) / 10);
      const n = after === "" ? 1 : idOf(done) <= after ? done + 1 : done;
      const page = n > PAGES ? [] : event(n);
      // The first event has no revision before it to delete; its page still has 100 changes.
      if (n === 1) page.push({ operation: "write", tuple: member("1-x"), at: n, stamp: "w1" });
      if (page[0] !== undefined) pages.push(new WeakRef(page[0]));
      if (pages.length % AT_ONCE === 0) {
        await new Promise((turn) => setTimeout(turn));
        collect();
        most = Math.max(most, pages.filter((each) => each.deref() !== undefined).length);
      }
      const last = page.length === 0 ? after : idOf(n);
      return { changes: page, cursor: Buffer.from(JSON.stringify({ ulid: last })).toString("base64") };
    };
    return { server: serverWith({ changes } as never), held: () => most };
  }

  test("is never in memory as a whole in the replay of `sideline verify`", async () => {
    for (const now of [Date.now() - 3_600_000, Date.now()]) {
      const { server, held } = longFeed(now);
      const record = new FeedReplay({ server, id: "s" });
      await record.read(() => undefined);
      expect(record.replica.revisionOf(LEDGER)).toBe(PAGES);
      expect(held()).toBeLessThan(AT_ONCE);
    }
  });

  test("nor in a reader of a part of it", async () => {
    const { server, held } = longFeed(Date.now());
    let told = 0;
    await streamFeed({ server, id: "s" }, 1, () => false, async (writes) => void (told += writes.length));
    expect([told, held() < AT_ONCE]).toEqual([PAGES, true]);
  });
});

test("a store whose feed is read in many pages is reported once", async () => {
  const store = new FeedStore();
  for (let revision = 1; revision < 40; revision++) store.event(revision, 70, store.now() - 40_000 + revision * 10);
  const told: FeedWrite[] = [];
  await streamFeed({ server: store.server, id: "s" }, 1, () => false, async (writes) => void told.push(...writes));
  expect(told.map(({ steps: [step] }) => step!.to)).toEqual(Array.from({ length: 39 }, (_, i) => i + 1));
  expect(new Set(told.map(({ writes, deletes }) => writes.length + deletes.length))).toEqual(new Set([70]));
});
