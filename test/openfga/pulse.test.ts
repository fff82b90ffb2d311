// A process that stood still: no question is answered from the state before it; a replica that lags is reported.
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { LogLimit } from "../../src/events/log-limit.ts";
import { Follower, type FollowerParts } from "../../src/openfga/follower.ts";
import { Pulse } from "../../src/openfga/pulse.ts";
import { FeedStore } from "./feed-store.ts";

describe("a pulse", () => {
  let pulse: Pulse;
  let wake: ReturnType<typeof vi.fn<() => Promise<void>>>;
  let done: () => void;
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["Date", "performance", "setInterval"] });
    wake = vi.fn<() => Promise<void>>(() => new Promise((resolve) => void (done = resolve)));
    pulse = new Pulse(2_000, wake, () => undefined);
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

  test("that beats is none to wait for", () => {
    vi.advanceTimersByTime(60_000);
    expect([pulse.waking, wake.mock.calls.length]).toEqual([undefined, 0]);
    pause(1_999);
    expect(pulse.waking).toBeUndefined();
  });

  test("has every question wait until the state is brought up to date, however many there are", async () => {
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

  test("is missed where the clock was set back", () => {
    vi.setSystemTime(Date.now() - 1);
    expect(pulse.waking).toBeDefined();
  });
});

test("a follower that lags more than five polls warns, and says when it has caught up", async () => {
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
  store.before = () => undefined;
  go();
  await expect.poll(() => said.includes("the replica has caught up with the store")).toBe(true);
  follower.close();
});

test("a limit of the log lets lines through, and says how many it left out", () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  const lines: object[] = [];
  const limit = new LogLimit(2, () => performance.now());
  for (let n = 0; n < 5; n++) limit.write((leftOut) => lines.push({ n, ...leftOut }));
  vi.advanceTimersByTime(60_000);
  limit.write((leftOut) => lines.push({ n: 5, ...leftOut }));
  expect(lines).toEqual([{ n: 0 }, { n: 1 }, { n: 5, left_out: 3 }]);
  vi.useRealTimers();
});
