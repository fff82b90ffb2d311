// Law: an event in an org of twice the size takes at most about twice the steps; its longest write takes no more.
import { beforeAll, describe, expect, test } from "vitest";
import { extentOf, largeOrg, type Extent } from "../../bench/large-org.mjs";
import { eventsAtLarge } from "../../bench/turn-events.mjs";
import { decideEvent, continueEvent, type Step } from "../../src/events/decide-event.ts";
import { DomainEvent } from "../../src/events/domain-event.ts";
import { isRefusal, type Refusal } from "../../src/events/refusal.ts";
import { EVENTS } from "../../src/events/table.ts";
import { applyDelta } from "../../src/tuples/delta.ts";
import type { TupleSet } from "../../src/tuples/tuple-set.ts";
import type { PlainLoading } from "../../src/memory/indexed-tuple-set.ts";
import { emailHash, World } from "../world/world.ts";
import { counted } from "./steps.ts";

type Sent = ReturnType<typeof eventsAtLarge>[number];

/** Maximum cost at twice the size: twice the steps, a tenth for hash tables that grow, and a small constant. */
const allowed = (steps: number): number => steps * 2.2 + 2000;
/** Maximum extra steps of the longest write, at any size: hash tables that grow, and long lists of names. */
const MORE = 3000;
/** Steps of one look-up, and of a name in a list. */
const STEPS_PER_LOOKUP = 150;

/** A write that takes longer in a larger org: its number of look-ups, and the reason why that is accepted. */
interface Exception {
  readonly lookups: (extent: Extent) => number;
  readonly why: string;
}

const rowsOfCoach = ({ athletes, past, roles }: Extent): number => athletes + past + roles;
const ownRows: Exception = {
  lookups: rowsOfCoach, why: "whether a coach holds a role by another row (S12): each row of theirs is looked at",
};
const rowsOver: Exception = { lookups: ({ rows }) => rows, why: "the model looks at the rows over the athlete" };
const seats: Exception = { lookups: ({ seats: all }) => 2 * all, why: "each write looks for the teams that are left" };
const closed: Exception = { lookups: ({ past }) => past, why: "no tuple tells open invites from closed ones" };

/** By type and object of the event. Each is a look-up or two for an entry of a list, and no more. */
const EXCEPTIONS: Readonly<Record<string, Exception>> = {
  "coaching.role_changed late": ownRows,
  "coaching.overrides_set late": ownRows,
  "coaching.ended late": ownRows,
  "team.head_coach_changed big":
    { ...ownRows, lookups: (extent) => rowsOfCoach(extent) + extent.rows },
  "athlete.deleted star": {
    lookups: (extent) => 4 * extent.rows + rowsOfCoach(extent),
    why: "each write passes over the coaches that are done; 5,000 rows at most are looked at",
  },
  "team.deleted big": { ...closed, lookups: ({ invites, past }) => invites + past },
  "role.deleted named": closed,
  "athlete.linked coveted": closed,
  "member.reactivated back":
    { lookups: ({ past }) => 2 * past, why: "the receipt counts all rows, and no tuple tells active ones from others" },
  "activity.recorded late": rowsOver,
  "activity.deleted late": rowsOver,
  "note.created late": rowsOver,
  "note.deleted read": { lookups: ({ rows }) => rows, why: "each write lists the readers that are left" },
  "athlete.linked nomad": seats,
  "athlete.unlinked nomad": seats,
  "athlete.deleted nomad": seats,
  "member.hats_changed bea": { ...seats, lookups: ({ teams }) => 2 * teams },
};

const labelOf = ({ type, data }: Sent): string => {
  const { org: _, ...about } = data as Readonly<Record<string, unknown>>;
  return `${type} ${String(Object.values(about)[0])}`;
};

/** Steps of each event: of all of its writes together, and of the longest write. */
interface Cost {
  readonly whole: number;
  readonly longest: number;
}

/** The costs of every event in turn, in an org of a size. `maxTuples` limits one write. */
function costsAt(times: number, maxTuples: number): Map<string, Cost> {
  const world = new World();
  // Room for all of it, so that the counted work grows no table.
  (world.tuples as TupleSet & PlainLoading).reserve(100_000);
  for (const { type, data, ...more } of largeOrg(extentOf(times))) world.system(type, data, more);
  return new Map(eventsAtLarge().map((event) => [`${event.id} ${event.type}`, costOf(event, world, maxTuples)]));
}

function costOf(event: Sent, world: World, maxTuples: number): Cost {
  world.now += 1000;
  const around = { system: true, clock: world.now, maxTuples, emailHash };
  const taken: number[] = [];
  let decide = (): Step | Refusal | undefined => decideEvent(DomainEvent.sent(event), world.view, around);
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
    decide = () => continueEvent(result.org, world.view, around);
  }
}

test("every type of event is counted, and every exception is one of them", () => {
  expect(new Set(eventsAtLarge().map(({ type }) => type))).toEqual(new Set(EVENTS.keys()));
  const labels = eventsAtLarge().map(labelOf);
  expect(Object.keys(EXCEPTIONS).filter((label) => !labels.includes(label))).toEqual([]);
});

describe.each([["written at once", 1_000_000], ["in writes of 20 tuples", 20]])("%s", (_, maxTuples) => {
  const [few, many] = [8, 16];
  let small: Map<string, Cost>;
  let large: Map<string, Cost>;
  beforeAll(() => {
    // Facts derived from the model once are derived before the count begins.
    costsAt(1, maxTuples);
    small = costsAt(few, maxTuples);
    large = costsAt(many, maxTuples);
  });

  test.each(eventsAtLarge().map((event) => [`${event.id} ${event.type}`, event] as const))("%s", (name, event) => {
    const [before, after] = [small.get(name)!, large.get(name)!];
    expect(before.whole).toBeGreaterThan(20);
    if (maxTuples > 1000) {
      expect(after.whole, `the whole, ${before.whole} steps before`).toBeLessThan(allowed(before.whole));
      return;
    }
    const { lookups } = EXCEPTIONS[labelOf(event)] ?? { lookups: () => 0 };
    const more = STEPS_PER_LOOKUP * (lookups(extentOf(many)) - lookups(extentOf(few))) + MORE;
    expect(after.longest - before.longest, `the longest write, ${before.longest} steps before`).toBeLessThan(more);
  });
});
