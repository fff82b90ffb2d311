// Law: an event over an org of twice the size takes about twice the steps at most, and each of its writes as well.
import { beforeAll, describe, expect, test } from "vitest";
import { extentOf, largeOrg } from "../../bench/large-org.mjs";
import { eventsAtLarge } from "../../bench/turn-events.mjs";
import { become, resume, type Step } from "../../src/events/become.ts";
import { isRefusal, type Refusal } from "../../src/events/refusal.ts";
import { EVENTS } from "../../src/events/table.ts";
import { applyDelta } from "../../src/tuples/delta.ts";
import { emailHash, World } from "../events/world.ts";
import { counted } from "./steps.ts";

/** What a size twice as large may cost: twice the steps, a tenth for hash tables that grow, and a little besides. */
const allowed = (steps: number): number => steps * 2.2 + 2000;

/** Steps of each event: of all of its writes together, and of the longest write. */
interface Cost {
  readonly whole: number;
  readonly longest: number;
}

/** The costs of every event in turn, on an org of a size. `maxTuples`: of one write. */
function costsAt(times: number, maxTuples: number): Map<string, Cost> {
  const world = new World();
  for (const { type, data } of largeOrg(extentOf(times))) world.system(type, data);
  return new Map(eventsAtLarge().map((event) => [`${event.id} ${event.type}`, costOf(event, world, maxTuples)]));
}

function costOf(event: ReturnType<typeof eventsAtLarge>[number], world: World, maxTuples: number): Cost {
  world.now += 1000;
  const around = { system: true, clock: world.now, maxTuples, emailHash };
  const taken: number[] = [];
  let decide = (): Step | Refusal | undefined => become(event, world.view, around);
  for (;;) {
    const { steps, result } = counted(() => {
      const step = decide();
      if (step !== undefined && !isRefusal(step)) applyDelta(world.tuples, step.delta);
      return step;
    });
    if (result === undefined || isRefusal(result)) throw new Error(`${event.type}: ${JSON.stringify(result)}`);
    expect(result.status, event.type).toBe("applied");
    taken.push(steps);
    if (!result.more) return { whole: taken.reduce((a, b) => a + b), longest: Math.max(...taken) };
    decide = () => resume(result.org, world.view, around);
  }
}

test("every type of event is among those that are counted", () => {
  expect(new Set(eventsAtLarge().map(({ type }) => type))).toEqual(new Set(EVENTS.keys()));
});

describe.each([["written at once", 1_000_000], ["in writes of 20 tuples", 20]])("%s", (_, maxTuples) => {
  let small: Map<string, Cost>;
  let large: Map<string, Cost>;
  beforeAll(() => {
    // What is worked out of the model once is worked out before anything is counted.
    costsAt(1, maxTuples);
    small = costsAt(8, maxTuples);
    large = costsAt(16, maxTuples);
  });

  test.each(eventsAtLarge().map(({ id, type }) => `${id} ${type}`))("%s", (name) => {
    const [before, after] = [small.get(name)!, large.get(name)!];
    expect(before.whole).toBeGreaterThan(20);
    expect(after.longest, `the longest write, ${before.longest} steps before`).toBeLessThan(allowed(before.longest));
    if (maxTuples < 1000) return;
    expect(after.whole, `the whole, ${before.whole} steps before`).toBeLessThan(allowed(before.whole));
  });
});
