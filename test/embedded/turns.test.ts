// Law: a batch of events, sent or dry-run, is cut into turns of bounded work; no effect shows in between.
import { expect, test } from "vitest";
import { EmbeddedIntake } from "../../src/embedded/embedded-intake.ts";
import type { Receipt } from "../../src/events/event.ts";
import type { Envelope } from "../../src/ledger/envelope.ts";
import { isRefusal, type Refusal } from "../../src/events/refusal.ts";
import { openEmbeddedStore } from "../../src/embedded/embedded-store.ts";
import { printTuple } from "../../src/tuples/tuple.ts";
import { START, World } from "../world/world.ts";
import { counting } from "./counting.ts";
import { MAX_STEPS_PER_TURN } from "../../src/domain/event-limits.ts";

/** Number of events in a batch: more than fit in several turns. */
const EVENTS = 300;
/** Maximum work of a turn: the event that fills a turn ends it, and a long dry run is applied again on top. */
const MOST = 2 * MAX_STEPS_PER_TURN;

let sent = 0;
const event = (type: string, data: object, actor?: string): Envelope =>
  ({ id: `i${++sent}`, source: "/turns", type, data, ...(actor === undefined ? {} : { actor }) });
const tell = (outcome: Receipt | Refusal): string => (isRefusal(outcome) ? outcome.refused : outcome.status);

/** A club of many rows, and an intake whose work is counted. */
function stage() {
  const world = new World();
  world.system("org.created", { org: "fc", kind: "club", owner: "olga" });
  world.system("member.added", { org: "fc", user: "adam", hats: ["admin"] });
  for (let n = 0; n < EVENTS; n++) {
    world.system("member.added", { org: "fc", user: `m${n}` });
    if (n % 4 !== 0) continue;
    world.system("athlete.created", { athlete: `a${n}`, org: "fc" });
    world.system("coaching.started", { coaching: `c${n / 4}`, athlete: `a${n}`, coach: `m${n}` });
  }
  const store = openEmbeddedStore(":memory:", () => START);
  store.commit([...world.tuples.read({})].map((tuple) => ({ writes: [tuple], deletes: [] })), START);
  const { view, steps } = counting(world);
  const intake = new EmbeddedIntake({
    view, store, now: () => START, emailHash: (email) => email,
    failed: (error) => { throw error; }, broken: (why) => { throw new Error(why); },
  });
  return { world, steps, intake };
}

/** Batches of small events that each need much work. */
const BATCHES: Readonly<Record<string, (n: number) => Envelope>> = {
  "overrides that make each row follow its role key by key": (n) =>
    event("coaching.overrides_set", { coaching: `c${n % 75}`, overrides: { "goals.read": n % 150 < 75 } }),
  "members by an actor": (n) => event("member.added", { org: "fc", user: `new${n}`, hats: ["coach"] }, "olga"),
  "refusals after many questions": (n) =>
    event("member.role_assigned", { org: "fc", user: `m${n}`, role: "owner" }, "adam"),
  "a thousand bad keys each": (n) =>
    event("role.created", { org: "fc", role: `r${n}`, scope: "org", keys: Array<string>(1000).fill("x") }),
};

test.each(Object.entries(BATCHES))("%s", async (_, made) => {
  const { world, steps, intake } = stage();
  const batch = Array.from({ length: EVENTS }, (__, n) => made(n));
  const outcomes: string[][] = [];
  for (const dryRun of [true, false]) {
    const before = [...world.tuples.read({})].map(printTuple).sort();
    let done = false;
    let last = steps();
    const turns: number[] = [];
    const look = (): void => {
      turns.push(steps() - last);
      last = steps();
      if (dryRun) expect(world.tuples.size).toBe(before.length);
      if (!done) setImmediate(look);
    };
    const answers = Promise.all(intake.submitAll(batch, { system: true, dryRun }));
    setImmediate(look);
    outcomes.push((await answers).map(tell));
    done = true;
    expect(turns.length).toBeGreaterThan(2);
    expect(Math.max(...turns)).toBeLessThanOrEqual(MOST);
    if (dryRun) expect([...world.tuples.read({})].map(printTuple).sort()).toEqual(before);
  }
  expect(outcomes[0]).toEqual(outcomes[1]);
});
