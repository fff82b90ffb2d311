// Groups of events: decided on the replica, which is unchanged afterwards, whatever happens on the way.
import { expect, test } from "vitest";
import { decideEvent, type Step } from "../../src/events/decide-event.ts";
import { BatchFate } from "../../src/events/batch-fate.ts";
import { DomainEvent } from "../../src/events/domain-event.ts";
import type { Envelope } from "../../src/ledger/envelope.ts";
import type { Waiting } from "../../src/openfga/write/waiting-event.ts";
import { decideBatch, type Deciding } from "../../src/openfga/write/write-batch.ts";
import { refuse } from "../../src/events/refusal.ts";
import { viewOf } from "../../src/domain/state-view.ts";
import { applyDelta, sizeOf } from "../../src/tuples/delta.ts";
import { MAX_TUPLES_PER_DELTA } from "../../src/tuples/store.ts";
import { createTupleSet } from "../../src/memory/indexed-tuple-set.ts";
import type { TupleSet } from "../../src/tuples/tuple-set.ts";
import { printTuple } from "../../src/tuples/tuple.ts";
import { MODEL } from "./fleet.ts";
import { MAX_STEPS_PER_TURN } from "../../src/domain/event-limits.ts";

const NOW = Date.UTC(2026, 5, 1);
const around = (system: boolean) => ({ system, clock: NOW });

function event(id: string, type: string, data: object): Envelope {
  return { id, source: "/test", type, data };
}

function waiting(envelope: Envelope): Waiting {
  const nothing = (): void => {};
  const event = DomainEvent.sent(envelope);
  return { event, system: true, arrived: NOW, answer: nothing, fail: nothing, sent: new Map(), steps: [], moves: 0 };
}

/** An org with its owner, and the decisions on it. */
function org(): { tuples: TupleSet; deciding: Deciding } {
  const tuples = createTupleSet();
  const view = viewOf(MODEL, tuples, () => NOW);
  const founding = event("org", "org.created", { org: "o", kind: "club", owner: "chief" });
  const made = decideEvent(DomainEvent.sent(founding), view, around(true));
  applyDelta(tuples, (made as Step).delta);
  return { tuples, deciding: { org: "o", view, around, fresh: () => true } };
}

const members = (count: number, from = 0): Waiting[] => Array.from({ length: count }, (_, i) =>
  waiting(event(`m${from + i}`, "member.added", { org: "o", user: `u${from + i}`, hats: ["coach"] })));
const tell = (tuples: TupleSet): string[] => [...tuples.read({})].map(printTuple).sort();

test("events share a write while they fit into it, in their order", () => {
  const { tuples, deciding } = org();
  const before = tell(tuples);
  const queue = members(60);
  const { entries, delta, revision } = decideBatch(queue, deciding);
  expect(tell(tuples)).toEqual(before);
  expect(entries.map(({ of }) => of)).toEqual(queue.slice(0, entries.length));
  expect([entries.length > 10, entries.length < 60, revision]).toEqual([true, true, 1 + entries.length]);
  expect(sizeOf(delta)).toBeLessThanOrEqual(MAX_TUPLES_PER_DELTA);
  applyDelta(tuples, delta);
  expect(tuples.users("org:o", "coach_hat").length).toBe(1 + entries.length);
});

test("a group ends when a turn has no room for more work, with at least one event", () => {
  const { tuples, deciding } = org();
  const before = tell(tuples);
  const role = (count: number, n: number): Waiting => {
    const keys = Array<string>(count).fill("x");
    return waiting(event(`r${n}`, "role.created", { org: "o", role: `r${n}`, scope: "org", keys }));
  };
  const sizes = [1, 1000].map((keys) => {
    const queue = Array.from({ length: 200 }, (_, n) => role(keys, n));
    const { entries } = decideBatch(queue, deciding);
    expect(entries.map((entry) => "outcome" in entry && "refused" in entry.outcome && entry.outcome.refused))
      .toEqual(entries.map(() => "unknown_key"));
    return entries.length;
  });
  expect(sizes[0]).toBe(200);
  expect(sizes[1]).toBeGreaterThanOrEqual(1);
  expect(sizes[1]! * 1000 * 20).toBeLessThan(2 * MAX_STEPS_PER_TURN);
  expect(tell(tuples)).toEqual(before);
});

test("an error on the way leaves the replica unchanged", () => {
  const { tuples, deciding } = org();
  const before = tell(tuples);
  const queue = members(60);
  let decided = 0;
  const failing: Deciding = {
    ...deciding, around: (system) => {
      if (++decided === 3) throw new Error("broken");
      return around(system);
    },
  };
  expect(() => decideBatch(queue, failing)).toThrow("broken");
  expect(tell(tuples)).toEqual(before);
});

test("an event of an org with an unfinished event moves to that org's writer", () => {
  const { tuples, deciding } = org();
  const pending = { object: "ledger:org/o", relation: "pending", user: "event:x" };
  tuples.add(pending);
  const { entries } = decideBatch(members(1), { ...deciding, org: "another" });
  expect(entries).toMatchObject([{ moveTo: "o" }]);
  expect(() => decideBatch(members(1), deciding)).toThrow("must be finished first");
});

const RESTING = [
  ["its actor", "chief", "invite.created", { invite: "i2", org: "o", hat: "office" }],
  ["the maker of the invite that is redeemed", "new", "invite.redeemed", { invite: "i1", user: "new" }],
  ["the maker, also when the system sends it", undefined, "invite.redeemed", { invite: "i1", user: "new" }],
] as const;

test.each(RESTING)("an event that needs a superadmin waits for the platform's order: %s", (_, actor, type, data) => {
  const { tuples, deciding } = org();
  const send = (id: string, of: string, about: object, by?: string): void => {
    const step = decideEvent(DomainEvent.sent({ ...event(id, of, about), actor: by }), deciding.view, around(true));
    applyDelta(tuples, (step as Step).delta);
  };
  send("s", "platform.superadmin_granted", { user: "chief" });
  send("i", "invite.created", { invite: "i1", org: "o", hat: "office" }, "chief");
  const queue = [waiting({ ...event("e", type, data), actor })];
  const { entries, stale } = decideBatch(queue, { ...deciding, fresh: (_at, lookBack) => lookBack === "short" });
  expect([entries.length, stale]).toEqual([0, "long"]);
  expect(decideBatch(queue, deciding).entries).toHaveLength(1);
  // An event that asks about nobody on the platform's staff does not wait.
  send("r", "platform.superadmin_revoked", { user: "chief" });
  const plain = decideBatch(queue, { ...deciding, fresh: (_at, lookBack) => lookBack === "short" });
  expect(plain.entries).toHaveLength(1);
});

test("no event of a batch is written after one that failed for now", () => {
  const { deciding } = org();
  const [first, second] = members(2);
  const batch = new BatchFate();
  batch.note(refuse("last_admin", "refused for good"), () => "o");
  batch.note(refuse("store_unavailable", "of another org"), () => "p");
  const written = decideBatch([{ ...first!, batch }, second!], deciding);
  expect(written.entries.map((entry) => "outcome" in entry && entry.outcome)).toMatchObject(
    [{ status: "applied" }, { status: "applied" }]);
  batch.note(refuse("store_unavailable", "not now"), () => "o");
  const { entries, delta } = decideBatch([{ ...first!, batch }, second!], deciding);
  expect(entries.map((entry) => "outcome" in entry && entry.outcome)).toMatchObject(
    [{ refused: "store_unavailable" }, { status: "applied" }]);
  expect(delta.writes.map(({ user }) => user)).not.toContain("user:u0");
  expect(delta.writes.map(({ user }) => user)).toContain("user:u1");
});
