// The lock that holds a state still: nobody waits needlessly, and neither answers nor changes starve.
import { expect, test } from "vitest";
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
  expect(done).toEqual(["a begins", "trial begins alone", "b begins", "one"]);
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
  expect(done).toEqual(["trial begins alone", "list begins", "one", "next begins alone"]);
  release("next");
  expect(lock.isFree).toBe(true);
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
