// Law: events of different orgs commute.
import { expect, test } from "vitest";
import { PLATFORM, type Envelope } from "../../src/ledger/envelope.ts";
import { isRefusal, REFUSAL_STATUS } from "../../src/events/refusal.ts";
import { EVENTS } from "../../src/events/table.ts";
import { homeOf } from "../../src/domain/relationship-rows.ts";
import { World } from "../world/world.ts";
import { printed } from "./answers.ts";
import { covered, holds } from "./law.ts";
import { Play, sequences } from "./sequence.ts";

/** Sends events in order to a copy of a world. Returns the outcomes by event, and the final tuples. */
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

/**
 * True if the first event takes or frees an id that the second names. Ids are global: the first of two events gets an
 * id, and an unknown object before it may belong to another org after it.
 */
function movesId(world: World, first: Envelope, second: Envelope): boolean {
  const claims = (tuples: readonly string[]): string[] => tuples.filter((tuple) => tuple.startsWith('["claim:'));
  const [before, then] = [claims(printed(world.tuples.read({}))), claims(after(world, [first]).tuples)];
  const named = wordsOf(second);
  return [...before.filter((tuple) => !then.includes(tuple)), ...then.filter((tuple) => !before.includes(tuple))]
    .some((tuple) => named.includes(/^\["claim:\w+\/([^"]+)"/.exec(tuple)?.[1] ?? ""));
}

/** The texts in an event's data, without the types in front of ids. */
function wordsOf(event: Envelope): string[] {
  return Object.values(event.data as object).flat()
    .flatMap((value: unknown) => (typeof value === "string" ? [value.slice(value.indexOf(":") + 1)] : []));
}

/** True for an event that names another org's object: the other order may find another of two reasons to refuse it. */
function looksAcross(world: World, event: Envelope): boolean {
  const own = orgOf(world, event);
  const types = ["team", "athlete", "coaching", "team_assignment", "activity"];
  return wordsOf(event).some((word) => types.some((type) => {
    const home = homeOf(world.tuples, `${type}:${word}`);
    return home !== undefined && home !== own;
  }));
}

/** The outcomes, where an event that names another org's object is refused for any reason. */
function told(world: World, events: readonly Envelope[]): object {
  const { outcomes, tuples } = after(world, events);
  for (const event of events.filter((found) => looksAcross(world, found))) {
    const outcome = outcomes[event.id] ?? "";
    if (outcome in REFUSAL_STATUS) outcomes[event.id] = "refused";
  }
  return { outcomes, tuples };
}

test("events of different orgs commute, unless one takes or frees an id that the other names", () => {
  let pairs = 0;
  holds(sequences(30, 70), 60, (seeds) => {
    const { world, ...rest } = split(seeds);
    for (const a of rest.of("o1")) {
      for (const b of rest.of("o2")) {
        if (movesId(world, a, b) || movesId(world, b, a)) continue;
        pairs += 1;
        expect(told(world, [a, b]), JSON.stringify([a, b])).toEqual(told(world, [b, a]));
      }
    }
  });
  covered(() => expect(pairs).toBeGreaterThan(200));
});

/** The org in whose order an event is applied. */
function orgOf(world: World, event: Envelope): string {
  const definition = EVENTS.get(event.type)!;
  const payload = definition.data.safeParse(event.data);
  return payload.success ? definition.org(payload.data, world.view) ?? PLATFORM : PLATFORM;
}

/** A state, and up to four events of each org drawn on it. */
function split(seeds: readonly number[]): { world: World; of: (org: string) => Envelope[] } {
  const play = new Play();
  play.all(seeds.slice(0, -16));
  const drawn = seeds.slice(-16).map((seed, i) => ({ ...play.next(seed), id: `drawn${i}` }));
  return { world: play.world, of: (org) => drawn.filter((event) => orgOf(play.world, event) === org).slice(0, 4) };
}
