// The lock that holds a state still: nobody waits needlessly, and neither answers nor changes starve.
import { describe, expect, test } from "vitest";
import { MAX_LONG_ANSWERS_AT_ONCE } from "../../src/sidecar/sidecar-limits.ts";
import { StateLock, type Release } from "../../src/sidecar/state-lock.ts";

/** A lock, and the work done under it, in order. */
function stage() {
  const lock = new StateLock();
  const done: string[] = [];
  const releases = new Map<string, Release>();
  return {
    lock, done,
    hold: (name: string) => lock.hold((release) => {
      done.push(`${name} begins`);
      releases.set(name, release);
    }),
    alone: (name: string) => lock.alone((release) => {
      done.push(`${name} begins alone`);
      releases.set(name, release);
    }),
    release: (name: string) => releases.get(name)!(),
    change: (name: string) => lock.change(() => void done.push(name)),
  };
}

test("a change and a hold begin at once if nobody holds the lock", () => {
  const { done, hold, change, release } = stage();
  change("one");
  hold("list");
  release("list");
  change("two");
  expect(done).toEqual(["one", "list begins", "two"]);
});

test("a change waits for every hold that began before it", () => {
  const { done, hold, change, release } = stage();
  hold("a");
  hold("b");
  change("one");
  release("a");
  expect(done).toEqual(["a begins", "b begins"]);
  release("b");
  expect(done).toEqual(["a begins", "b begins", "one"]);
});

test("a hold waits behind a waiting change, so that a stream of lists blocks no event", () => {
  const { lock, done, hold, change, release } = stage();
  hold("a");
  expect(lock.isFree).toBe(true);
  change("one");
  expect(lock.isFree).toBe(false);
  hold("b");
  change("two");
  hold("c");
  expect(done).toEqual(["a begins"]);
  release("a");
  expect(done).toEqual(["a begins", "one", "b begins"]);
  release("b");
  expect(done).toEqual(["a begins", "one", "b begins", "two", "c begins"]);
});

test("a lasting change waits for holds, and everything waits for it until its release", () => {
  const { lock, done, hold, alone, change, release } = stage();
  hold("a");
  alone("trial");
  hold("b");
  change("one");
  expect(done).toEqual(["a begins"]);
  release("a");
  expect(done).toEqual(["a begins", "trial begins alone"]);
  expect(lock.isFree).toBe(false);
  release("trial");
  release("b");
  release("trial");
  expect(done).toEqual(["a begins", "trial begins alone", "one", "b begins"]);
  expect(lock.isFree).toBe(true);
});

test("a lock without a queue is not free while a lasting change holds it", () => {
  const { lock, done, alone, hold, change, release } = stage();
  alone("trial");
  expect(lock.isFree).toBe(false);
  hold("list");
  change("one");
  alone("next");
  release("trial");
  release("list");
  expect(done).toEqual(["trial begins alone", "one", "list begins", "next begins alone"]);
  release("next");
  expect(lock.isFree).toBe(true);
});

describe("many answers", () => {
  const names = (count: number, name: string): string[] => Array.from({ length: count }, (_, n) => `${name}${n}`);
  const begun = (some: readonly string[]): string[] => some.map((name) => `${name} begins`);

  test("begin 4 at a time, each further one when one ends", () => {
    const { lock, done, hold, release } = stage();
    const all = names(MAX_LONG_ANSWERS_AT_ONCE + 2, "list");
    for (const name of all.slice(0, MAX_LONG_ANSWERS_AT_ONCE - 1)) hold(name);
    expect(lock.isFree).toBe(true);
    for (const name of all.slice(MAX_LONG_ANSWERS_AT_ONCE - 1)) hold(name);
    expect(done).toEqual(begun(all.slice(0, MAX_LONG_ANSWERS_AT_ONCE)));
    expect(lock.isFree).toBe(false);
    release("list2");
    expect(done).toEqual(begun(all.slice(0, -1)));
    release("list0");
    expect(done).toEqual(begun(all));
  });

  test("that come before a change begin after it, except 4", () => {
    const { done, hold, change, release } = stage();
    const all = names(10, "list");
    for (const name of all) hold(name);
    change("one");
    change("two");
    for (const name of all.slice(0, 4)) release(name);
    // Between two changes, 4 more begin: a stream of events blocks no answers either.
    const [first, then, last] = [all.slice(0, 4), all.slice(4, 8), all.slice(8)].map(begun);
    expect(done).toEqual([...first!, "one", ...then!]);
    for (const name of all.slice(4, 8)) release(name);
    expect(done).toEqual([...first!, "one", ...then!, "two", ...last!]);
  });

  test("that have the state alone: one begins before a change", () => {
    const { done, alone, change, release } = stage();
    const all = names(3, "trial");
    for (const name of all) alone(name);
    change("one");
    change("two");
    for (const name of all) release(name);
    expect(done).toEqual(["trial0 begins alone", "one", "trial1 begins alone", "two", "trial2 begins alone"]);
  });

  test("wait in order: those behind one that has the state alone do not pass it", () => {
    const { done, hold, alone, release } = stage();
    hold("a");
    alone("trial");
    hold("b");
    expect(done).toEqual(["a begins"]);
    release("a");
    release("trial");
    expect(done).toEqual(["a begins", "trial begins alone", "b begins"]);
  });
});

test("a release counts once", () => {
  const { done, hold, change, release } = stage();
  hold("a");
  hold("b");
  change("one");
  release("a");
  release("a");
  expect(done).not.toContain("one");
});

test("a failed change blocks nobody behind it", async () => {
  const { lock, done, hold, change, release } = stage();
  hold("a");
  const failing = lock.changed(() => {
    throw new Error("broken");
  });
  lock.change(() => {
    throw new Error("broken as well");
  });
  change("two");
  hold("b");
  expect(() => release("a")).toThrow("broken as well");
  await expect(failing).rejects.toThrow("broken");
  expect(done).toEqual(["a begins", "two", "b begins"]);
  release("b");
  expect(await lock.changed(() => 7)).toBe(7);
});

test("a change that begins another change while it runs is followed by that one", () => {
  const lock = new StateLock();
  const done: number[] = [];
  lock.change(() => {
    lock.change(() => void done.push(2));
    done.push(1);
  });
  expect(done.sort()).toEqual([1, 2]);
});
