// Starts during Writes: whatever commits while a store is read, the replica has it in the end.
import { afterEach, describe, expect, test, vi } from "vitest";
import { Follower } from "../../src/openfga/follow/follower.ts";
import { LOOK_BACK } from "../../src/openfga/follow/look-back.ts";
import { scan } from "../../src/openfga/follow/scan.ts";
import { printTuple, type Tuple } from "../../src/tuples/tuple.ts";
import { Draw } from "../laws/draw.ts";
import { SEED } from "../laws/law.ts";
import { at, FeedStore, LEDGER, member } from "./feed-store.ts";

const WORLDS = 40;
/** Number of calls of a start during which new Writes begin. */
const BUSY_CALLS = 60;
const ORGS = ["fc", "xo", "lk"];

const log = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
const followerOf = (store: FeedStore): Follower =>
  new Follower({ store: { server: store.server, id: "s" }, interval: 3_600_000, log });

/** Differences between a replica and its store. */
function differences(follower: Follower, store: FeedStore): string[] {
  const here = new Set([...follower.replica.tuples.read({})].map(printTuple));
  return [...[...here].filter((name) => !store.tuples.has(name)).map((name) => `extra ${name}`),
    ...[...store.tuples.keys()].filter((name) => !here.has(name)).map((name) => `missing ${name}`)];
}

/** Orgs with consecutive events: each begins when the one before is committed, and commits later. */
class Traffic {
  readonly #store: FeedStore;
  readonly #draw: Draw;
  readonly #underWay = new Map<string, { began: number; revision: number; calls: number }>();
  readonly #revisions = new Map<string, number>();
  open = true;

  constructor(store: FeedStore, draw: Draw) {
    this.#store = store;
    this.#draw = draw;
  }

  /** One step of time: Writes begin, and those that are due commit. */
  step(): void {
    for (const org of ORGS) {
      const writing = this.#underWay.get(org);
      if (writing !== undefined && writing.calls-- <= 0) {
        this.#commit(org, writing);
        this.#underWay.delete(org);
      }
      if (this.open && !this.#underWay.has(org) && this.#draw.below(3) === 0) {
        const revision = (this.#revisions.get(org) ?? 0) + 1;
        this.#underWay.set(org, { began: this.#store.now(), revision, calls: this.#draw.below(8) });
      }
    }
  }

  #commit(org: string, { began, revision }: { began: number; revision: number }): void {
    const ledger = `ledger:org/${org}`;
    const user = (n: number): Tuple => ({ object: `org:${org}`, relation: "member", user: `user:${n}` });
    const there = [...this.#store.tuples.values()].filter(({ object }) => object === `org:${org}`);
    const gone = there.filter(() => this.#draw.below(6) === 0).slice(0, 40);
    const size = this.#draw.below(12);
    const writes = Array.from({ length: size }, (_, i) => user(revision * 100 + i));
    const before = revision === 1 ? [] : [at(revision - 1, ledger)];
    this.#store.write([...writes, at(revision, ledger)], [...gone, ...before], began);
    this.#revisions.set(org, revision);
  }
}

describe("a start", () => {
  let follower: Follower;
  afterEach(() => follower.close());

  test("while Writes commit has all of them after its next poll", async () => {
    const apart: unknown[] = [];
    for (let i = 0; i < WORLDS; i++) {
      const draw = new Draw(SEED + i);
      const store = new FeedStore();
      const traffic = new Traffic(store, draw);
      for (let n = 0; n < 200; n++) traffic.step();
      let calls = 0;
      store.before = () => {
        traffic.open = calls++ < BUSY_CALLS;
        traffic.step();
      };
      follower = followerOf(store);
      await follower.start();
      for (let n = 0; n < 2; n++) await follower.catchUp(LOOK_BACK.written);
      store.before = () => undefined;
      traffic.open = false;
      for (let n = 0; n < 10; n++) traffic.step();
      await follower.catchUp(LOOK_BACK.written);
      const found = differences(follower, store);
      if (found.length > 0 || follower.trouble !== undefined) apart.push({ i, found: found.slice(0, 3) });
      follower.close();
    }
    expect(apart).toEqual([]);
  });

  test("sees a Write that began before it and committed after it, behind the newest place", async () => {
    const store = new FeedStore();
    store.event(1, 10);
    const began = store.now();
    await new Promise((wait) => setTimeout(wait, 5));
    store.write([at(1, "ledger:org/xo")], []);
    follower = followerOf(store);
    await follower.start();
    store.write([at(2)], [at(1), member("1-0")], began);
    await follower.catchUp(LOOK_BACK.shortest);
    expect(differences(follower, store)).toEqual([]);
  });

  test("waits for the Write of a revision that the feed lacks, and accepts no later one in its place", async () => {
    const store = new FeedStore();
    store.event(1, 10);
    const began = store.now();
    await new Promise((wait) => setTimeout(wait, 5));
    // Revision 2 commits while the feed is read: the reader has passed its place by then, but not that of 3.
    let readings = 0;
    store.before = () => {
      if (store.reads.length > 0) readings++;
      if (readings === 4) store.write([at(2), member("late")], [at(1), member("1-0")], began);
    };
    store.write([at(3), member("x")], [at(2)]);
    store.tuples.delete(printTuple(at(3)));
    const { replica } = await scan({ server: store.server, id: "s" });
    expect([replica.revisionOf(LEDGER), replica.tuples.has("org:fc", "member", "user:1-0")]).toEqual([3, false]);
    expect(replica.tuples.has("org:fc", "member", "user:late")).toBe(true);
    follower = followerOf(store);
  });

  test("reports how many tuples it has read", async () => {
    const store = new FeedStore();
    for (let revision = 1; revision < 6; revision++) store.event(revision, 100);
    const progress: number[] = [];
    follower = new Follower({ store: { server: store.server, id: "s" }, interval: 3_600_000, log,
      loading: (tuples) => void progress.push(tuples) });
    await follower.start();
    expect([progress[0], progress.length, progress.at(-1)]).toEqual([100, 5, store.tuples.size]);
  });
});
