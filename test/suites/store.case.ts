// The suite that every implementation of the store port passes: the promises of a store of tuples, case by case.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Delta } from "../../src/tuples/delta.ts";
import { MAX_TUPLES_PER_DELTA, type Change, type Store } from "../../src/tuples/store.ts";
import { printTuple, type Tuple, type TupleCondition } from "../../src/tuples/tuple.ts";

/** The implementation under test. */
export interface StoreSubject {
  readonly name: string;
  /** An empty store that accepts tuples of the given model (OpenFGA's DSL). The suite closes it. */
  open(model: string): Promise<Store>;
  /** Cases that this implementation cannot pass: title to reason. An unknown title fails the suite. */
  readonly skips?: Readonly<Record<string, string>>;
}

const MODEL = `model
  schema 1.1
type user
type number
type box
  relations
    define holder: [user]
type item
  relations
    define at: [number]
    define holder: [user, user:*, item#holder, user with near]
condition near(distance: int) {
  distance < 10
}
`;

const holder = (object: string, user: string, condition?: TupleCondition): Tuple =>
  condition === undefined ? { object, relation: "holder", user } : { object, relation: "holder", user, condition };
const at = (n: number): Tuple => ({ object: "item:1", relation: "at", user: `number:${n}` });
const writing = (...writes: Tuple[]): Delta => ({ writes, deletes: [] });
const deleting = (...deletes: Tuple[]): Delta => ({ writes: [], deletes });
const moving = (from: number, to: number): Delta => ({ writes: [at(to)], deletes: [at(from)] });
const holders = (n: number, object = "item:1"): Tuple[] =>
  Array.from({ length: n }, (_, i) => holder(object, `user:${i}`));

const print = (tuple: Tuple): string => printTuple(tuple) + JSON.stringify(tuple.condition ?? null);
const tell = ({ operation, tuple }: Change): string => `${operation} ${printTuple(tuple)}`;

async function contents(store: Store): Promise<string[]> {
  const found: string[] = [];
  for await (const tuple of store.read()) found.push(print(tuple));
  return found.sort();
}

const sorted = (tuples: readonly Tuple[]): string[] => tuples.map(print).sort();

/** Every change after a cursor, read in pages of `limit`, and the cursor at the end. */
async function follow(store: Store, limit: number, from?: string, type?: string): Promise<[Change[], string]> {
  const all: Change[] = [];
  for (let cursor = from; ;) {
    const page = await store.changes(cursor, limit, type);
    expect(page.changes.length).toBeLessThanOrEqual(limit);
    all.push(...page.changes);
    if (page.changes.length === 0) return [all, page.cursor];
    cursor = page.cursor;
  }
}

async function ok(store: Store, ...deltas: Delta[]): Promise<void> {
  expect(await store.apply(deltas)).toEqual({ ok: true });
}

const CASES: Readonly<Record<string, (store: Store) => Promise<void>>> = {
  "an empty store has no tuples and no changes": async (store) => {
    expect(await contents(store)).toEqual([]);
    expect((await store.changes(undefined, 10)).changes).toEqual([]);
  },

  "what was written is read, conditions included": async (store) => {
    const tuples = [holder("item:1", "user:a"), holder("item:1", "user:*"), holder("item:2", "item:1#holder"),
      holder("item:1", "user:b", { name: "near", context: { distance: 3 } }),
      holder("item:1", "user:c", { name: "near", context: {} })];
    await ok(store, writing(...tuples.slice(0, 3)), writing(...tuples.slice(3)));
    expect(await contents(store)).toEqual(sorted(tuples));
  },

  "what was deleted is gone, and nothing else": async (store) => {
    await ok(store, writing(...holders(3)));
    await ok(store, deleting(holder("item:1", "user:1")));
    expect(await contents(store)).toEqual(sorted([holder("item:1", "user:0"), holder("item:1", "user:2")]));
  },

  "a deleted tuple can be written again, with another condition": async (store) => {
    await ok(store, writing(holder("item:1", "user:a")));
    await ok(store, deleting(holder("item:1", "user:a")));
    const again = holder("item:1", "user:a", { name: "near", context: { distance: 1 } });
    await ok(store, writing(again));
    expect(await contents(store)).toEqual(sorted([again]));
    await ok(store, deleting(holder("item:1", "user:a")));
    expect(await contents(store)).toEqual([]);
  },

  "deleting a tuple that is not there is a conflict, and the delta is not applied": async (store) => {
    await ok(store, writing(at(1)));
    const answer = await store.apply([{ writes: [at(3)], deletes: [at(1), at(2)] }]);
    expect(answer).toEqual({ ok: false, conflict: printTuple(at(2)) });
    expect(await contents(store)).toEqual(sorted([at(1)]));
  },

  "writing a tuple that is there is a conflict, whatever its condition": async (store) => {
    await ok(store, writing(holder("item:1", "user:a")));
    for (const condition of [undefined, { name: "near", context: {} }]) {
      const answer = await store.apply([writing(holder("item:1", "user:b"), holder("item:1", "user:a", condition))]);
      expect(answer).toEqual({ ok: false, conflict: "item:1#holder@user:a" });
    }
    expect(await contents(store)).toEqual(sorted([holder("item:1", "user:a")]));
  },

  "a conflict in the last delta undoes the group": async (store) => {
    await ok(store, writing(at(1)));
    const answer = await store.apply([moving(1, 2), writing(holder("item:1", "user:a")), deleting(at(7))]);
    expect(answer).toEqual({ ok: false, conflict: printTuple(at(7)) });
    expect(await contents(store)).toEqual(sorted([at(1)]));
    const [changes] = await follow(store, 10);
    expect(changes.map(tell)).toEqual([`write ${printTuple(at(1))}`]);
    await ok(store, moving(1, 2));
  },

  "a delta builds on the ones before it in its group": async (store) => {
    await ok(store, writing(at(1)));
    await ok(store, moving(1, 2), moving(2, 3), moving(3, 4));
    expect(await contents(store)).toEqual(sorted([at(4)]));
    expect(await store.apply([moving(4, 5), moving(4, 6)])).toEqual({ ok: false, conflict: printTuple(at(4)) });
  },

  "two deltas of a group that write the same tuple are a conflict, and so are two that delete it": async (store) => {
    expect(await store.apply([writing(at(1)), writing(at(1))])).toEqual({ ok: false, conflict: printTuple(at(1)) });
    expect(await contents(store)).toEqual([]);
    await ok(store, writing(at(1)));
    expect(await store.apply([deleting(at(1)), deleting(at(1))])).toEqual({ ok: false, conflict: printTuple(at(1)) });
    expect(await contents(store)).toEqual(sorted([at(1)]));
  },

  "what one delta of a group writes, a later one can delete": async (store) => {
    await ok(store, writing(at(1)), deleting(at(1)), writing(at(1), at(2)), deleting(at(1)));
    expect(await contents(store)).toEqual(sorted([at(2)]));
  },

  "of many who move on from the same tuple at once, one succeeds": async (store) => {
    await ok(store, writing(at(0)));
    const answers = await Promise.all([1, 2, 3, 4, 5].map((n) => store.apply([moving(0, n)])));
    expect(answers.filter((answer) => answer.ok)).toHaveLength(1);
    const winner = answers.findIndex((answer) => answer.ok) + 1;
    expect(await contents(store)).toEqual(sorted([at(winner)]));
  },

  "nothing to do is done": async (store) => {
    await ok(store);
    await ok(store, writing(), deleting());
    expect((await store.changes(undefined, 10)).changes).toEqual([]);
  },

  "changes come in the order they were applied, deletes first, with their time": async (store) => {
    const start = Date.now();
    await ok(store, writing(at(1), holder("item:1", "user:a", { name: "near", context: { distance: 2 } })));
    await ok(store, moving(1, 2));
    const [changes] = await follow(store, 10);
    expect(changes.map(tell)).toEqual([`write ${printTuple(at(1))}`, "write item:1#holder@user:a",
      `delete ${printTuple(at(1))}`, `write ${printTuple(at(2))}`]);
    expect(changes[1]?.tuple.condition).toEqual({ name: "near", context: { distance: 2 } });
    for (const change of changes) {
      expect(change.at).toBeGreaterThanOrEqual(start - 2000);
      expect(change.at).toBeLessThanOrEqual(Date.now() + 2000);
    }
  },

  "pages of every size tell the same changes, none twice": async (store) => {
    await ok(store, writing(...holders(3), at(0)));
    for (let n = 0; n < 4; n++) await ok(store, moving(n, n + 1));
    const [whole] = await follow(store, 100);
    expect(whole).toHaveLength(12);
    for (const limit of [1, 2, 3, 4, 5, 11, 12]) {
      expect((await follow(store, limit))[0]).toEqual(whole);
    }
  },

  "the cursor of the last page stays, and continues with what is written later": async (store) => {
    await ok(store, writing(at(1)));
    const [, end] = await follow(store, 10);
    expect(await store.changes(end, 10)).toEqual({ changes: [], cursor: end });
    await ok(store, moving(1, 2));
    const [later] = await follow(store, 1, end);
    expect(later.map(tell)).toEqual([`delete ${printTuple(at(1))}`, `write ${printTuple(at(2))}`]);
  },

  "changes of one type are those of its objects": async (store) => {
    await ok(store, writing(holder("box:1", "user:a"), at(1), holder("box:2", "user:a")));
    await ok(store, moving(1, 2));
    await ok(store, deleting(holder("box:1", "user:a")));
    for (const limit of [1, 2, 10]) {
      const [changes] = await follow(store, limit, undefined, "box");
      expect(changes.map(tell)).toEqual(["write box:1#holder@user:a", "write box:2#holder@user:a",
        "delete box:1#holder@user:a"]);
    }
    expect((await follow(store, 10, undefined, "user"))[0]).toEqual([]);
  },

  "a delta holds at most 100 tuples, deletes and writes together": async (store) => {
    expect(MAX_TUPLES_PER_DELTA).toBe(100);
    await ok(store, writing(...holders(50)));
    const deletes = holders(50);
    await expect(store.apply([{ deletes, writes: holders(51, "item:2") }])).rejects.toThrow(/100/);
    expect(await contents(store)).toEqual(sorted(holders(50)));
    await ok(store, { deletes, writes: holders(50, "item:2") });
    expect(await contents(store)).toEqual(sorted(holders(50, "item:2")));
  },

  "a key twice in one delta is refused": async (store) => {
    await ok(store, writing(at(1)));
    await expect(store.apply([{ writes: [at(1)], deletes: [at(1)] }])).rejects.toThrow();
    await expect(store.apply([writing(at(2), at(2))])).rejects.toThrow();
    await expect(store.apply([deleting(at(1), at(1))])).rejects.toThrow();
    expect(await contents(store)).toEqual(sorted([at(1)]));
  },

  "ids keep every character": async (store) => {
    const ids = ["a@b.example", "a|b", "a/b\\c", "\"'`", "é", "e\u0301", "😀", "[{,}]", "%_*?", "\u2028", "A", "a"]
      .filter((id) => !/\s/.test(id));
    const tuples = ids.flatMap((id) => [holder(`item:${id}`, "user:x"), holder("item:x", `user:${id}`)]);
    await ok(store, writing(...tuples));
    expect(await contents(store)).toEqual(sorted(tuples));
    await ok(store, deleting(...tuples));
    expect(await contents(store)).toEqual([]);
  },

  "more tuples than any page holds are all read": async (store) => {
    const tuples = Array.from({ length: 23 }, (_, i) => holders(100, `item:${i}`));
    for (const some of tuples) await ok(store, writing(...some));
    expect(await contents(store)).toEqual(sorted(tuples.flat()));
    expect((await follow(store, 100))[0]).toHaveLength(2300);
  },

  "a closed store refuses, and closing twice is no fault": async (store) => {
    await ok(store, writing(at(1)));
    await store.close();
    await store.close();
    await expect(store.apply([moving(1, 2)])).rejects.toThrow();
    await expect(store.changes(undefined, 1)).rejects.toThrow();
    await expect(contents(store)).rejects.toThrow();
  },
};

/** Declares the suite's tests for one implementation. */
export function describeStore(subject: StoreSubject): void {
  describe(`${subject.name} as a store of tuples`, () => {
    let store: Store;
    beforeEach(async () => {
      store = await subject.open(MODEL);
    });
    afterEach(async () => {
      await store.close();
    });

    test("each skip names a case", () => {
      expect(Object.keys(subject.skips ?? {}).filter((title) => !(title in CASES))).toEqual([]);
    });
    for (const [title, body] of Object.entries(CASES)) {
      const reason = subject.skips?.[title];
      test(title, async (context) => {
        if (reason !== undefined) context.skip(reason);
        await body(store);
      });
    }
  });
}
