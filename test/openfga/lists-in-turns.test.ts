// While a long list is computed from the replica, the feed, a rescan, org writers and dry runs leave the replica alone.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Receipt } from "../../src/events/event.ts";
import { isRefusal, type Refusal } from "../../src/events/refusal.ts";
import type { Release } from "../../src/sidecar/state-lock.ts";
import type { FeedWrite } from "../../src/openfga/follow/feed.ts";
import { STEPS_PER_PART } from "../../src/checks/limits.ts";
import { Follower } from "../../src/openfga/follow/follower.ts";
import { LOOK_BACK } from "../../src/openfga/follow/look-back.ts";
import { OpenfgaChecker } from "../../src/openfga/openfga-checker.ts";
import { OpenfgaIntake } from "../../src/openfga/write/openfga-intake.ts";
import { Replica } from "../../src/openfga/follow/replica.ts";
import { viewOf } from "../../src/domain/state-view.ts";
import type { Delta } from "../../src/tuples/delta.ts";
import { printTuple } from "../../src/tuples/tuple.ts";
import { at, FeedStore, LEDGER, member } from "./feed-store.ts";
import { MODEL } from "./fleet.ts";

/** Number of members of an org: a list of them takes several turns. */
const MEMBERS = 25_000;
/** Number of event loop turns in which anything that does not wait would be finished. */
const TURNS = 300;

const ANY = { higher: false, positions: [] };
const LIST = { object: "org:fc", relation: "member", userFilter: { type: "user" } };
const members = Array.from({ length: MEMBERS }, (_, n) => member(`m${n}`));

async function turns(count = TURNS): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((done) => setImmediate(done));
}

function held({ lock }: Replica): Promise<Release> {
  return new Promise((done) => lock.hold(done));
}

describe("a sidecar on OpenFGA", () => {
  let store: FeedStore;
  let follower: Follower;
  beforeEach(async () => {
    store = new FeedStore();
    store.write([...members, at(1), { object: "ledger:org/fc", relation: "kind", user: "value:club" }], []);
    const log = { info: vi.fn(), warn: vi.fn(), error: vi.fn() };
    follower = new Follower({ store: { server: store.server, id: "s" }, interval: 3_600_000, log });
    await follower.start();
  });
  afterEach(() => follower.close());

  function checker(): OpenfgaChecker {
    return new OpenfgaChecker({
      server: store.server, storeId: "s", modelId: "m", model: MODEL, follower, shadow: undefined,
      maxStaleness: 3_600_000, revisionOf: async () => 0, now: Date.now,
    });
  }

  test("a list shows one revision: changes of the feed wait for it, and checks do not", async () => {
    const asked = checker();
    const order: string[] = [];
    const noting = <T>(name: string, promise: Promise<T>): Promise<T> => promise.finally(() => void order.push(name));
    const list = async () => {
      const answer = await asked.listUsers(LIST, ANY);
      if ("error" in answer) throw new Error(answer.error.message);
      return answer.users.length;
    };
    const first = noting("list", list());
    await turns(1);
    store.event(2, 50);
    const polled = noting("poll", follower.catchUp(LOOK_BACK.written));
    expect(await asked.check({ ...member("m1") }, ANY)).toEqual({ allowed: true });
    expect(order).toEqual([]);
    expect(await first).toBe(MEMBERS);
    await polled;
    expect(await list()).toBe(MEMBERS + 48);
    expect(order).toEqual(["list", "poll"]);
  });

  test("a long batch of checks shows one revision; a short one is answered at once", async () => {
    const cora = (relation: string, object: string) => ({ user: "user:cora", relation, object });
    store.write([
      cora("member", "org:fc"), cora("coach_hat", "org:fc"), cora("coach", "coaching:own"),
      { object: "athlete:star", relation: "org", user: "org:fc" },
      { object: "coaching:own", relation: "active_on", user: "athlete:other" },
      { object: "athlete:other", relation: "org", user: "org:fc" },
      ...Array.from({ length: STEPS_PER_PART / 2 }, (_, n) =>
        ({ object: "athlete:star", relation: "coaching", user: `coaching:r${n}` })),
    ], []);
    await follower.catchUp(LOOK_BACK.written);
    const asked = checker();
    const dear = cora("can_view", "athlete:star");
    const last = { ...member("new") };
    const batch = [last, dear, dear, dear, last];
    const order: string[] = [];
    const noting = <T>(name: string, answer: T | Promise<T>): Promise<T> =>
      Promise.resolve(answer).finally(() => void order.push(name));
    const first = noting("batch", asked.checkAll(batch, ANY));
    store.write([member("new")], []);
    const polled = noting("poll", follower.catchUp(LOOK_BACK.written));
    await turns(1);
    expect(asked.checkAll([member("m1"), dear], ANY)).toEqual([{ allowed: true }, { allowed: false }]);
    expect(await first).toEqual(batch.map(() => ({ allowed: false })));
    await polled;
    expect(order).toEqual(["batch", "poll"]);
    expect(await asked.checkAll(batch, ANY)).toEqual(batch.map((each) => ({ allowed: each === last })));
  });

  test("the feed, corrections and a rescan wait while the replica is locked", async () => {
    const { replica } = follower;
    const release = await held(replica);
    const before = [replica.version, replica.tuples.size];
    const odd = at(1, "ledger:org/odd");
    store.write([member("foreign"), odd], [members[0]!]);
    store.event(2, 50);
    const polled = follower.catchUp(LOOK_BACK.long);
    const corrected = [follower.refreshKeys([member("foreign"), members[0]!]), follower.refreshKeys([odd])];
    await turns();
    expect([replica.version, replica.tuples.size]).toEqual(before);
    release();
    await Promise.all([polled, ...corrected]);
    expect([...replica.tuples.read({})].map(printTuple).sort()).toEqual([...store.tuples.keys()].sort());
  });

  /** An intake on the replica, and every later change of the replica's tuples. */
  function intakeOn(replica: Replica) {
    const changes: string[] = [];
    for (const call of ["add", "delete"] as const) {
      const original = replica.tuples[call].bind(replica.tuples) as (key: never) => boolean;
      replica.tuples[call] = (key: never) => {
        changes.push(call);
        return original(key);
      };
    }
    const written: number[] = [];
    const write = async (delta: Delta) => {
      written.push(delta.writes.length);
      store.write(delta.writes, delta.deletes as never);
      return { ok: true };
    };
    const intake = new OpenfgaIntake({
      store: { write } as never, follower, view: viewOf(MODEL, replica.tuples, Date.now),
      revisionOf: async (ledger) => replica.revisionOf(ledger), now: Date.now, emailHash: undefined, writer: "w",
      failed: (error) => { throw error; },
    });
    return { intake, changes, written };
  }
  const event = (n: number) =>
    ({ id: `e${n}`, source: "/t", type: "org.created", data: { org: `org-${n}`, kind: "club", owner: "o" } });
  const statusOf = (outcome: Receipt | Refusal): string => (isRefusal(outcome) ? outcome.refused : outcome.status);

  test("no org's writer decides while the replica is locked", async () => {
    const { intake, changes, written } = intakeOn(follower.replica);
    const release = await held(follower.replica);
    const answer = intake.submit(event(1), { system: true, dryRun: false });
    await turns();
    expect([changes, written]).toEqual([[], []]);
    release();
    expect(statusOf(await answer)).toBe("applied");
    expect(written).toHaveLength(1);
  });

  test("a dry run changes nothing while the replica is locked, even halfway", async () => {
    const { intake, changes, written } = intakeOn(follower.replica);
    const events = Array.from({ length: 400 }, (_, n) => event(n));
    const answers = Promise.all(intake.submitAll(events, { system: true, dryRun: true }));
    while (changes.length === 0) await turns(1);
    const release = await held(follower.replica);
    const before = changes.length;
    await turns();
    expect(changes.length).toBe(before);
    release();
    expect(new Set((await answers).map(statusOf))).toEqual(new Set(["applied"]));
    expect([changes.length > before, written]).toEqual([true, []]);
  });
});

describe("a replica that is replaced", () => {
  const revisionsOf = (replica: Replica): number => replica.revisionOf(LEDGER);

  /** A replica of one world, and one of a world in which every member differs. */
  function stage() {
    const [ours, theirs] = [new Replica(), new Replica()];
    for (const tuple of [at(1), ...members]) ours.set(tuple, tuple);
    const others = members.map(({ user }) => member(`other-${user.slice(5)}`));
    for (const tuple of [at(3), ...others]) theirs.set(tuple, tuple);
    return { ours, theirs };
  }

  test("switches at once, however much differs, and reports all of it in parts of bounded size", async () => {
    const { ours, theirs } = stage();
    const expected = [...theirs.tuples.read({})].map(printTuple).sort();
    const seen: FeedWrite[] = [];
    ours.watch((write) => void seen.push(write));
    const { tuples } = ours;
    const { add, delete: remove } = tuples;
    const changes: string[] = [];
    tuples.add = (tuple) => (changes.push("add"), add.call(tuples, tuple));
    tuples.delete = (key) => (changes.push("delete"), remove.call(tuples, key));
    const sizes = new Set<number>();
    let done = false;
    const look = (): void => {
      sizes.add(revisionsOf(ours));
      if (!done) setImmediate(look);
    };
    look();
    const { differing } = await ours.replace(theirs, []);
    done = true;
    expect([changes, differing, ours.tuples]).toEqual([[], MEMBERS + 1, tuples]);
    expect([...sizes].filter((revision) => revision !== 1 && revision !== 3)).toEqual([]);
    expect([...tuples.read({})].map(printTuple).sort()).toEqual(expected);
    expect(seen.flatMap(({ writes }) => writes).map(printTuple).sort()).toEqual(expected);
    expect(seen.flatMap(({ deletes }) => deletes)).toHaveLength(MEMBERS + 1);
    expect(Math.max(...seen.map(({ writes, deletes }) => writes.length + deletes.length))).toBeLessThanOrEqual(1000);
  });

  test("waits while it is locked, and keeps its own Writes from before", async () => {
    const { ours, theirs } = stage();
    const journal = ours.journal();
    theirs.set(at(3), undefined);
    theirs.set(at(1), at(1));
    const release = await held(ours);
    const becoming = ours.replace(theirs, journal.entries);
    const own = ours.change(() =>
      ours.putOwn({ writes: [at(2), member("own")], deletes: [at(1)] }, { ledger: LEDGER, from: 1, to: 2 }));
    await turns();
    expect([revisionsOf(ours), ours.tuples.size, ours.takeovers]).toEqual([1, MEMBERS + 1, 0]);
    release();
    await Promise.all([becoming, own]);
    expect([revisionsOf(ours), ours.tuples.size]).toEqual([2, MEMBERS + 2]);
    expect(ours.tuples.has("org:fc", "member", "user:own")).toBe(true);
  });
});
