// Clocks that are wrong: OpenFGA's is set back, two servers differ, a sidecar's own is set.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Model } from "../../src/model/rewrite.ts";
import type { OpenfgaServer } from "../../src/openfga/client.ts";
import { Follower } from "../../src/openfga/follow/follower.ts";
import { LOOK_BACK } from "../../src/openfga/follow/look-back.ts";
import { OpenfgaChecker } from "../../src/openfga/openfga-checker.ts";
import { OpenfgaError } from "../../src/openfga/openfga-error.ts";
import { readinessOf, type ReadinessParts } from "../../src/openfga/openfga-readiness.ts";
import { ServerClock } from "../../src/openfga/follow/server-clock.ts";
import { at, FeedStore, LEDGER, member, real } from "./feed-store.ts";
import { MODEL } from "./fleet.ts";

const ANY = { higher: false, positions: [] };
const MAX_STALENESS = 5_000;
const SECOND = 1_000;

describe("a sidecar", () => {
  let store: FeedStore;
  let follower: Follower;
  const log = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
  const has = (user: string): boolean => follower.replica.tuples.has("org:fc", "member", `user:${user}`);
  const later = (ms: number): void => void vi.advanceTimersByTime(ms);
  const start = async (): Promise<void> => {
    follower = new Follower({ store: { server: store.server, id: "s" }, interval: 3_600_000, log });
    await follower.start();
    later(20 * SECOND);
    await follower.catchUp(LOOK_BACK.long);
  };
  const poll = async (after = SECOND): Promise<void> => {
    later(after);
    await follower.catchUp(LOOK_BACK.written);
  };
  const figure = (part: string, name: string): number | undefined => {
    const drift = { counts: { passes: 0, failed: 0, extra: 0, missing: 0 }, last: undefined };
    const policy = { name: "policy", ready: true, detail: "" };
    const parts = { follower, maxStaleness: MAX_STALENESS, drift, shadow: undefined, policy };
    const found = readinessOf(parts as unknown as ReadinessParts).parts.find((each) => each.name === part);
    return found?.figures?.find((each) => each.name === name)?.value;
  };

  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ["Date", "performance"] });
    vi.setSystemTime(real());
    for (const each of Object.values(log)) each.mockClear();
    store = new FeedStore();
    store.event(1, 10);
  });
  afterEach(() => {
    follower.close();
    vi.useRealTimers();
  });

  test("that is idle sees a revocation after OpenFGA's clock was set back 30 s, and reports the skew", async () => {
    await start();
    store.event(2, 10);
    await poll();
    expect([has("1-0"), figure("openfga", "clock_skew_seconds")]).toEqual([true, 0]);
    store.skews = [-30 * SECOND];
    later(200);
    store.write([at(3)], [at(2), member("1-0")]);
    await poll();
    expect([has("1-0"), follower.replica.revisionOf(LEDGER), follower.trouble]).toEqual([false, 3, undefined]);
    expect(figure("openfga", "clock_skew_seconds")).toBeGreaterThan(27);
    expect(log.warn).toHaveBeenCalledWith(expect.objectContaining({ seconds: expect.any(Number) }),
      expect.stringContaining("clocks of OpenFGA's servers differ"));
    // And everything until that clock has caught up.
    for (let revision = 4; revision < 34; revision++) {
      store.write([at(revision)], [at(revision - 1), ...(revision === 20 ? [member("2-0")] : [])]);
      await poll();
      expect([follower.replica.revisionOf(LEDGER), follower.counts.scans]).toEqual([revision, 2]);
    }
    expect(has("2-0")).toBe(false);
  });

  test("sees writes from while it was disconnected and OpenFGA's clock was set back", async () => {
    await start();
    store.event(2, 10);
    await poll();
    store.before = () => {
      throw new OpenfgaError("unavailable", "cut off");
    };
    await expect(poll()).rejects.toThrow("cut off");
    store.skews = [-30 * SECOND];
    store.write([], [member("1-0")]);
    store.before = () => undefined;
    await poll(40 * SECOND);
    expect([has("1-0"), has("2-0")]).toEqual([false, true]);
  });

  test("sees the writes of an OpenFGA server whose clock is behind another's", async () => {
    store.skews = [0, -30 * SECOND];
    await start();
    for (let revision = 2; revision < 12; revision++) {
      const gone = revision % 2 === 0 ? [] : [member(`1-${revision % 7}`)];
      store.write([at(revision)], [at(revision - 1), ...gone], store.now(revision));
      await poll();
      expect(follower.replica.revisionOf(LEDGER)).toBe(revision);
    }
    expect(follower.replica.tuples.size).toBe(store.tuples.size);
    expect(figure("openfga", "clock_skew_seconds")).toBeGreaterThan(27);
    expect(log.warn).toHaveBeenCalledTimes(1);
  });

  test("reads the whole store in the end if OpenFGA fails once a server is found to be behind", async () => {
    await start();
    // By a server that gets no request for a minute.
    store.write([at(2)], [at(1), member("1-0")], store.now() - 30 * SECOND);
    for (let polls = 0; polls < 60; polls++) {
      store.write([member(`x${polls}`)], []);
      await poll();
    }
    expect(has("1-0")).toBe(true);
    store.skews = [0, -30 * SECOND];
    let calls = 0;
    store.before = () => {
      if (++calls > 2) throw new OpenfgaError("unavailable", "cut off");
    };
    await expect(poll()).rejects.toThrow("cut off");
    expect(log.warn).toHaveBeenCalledWith(expect.anything(), expect.stringContaining("differ"));
    store.before = () => undefined;
    await poll();
    expect([has("1-0"), follower.counts.scans, follower.trouble]).toEqual([false, 2, undefined]);
  });

  test.each([2, 50, 300])("whose own clock is %i s ahead starts, and follows a busy store", async (seconds) => {
    vi.setSystemTime(real() + seconds * SECOND);
    await start();
    for (let round = 0; round < 5; round++) {
      for (let i = 0; i < 30; i++, later(40)) store.event(2 + round * 30 + i, 100);
      await poll(200);
      expect([follower.trouble, follower.replica.revisionOf(LEDGER)]).toEqual([undefined, 31 + round * 30]);
      expect(follower.replica.tuples.size).toBe(store.tuples.size);
    }
    expect(log.warn).not.toHaveBeenCalled();
  });

  test("whose own clock is set back gives no stale answer, and answers again after a poll", async () => {
    await start();
    const server = { clock: store.clock } as OpenfgaServer;
    const checker = new OpenfgaChecker({ server, storeId: "s", modelId: "m", model: MODEL as Model, follower,
      shadow: undefined, maxStaleness: MAX_STALENESS, revisionOf: async () => 0, now: Date.now });
    const asks = async () => checker.check({ user: "user:1-0", relation: "member", object: "org:fc" }, ANY);
    expect(await asks()).toHaveProperty("allowed");
    store.before = () => {
      throw new OpenfgaError("unavailable", "cut off");
    };
    await expect(poll()).rejects.toThrow("cut off");
    expect(await asks()).toHaveProperty("allowed");
    vi.setSystemTime(Date.now() - 60 * SECOND);
    await expect(asks()).rejects.toThrow();
    expect(figure("replica", "staleness_seconds")).toBe(-1);
    // The clock is ahead of its former time again, and nothing shows how long that took.
    vi.setSystemTime(Date.now() + 60 * SECOND);
    await expect(asks()).rejects.toThrow("stood still");
    store.before = () => undefined;
    await poll();
    expect(await asks()).toHaveProperty("allowed");
    // The monotonic clock still gives the age of the answers.
    later(MAX_STALENESS + 1);
    vi.setSystemTime(Date.now() - MAX_STALENESS);
    await expect(asks()).rejects.toThrow("last complete");
    await poll();
    vi.setSystemTime(Date.now() - 60 * SECOND);
    // A poll shows that the replica is complete, whatever that clock says.
    expect(await asks()).toHaveProperty("allowed");
  });
});

describe("OpenFGA's clock", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["Date", "performance"] }));
  afterEach(() => void vi.useRealTimers());
  const date = (ms: number): string => new Date(ms).toUTCString();

  test("is bounded by the second that an answer names, and by how long the answer took", () => {
    const clock = new ServerClock();
    expect(clock.bounds()).toBeUndefined();
    const asked = performance.now();
    vi.advanceTimersByTime(300);
    clock.note(date(1_000_000), asked);
    clock.note(undefined, asked);
    clock.note("no date", asked);
    expect(clock.bounds()).toEqual({ least: 1_000_000, below: 1_001_300 });
    vi.advanceTimersByTime(5_000);
    expect(clock.bounds()).toEqual({ least: 1_005_000, below: 1_006_300 });
  });

  test("is that of the server farthest behind, of those that answered within a minute", () => {
    const clock = new ServerClock();
    clock.note(date(970_000), performance.now());
    for (let n = 0; n < 60; n++) {
      vi.advanceTimersByTime(1_000);
      clock.note(date(1_001_000 + n * 1_000), performance.now());
      expect(clock.bounds()?.least).toBe(n < 60 ? 971_000 + n * 1_000 : 1_061_000);
    }
    vi.advanceTimersByTime(1_000);
    clock.note(date(1_061_000), performance.now());
    expect(clock.bounds()?.least).toBe(1_061_000);
  });
});
