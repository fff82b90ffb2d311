// Law: events of different orgs commute.
import { expect, test } from "vitest";
import { PLATFORM, type Envelope } from "../../src/events/event.ts";
import { isRefusal } from "../../src/events/refusal.ts";
import { EVENTS } from "../../src/events/table.ts";
import { World } from "../events/world.ts";
import { printed } from "./answers.ts";
import { holds } from "./law.ts";
import { Play, sequences } from "./sequence.ts";

/** Sends events in order to a copy of a world; the outcomes by event, and the tuples then. */
function after(world: World, events: readonly Envelope[]): { outcomes: Record<string, string>; tuples: string[] } {
  const copy = new World();
  copy.now = world.now;
  for (const tuple of world.tuples.read({})) copy.tuples.add(tuple);
  const outcomes = Object.fromEntries(events.map(({ type, data, ...attributes }) => {
    const step = copy.send(type, data, attributes);
    return [attributes.id, isRefusal(step) ? step.refused : step.status];
  }));
  return { outcomes, tuples: printed(copy.tuples.read({})) };
}

/** The ids an event that is applied takes: they are global, so of two that take one the first wins. */
function taken(world: World, event: Envelope): string[] {
  const before = new Set(printed(world.tuples.read({ objectType: "claim" })));
  return after(world, [event]).tuples.filter((tuple) => tuple.startsWith('["claim:') && !before.has(tuple));
}

test("events of different orgs commute, unless both take the same id", () => {
  let pairs = 0;
  holds(sequences(30, 70), 60, (seeds) => {
    const { world, ...rest } = split(seeds);
    for (const a of rest.of("o1")) {
      for (const b of rest.of("o2")) {
        const ids = taken(world, a);
        if (taken(world, b).some((id) => ids.includes(id))) continue;
        pairs += 1;
        expect(after(world, [a, b]), JSON.stringify([a, b])).toEqual(after(world, [b, a]));
      }
    }
  });
  expect(pairs).toBeGreaterThan(200);
});

/** A state, and events drawn on it, of each org up to four. */
function split(seeds: readonly number[]): { world: World; of: (org: string) => Envelope[] } {
  const play = new Play();
  play.all(seeds.slice(0, -16));
  const drawn = seeds.slice(-16).map((seed, i) => ({ ...play.next(seed), id: `drawn${i}` }));
  const orgOf = (event: Envelope): string => {
    const definition = EVENTS.get(event.type)!;
    const payload = definition.data.safeParse(event.data);
    return payload.success ? definition.org(payload.data, play.world.view) ?? PLATFORM : PLATFORM;
  };
  return { world: play.world, of: (org) => drawn.filter((event) => orgOf(event) === org).slice(0, 4) };
}
