// While a long list is made of the replica, the feed, a rescan, the lanes and dry runs leave the replica alone.
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Receipt } from "../../src/events/event.ts";
import { isRefusal, type Refusal } from "../../src/events/refusal.ts";
import type { Release } from "../../src/events/state-lock.ts";
import type { FeedWrite } from "../../src/openfga/feed.ts";
import { Follower, LOOK_BACK } from "../../src/openfga/follower.ts";
import { OpenfgaChecker } from "../../src/openfga/openfga-checker.ts";
import { OpenfgaIntake } from "../../src/openfga/openfga-intake.ts";
import { Replica } from "../../src/openfga/replica.ts";
import { viewOf } from "../../src/state/view.ts";
import type { Delta } from "../../src/tuples/delta.ts";
import { printTuple } from "../../src/tuples/tuple.ts";
import { at, FeedStore, LEDGER, member } from "./feed-store.ts";
import { MODEL } from "./fleet.ts";

/** Members of an org: a list of them takes several turns. */
const MEMBERS = 25_000;
/** Turns of the event loop in which anything that does not wait would be over. */
const TURNS = 300;

const ANY = { higher: false, token: undefined };
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

  test("a list shows one revision: what the feed tells meanwhile comes after it, and a check does not wait", async () => {
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

  test("the feed, corrections and a rescan wait while the replica is held still", async () => {
    const { replica } = follower;
    const release = await held(replica);
    const before = [replica.version, replica.tuples.size];
    store.write([member("foreign")], [members[0]!]);
    store.event(2, 50);
    const polled = follower.catchUp(LOOK_BACK.long);
    const corrected = follower.verify([member("foreign"), members[0]!, at(2)]);
    await turns();
    expect([replica.version, replica.tuples.size]).toEqual(before);
    release();
    await Promise.all([polled, corrected]);
    expect([...replica.tuples.read({})].map(printTuple).sort()).toEqual([...store.tuples.keys()].sort());
  });

  test("no lane decides, and no dry run tries out, while the replica is held still", async () => {
    const { replica } = follower;
    const written: number[] = [];
    const intake = new OpenfgaIntake({
      store: { write: async (delta: Delta) => {
        written.push(delta.writes.length);
        store.write(delta.writes, delta.deletes as never);
        return { ok: true };
      } } as never,
      follower, view: viewOf(MODEL, replica.tuples, Date.now), revisionOf: async (ledger) => replica.revisionOf(ledger),
      now: Date.now, emailHash: undefined, writer: "w", failed: (error) => { throw error; },
    });
    const event = (id: string) => ({ id, source: "/t", type: "org.created", data: { org: id, kind: "club", owner: "o" } });
    const changes: string[] = [];
    for (const call of ["add", "delete"] as const) {
      const original = replica.tuples[call].bind(replica.tuples) as (key: never) => boolean;
      replica.tuples[call] = (key: never) => {
        changes.push(call);
        return original(key);
      };
    }
    const release = await held(replica);
    const answers = [intake.submit(event("a"), { system: true, dryRun: false }),
      intake.submitAll([event("b"), event("c")], { system: true, dryRun: true })].flat();
    await turns();
    expect([changes, written]).toEqual([[], []]);
    release();
    const statusOf = (outcome: Receipt | Refusal): string => (isRefusal(outcome) ? outcome.refused : outcome.status);
    expect((await Promise.all(answers)).map(statusOf)).toEqual(["applied", "applied", "applied"]);
    expect(written).toHaveLength(1);
    intake.close();
  });
});

describe("a replica that becomes another", () => {
  const revisionsOf = (replica: Replica): number => replica.revisionOf(LEDGER);

  /** A replica of one world, and one of a world that differs in every member. */
  function stage() {
    const [ours, theirs] = [new Replica(), new Replica()];
    for (const tuple of [at(1), ...members]) ours.set(tuple, tuple);
    for (const tuple of [at(3), ...members.map(({ user }) => member(`other-${user.slice(5)}`))]) theirs.set(tuple, tuple);
    return { ours, theirs };
  }

  test("does so at once, however much differs, and reports all of it in parts of bounded size", async () => {
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
    const { differing } = await ours.become(theirs, []);
    done = true;
    expect([changes, differing, ours.tuples]).toEqual([[], MEMBERS + 1, tuples]);
    expect([...sizes].filter((revision) => revision !== 1 && revision !== 3)).toEqual([]);
    expect([...tuples.read({})].map(printTuple).sort()).toEqual(expected);
    expect(seen.flatMap(({ writes }) => writes).map(printTuple).sort()).toEqual(expected);
    expect(seen.flatMap(({ deletes }) => deletes)).toHaveLength(MEMBERS + 1);
    expect(Math.max(...seen.map(({ writes, deletes }) => writes.length + deletes.length))).toBeLessThanOrEqual(1000);
  });

  test("waits while it is held still, and keeps own Writes that came before", async () => {
    const { ours, theirs } = stage();
    const journal = ours.journal();
    theirs.set(at(3), undefined);
    theirs.set(at(1), at(1));
    const release = await held(ours);
    const becoming = ours.become(theirs, journal.entries);
    const own = ours.change(() =>
      ours.putOwn({ writes: [at(2), member("own")], deletes: [at(1)] }, { ledger: LEDGER, from: 1, to: 2 }));
    await turns();
    expect([revisionsOf(ours), ours.tuples.size]).toEqual([1, MEMBERS + 1]);
    release();
    await Promise.all([becoming, own]);
    expect([revisionsOf(ours), ours.tuples.size]).toEqual([2, MEMBERS + 2]);
    expect(ours.tuples.has("org:fc", "member", "user:own")).toBe(true);
  });
});
