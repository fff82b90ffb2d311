// Law: an actor's `time` never changes what a guard answers (S13).
import { expect, test } from "vitest";
import { become, type Step } from "../../src/events/become.ts";
import type { Envelope } from "../../src/events/event.ts";
import { isRefusal, type Refusal } from "../../src/events/refusal.ts";
import { EVENTS } from "../../src/events/table.ts";
import { idOf } from "../../src/tuples/tuple.ts";
import { emailHash } from "../events/world.ts";
import { Draw } from "./draw.ts";
import { holds } from "./law.ts";
import { Play, sequences } from "./sequence.ts";

const HOUR = 3_600_000;
/** Hours between the clock and an event's time: a year back, past the ends of invites, up to a day ahead. */
const OFFSETS = [-8760, -400, -90, -24, -3, -1, 0, 1, 3, 12, 24];

/** What was decided, the record of the event itself left out: that holds what was sent. */
function decision(outcome: Step | Refusal): unknown {
  if (isRefusal(outcome)) return outcome;
  const { status, delta: { writes, deletes } } = outcome;
  return { status, writes: writes.filter(({ object }) => !object.startsWith("event:")), deletes };
}

test("an actor's time never changes what a guard answers", () => {
  const seen = new Map<string, Set<string>>();
  holds(sequences(60, 90), 150, (seeds) => {
    const play = new Play();
    const { world } = play;
    const look = (event: Envelope, seed: number): void => {
      if (event.actor === undefined) return;
      // One write: where an event needs several, the first also holds what was sent, and so less of what it means.
      const around = { system: true, clock: world.now, emailHash, maxTuples: 100_000 };
      const decide = (more: Partial<Envelope>): unknown =>
        decision(become({ ...event, ...more }, world.view, around));
      const plain = become(event, world.view, around);
      const offset = new Draw(seed).pick(OFFSETS);
      expect(decide({ time: new Date(world.now + offset * HOUR).toISOString() }), JSON.stringify(event))
        .toEqual(decision(plain));
      const outcome = isRefusal(plain) ? plain.refused : plain.status;
      seen.set(event.type, (seen.get(event.type) ?? new Set()).add(outcome));
    };
    for (const seed of seeds) {
      const event = play.next(seed);
      look(event, seed);
      play.send(event);
    }
    // Few of the invites that expire are drawn to be redeemed after that; so all of them are, in the end.
    world.now += 8760 * HOUR;
    for (const [i, { object }] of [...world.tuples.read({ objectType: "invitation", relation: "hat" })].entries()) {
      const data = { invite: idOf(object), user: "u6" };
      look({ id: `late${i}`, source: "/laws", type: "invite.redeemed", actor: "u6", data }, seeds[i] ?? i);
    }
  });
  const applied = [...EVENTS.keys()].filter((type) => seen.get(type)?.has("applied"));
  console.log(`${seen.size} types sent by an actor, ${applied.length} of them applied`);
  // With a fresh seed a type or two may not be drawn so that an actor may send it.
  expect(seen.size).toBeGreaterThan(EVENTS.size - 3);
  expect(applied.length).toBeGreaterThan(EVENTS.size - 8);
  expect([...seen.get("invite.redeemed") ?? []]).toEqual(expect.arrayContaining(["applied", "invite_expired"]));
});
