// The law of polls: at any interval, no Write that was committed before a poll stays unseen.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Follower } from "../../src/openfga/follow/follower.ts";
import { LOOK_BACK } from "../../src/openfga/follow/look-back.ts";
import { OpenfgaError } from "../../src/openfga/openfga-error.ts";
import { printTuple, type Tuple } from "../../src/tuples/tuple.ts";
import { Draw } from "../laws/draw.ts";
import { runsOr, SEED } from "../laws/law.ts";
import { at, FeedStore, LEDGER, member } from "./feed-store.ts";

const { shortest, short, written, long } = LOOK_BACK;
const SECOND = 1_000;
const log = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
const followerOf = (store: FeedStore): Follower =>
  new Follower({ store: { server: store.server, id: "s" }, interval: 3_600_000, log });
const later = (ms: number): void => void vi.advanceTimersByTime(ms);
const failing = (): never => {
  throw new OpenfgaError("unavailable", "cut off");
};

let follower: Follower;
beforeEach(() => void vi.useFakeTimers({ toFake: ["Date", "performance"] }));
afterEach(() => {
  follower.close();
  vi.useRealTimers();
});

describe("a Write that began before the last place of the feed and was committed after it", () => {
  let store: FeedStore;
  const has = (user: string): boolean => follower.replica.tuples.has("org:fc", "member", `user:${user}`);
  /** Another org's event takes a later place, and is polled. */
  const passed = async (lookBack: number = written): Promise<void> => {
    later(500);
    store.write([at(1, "ledger:org/xo")], []);
    later(200);
    await follower.catchUp(lookBack);
  };
  const revoke = (began: number): void => store.write([at(2)], [at(1), member("1-0")], began);
  beforeEach(async () => {
    store = new FeedStore();
    store.event(1, 10);
    follower = followerOf(store);
    await follower.start();
    later(20 * SECOND);
    await follower.catchUp(long);
  });

  test.each([written, long])("is seen by the next poll, 20 s later, which looks back %i ms", async (lookBack) => {
    const began = store.now();
    await passed();
    later(1_700);
    revoke(began);
    later(20 * SECOND);
    await follower.catchUp(lookBack);
    expect([has("1-0"), follower.trouble]).toEqual([false, undefined]);
  });

  test("is seen by a long poll, although short ones came between", async () => {
    const began = store.now();
    await passed();
    later(10 * SECOND);
    await follower.catchUp(shortest);
    revoke(began);
    for (let polls = 0; polls < 5; polls++) {
      later(5 * SECOND);
      await follower.catchUp(shortest);
    }
    expect(has("1-0")).toBe(true);
    await follower.catchUp(long);
    expect([has("1-0"), follower.trouble]).toEqual([false, undefined]);
  });

  test("is seen after OpenFGA was unreachable for a long time", async () => {
    const began = store.now();
    await passed();
    store.before = failing;
    later(2_000);
    await expect(follower.catchUp(written)).rejects.toThrow("cut off");
    revoke(began);
    later(300 * SECOND);
    await expect(follower.catchUp(long)).rejects.toThrow("cut off");
    store.before = () => undefined;
    await follower.catchUp(written);
    expect([has("1-0"), follower.trouble]).toEqual([false, undefined]);
  });

  test("is seen, with its successor, although OpenFGA fails after the poll that finds the gap", async () => {
    const began = store.now();
    later(500);
    // Revision 2 commits behind the reader's position, and revision 3 before the reader is at the end.
    store.write([at(3)], [at(2), member("1-1")]);
    let calls = 0;
    store.before = () => {
      if (calls++ === 0) return;
      if (calls === 2) revoke(began);
      store.tuples.delete(printTuple(at(2)));
      failing();
    };
    await expect(follower.catchUp(written)).rejects.toThrow("cut off");
    later(70 * SECOND);
    store.before = () => undefined;
    await follower.catchUp(written);
    expect([has("1-0"), has("1-1"), follower.replica.revisionOf(LEDGER), follower.trouble])
      .toEqual([false, false, 3, undefined]);
  });
});

/** Orgs, and number of users in each; every Write revokes one of them. */
const ORGS = ["fc", "xo", "lk"];
const FOREIGN = "foreign";
const USERS = 6;
/** Limits of a world: polls, Writes of a calm and a busy one, changes of a busy one's Writes; and number of worlds. */
const POLLS = 60;
const WRITES = { calm: 600, busy: 200 };
const CHANGES = 50;
const WORLDS = runsOr(40, 2_000);

/** A Write that has begun. `lasts`: how long it takes to commit. */
interface Begun {
  readonly began: number;
  readonly lasts: number;
  readonly commits: number;
  readonly tuple: Tuple;
  /** The tuple it revokes. */
  readonly gone: Tuple;
  readonly write: () => void;
}

/** A store in which each org has at most one Write in flight and others write as well, while time passes. */
class Traffic {
  readonly store = new FeedStore();
  /** Committed tuples: each Write writes its own. */
  readonly committed: Begun[] = [];
  readonly #draw: Draw;
  readonly #slowest: number;
  readonly #pace: keyof typeof WRITES;
  readonly #next = new Map<string, Begun>();
  readonly #revisions = new Map<string, number>();

  constructor(draw: Draw, slowest: number, pace: keyof typeof WRITES) {
    this.#draw = draw;
    this.#slowest = slowest;
    this.#pace = pace;
    // In a busy store a poll reads only the order of events: late foreign writes are left to the drift pass.
    for (const org of pace === "busy" ? ORGS : [...ORGS, FOREIGN]) this.#begin(org);
  }

  get isOver(): boolean {
    return this.committed.length >= WRITES[this.#pace];
  }

  /** Lets `ms` milliseconds pass; Writes that are due commit, each at its time. */
  pass(ms: number): void {
    const end = performance.now() + ms;
    for (;;) {
      const [org, next] = [...this.#next].reduce((least, each) => (each[1].commits < least[1].commits ? each : least));
      if (next.commits > end) break;
      later(Math.max(0, next.commits - performance.now()));
      next.write();
      this.committed.push(next);
      this.#begin(org);
    }
    later(Math.max(0, end - performance.now()));
  }

  #begin(org: string): void {
    const draw = this.#draw;
    const began = performance.now() + draw.pick([20, 300, 3_000, 12_000]) * (1 + draw.below(100) / 100);
    const lasts = draw.chance(70) ? 1 + draw.below(50) : 1 + draw.below(this.#slowest);
    const revision = (this.#revisions.get(org) ?? 0) + 1;
    this.#revisions.set(org, revision);
    const ledger = `ledger:org/${org}`;
    const tuple: Tuple = { object: `org:${org}`, relation: "member", user: `user:${revision}` };
    const gone = { ...tuple, user: `user:${revision - USERS}` };
    const steps = org === FOREIGN ? [] : [at(revision, ledger)];
    const before = org === FOREIGN || revision === 1 ? [] : [at(revision - 1, ledger)];
    const others = Array.from({ length: this.#pace === "busy" ? CHANGES : 0 }, (_, n) =>
      ({ ...tuple, user: `user:${revision}-${n}` }));
    this.#next.set(org, { began, lasts, commits: began + lasts, tuple, gone, write: () => {
      const place = this.store.now() - Math.floor(performance.now() - began);
      const deletes = this.store.tuples.has(printTuple(gone)) ? [...before, gone] : before;
      this.store.write([tuple, ...others, ...steps], deletes, place);
    } });
  }
}

/** A world: polls at some interval, their look back, a slow backend, outages, restarts. Returns the missed tuples. */
async function play(draw: Draw): Promise<{ missed: string[]; polls: number; ordersRead: number }> {
  const traffic = new Traffic(draw, draw.pick([short, written, long]), draw.chance(80) ? "calm" : "busy");
  const { store } = traffic;
  const interval = draw.pick([200, 1_000, 5_000, 20_000, 60_000]);
  const latency = draw.pick([1, 20, 300, 2_000]);
  let isOut = false;
  store.before = () => {
    traffic.pass(1 + draw.below(latency));
    if (isOut) failing();
  };
  follower = followerOf(store);
  await follower.start();
  let [longAt, polls] = [-Infinity, 0];
  const missed: string[] = [];
  for (let n = 0; n < POLLS && !traffic.isOver; n++) {
    traffic.pass(draw.chance(80) ? interval : draw.below(2 * interval));
    if (draw.chance(10)) isOut = !isOut;
    if (draw.chance(3)) {
      follower.close();
      follower = followerOf(store);
      isOut = false;
      await follower.start();
    }
    const isLong = performance.now() - longAt > 10_000;
    const lookBack = draw.chance(30) ? draw.pick([shortest, short]) : isLong ? long : written;
    const known = traffic.committed.filter(({ lasts }) => lasts <= lookBack);
    const isPolled = await follower.catchUp(lookBack).then(() => true, () => false);
    if (!isPolled || follower.trouble !== undefined) continue;
    if (lookBack === long) longAt = performance.now();
    polls++;
    const { tuples } = follower.replica;
    const isThere = ({ object, relation, user }: Tuple): boolean => tuples.has(object, relation, user);
    for (const { tuple, gone, lasts } of known) {
      const has = store.tuples.has(printTuple(tuple));
      if (isThere(gone)) missed.push(`${n}: the end of ${printTuple(gone)}, ${lasts} of ${lookBack}`);
      if (has && !isThere(tuple)) missed.push(`${n}: ${printTuple(tuple)}, ${lasts} of ${lookBack}`);
    }
  }
  follower.close();
  return { missed, polls, ordersRead: store.reads.filter((type) => type !== undefined).length };
}

test("no poll misses a Write that was committed before it, at any interval, after any outage", async () => {
  const faults: object[] = [];
  let [polls, ordersRead] = [0, 0];
  for (let world = 0; world < WORLDS; world++) {
    const played = await play(new Draw(SEED + world));
    polls += played.polls;
    ordersRead += played.ordersRead;
    if (played.missed.length > 0) faults.push({ world: SEED + world, missed: played.missed.slice(0, 3) });
  }
  expect(faults).toEqual([]);
  expect([polls > WORLDS, ordersRead > 0]).toEqual([true, true]);
});
