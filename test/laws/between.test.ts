// Law: cut into writes of any size, an event allows in between only what the state before or the state after allows.
import { expect, test } from "vitest";
import { decideEvent } from "../../src/events/decide-event.ts";
import type { Outcome } from "../../src/events/event.ts";
import type { Envelope } from "../../src/ledger/envelope.ts";
import { isRefusal } from "../../src/events/refusal.ts";
import { EVENTS } from "../../src/events/table.ts";
import { firstPart } from "../../src/events/write-order.ts";
import { revisionOf } from "../../src/ledger/event-record.ts";
import { applyDelta, isEmpty, NOTHING, sizeOf, type Delta } from "../../src/tuples/delta.ts";
import type { TupleSet } from "../../src/tuples/tuple-set.ts";
import { printTuple } from "../../src/tuples/tuple.ts";
import { emailHash } from "../events/world.ts";
import { beyond, everyYes, PEOPLE, setOf } from "./answers.ts";
import { Draw } from "./draw.ts";
import { holds } from "./law.ts";
import { CONTRACT } from "./names.ts";
import { OWN_NOTES, UNLINKING } from "./own-notes.ts";
import { FOUNDING, Play, sequences } from "./sequence.ts";

/** Events of a type that are cut in one run. */
const CUTS = 12;

/** What an event changes in the state of a play: its outcome, without bookkeeping of its own; none where refused. */
function outcomeOf(play: Play, event: Envelope): Outcome | undefined {
  const { view, now } = play.world;
  const step = decideEvent(event, view, { system: true, clock: now, emailHash });
  if (isRefusal(step) || step.status !== "applied") return undefined;
  const definition = EVENTS.get(event.type)!;
  const revision = revisionOf(view.tuples, step.org) + 1;
  const outcome = definition.decide(definition.data.parse(event.data), {
    view, actor: event.actor, now, revision, emailHash, room: Infinity, from: "",
  });
  return isRefusal(outcome) ? undefined : outcome;
}

/** What is left of a delta after a part of it. */
function without(delta: Delta, part: Delta): Delta {
  const done = new Set([...part.writes, ...part.deletes].map(printTuple));
  const isLeft = (tuple: Parameters<typeof printTuple>[0]): boolean => !done.has(printTuple(tuple));
  return { writes: delta.writes.filter(isLeft), deletes: delta.deletes.filter(isLeft) };
}

/** Applies an outcome to a set, `room` tuples a write, and visits each state between two writes. */
function write(tuples: TupleSet, outcome: Outcome, room: number, visit: () => void): void {
  let rest: Delta = outcome;
  for (let part = firstPart(rest, room); sizeOf(part) < sizeOf(rest); part = firstPart(rest, room)) {
    applyDelta(tuples, part);
    visit();
    rest = without(rest, part);
  }
  const end = outcome.end ?? NOTHING;
  if (!isEmpty(rest) && sizeOf(rest) + sizeOf(end) > room) {
    applyDelta(tuples, rest);
    if (!isEmpty(end)) visit();
    rest = NOTHING;
  }
  applyDelta(tuples, { writes: [...rest.writes, ...end.writes], deletes: [...rest.deletes, ...end.deletes] });
}

const answers = (tuples: TupleSet, now: number): Set<string> => everyYes(tuples, now, PEOPLE, CONTRACT);

test("every state between two writes of an event allows only what the state before or after it allows", () => {
  const cuts = new Map<string, number>();
  let states = 0;
  holds(sequences(30, 70), 80, (seeds) => {
    const play = new Play(new Map(), [...FOUNDING, ...OWN_NOTES]);
    const { world } = play;
    const draw = new Draw(seeds[0] ?? 0);
    // Half of the worlds have links that are older than their marks (S21).
    const isOld = draw.chance(50);
    // Each world has one event in which u3's link ends, mostly while their notes are there.
    const unlinksAt = draw.below(8);
    for (const [i, seed] of seeds.entries()) {
      const event = i === unlinksAt ? { ...draw.pick(UNLINKING), id: "unlink", source: "/laws" } : play.next(seed);
      const count = cuts.get(event.type) ?? 0;
      if (isOld) {
        for (const mark of [...world.tuples.read({ objectType: "athlete", relation: "linked_ever" })]) {
          if (world.tuples.has(mark.object, "link", mark.user)) world.tuples.delete(mark);
        }
      }
      const outcome = count < CUTS || i === unlinksAt ? outcomeOf(play, event) : undefined;
      const now = world.now;
      const before = setOf(world.tuples.read({}));
      if (play.send(event) !== "applied" || outcome === undefined) continue;
      const set = setOf(before.read({}));
      let allowed: Set<string>[] | undefined;
      const room = 1 + draw.below(Math.min(10, sizeOf(outcome)));
      write(set, outcome, room, () => {
        states += 1;
        allowed ??= [answers(before, now), answers(world.tuples, now)];
        expect(beyond(answers(set, now), ...allowed), `${room} tuples a write: ${JSON.stringify(event)}`).toEqual([]);
      });
      cuts.set(event.type, count + 1);
    }
  });
  console.log(`${states} states between two writes of ${cuts.size} types of events`);
  expect(cuts.size).toBeGreaterThan(40);
  expect(states).toBeGreaterThan(500);
});
