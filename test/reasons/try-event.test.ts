// A trial decides an event as the real decision does, without its record.
import { expect, test } from "vitest";
import { MAX_EVENT_STEPS } from "../../src/checks/limits.ts";
import { Meter } from "../../src/checks/steps.ts";
import { decideEvent } from "../../src/events/decide-event.ts";
import { DomainEvent } from "../../src/events/domain-event.ts";
import { isRefusal } from "../../src/events/refusal.ts";
import { ledgerOf } from "../../src/ledger/event-record.ts";
import { tryEvent } from "../../src/reasons/try-event.ts";
import type { Delta } from "../../src/tuples/delta.ts";
import { printTuple, type TupleKey } from "../../src/tuples/tuple.ts";
import { runsOr } from "../laws/law.ts";
import { fixedSeeds, Play } from "../laws/sequence.ts";
import { club } from "../world/club.ts";

const ROOM = 500;
const trial = (clock: number) => ({ clock, room: ROOM, meter: new Meter(MAX_EVENT_STEPS) });

/** The record of an event and the order of its org: what a trial leaves out. */
const isRecord = ({ object, relation }: TupleKey): boolean => object.startsWith("event:")
  || object.startsWith("stream:") || (object.startsWith("ledger:") && relation === "at");

const printed = ({ writes, deletes }: Delta): readonly [string[], string[]] => [
  writes.filter((tuple) => !isRecord(tuple)).map((tuple) => JSON.stringify(tuple)).sort(),
  deletes.filter((key) => !isRecord(key)).map(printTuple).sort(),
];

test("on random states, for the system and for actors who have the right", () => {
  let [applied, refused, idle] = [0, 0, 0];
  for (let seed = 1; seed <= runsOr(20, 400); seed++) {
    const play = new Play();
    for (const each of fixedSeeds(seed, 50)) {
      const sent = play.next(each);
      const { view, now: clock } = play.world;
      const event = DomainEvent.sent(sent);
      const { definition, payload } = event;
      const mayAsk = sent.actor === undefined || (definition !== undefined && !("refused" in payload)
        && definition.may(payload.data, sent.actor, view, definition.org(payload.data, view)));
      const step = decideEvent(event, view, { system: true, clock, maxTuples: ROOM });
      const found = mayAsk ? tryEvent(event, view, trial(clock)) : undefined;
      if (isRefusal(step)) {
        refused++;
        if (mayAsk && step.refused !== "event_conflict" && step.refused !== "stale_event") {
          expect([sent, found]).toEqual([sent, step]);
        }
      } else if (step.status === "applied" && !step.more) {
        applied++;
        if (typeof found !== "object" || "refused" in found) throw new Error(JSON.stringify([sent, found]));
        expect([sent, printed(found)]).toEqual([sent, printed(step.delta)]);
      } else if (step.status === "unchanged") {
        idle++;
        if (mayAsk) expect([sent, found]).toEqual([sent, "unchanged"]);
      }
      play.send(sent);
    }
  }
  expect(Math.min(applied, refused, idle)).toBeGreaterThan(20);
});

test("while an event of the org is unfinished, nothing is tried", () => {
  const world = club();
  const event = DomainEvent.sent({ source: "/t", id: "1", type: "member.added", data: { org: "fc", user: "new" } });
  expect(tryEvent(event, world.view, trial(world.now))).toMatchObject({ writes: expect.any(Array) });
  world.tuples.add({ object: ledgerOf("fc"), relation: "pending", user: "event:x" });
  expect(tryEvent(event, world.view, trial(world.now))).toBe("undecided");
});

test("an event that needs more tuples than there is room for is not tried", () => {
  const world = club();
  const event = DomainEvent.sent({ source: "/t", id: "1", type: "member.added", data: { org: "fc", user: "new" } });
  const found = tryEvent(event, world.view, trial(world.now));
  if (typeof found !== "object" || "refused" in found) throw new Error("not tried");
  const size = found.writes.length + found.deletes.length;
  const within = (room: number) => tryEvent(event, world.view, { ...trial(world.now), room });
  expect([typeof within(size), within(size - 1)]).toEqual(["object", "undecided"]);
});
