// Pages of stored tuples on the embedded store: rare tuples are searched for over several turns, on one revision.
import { afterEach, expect, test, vi } from "vitest";
import { EmbeddedChecker } from "../../src/embedded/embedded-checker.ts";
import { StateLock } from "../../src/sidecar/state-lock.ts";
import { openEmbeddedStore, type EmbeddedStore } from "../../src/embedded/embedded-store.ts";
import { createTupleSet } from "../../src/memory/indexed-tuple-set.ts";
import type { TupleSet } from "../../src/tuples/tuple-set.ts";
import type { Tuple } from "../../src/tuples/tuple.ts";
import { MODEL } from "../world/world.ts";

const RARE = { objectType: "team", user: "user:rare" };
const rare = (n: number): Tuple => ({ object: `team:${n}`, relation: "athlete_account", user: "user:rare" });
const common = (n: number): Tuple => ({ object: `team:c${n}`, relation: "athlete_account", user: `user:u${n}` });
const ANY = { higher: false, positions: [] };

const opened: EmbeddedStore[] = [];
afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
});

/** A store of `count` tuples; those at the given places are rare. */
function storeOf(count: number, places: readonly number[]): EmbeddedStore {
  const store = openEmbeddedStore(":memory:");
  opened.push(store);
  for (let from = 0; from < count; from += 100) {
    const writes = Array.from({ length: Math.min(100, count - from) }, (_, i) =>
      places.includes(from + i) ? rare(from + i) : common(from + i));
    store.commit([{ writes, deletes: [] }], 1);
  }
  return store;
}

/** The tuples of a store in memory. */
function loaded(store: EmbeddedStore): TupleSet {
  const tuples = createTupleSet();
  store.load(tuples);
  return tuples;
}

test("pages that look at a few tuples each return the same tuples as one page that looks at all", () => {
  const store = storeOf(1000, [0, 1, 98, 99, 100, 500, 999]);
  const { tuples: whole } = store.page(RARE, 100, "")!;
  expect(whole).toHaveLength(7);
  for (const [size, most] of [[100, 100], [1, 100], [2, 7], [3, 1000], [7, 999], [100, 1]] as const) {
    const found = [];
    for (let cursor = ""; ;) {
      const page = store.page(RARE, size, cursor, most)!;
      expect(page.tuples.length).toBeLessThanOrEqual(size);
      found.push(...page.tuples);
      cursor = page.cursor;
      if (cursor === "") break;
    }
    expect(found).toEqual(whole);
  }
});

test("a page of rare tuples takes several turns, in which events wait and others do not", async () => {
  const store = storeOf(110_000, [3, 60_000, 109_999]);
  const lock = new StateLock();
  const checker = new EmbeddedChecker(MODEL, loaded(store), store, () => 1, lock);
  const done: string[] = [];
  const page = checker.read(RARE, 100, "", ANY);
  expect(page).toBeInstanceOf(Promise);
  lock.change(() => void done.push("an event"));
  setImmediate(() => void done.push("a check"));
  const answer = await page;
  done.push("the page");
  expect(answer).toEqual({ tuples: [3, 60_000, 109_999].map((n) => ({ tuple: rare(n), at: 1 })), cursor: "" });
  await new Promise((over) => setImmediate(() => setImmediate(over)));
  expect(done).toEqual(["a check", "the page", "an event"]);
});

test("a page that is full after the first look is answered at once", () => {
  const store = storeOf(110_000, [3, 4, 60_000]);
  const checker = new EmbeddedChecker(MODEL, loaded(store), store, () => 1);
  const page = checker.read(RARE, 2, "", ANY);
  expect(page).toMatchObject({ tuples: [{ tuple: rare(3) }, { tuple: rare(4) }] });
});

test("a page about an object or a user that no tuple names reads nothing", () => {
  const tuples = createTupleSet();
  tuples.add({ object: "org:fc", relation: "member", user: "user:ann" });
  const page = vi.fn(() => ({ tuples: [], cursor: "" }));
  const checker = new EmbeddedChecker(MODEL, tuples, { page }, Date.now);
  for (const filter of [{ object: "org:none" }, { objectType: "org", user: "user:none" },
    { object: "user:ann" }, { object: "org:fc", user: "org:fc#coach" }]) {
    expect(checker.read(filter, 10, "", ANY)).toEqual({ tuples: [], cursor: "" });
  }
  expect(page).not.toHaveBeenCalled();
  void checker.read({ object: "org:fc", user: "user:ann" }, 10, "", ANY);
  void checker.read({ object: "org:none" }, 10, "a cursor", ANY);
  expect(page).toHaveBeenCalledTimes(2);
});
