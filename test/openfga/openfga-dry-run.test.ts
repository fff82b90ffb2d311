// Dry runs on a replica that others move meanwhile: one revision of each org, begun again, patient, and never seen.
import { expect, test } from "vitest";
import { StateLock } from "../../src/sidecar/state-lock.ts";
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

/** Events of a batch: more than several turns have room for. */
const EVENTS = 400;

let sent = 0;
const event = (type: string, data: object): Envelope => ({ id: `r${++sent}`, source: "/dry", type, data });
const founded = (n: number): Envelope =>
  event("org.created", { org: `o${n}`, kind: "club", owner: `owner${n % 3}` });
const batch = (): Envelope[] => Array.from({ length: EVENTS }, (_, n) => founded(n));

/** A world, the parts of a dry run on it, and what they were asked. */
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

test("a long dry run is cut into turns; nobody sees any of it, and the replica is caught up first", async () => {
  const { parts, asked, state, world } = stage();
  const before = state();
  let turns = 0;
  const outcomes = await meanwhile(runDry(batch(), AROUND, parts), () => {
    turns++;
    expect(world.tuples.size).toBe(before.length);
  });
  expect(outcomes.map(tell)).toEqual(Array(EVENTS).fill("applied"));
  expect(turns).toBeGreaterThan(3);
  expect(state()).toEqual(before);
  expect(asked).toEqual({ catchUps: 1, finished: [], failed: 0 });
});

test("where an org that was decided on moves meanwhile, the dry run is decided again on the newer state", async () => {
  const { parts, world } = stage();
  const events = [event("member.added", { org: "fc", user: "ada" }), ...batch()];
  let taken = false;
  const outcomes = await meanwhile(runDry(events, AROUND, parts), (turn) => {
    if (turn !== 2) return;
    taken = true;
    world.system("member.added", { org: "fc", user: "ada" });
  });
  expect(taken).toBe(true);
  expect(outcomes.map(tell)).toEqual(["unchanged", ...Array<string>(EVENTS).fill("applied")]);
});

test("where the orgs move all the time, it ends all the same", async () => {
  const { parts, world } = stage();
  const events = [event("member.added", { org: "fc", user: "ada" }), ...batch()];
  let users = 0;
  const outcomes = await meanwhile(runDry(events, AROUND, parts), () =>
    world.system("member.added", { org: "fc", user: `other${users++}` }));
  expect(outcomes.map(tell)).toEqual(Array(EVENTS + 1).fill("applied"));
  expect(world.tuples.users("ledger:org/fc", "at")).toEqual([`value:${users + 1}`]);
  expect([...world.tuples.read({ objectType: "org", relation: "platform" })]).toHaveLength(1);
});

test("an event of an org that has not had all of its writes is finished first", async () => {
  const { parts, world, asked } = stage();
  const pending = { object: "ledger:org/fc", relation: "pending", user: "event:x" };
  world.tuples.add(pending);
  const finish = (org: string): void => {
    asked.finished.push(org);
    if (asked.finished.length === 3) world.tuples.delete(pending);
  };
  const [outcome] = await runDry([event("member.added", { org: "fc", user: "u" })], AROUND, { ...parts, finish });
  expect(tell(outcome!)).toBe("applied");
  expect(asked.finished).toEqual(["fc", "fc", "fc"]);
});

test("while OpenFGA cannot be asked, or the feed is behind, nothing is decided", async () => {
  let calls = 0;
  const { parts, asked } = stage({
    follower: { trouble: undefined, replica: { damaged: new Map() }, catchUp: async () => {
      if (++calls <= 2) throw new OpenfgaError("unavailable", "not now");
    } },
  });
  const behind: DryRunParts = { ...parts, revisionOf: async () => (calls < 5 ? 7 : 1) };
  const [outcome] = await runDry([event("member.added", { org: "fc", user: "u" })], AROUND, behind);
  expect(tell(outcome!)).toBe("applied");
  expect(calls).toBeGreaterThanOrEqual(5);
  expect(asked.failed).toBeGreaterThanOrEqual(2);
});

test("events of an org whose ledger somebody wrote to are refused, and those of others are not", async () => {
  const { parts, damaged } = stage();
  damaged.set("ledger:org/fc", "its revision was deleted");
  const events = [event("member.added", { org: "fc", user: "u" }), founded(1)];
  // The store has a later revision than the replica makes of such a ledger.
  const revisionOf = async (ledger: string): Promise<number> => (ledger === "ledger:org/fc" ? 53 : 0);
  const outcomes = await runDry(events, AROUND, { ...parts, revisionOf });
  expect(outcomes.map(tell)).toEqual(["store_unavailable", "applied"]);
  expect(isRefusal(outcomes[0]!) && outcomes[0].detail).toContain("its revision was deleted");
});

test("a ledger that is found to be written to in the middle of a dry run is not decided on any more", async () => {
  const { parts, damaged } = stage();
  const events = [...batch(), event("member.added", { org: "fc", user: "u" })];
  const outcomes = await meanwhile(runDry(events, AROUND, parts), (turn) => {
    if (turn === 2) damaged.set("ledger:org/fc", "it has more than one revision");
  });
  expect(outcomes.map(tell)).toEqual([...Array<string>(EVENTS).fill("applied"), "store_unavailable"]);
});
