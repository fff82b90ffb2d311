// The limits of explanations, each at its number and one above.
import { expect, test } from "vitest";
import { compileModel, createTupleSet, type TupleSet } from "../../src/engine.ts";
import { withEvents, type MissingEvents } from "../../src/reasons/event-ways.ts";
import { explain } from "../../src/reasons/explain.ts";
import type { Explanation } from "../../src/reasons/explained.ts";
import { FactReader, OutOfSteps } from "../../src/reasons/fact-reader.ts";
import { policyNotes } from "../../src/reasons/policy-notes.ts";
import {
  MAX_ACTORS_NAMED, MAX_ACTORS_TRIED, MAX_ALTERNATIVES, MAX_EVENTS_OF_A_WAY, MAX_EVENTS_WITH_NAMES, MAX_LOOKUP_TUPLES,
  MAX_REASON_STEPS, MAX_REASONS,
} from "../../src/reasons/reasons-limits.ts";
import { indexOf } from "../../src/memory/indexed-tuple-set.ts";
import { whole } from "../turns/whole.ts";
import { club } from "../world/club.ts";
import { MODEL, POLICY } from "../world/policy.ts";
import type { World } from "../world/world.ts";

const GROUPS = compileModel(`
model
  schema 1.1
type user
type group
  relations
    define member: [user]
type document
  relations
    define viewer: [group#member]`);
const QUESTION = { user: "user:ann", relation: "viewer", object: "document:1" };

/** A document that groups may view; Ann is in those that `isIn` names. */
function groups(count: number, isIn: (group: number) => boolean): TupleSet {
  const tuples = createTupleSet();
  for (let i = 0; i < count; i++) {
    tuples.add({ user: `group:${i}#member`, relation: "viewer", object: "document:1" });
    if (isIn(i)) tuples.add({ user: "user:ann", relation: "member", object: `group:${i}` });
  }
  return tuples;
}

const sizeOf = (found: Explanation): [number, boolean] => {
  if ("error" in found) throw new Error(found.error.message);
  return [("reasons" in found ? found.reasons : found.missing).length, found.truncated === true];
};

test(`an explanation has at most ${MAX_REASONS} proofs`, () => {
  expect(sizeOf(explain(GROUPS, groups(MAX_REASONS, () => true), QUESTION))).toEqual([MAX_REASONS, false]);
  expect(sizeOf(explain(GROUPS, groups(MAX_REASONS + 1, () => true), QUESTION))).toEqual([MAX_REASONS, true]);
});

test(`a look-up reads at most ${MAX_LOOKUP_TUPLES} tuples`, () => {
  const [own, much] = [MAX_LOOKUP_TUPLES, MAX_LOOKUP_TUPLES + 1];
  const inAll = (count: number): TupleSet => groups(count, (group) => group === 0);
  // The search follows the shorter look-up, so Ann is in as many groups as the document has.
  const both = (count: number): TupleSet => {
    const tuples = inAll(count);
    for (let i = 1; i < count; i++) tuples.add({ user: "user:ann", relation: "member", object: `group:other-${i}` });
    return tuples;
  };
  expect(sizeOf(explain(GROUPS, both(own), QUESTION))[1]).toBe(false);
  expect(sizeOf(explain(GROUPS, both(much), QUESTION))[1]).toBe(true);
});

test(`a search takes at most ${MAX_REASON_STEPS} steps`, () => {
  const reader = new FactReader(GROUPS, indexOf(createTupleSet()), undefined);
  for (let i = 0; i < MAX_REASON_STEPS; i++) reader.step();
  expect([reader.steps, reader.isCut]).toEqual([MAX_REASON_STEPS, false]);
  expect(() => reader.step()).toThrow(OutOfSteps);
  expect(reader.isCut).toBe(true);
});

test(`a way to a yes tries at most ${MAX_ALTERNATIVES} objects in one place`, () => {
  // Each group that may view the document, and a new one.
  expect(sizeOf(explain(GROUPS, groups(MAX_ALTERNATIVES, () => false), QUESTION)))
    .toEqual([MAX_ALTERNATIVES + 1, false]);
  expect(sizeOf(explain(GROUPS, groups(MAX_ALTERNATIVES + 1, () => false), QUESTION)))
    .toEqual([MAX_ALTERNATIVES + 1, true]);
});

function waysOf(world: World, user: string, relation: string, object: string): MissingEvents[] {
  const request = {
    user: `user:${user}`, relation, object, context: { current_time: new Date(world.now).toISOString() },
  };
  const found = explain(MODEL, world.tuples, request, policyNotes(POLICY));
  if (!("missing" in found)) throw new Error(JSON.stringify(found));
  return whole(withEvents({ model: MODEL, view: world.view, clock: world.now, request }, found.missing));
}

test(`at most ${MAX_ACTORS_NAMED} senders of an event are named; of more, the right`, () => {
  const world = club();
  const senders = (): string => waysOf(world, "new", "member", "org:fc")[0]!.events[0]!.who;
  let named = senders().split(", ").length;
  expect(named).toBeLessThan(MAX_ACTORS_NAMED);
  for (; named < MAX_ACTORS_NAMED; named++) {
    world.system("member.added", { org: "fc", user: `x${named}`, hats: ["admin"] });
  }
  expect(senders().split(", ").every((who) => who.startsWith("user:"))).toBe(true);
  expect(senders().split(", ")).toHaveLength(MAX_ACTORS_NAMED);
  world.system("member.added", { org: "fc", user: "y", hats: ["admin"] });
  expect(senders()).not.toContain("user:");
});

/** A club with a number of members, all but a few of them athletes. */
function clubOf(members: number): World {
  const world = club();
  for (let n = world.tuples.objects("membership", "org", "org:fc").length; n < members; n++) {
    world.system("member.added", { org: "fc", user: `m${n}`, hats: ["athlete"] });
  }
  return world;
}

test(`in an org with more than ${MAX_ACTORS_TRIED} who may be senders, the right is named and not some of them`, () => {
  const senders = (world: World): string => waysOf(world, "dora", "current_coach", "athlete:a1")
    .flatMap(({ events }) => events).find(({ type }) => type === "coaching.started")!.who;
  // The coach whom the event names is a member; the superadmin is tried as well.
  const world = clubOf(MAX_ACTORS_TRIED - superadmins());
  expect(senders(world)).toContain("user:");
  world.system("member.added", { org: "fc", user: "one-more", hats: ["athlete"] });
  expect(senders(world)).not.toContain("user:");
});

/** Number of superadmins of a club who are no members. */
function superadmins(): number {
  return club().tuples.users("platform:main", "superadmin").length;
}

test("those who wear the hat of an admin or of the office are named in an org of any size (S4)", () => {
  const senders = (world: World): string => waysOf(world, "new", "member", "org:fc")[0]!.events[0]!.who;
  expect(senders(clubOf(3 * MAX_ACTORS_TRIED))).toBe(senders(club()));
  expect(senders(club())).toContain("user:olga");
});

test(`a way has at most ${MAX_EVENTS_OF_A_WAY} events`, () => {
  const counts = ["dora", "gus", "nobody"].flatMap((user) => ["athlete:a1", "athlete:unknown"]
    .flatMap((object) => waysOf(club(), user, "sessions_read", object).map(({ events }) => events.length)));
  expect(Math.max(...counts)).toBe(MAX_EVENTS_OF_A_WAY);
});

test(`a way that needs more than ${MAX_EVENTS_OF_A_WAY} events is said to be untried`, () => {
  expect(MAX_EVENTS_OF_A_WAY).toBe(6);
  const world = club();
  const request = { user: "user:s1", relation: "superadmin", object: "platform:main" };
  const tried = (count: number) => {
    const absent = Array.from({ length: count }, (_, n) =>
      ({ user: `user:s${n + 1}`, relation: "superadmin", object: "platform:main" }));
    const way = { rules: [], text: "user:s1 would have it.", present: [], absent };
    const [found] = whole(withEvents({ model: MODEL, view: world.view, clock: world.now, request }, [way]));
    return [found!.events.length, found!.text];
  };
  expect(tried(MAX_EVENTS_OF_A_WAY)).toEqual([6, "user:s1 would have it."]);
  expect(tried(MAX_EVENTS_OF_A_WAY + 1)).toEqual([0, "user:s1 would have it; the events for that were not tried."]);
});

test(`the senders of at most ${MAX_EVENTS_WITH_NAMES} events are sought`, () => {
  const events = waysOf(club(), "nobody", "sessions_read", "athlete:a1").flatMap((way) => way.events);
  const distinct = new Set(events.map((event) => JSON.stringify(event)));
  const named = [...distinct].filter((event) => event.includes('"who":"user:'));
  expect(distinct.size).toBeGreaterThan(MAX_EVENTS_WITH_NAMES);
  expect(named.length).toBeGreaterThan(0);
  expect(named.length).toBeLessThanOrEqual(MAX_EVENTS_WITH_NAMES);
});

test("in turn those of the first ways, and those of the ways that change a row", () => {
  const world = club();
  for (let n = 0; n < 8; n++) world.system("team.created", { team: `more${n}`, org: "fc" });
  const ways = waysOf(world, "dora", "can_view", "athlete:a1");
  const events = ways.flatMap((way) => way.events);
  const isNamed = events.map(({ who }) => who.startsWith("user:"));
  expect([isNamed[0], isNamed[events.findIndex(({ type }) => type === "coaching.started")]]).toEqual([true, true]);
  // Without turns, the events of the first ways would be all for which users are sought.
  const before = new Set(events.slice(0, events.findIndex(({ type }) => type === "coaching.started"))
    .map((event) => JSON.stringify(event)));
  expect(before.size).toBeGreaterThanOrEqual(MAX_EVENTS_WITH_NAMES);
});
