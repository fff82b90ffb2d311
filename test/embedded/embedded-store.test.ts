// The embedded store: the suite of stores on a file and in memory, and its own promises.
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { applyDelta, type Delta } from "../../src/tuples/delta.ts";
import { openEmbeddedStore, type EmbeddedStore } from "../../src/embedded/embedded-store.ts";
import type { Store } from "../../src/tuples/store.ts";
import { createTupleSet } from "../../src/memory/indexed-tuple-set.ts";
import type { TupleSet } from "../../src/tuples/tuple-set.ts";
import { printTuple, type Tuple } from "../../src/tuples/tuple.ts";
import { holdsAsync } from "../laws/law.ts";
import { describeStore } from "../suites/store.case.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "store-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describeStore({ name: "the embedded store on a file", open: async () => openEmbeddedStore(join(folder, "data")) });
describeStore({ name: "the embedded store in memory", open: async () => openEmbeddedStore(":memory:") });

const tuple = (object: string, user = "user:1"): Tuple => ({ object, relation: "holder", user });
const writing = (...writes: Tuple[]): Delta => ({ writes, deletes: [] });

function contents(store: EmbeddedStore): string[] {
  const set = createTupleSet();
  expect(store.load(set)).toBe(set.size);
  return tell(set);
}

const tell = (set: TupleSet): string[] =>
  [...set.read({})].map((t) => printTuple(t) + JSON.stringify(t.condition ?? null)).sort();

/** The set that the store's feed produces. */
async function folded(store: Store): Promise<TupleSet> {
  const set = createTupleSet();
  for (let cursor: string | undefined; ;) {
    const page = await store.changes(cursor, 7);
    if (page.changes.length === 0) return set;
    for (const { operation, tuple: changed } of page.changes) {
      expect(set[operation === "write" ? "add" : "delete"](changed)).toBe(true);
    }
    cursor = page.cursor;
  }
}

describe("persistence", () => {
  test("reopening gives the same tuples, changes and values", async () => {
    const first = openEmbeddedStore(folder);
    const conditional = { ...tuple("item:2"), condition: { name: "near", context: { a: [1, { b: null }] } } };
    first.commit([writing(tuple("item:1"), conditional), { deletes: [tuple("item:1")], writes: [tuple("item:3")] }], 5);
    first.setMeta("model", "m1");
    first.setMeta("model", "m2");
    const changes = await first.changes(undefined, 99);
    const key = first.emailKey();
    const before = contents(first);
    await first.close();

    const second = openEmbeddedStore(folder);
    expect(contents(second)).toEqual(before);
    expect(before).toHaveLength(2);
    expect(await second.changes(undefined, 99)).toEqual(changes);
    expect(changes.changes.map((change) => change.at)).toEqual([5, 5, 5, 5]);
    expect(second.getMeta("model")).toBe("m2");
    expect(second.getMeta("other")).toBeUndefined();
    expect(second.emailKey()).toEqual(key);
    expect(second.commit([writing(tuple("item:3"))], 6)).toEqual({ ok: false, conflict: "item:3#holder@user:1" });
    await second.close();
  });

  test("each store has its own email key, of 32 bytes", async () => {
    const stores = [openEmbeddedStore(folder), openEmbeddedStore(":memory:"), openEmbeddedStore(":memory:")];
    const keys = stores.map((store) => Buffer.from(store.emailKey()).toString("hex"));
    expect(keys.map((key) => key.length)).toEqual([64, 64, 64]);
    expect(new Set(keys).size).toBe(3);
    for (const store of stores) await store.close();
  });

  test("commit stamps with the clock it was given", async () => {
    const store = openEmbeddedStore(":memory:", () => 1234);
    await store.apply([writing(tuple("item:1"))]);
    expect((await store.changes(undefined, 1)).changes[0]?.at).toBe(1234);
    await store.close();
  });

  test("a new folder is private, and so are its files", async () => {
    const store = openEmbeddedStore(join(folder, "new", "data"));
    store.commit([writing(tuple("item:1"))], 1);
    expect(statSync(join(folder, "new", "data")).mode & 0o777).toBe(0o700);
    for (const file of ["store.db", "store.db-wal", "store.mark", "holder"]) {
      expect(statSync(join(folder, "new", "data", file)).mode & 0o777).toBe(0o600);
    }
    await store.close();
  });

  test("loading into a set that holds a tuple of the store is refused", async () => {
    const store = openEmbeddedStore(":memory:");
    store.commit([writing(tuple("item:1"))], 1);
    const set = createTupleSet();
    set.add(tuple("item:1"));
    expect(() => store.load(set)).toThrow("holds item:1#holder@user:1 already");
    await store.close();
  });
});

describe("pages of tuples", () => {
  const tuples: Tuple[] = [tuple("item:1"), { ...tuple("item:1", "user:2"), condition: { name: "near", context: {} } },
    { object: "item:1", relation: "at", user: "user:1" }, tuple("item:12"), tuple("items:1"), tuple("box:😀\"%_"),
    tuple("box:2", "user:*")];

  test("agree with the filter, in the order of writing, with their time", async () => {
    const store = openEmbeddedStore(":memory:");
    tuples.forEach((t, i) => store.commit([writing(t)], i));
    const set = createTupleSet();
    store.load(set);
    const fields = { object: ["item:1", "box:😀\"%_", "item:9"], objectType: ["item", "box", "user"],
      relation: ["at", "holder"], user: ["user:1", "user:*"] };
    const filters = [{}, ...Object.entries(fields).flatMap(([field, values]) => values.flatMap((value) =>
      [{ [field]: value }, { [field]: value, relation: "holder" }, { [field]: value, user: "user:1" }]))];
    for (const filter of filters) {
      const page = store.page(filter, 99, "");
      const expected = new Set([...set.read(filter)].map(printTuple));
      expect(page?.tuples.map((found) => found.tuple), JSON.stringify(filter))
        .toEqual(tuples.filter((t) => expected.has(printTuple(t))));
      for (const found of page?.tuples ?? []) expect(found.tuple).toEqual(tuples[found.at]);
    }
    await store.close();
  });

  test("of every size return each tuple once; the last has no cursor", async () => {
    const store = openEmbeddedStore(":memory:");
    store.commit([writing(...tuples)], 1);
    for (const size of [1, 2, 6, 7, 8]) {
      const sizes: number[] = [];
      const all: Tuple[] = [];
      let cursor = "";
      do {
        const page = store.page({}, size, cursor);
        all.push(...page?.tuples.map((found) => found.tuple) ?? []);
        sizes.push(page?.tuples.length ?? 0);
        cursor = page?.cursor ?? "";
      } while (cursor !== "");
      expect(all).toEqual(tuples);
      expect(sizes).toHaveLength(Math.ceil(7 / size));
    }
    await store.close();
  });

  test("an invalid cursor has no page, and a page holds 1 tuple or more", async () => {
    const store = openEmbeddedStore(":memory:");
    for (const cursor of ["x", "-1", "0", "1.0", " ", "1 or 1"]) expect(store.page({}, 5, cursor)).toBeUndefined();
    expect(() => store.page({}, 0, "")).toThrow("1 tuple or more, not 0");
    expect(store.page({}, 1, "")).toEqual({ tuples: [], cursor: "" });
    await store.close();
  });
});

describe("the feed", () => {
  test("a page holds 1 change or more", async () => {
    const store = openEmbeddedStore(":memory:");
    store.commit([writing(tuple("item:1"))], 1);
    await expect(store.changes(undefined, 0)).rejects.toThrow("1 change or more, not 0");
    await expect(store.changes(undefined, 1.5)).rejects.toThrow("1 change or more");
    expect((await store.changes(undefined, 1)).changes).toHaveLength(1);
    await store.close();
  });

  test("a cursor of another store is refused", async () => {
    const store = openEmbeddedStore(":memory:");
    store.commit([writing(tuple("item:1"))], 1);
    expect((await store.changes("2.0", 1)).changes).toEqual([]);
    for (const cursor of ["3.0", "", "x", "1", "0.0", "1.1000", "-1.0"]) {
      await expect(store.changes(cursor, 1)).rejects.toThrow("not a cursor");
    }
    await store.close();
  });

  test("more deltas than are read at a time are all returned", async () => {
    const store = openEmbeddedStore(":memory:");
    for (let i = 0; i < 450; i++) store.commit([writing(tuple(`${i % 225 === 0 ? "box" : "item"}:${i}`))], i);
    expect((await store.changes(undefined, 1000)).changes.map((change) => change.at)).toEqual([...Array(450).keys()]);
    expect((await store.changes(undefined, 1000, "box")).changes.map((change) => change.at)).toEqual([0, 225]);
    await store.close();
  });
});

describe("a law", () => {
  const key = fc.record({ object: fc.constantFrom("item:1", "item:2", "box:1", "item:\ud800\"\u0000"),
    relation: fc.constantFrom("holder", "at"), user: fc.constantFrom("user:1", "user:*", "item:1#holder") });
  const keys = fc.uniqueArray(key, { maxLength: 5, selector: printTuple });
  const step = fc.record({ group: fc.array(keys, { maxLength: 4 }),
    asExpected: fc.integer({ min: 0, max: 9 }), reopen: fc.boolean(), value: fc.jsonValue() });

  test("after any deltas, reopened at any time, store = set = the result of its feed", async () => {
    await holdsAsync(fc.array(step, { maxLength: 12 }), 30, async (steps) => {
      const place = mkdtempSync(join(folder, "law-"));
      let store = openEmbeddedStore(place);
      const set = createTupleSet();
      for (const { group, asExpected, reopen, value } of steps) {
        const trial = createTupleSet();
        for (const t of set.read({})) trial.add(t);
        const deltas = group.map((keys) => deltaOf(trial, keys, asExpected, value));
        const fits = deltas.every((delta) => delta !== undefined);
        expect(store.commit(deltas.map((delta, i) => delta ?? misfit(trial, group[i] as Tuple[])), 1).ok).toBe(fits);
        if (fits) for (const delta of deltas) applyDelta(set, delta as Delta);
        if (reopen) {
          await store.close();
          store = openEmbeddedStore(place);
        }
      }
      expect(contents(store)).toEqual(tell(set));
      expect(tell(await folded(store))).toEqual(tell(set));
      await store.close();
    }, 500);
  });

  /** The delta that flips each key, applied to the trial; none if the keys are not as expected. */
  function deltaOf(trial: TupleSet, keys: readonly Tuple[], asExpected: number, value: unknown): Delta | undefined {
    if (asExpected === 0 && keys.length > 0) return undefined;
    const there = (t: Tuple): boolean => trial.has(t.object, t.relation, t.user);
    const writes = keys.filter((t) => !there(t))
      .map((t, i) => (i % 2 === 0 ? t : { ...t, condition: { name: "near", context: { value } } }));
    const delta = { deletes: keys.filter(there), writes };
    applyDelta(trial, delta);
    return delta;
  }

  /** A delta that expects the opposite of the first key's state. */
  function misfit(trial: TupleSet, [first]: readonly Tuple[]): Delta {
    if (first === undefined) throw new Error("no key to misjudge");
    return trial.has(first.object, first.relation, first.user) ? writing(first) : { writes: [], deletes: [first] };
  }
});

describe("a path that is no folder", () => {
  test("is a clear error that names it", () => {
    const file = join(folder, "file");
    writeFileSync(file, "");
    expect(() => openEmbeddedStore(file)).toThrow(`the store in ${file} cannot be used: ENOTDIR`);
    expect(() => openEmbeddedStore(join(file, "under"))).toThrow(`the store in ${join(file, "under")} cannot be used`);
  });
});
