// Events on the embedded store: their order, shared transactions, and the state after a disk failure.
import { describe, expect, it } from "vitest";
import { EmbeddedIntake } from "../../src/embedded/embedded-intake.ts";
import type { Receipt } from "../../src/events/event.ts";
import type { Envelope } from "../../src/ledger/envelope.ts";
import { isRefusal, type Refusal } from "../../src/events/refusal.ts";
import { openEmbeddedStore, type EmbeddedStore } from "../../src/embedded/embedded-store.ts";
import { sizeOf } from "../../src/tuples/delta.ts";
import { MAX_TUPLES_PER_DELTA } from "../../src/tuples/store.ts";
import { createTupleSet } from "../../src/memory/indexed-tuple-set.ts";
import { START, World } from "../world/world.ts";
import { MAX_EVENTS_PER_COMMIT } from "../../src/embedded/embedded-limits.ts";

const APPLY = { system: true, dryRun: false };

/** An intake over a store in memory; `commit` can be made to fail. */
function open(wrap: (store: EmbeddedStore) => Pick<EmbeddedStore, "commit"> = (store) => store, maxTuples?: number) {
  const store = openEmbeddedStore(":memory:", () => START);
  const world = new World();
  const told: string[] = [];
  const intake = new EmbeddedIntake({
    view: world.view, store: wrap(store), now: () => START, emailHash: (email) => `hash of ${email.length}`,
    failed: () => told.push("failed"), broken: (why) => told.push(`broken: ${why}`),
    ...(maxTuples === undefined ? {} : { maxTuples }),
  });
  return { store, world, told, intake };
}

let sent = 0;
const event = (type: string, data: unknown, more: Partial<Envelope> = {}): Envelope =>
  ({ id: `i${++sent}`, source: "/test", type, data, ...more });
const created = (org: string): Envelope => event("org.created", { org, kind: "club", owner: "olivia" });
const statusOf = (outcome: Receipt | Refusal): string => (isRefusal(outcome) ? outcome.refused : outcome.status);

/** Every tuple, printed and sorted. */
function printed(tuples: Iterable<{ object: string; relation: string; user: string }>): string[] {
  return [...tuples].map((t) => `${t.object}#${t.relation}@${t.user}`).sort();
}

async function storedIn(store: EmbeddedStore): Promise<string[]> {
  const set = createTupleSet();
  store.load(set);
  return printed(set.read({}));
}

describe("the embedded intake", () => {
  it("decides events in the order they arrive, each on the state after the ones before it", async () => {
    const { intake, world, store } = open();
    const outcomes = await Promise.all([
      intake.submit(created("o"), APPLY),
      intake.submit(event("member.added", { org: "o", user: "carl" }), APPLY),
      intake.submit(event("member.deactivated", { org: "o", user: "carl" }), APPLY),
      intake.submit(event("member.deactivated", { org: "o", user: "carl" }), APPLY),
      intake.submit(event("team.created", { org: "o", team: "t", head_coach: "carl" }), APPLY),
    ]);
    expect(outcomes.map(statusOf)).toEqual(["applied", "applied", "applied", "unchanged", "member_inactive"]);
    expect(await storedIn(store)).toEqual(printed(world.tuples.read({})));
  });

  it("shares one transaction among events that arrive together, up to its limits in events and in steps", async () => {
    const groups: number[] = [];
    const { intake } = open((store) => ({
      commit: (deltas, at) => {
        groups.push(deltas.length);
        return store.commit(deltas, at);
      },
    }));
    const among = async (orgs: readonly string[], others: number): Promise<number[]> => {
      groups.length = 0;
      const [first, ...rest] = orgs.map((org) => created(org));
      const unknown = Array.from({ length: others }, () => event("org.closed", {}));
      await Promise.all([first!, ...unknown, ...rest].map((each) => intake.submit(each, APPLY)));
      return [...groups];
    };
    expect(await among(["a1", "a2"], MAX_EVENTS_PER_COMMIT - 2)).toEqual([2]);
    expect(await among(["b1", "b2"], MAX_EVENTS_PER_COMMIT - 1)).toEqual([1, 1]);
    const many = await among(Array.from({ length: MAX_EVENTS_PER_COMMIT }, (_, i) => `o${i}`), 0);
    expect(many.reduce((sum, deltas) => sum + deltas, 0)).toBe(MAX_EVENTS_PER_COMMIT);
    expect(many.length).toBeGreaterThan(1);
    expect(Math.max(...many)).toBeGreaterThan(5);
  });

  it("undoes a failed transaction in memory; the same event can be sent again", async () => {
    let full = false;
    const { intake, world, told } = open((store) => ({
      commit: (deltas, at) => {
        if (full) throw new Error("disk full");
        return store.commit(deltas, at);
      },
    }));
    await intake.submit(created("o"), APPLY);
    const before = printed(world.tuples.read({}));
    full = true;
    const adding = event("member.added", { org: "o", user: "carl" });
    const failed = await Promise.all([intake.submit(adding, APPLY), intake.submit(created("o2"), APPLY)]);
    expect(failed.map(statusOf)).toEqual(["store_unavailable", "store_unavailable"]);
    expect(told).toEqual(["failed"]);
    expect(printed(world.tuples.read({}))).toEqual(before);
    full = false;
    expect(statusOf(await intake.submit(adding, APPLY))).toBe("applied");
  });

  it("applies no event of a batch after one that failed for now: its sender sends that one again later", async () => {
    let commits = 0;
    const { intake, world } = open((store) => ({
      commit: (deltas, at) => {
        commits++;
        if (commits === 2) throw new Error("disk full");
        return store.commit(deltas, at);
      },
    }));
    await intake.submit(created("o"), APPLY);
    // More than one transaction holds: the second would succeed.
    const batch = [
      event("member.added", { org: "o", user: "carl" }), event("member.deactivated", { org: "o", user: "carl" }),
      ...Array.from({ length: MAX_EVENTS_PER_COMMIT }, (_, i) => event("member.added", { org: "o", user: `u${i}` })),
    ];
    const alone = event("member.added", { org: "o", user: "alone" });
    const [outcomes, other] = await Promise.all(
      [Promise.all(intake.submitAll(batch, APPLY)), intake.submit(alone, APPLY)]);
    expect(outcomes.map(statusOf)).toEqual(batch.map(() => "store_unavailable"));
    expect(commits).toBe(3);
    expect(statusOf(other)).toBe("applied");
    expect(world.tuples.users("org:o", "coach_hat")).toEqual(["user:olivia", "user:alone"]);
    const again = await Promise.all(intake.submitAll(batch, APPLY));
    expect(again.map(statusOf)).toEqual(batch.map(() => "applied"));
  });

  it("refuses an atomic batch that takes more steps than its limit, and undoes it", async () => {
    const outcomeAt = async (steps: number) => {
      const store = openEmbeddedStore(":memory:", () => START);
      const world = new World();
      const intake = new EmbeddedIntake({
        view: world.view, store, now: () => START, emailHash: () => "", failed: () => undefined,
        broken: () => undefined, atomicLimits: { tuples: 1000, steps },
      });
      await intake.submit(created("o"), APPLY);
      const before = printed(world.tuples.read({}));
      const batch = Array.from({ length: 5 }, (_, i) => event("member.added", { org: "o", user: `u${i}` }));
      const outcome = await intake.submitTogether(batch, APPLY);
      expect(printed(world.tuples.read({})).length > before.length).toBe(!("refusal" in outcome));
      return "refusal" in outcome ? outcome.refusal.refused : "applied";
    };
    expect(await outcomeAt(2_000)).toBe("batch_too_large");
    expect(await outcomeAt(20_000)).toBe("applied");
  });

  it("reports that no answer is reliable when memory and disk differ", async () => {
    const { intake, told, store, world } = open();
    await intake.submit(created("o"), APPLY);
    const [raw] = world.tuples.read({ object: "ledger:org/o", relation: "at" });
    store.commit([{ writes: [], deletes: raw === undefined ? [] : [raw] }], START);
    expect(statusOf(await intake.submit(event("member.added", { org: "o", user: "c" }), APPLY)))
      .toBe("store_unavailable");
    expect(told).toEqual(["broken: memory and disk differ at ledger:org/o#at@value:1"]);
  });

  it("writes an event of up to 500 tuples as one step and transaction, in deltas that the store accepts", async () => {
    const commits: number[][] = [];
    const { intake, world, store } = open((of) => ({
      commit: (deltas, at) => {
        commits.push(deltas.map(sizeOf));
        return of.commit(deltas, at);
      },
    }), undefined);
    await intake.submit(created("o"), APPLY);
    await intake.submit(event("team.created", { org: "o", team: "t" }), APPLY);
    await Promise.all(Array.from({ length: 120 }, (_, i) =>
      intake.submit(event("invite.created", { invite: `i${i}`, org: "o", team: "t" }), APPLY)));
    const [before] = world.tuples.users("ledger:org/o", "at");
    commits.length = 0;
    expect(statusOf(await intake.submit(event("team.deleted", { team: "t" }), APPLY))).toBe("applied");
    expect(commits).toHaveLength(1);
    expect(Math.max(...commits[0]!)).toBe(MAX_TUPLES_PER_DELTA);
    expect(commits[0]!.reduce((sum, size) => sum + size, 0)).toBeGreaterThan(MAX_TUPLES_PER_DELTA);
    expect([before, world.tuples.users("ledger:org/o", "at")]).toEqual(["value:122", ["value:123"]]);
    expect(await storedIn(store)).toEqual(printed(world.tuples.read({})));
  });

  /** An intake with writes of 20 tuples, and a team whose deletion needs several; commits fail from `fail` on. */
  async function chained() {
    let left = Infinity;
    const opened = open((store) => ({
      commit: (deltas, at) => {
        if (left-- <= 0) throw new Error("disk full");
        return store.commit(deltas, at);
      },
    }), 20);
    await opened.intake.submit(created("o"), APPLY);
    await opened.intake.submit(event("team.created", { org: "o", team: "t" }), APPLY);
    await Promise.all(Array.from({ length: 40 }, (_, i) =>
      opened.intake.submit(event("invite.created", { invite: `i${i}`, org: "o", team: "t" }), APPLY)));
    const openInvites = (): number => Array.from({ length: 40 }, (_, i) => `invite:i${i}`)
      .filter((invite) => opened.world.can("anybody", "can_redeem", invite)).length;
    return { ...opened, openInvites, leave: (commits: number) => void (left = commits) };
  }

  it("takes a turn for each write of a larger event; no other event is decided before the last", async () => {
    const { intake, world, store, openInvites } = await chained();
    const order: string[] = [];
    const seen: number[] = [];
    const noting = async (name: string, answer: Promise<Receipt | Refusal>) => {
      const outcome = await answer;
      order.push(name);
      return outcome;
    };
    const deleting = noting("deleted", intake.submit(event("team.deleted", { team: "t" }), APPLY));
    const turn = () => new Promise((done) => setImmediate(done));
    for (seen.push(openInvites()); seen.at(-1) === 40; await turn()) seen.push(openInvites());
    const others = [noting("added", intake.submit(event("member.added", { org: "o", user: "carl" }), APPLY)),
      noting("dry", intake.submit(event("member.added", { org: "o", user: "dora" }), { system: true, dryRun: true }))];
    while (order.length === 0) {
      seen.push(openInvites());
      await turn();
    }
    const [before, after] = [40, 0];
    expect(new Set(seen).size).toBeGreaterThan(3);
    expect([seen[0], openInvites(), seen]).toEqual([before, after, [...seen].sort((a, b) => b - a)]);
    expect(await deleting).toMatchObject({ status: "applied" });
    expect((await Promise.all(others)).map(statusOf)).toEqual(["applied", "applied"]);
    expect(order[0]).toBe("deleted");
    expect(await storedIn(store)).toEqual(printed(world.tuples.read({})));
    const whole = await chained();
    const once = await whole.intake.submit(event("team.deleted", { team: "t" }), { system: true, dryRun: true });
    expect(await deleting).toMatchObject({ deleted: (once as Receipt).deleted, written: (once as Receipt).written });
  });

  it("finishes an event that a full disk interrupted before it decides the next", async () => {
    const { intake, world, store, openInvites, leave, told } = await chained();
    const deleting = event("team.deleted", { team: "t" });
    const adding = (user: string): Envelope => event("member.added", { org: "o", user });
    leave(2);
    const stopped = await Promise.all([deleting, adding("carl")].map((each) => intake.submit(each, APPLY)));
    expect(stopped.map(statusOf)).toEqual(["store_unavailable", "store_unavailable"]);
    expect(told).toEqual(["failed"]);
    expect(openInvites()).toBeGreaterThan(0);
    expect(statusOf(await intake.submit(adding("dora"), APPLY))).toBe("store_unavailable");
    expect(await storedIn(store)).toEqual(printed(world.tuples.read({})));
    leave(Infinity);
    expect(statusOf(await intake.submit(adding("emma"), APPLY))).toBe("applied");
    expect(openInvites()).toBe(0);
    expect(statusOf(await intake.submit(deleting, APPLY))).toBe("duplicate");
    expect(await storedIn(store)).toEqual(printed(world.tuples.read({})));
  });

  it("finishes at the start an event that has only some of its writes", async () => {
    let left = Infinity;
    const first = open((store) => ({
      commit: (deltas, at) => (left-- > 0 ? store.commit(deltas, at) : { ok: true }),
    }), 20);
    await first.intake.submit(created("o"), APPLY);
    await first.intake.submit(event("team.created", { org: "o", team: "t" }), APPLY);
    const links = Array.from({ length: 40 }, (_, i) =>
      first.intake.submit(event("invite.created", { invite: `i${i}`, org: "o", team: "t" }), APPLY));
    expect((await Promise.all(links)).map(statusOf).every((status) => status === "applied")).toBe(true);
    left = 1;
    await first.intake.submit(event("team.deleted", { team: "t" }), APPLY);
    const whole = printed(first.world.tuples.read({}));

    const second = new World();
    first.store.load(second.tuples);
    expect(second.can("anybody", "can_redeem", "invite:i39")).toBe(true);
    expect(printed(second.tuples.read({}))).not.toEqual(whole);
    const again = new EmbeddedIntake({
      view: second.view, store: first.store, now: () => START, emailHash: (email) => email,
      failed: () => undefined, broken: () => undefined, maxTuples: 20,
    });
    expect(await again.finishContinuations(["o"])).toBe(1);
    expect(printed(second.tuples.read({}))).toEqual(whole);
    expect(await storedIn(first.store)).toEqual(whole);
    expect(await again.finishContinuations(["o"])).toBe(0);
    expect(second.can("anybody", "can_redeem", "invite:i39")).toBe(false);
  });
});
