// Dry runs on a replica that others change meanwhile: one revision of each org, restarted, patient, and never visible.
import { expect, test } from "vitest";
import { StateLock } from "../../src/sidecar/state-lock.ts";
import type { Surroundings } from "../../src/events/decide-event.ts";
import { DomainEvent } from "../../src/events/domain-event.ts";
import type { Receipt } from "../../src/events/event.ts";
import type { Envelope } from "../../src/ledger/envelope.ts";
import { isRefusal, type Refusal } from "../../src/events/refusal.ts";
import { OpenfgaError } from "../../src/openfga/openfga-error.ts";
import { runDry, type DryRunParts } from "../../src/openfga/write/openfga-dry-run.ts";
import { printTuple } from "../../src/tuples/tuple.ts";
import { PATIENCE_MS } from "../live/patience.ts";
import { emailHash, START, World } from "../world/world.ts";

const AROUND = { system: true, clock: START, emailHash };
const tell = (outcome: Receipt | Refusal): string => (isRefusal(outcome) ? outcome.refused : outcome.status);

/** Number of events in a batch: more than fit in several turns. */
const EVENTS = 400;

let sent = 0;
const event = (type: string, data: object): Envelope => ({ id: `r${++sent}`, source: "/dry", type, data });
const founded = (n: number): Envelope =>
  event("org.created", { org: `o${n}`, kind: "club", owner: `owner${n % 3}` });
const batch = (): Envelope[] => Array.from({ length: EVENTS }, (_, n) => founded(n));

/** A world, the parts of a dry run on it, and the requests to them. */
function stage(more: Partial<DryRunParts> = {}) {
  const world = new World();
  world.system("org.created", { org: "fc", kind: "club", owner: "olga" });
  const asked = { catchUps: 0, finished: [] as string[], failed: 0 };
  const damaged = new Map<string, string>();
  const parts: DryRunParts = {
    view: world.view, lock: new StateLock(), giveUpAfter: PATIENCE_MS,
    follower: { trouble: undefined, catchUp: async () => void asked.catchUps++, replica: { damaged } },
    revisionOf: async (ledger) => Number(world.tuples.users(ledger, "at")[0]?.slice("value:".length) ?? 0),
    finish: (org) => void asked.finished.push(org), failed: () => void asked.failed++, ...more,
  };
  return { world, parts, asked, damaged, state: () => [...world.tuples.read({})].map(printTuple).sort() };
}

const tryOut = (envelopes: readonly Envelope[], ...how: readonly [Surroundings, DryRunParts]) =>
  runDry(envelopes.map(DomainEvent.sent), ...how);

/** Calls `look` in every turn of the event loop until the promise is settled. */
async function meanwhile<T>(promise: Promise<T>, look: (turn: number) => void): Promise<T> {
  let done = false;
  const settled = promise.finally(() => (done = true));
  for (let turn = 0; !done; turn++) {
    look(turn);
    await new Promise((next) => setImmediate(next));
  }
  return settled;
}

test("a long dry run is cut into turns; nobody sees any of it, and the replica catches up first", async () => {
  const { parts, asked, state, world } = stage();
  const before = state();
  let turns = 0;
  const outcomes = await meanwhile(tryOut(batch(), AROUND, parts), () => {
    turns++;
    expect(world.tuples.size).toBe(before.length);
  });
  expect(outcomes.map(tell)).toEqual(Array(EVENTS).fill("applied"));
  expect(turns).toBeGreaterThan(3);
  expect(state()).toEqual(before);
  expect(asked).toEqual({ catchUps: 1, finished: [], failed: 0 });
});

test("if an org in the dry run changes meanwhile, the dry run is decided again on the newer state", async () => {
  const { parts, world } = stage();
  const events = [event("member.added", { org: "fc", user: "ada" }), ...batch()];
  let taken = false;
  const outcomes = await meanwhile(tryOut(events, AROUND, parts), (turn) => {
    if (turn !== 2) return;
    taken = true;
    world.system("member.added", { org: "fc", user: "ada" });
  });
  expect(taken).toBe(true);
  expect(outcomes.map(tell)).toEqual(["unchanged", ...Array<string>(EVENTS).fill("applied")]);
});

test("if the orgs change all the time, it still ends", async () => {
  const { parts, world } = stage();
  const events = [event("member.added", { org: "fc", user: "ada" }), ...batch()];
  let users = 0;
  const outcomes = await meanwhile(tryOut(events, AROUND, parts), () =>
    world.system("member.added", { org: "fc", user: `other${users++}` }));
  expect(outcomes.map(tell)).toEqual(Array(EVENTS + 1).fill("applied"));
  expect(world.tuples.users("ledger:org/fc", "at")).toEqual([`value:${users + 1}`]);
  expect([...world.tuples.read({ objectType: "org", relation: "platform" })]).toHaveLength(1);
});

test("an unfinished event of an org is finished first", async () => {
  const { parts, world, asked } = stage();
  const pending = { object: "ledger:org/fc", relation: "pending", user: "event:x" };
  world.tuples.add(pending);
  const finish = (org: string): void => {
    asked.finished.push(org);
    if (asked.finished.length === 3) world.tuples.delete(pending);
  };
  const [outcome] = await tryOut([event("member.added", { org: "fc", user: "u" })], AROUND, { ...parts, finish });
  expect(tell(outcome!)).toBe("applied");
  expect(asked.finished).toEqual(["fc", "fc", "fc"]);
});

test("while OpenFGA is unreachable, or the feed is behind, nothing is decided", async () => {
  let calls = 0;
  const { parts, asked } = stage({
    follower: { trouble: undefined, replica: { damaged: new Map() }, catchUp: async () => {
      if (++calls <= 2) throw new OpenfgaError("unavailable", "not now");
    } },
  });
  const behind: DryRunParts = { ...parts, revisionOf: async () => (calls < 5 ? 7 : 1) };
  const [outcome] = await tryOut([event("member.added", { org: "fc", user: "u" })], AROUND, behind);
  expect(tell(outcome!)).toBe("applied");
  expect(calls).toBeGreaterThanOrEqual(5);
  expect(asked.failed).toBeGreaterThanOrEqual(2);
});

test("events of an org whose ledger somebody wrote to are refused, and those of others are not", async () => {
  const { parts, damaged } = stage();
  damaged.set("ledger:org/fc", "its revision was deleted");
  const events = [event("member.added", { org: "fc", user: "u" }), founded(1)];
  // The store has a later revision than the replica accepts for such a ledger.
  const revisionOf = async (ledger: string): Promise<number> => (ledger === "ledger:org/fc" ? 53 : 0);
  const outcomes = await tryOut(events, AROUND, { ...parts, revisionOf });
  expect(outcomes.map(tell)).toEqual(["store_unavailable", "applied"]);
  expect(isRefusal(outcomes[0]!) && outcomes[0].detail).toContain("its revision was deleted");
});

test("a ledger whose damage is found in the middle of a dry run is no longer used", async () => {
  const { parts, damaged } = stage();
  const events = [...batch(), event("member.added", { org: "fc", user: "u" })];
  const outcomes = await meanwhile(tryOut(events, AROUND, parts), (turn) => {
    if (turn === 2) damaged.set("ledger:org/fc", "it has more than one revision");
  });
  expect(outcomes.map(tell)).toEqual([...Array<string>(EVENTS).fill("applied"), "store_unavailable"]);
});

test("once its caller has disconnected, a dry run ends in the next turn", async () => {
  let gone = false;
  const { parts, state } = stage({ isGone: () => gone });
  const before = state();
  let last = 0;
  const outcomes = await meanwhile(tryOut(batch(), AROUND, parts), (turn) => {
    gone = turn >= 2;
    last = turn;
  });
  expect(last).toBeLessThan(6);
  expect(outcomes.map(tell)).toEqual(Array(EVENTS).fill("store_unavailable"));
  expect(state()).toEqual(before);
});
