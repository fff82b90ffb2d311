// Law: an actor's `time` never changes what a guard answers (S13).
import { expect, test } from "vitest";
import { decideEvent, type Step } from "../../src/events/decide-event.ts";
import { DomainEvent } from "../../src/events/domain-event.ts";
import type { Envelope } from "../../src/ledger/envelope.ts";
import { isRefusal, type Refusal } from "../../src/events/refusal.ts";
import { EVENTS } from "../../src/events/table.ts";
import { emailHash } from "../world/world.ts";
import { Draw } from "./draw.ts";
import { covered, holds } from "./law.ts";
import { Play, sequences } from "./sequence.ts";

const HOUR = 3_600_000;
/** Hours between the clock and an event's time: from a year back (longer than an invite lasts) to a day ahead. */
const OFFSETS = [-8760, -400, -90, -24, -3, -1, 0, 1, 3, 12, 24];

/** A decision without the event's own record, which contains the payload as sent. */
function decision(outcome: Step | Refusal): unknown {
  if (isRefusal(outcome)) return outcome;
  const { status, delta: { writes, deletes } } = outcome;
  return { status, writes: writes.filter(({ object }) => !object.startsWith("event:")), deletes };
}

/** Decides an actor's event without a time and with one `offset` hours away, which must agree. */
function judged(play: Play, event: Envelope, offset: number): string {
  const { world } = play;
  // One write: if an event needs several, the first also holds the payload as sent, and so fewer of its effects.
  const around = { system: true, clock: world.now, emailHash, maxTuples: 100_000 };
  const plain = decideEvent(DomainEvent.sent(event), world.view, around);
  const time = new Date(world.now + offset * HOUR).toISOString();
  const dated = decideEvent(DomainEvent.sent({ ...event, time }), world.view, around);
  expect(decision(dated), JSON.stringify(event)).toEqual(decision(plain));
  return isRefusal(plain) ? plain.refused : plain.status;
}

test("an actor's time neither opens an invite that has ended nor ends one that is open", () => {
  const play = new Play();
  const { world } = play;
  const ends = new Date(world.now + HOUR).toISOString();
  for (const [invite, more] of [["short", { expires_at: ends }], ["long", {}]] as const) {
    world.system("invite.created", { invite, org: "o1", hat: "coach", team: "t1", ...more });
  }
  world.now += 2 * HOUR;
  const redeemed = (invite: string, n: number): Envelope =>
    ({ id: `${invite}${n}`, source: "/laws", type: "invite.redeemed", actor: "u7", data: { invite, user: "u7" } });
  const outcomes = (invite: string): string[] => OFFSETS.map((offset, n) => judged(play, redeemed(invite, n), offset));
  expect(outcomes("short")).toEqual(OFFSETS.map(() => "invite_expired"));
  expect(outcomes("long")).toEqual(OFFSETS.map(() => "applied"));
});

test("an actor's time never changes what a guard answers", () => {
  const seen = new Map<string, Set<string>>();
  holds(sequences(60, 90), 150, (seeds) => {
    const play = new Play();
    for (const seed of seeds) {
      const event = play.next(seed);
      if (event.actor !== undefined) {
        const outcome = judged(play, event, new Draw(seed).pick(OFFSETS));
        seen.set(event.type, (seen.get(event.type) ?? new Set()).add(outcome));
      }
      play.send(event);
    }
  });
  const applied = [...EVENTS.keys()].filter((type) => seen.get(type)?.has("applied"));
  console.log(`${seen.size} types sent by an actor, ${applied.length} of them applied`);
  covered(() => {
    // A fresh seed may not draw a type or two in a form that an actor may send.
    expect(seen.size).toBeGreaterThan(EVENTS.size - 3);
    expect(applied.length).toBeGreaterThan(EVENTS.size - 8);
  });
});
