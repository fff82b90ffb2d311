// Law: in the smallest possible writes, an event allows in between only what the state before or after it allows.
import { expect, test } from "vitest";
import { decideEvent } from "../../src/events/decide-event.ts";
import { DomainEvent } from "../../src/events/domain-event.ts";
import type { Outcome } from "../../src/events/event.ts";
import type { Envelope } from "../../src/ledger/envelope.ts";
import { revisionOf } from "../../src/ledger/event-record.ts";
import { isRefusal } from "../../src/events/refusal.ts";
import { EVENTS } from "../../src/events/table.ts";
import { firstPart } from "../../src/events/write-order.ts";
import { applyDelta, isEmpty, NOTHING, sizeOf, type Delta } from "../../src/tuples/delta.ts";
import type { TupleSet } from "../../src/tuples/tuple-set.ts";
import { printTuple } from "../../src/tuples/tuple.ts";
import { emailHash, type World } from "../world/world.ts";
import { beyond, everyYes, PEOPLE } from "./answers.ts";
import { Draw } from "./draw.ts";
import { covered, holds } from "./law.ts";
import { LONG_EVENTS, manyTied } from "./long-events.ts";
import { CONTRACT } from "./names.ts";
import { OWN_NOTES, UNLINKING } from "./own-notes.ts";
import { FOUNDING, Play, sequences } from "./sequence.ts";
import { copyOf, inWrites, LONG } from "./writes.ts";

/** Number of events of each type that are cut in one run. */
const CUTS = 12;
/** Number of tuples in each write that advance the org's revision. */
const REVISION = 2;

const answers = (tuples: TupleSet, now: number): Set<string> => everyYes(tuples, now, PEOPLE, CONTRACT);

/** Checks on each visit, between two writes, that the state allows no more than the two worlds do. Counts visits. */
function judge(
  now: TupleSet, before: World, after: World, told: string,
): { readonly visit: () => void; states: number } {
  let allowed: Set<string>[] | undefined;
  const judged = { states: 0, visit: (): void => {
    judged.states += 1;
    allowed ??= [before, after].map((world) => answers(world.tuples, before.now));
    expect(beyond(answers(now, before.now), ...allowed), told).toEqual([]);
  } };
  return judged;
}

/** Applies a long event in writes of `room` tuples plus the revision. Returns the number of states in between. */
function cut(before: World, after: World, event: Envelope, room: number): number {
  const copy = copyOf(before);
  const { visit } = judge(copy.tuples, before, after, `${room} tuples a write: ${JSON.stringify(event)}`);
  return inWrites(copy, event, 1, REVISION + room, visit) - 1;
}

test.each(LONG_EVENTS)("$type, with each tuple in its own write or with a few together", ({ type, data }) => {
  const before = manyTied();
  const event = { id: "long", source: "/laws", type, data };
  for (const room of [1, 2, 5]) {
    const after = copyOf(before);
    after.system(type, data);
    expect(cut(before, after, event, room), `${room} tuples a write`).toBeGreaterThan(0);
  }
});

test("every type that can be cut is included", () => {
  expect(new Set(LONG_EVENTS.map(({ type }) => type))).toEqual(LONG);
});

/** The access changes of an event that is never cut; none if it is refused. */
function outcomeOf({ view, now }: World, event: Envelope): Outcome | undefined {
  const step = decideEvent(DomainEvent.sent(event), view, { system: true, clock: now, emailHash });
  if (isRefusal(step) || step.status !== "applied") return undefined;
  const definition = EVENTS.get(event.type)!;
  const revision = revisionOf(view.tuples, step.org) + 1;
  const outcome = definition.decide(definition.data.parse(event.data), {
    view, actor: event.actor, now, revision, emailHash, room: Infinity, from: "", resuming: false,
  });
  return isRefusal(outcome) ? undefined : outcome;
}

/** The rest of a delta after one part of it. */
function without(delta: Delta, part: Delta): Delta {
  const done = new Set([...part.writes, ...part.deletes].map(printTuple));
  const isLeft = (tuple: Parameters<typeof printTuple>[0]): boolean => !done.has(printTuple(tuple));
  return { writes: delta.writes.filter(isLeft), deletes: delta.deletes.filter(isLeft) };
}

/** Applies the changes of an event that is never cut, `room` tuples at a time; visits each state in between. */
function inOrder(tuples: TupleSet, outcome: Outcome, room: number, visit: () => void): void {
  let rest: Delta = outcome;
  for (let part = firstPart(rest, room); sizeOf(part) < sizeOf(rest); part = firstPart(rest, room)) {
    applyDelta(tuples, part);
    visit();
    rest = without(rest, part);
  }
  applyDelta(tuples, rest);
  if (!isEmpty(outcome.end ?? NOTHING)) visit();
}

test("every state between two writes of an event allows only what the state before or after it allows", () => {
  const cuts = new Map<string, number>();
  let states = 0;
  holds(sequences(30, 70), 80, (seeds) => {
    const play = new Play(new Map(), [...FOUNDING, ...OWN_NOTES]);
    const { world } = play;
    const draw = new Draw(seeds[0] ?? 0);
    // Half of the worlds have links that are older than their marks (S21).
    const isOld = draw.chance(50);
    // In each world one event ends u3's link, usually while the notes still exist.
    const unlinksAt = draw.below(8);
    for (const [i, seed] of seeds.entries()) {
      const event = i === unlinksAt ? { ...draw.pick(UNLINKING), id: "unlink", source: "/laws" } : play.next(seed);
      if (isOld) {
        for (const mark of [...world.tuples.read({ objectType: "athlete", relation: "linked_ever" })]) {
          if (world.tuples.has(mark.object, "link", mark.user)) world.tuples.delete(mark);
        }
      }
      const count = cuts.get(event.type) ?? 0;
      const before = count < CUTS || i === unlinksAt ? copyOf(world) : undefined;
      if (play.send(event) !== "applied" || before === undefined) continue;
      const room = 1 + draw.below(10);
      let between: number;
      if (LONG.has(event.type)) between = cut(before, world, event, room);
      else {
        const outcome = outcomeOf(before, event)!;
        const copy = copyOf(before);
        const judged = judge(copy.tuples, before, world, JSON.stringify(event));
        inOrder(copy.tuples, outcome, 1 + (room % sizeOf(outcome)), judged.visit);
        between = judged.states;
      }
      states += between;
      if (between > 0) cuts.set(event.type, count + 1);
    }
  });
  const types = [...cuts.keys()];
  console.log(`${states} states between two writes; cut: ${JSON.stringify([...cuts])}`);
  covered(() => {
    expect(types.filter((type) => LONG.has(type)).length).toBeGreaterThan(8);
    expect(types.filter((type) => !LONG.has(type)).length).toBeGreaterThan(15);
    expect(states).toBeGreaterThan(500);
  });
});
