// A process that stalled: no question is answered from the state before it; a replica that lags is reported.
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { LogLimit } from "../../src/sidecar/log-limit.ts";
import type { Part } from "../../src/sidecar/sidecar.ts";
import { Follower, type FollowerParts } from "../../src/openfga/follow/follower.ts";
import { LOOK_BACK } from "../../src/openfga/follow/look-back.ts";
import { OpenfgaChecker } from "../../src/openfga/openfga-checker.ts";
import { OpenfgaError } from "../../src/openfga/openfga-error.ts";
import { readinessOf, type ReadinessParts } from "../../src/openfga/openfga-readiness.ts";
import { PauseDetector } from "../../src/openfga/follow/pause-detector.ts";
import { PATIENCE_MS } from "../live/patience.ts";
import { at, FeedStore, member } from "./feed-store.ts";
import { MODEL } from "./fleet.ts";

/** A part of the readiness of a sidecar with such a follower. */
function partOf(follower: Follower, part: string): Part | undefined {
  const drift = { counts: { passes: 0, failed: 0, extra: 0, missing: 0 }, last: undefined };
  const parts = { follower, maxStaleness: Infinity, drift, shadow: undefined, policy: { name: "policy" } };
  return readinessOf(parts as unknown as ReadinessParts).parts.find(({ name }) => name === part);
}

describe("a pulse", () => {
  let pulse: PauseDetector;
  let wake: ReturnType<typeof vi.fn<() => Promise<void>>>;
  let done: () => void;
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["Date", "performance", "setInterval"] });
    wake = vi.fn<() => Promise<void>>(() => new Promise((resolve) => void (done = resolve)));
    pulse = new PauseDetector({ longest: 2_000, wait: PATIENCE_MS, wake, beaten: () => undefined });
  });
  afterEach(() => {
    pulse.stop();
    vi.useRealTimers();
  });
  /** Time passes without a timer: the process is paused. */
  const pause = (ms: number): void => {
    const [date, now] = [Date.now(), performance.now()];
    vi.setSystemTime(date + ms);
    vi.spyOn(performance, "now").mockImplementation(() => now + ms);
  };

  test("that beats makes nobody wait", () => {
    vi.advanceTimersByTime(60_000);
    expect([pulse.waking, wake.mock.calls.length]).toEqual([undefined, 0]);
    pause(1_999);
    expect(pulse.waking).toBeUndefined();
  });

  test("makes every question wait until the state is up to date, however many there are", async () => {
    pause(2_001);
    const first = pulse.waking;
    expect([first === undefined, pulse.waking === first, wake.mock.calls.length]).toEqual([false, true, 1]);
    let answered = false;
    void first!.then(() => answered = true);
    await sleep(10);
    expect([answered, pulse.waking === first]).toEqual([false, true]);
    done();
    await first;
    expect([pulse.waking, wake.mock.calls.length]).toEqual([undefined, 1]);
  });

  test("after an update that failed, makes nobody wait, and is behind until the state is newer", async () => {
    pulse.stop();
    const before = performance.now();
    for (const wakes of [() => Promise.reject(new Error("no answer")), () => new Promise<void>(() => undefined)]) {
      vi.restoreAllMocks();
      pulse = new PauseDetector({ longest: 2_000, wait: 1, wake: wakes, beaten: () => undefined });
      pause(2_001);
      expect(pulse.isBehind).toBe(false);
      await pulse.waking;
      expect([pulse.waking, pulse.isBehind]).toEqual([undefined, true]);
      pulse.completeAt(before);
      expect(pulse.isBehind).toBe(true);
      pulse.completeAt(performance.now());
      expect(pulse.isBehind).toBe(false);
      pulse.stop();
    }
  });

  test("is missed if the clock was set back", () => {
    vi.setSystemTime(Date.now() - 1);
    expect(pulse.waking).toBeDefined();
  });
});

describe("a sidecar whose process stalled", () => {
  const ANY = { higher: false, positions: [] };
  const question = { object: "org:fc", relation: "member", user: "user:1-0" };
  const list = { type: "org", relation: "member", user: "user:1-0" };
  let store: FeedStore;
  let follower: Follower;
  let checker: OpenfgaChecker;
  beforeEach(async () => {
    vi.useFakeTimers({ toFake: ["Date", "performance"] });
    store = new FeedStore();
    store.event(1, 10);
    const log = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
    // No timer of it runs within the test.
    follower = new Follower({ store: { server: store.server, id: "s" }, interval: 3_600_000, log, wakeWait: 50 });
    await follower.start();
    checker = new OpenfgaChecker({ server: store.server, storeId: "s", modelId: "m", model: MODEL, follower,
      shadow: undefined, maxStaleness: 100 * 3_600_000, revisionOf: async () => 0, now: Date.now });
    expect(await asks()).toEqual({ allowed: true });
    vi.advanceTimersByTime(3 * 3_600_000);
    store.write([at(2)], [at(1), member("1-0")]);
  });
  afterEach(() => {
    follower.close();
    vi.useRealTimers();
  });
  const asks = async (): Promise<unknown> => checker.check(question, ANY);
  test("answers from the state after it", async () => {
    expect(await Promise.all([asks(), asks()])).toEqual([{ allowed: false }, { allowed: false }]);
    expect(await checker.listObjects(list, ANY)).toEqual({ objects: [] });
  });

  test("gives no answer from before while OpenFGA is unreachable, and is not ready", async () => {
    store.before = () => {
      throw new OpenfgaError("unavailable", "cut off");
    };
    await expect(asks()).rejects.toThrow("stood still");
    // Nor to the next question, which has nothing to wait for.
    await expect(asks()).rejects.toThrow("stood still");
    await expect(async () => checker.listObjects(list, ANY)).rejects.toThrow("stood still");
    await expect(async () => checker.state(ANY)).rejects.toThrow("stood still");
    const detail = expect.stringContaining("a pause of this process");
    expect(partOf(follower, "replica")).toMatchObject({ ready: false, detail });
    store.before = () => undefined;
    await follower.catchUp(LOOK_BACK.shortest);
    await expect(asks()).rejects.toThrow("stood still");
    await follower.catchUp(LOOK_BACK.written);
    expect(await asks()).toEqual({ allowed: false });
    expect(partOf(follower, "replica")).toMatchObject({ ready: true });
  });

  test("gives no answer from before while the poll takes its time", async () => {
    let go = (): void => undefined;
    const held = new Promise<void>((resolve) => void (go = resolve));
    store.before = () => held;
    await expect(asks()).rejects.toThrow("stood still");
    go();
    await expect.poll(() => asks().catch(() => undefined)).toEqual({ allowed: false });
  });
});

test("a follower that lags more than five polls warns, is not ready, and reports when it has caught up", async () => {
  const store = new FeedStore();
  store.event(1, 10);
  const said: string[] = [];
  const say = (_: object, message: string): void => void said.push(message);
  const log = { info: say, warn: say, error: say } as unknown as FollowerParts["log"];
  const follower = new Follower({ store: { server: store.server, id: "s" }, interval: 20, log });
  await follower.start();
  let go = (): void => undefined;
  const held = new Promise<void>((resolve) => void (go = resolve));
  store.before = () => held;
  await expect.poll(() => said.includes("the replica lags behind the store")).toBe(true);
  expect(follower.lag).toBeGreaterThan(5);
  const lag = partOf(follower, "openfga")!;
  expect([lag.ready, lag.detail]).toEqual([false, "lags by more than 5 polls"]);
  expect(lag.figures?.find(({ name }) => name === "lag_polls")?.value).toBeGreaterThan(5);
  store.before = () => undefined;
  go();
  await expect.poll(() => said.includes("the replica has caught up with the store")).toBe(true);
  await expect.poll(() => {
    const { ready, detail, figures } = partOf(follower, "openfga")!;
    return [ready, detail, figures?.find(({ name }) => name === "lag_polls")?.value];
  }).toEqual([true, "answers", 0]);
  store.before = () => {
    throw new OpenfgaError("unavailable", "key of the store");
  };
  const trouble = "cannot be followed now: the log has the reason";
  await expect.poll(() => partOf(follower, "openfga")).toMatchObject({ ready: false, detail: trouble });
  follower.close();
});

test("a limit of the log lets lines through, and reports how many it dropped", () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  const lines: object[] = [];
  const limit = new LogLimit(2, () => performance.now());
  for (let n = 0; n < 5; n++) limit.write((leftOut) => lines.push({ n, ...leftOut }));
  vi.advanceTimersByTime(60_000);
  limit.write((leftOut) => lines.push({ n: 5, ...leftOut }));
  expect(lines).toEqual([{ n: 0 }, { n: 1 }, { n: 5, left_out: 3 }]);
  vi.useRealTimers();
});
