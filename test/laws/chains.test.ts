// Law: an event cut into small writes ends as in one write, and allows nothing in between that neither end allows.
import { expect, test } from "vitest";
import { decideEvent } from "../../src/events/decide-event.ts";
import { DomainEvent } from "../../src/events/domain-event.ts";
import { isRefusal } from "../../src/events/refusal.ts";
import type { Envelope } from "../../src/ledger/envelope.ts";
import { sizeOf } from "../../src/tuples/delta.ts";
import type { TupleSet } from "../../src/tuples/tuple-set.ts";
import { emailHash, World } from "../world/world.ts";
import { beyond, everyYes, printed, type Yes } from "./answers.ts";
import { covered, holds } from "./law.ts";
import { LONG_EVENTS, manyTied } from "./long-events.ts";
import { OWN_NOTES } from "./own-notes.ts";
import { FOUNDING, Play, sequences } from "./sequence.ts";
import { copyOf, inWrites, LONG } from "./writes.ts";

/** The tuples of access, and the bookkeeping except revisions, event records and the start of assignments. */
function essence(tuples: TupleSet): string[] {
  const isOrder = (object: string, relation: string): boolean =>
    object.startsWith("event:") || relation === "at" || relation === "since";
  return printed([...tuples.read({})].filter(({ object, relation }) => !isOrder(object, relation)));
}

/** Applies an event to a copy of a world in writes of `maxTuples` tuples, or of as few more as it needs. */
function write(world: World, event: Envelope, maxTuples: number): { copy: World; between: Set<Yes>[]; writes: number } {
  const copy = copyOf(world);
  const between: Set<Yes>[] = [];
  const writes = inWrites(copy, event, maxTuples, maxTuples, () => between.push(everyYes(copy.tuples, copy.now)));
  return { copy, between, writes };
}

/** Applies an event in one write and in several, which must end alike. Returns the number of writes. */
function compared(world: World, event: Envelope, maxTuples: number): number {
  const whole = write(world, event, 1000);
  expect(whole.writes).toBe(1);
  const chain = write(world, event, maxTuples);
  const [before, after] = [everyYes(world.tuples, world.now), everyYes(whole.copy.tuples, world.now)];
  for (const state of chain.between) expect(beyond(state, before, after), JSON.stringify(event)).toEqual([]);
  expect(essence(chain.copy.tuples), JSON.stringify(event)).toEqual(essence(whole.copy.tuples));
  return chain.writes;
}

/** Event types that are cut ten times or more in every run; each run cuts some of the others. */
const OFTEN_CUT = ["coaching.overrides_set", "coaching.role_changed", "note.deleted"];

test.each(LONG_EVENTS)("$type is cut, and ends as in one write", ({ type, data }) => {
  const event = { id: "long", source: "/laws", type, data };
  for (const maxTuples of [3, 6]) expect(compared(manyTied(), event, maxTuples)).toBeGreaterThan(1);
});

test("a chain of small writes ends in the same state, and no state in between allows more than one of its ends", () => {
  let links = 0;
  const cut = new Map<string, number>();
  holds(sequences(30, 70), 80, (seeds) => {
    const play = new Play(new Map(), [...FOUNDING, ...OWN_NOTES]);
    for (const seed of seeds) {
      const event = play.next(seed);
      const around = { system: true, clock: play.world.now, emailHash };
      const step = decideEvent(DomainEvent.sent(event), play.world.view, around);
      const size = isRefusal(step) ? 0 : sizeOf(step.delta);
      const maxTuples = 6 + (seed % 5);
      if (!LONG.has(event.type)) expect(size, event.type).toBeLessThan(60);
      else if (size > maxTuples) {
        const writes = compared(play.world, event, maxTuples);
        links += writes;
        if (writes > 1) cut.set(event.type, (cut.get(event.type) ?? 0) + 1);
      }
      play.send(event);
    }
  });
  console.log(`${links} writes; cut: ${JSON.stringify([...cut])}`);
  covered(() => {
    expect(links).toBeGreaterThan(100);
    expect([...cut.keys()]).toEqual(expect.arrayContaining(OFTEN_CUT));
  });
});

test.each([["by email", { email: "kid@example.org" }], ["by link", { team: "t0", max_uses: 2 }]])(
  "an invite to a row on 120 teams ends in the same state as in one write, %s", (_, how) => {
    const world = new World();
    world.system("org.created", { org: "o1", kind: "club", owner: "u1" });
    world.system("athlete.created", { athlete: "a1", org: "o1" });
    for (let n = 0; n < 120; n++) {
      world.system("team.created", { team: `t${n}`, org: "o1" });
      world.system("team.athlete_added", { team: `t${n}`, athlete: "a1" });
    }
    world.system("invite.created", { invite: "i1", org: "o1", hat: "athlete", athlete: "a1", ...how });
    const data = { invite: "i1", user: "u4", ...("email" in how ? { email: how.email } : {}) };
    const event: Envelope = { id: "r1", source: "/laws", type: "invite.redeemed", actor: "u4", data };
    const before = everyYes(world.tuples, world.now);
    const whole = write(world, event, 1000).copy;
    const chain = write(world, event, 100);
    expect(chain.writes).toBeGreaterThan(1);
    expect(essence(chain.copy.tuples)).toEqual(essence(whole.tuples));
    const after = everyYes(whole.tuples, world.now);
    expect(after.size).toBeGreaterThan(before.size);
    for (const state of chain.between) expect(beyond(state, before, after)).toEqual([]);
  },
);
