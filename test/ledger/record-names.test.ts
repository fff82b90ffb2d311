// The source and the id in an event's record: kept as sent, but cut where they are too long, and without addresses.
import { expect, test } from "vitest";
import { decideEvent, type Step, type Surroundings } from "../../src/events/decide-event.ts";
import { DomainEvent } from "../../src/events/domain-event.ts";
import type { Envelope } from "../../src/ledger/envelope.ts";
import { eventObject, recordText } from "../../src/ledger/event-record.ts";
import { readRecord, type EventRecord } from "../../src/ledger/record-text.ts";
import { applyDelta } from "../../src/tuples/delta.ts";
import { printTuple } from "../../src/tuples/tuple.ts";
import { World } from "../world/world.ts";
import { recordOf } from "../events/record-of.ts";

const AROUND: Surroundings = { system: true, clock: Date.UTC(2026, 2, 1), maxTuples: 100, writer: "me" };
/** Several sidecars, or one process alone: each has its own form of record. */
const WRITERS = [["several sidecars", "me"], ["one process", undefined]] as const;

const added = (user: string, more: Partial<Envelope> = {}): Envelope =>
  ({ id: "one", source: "/s", type: "member.added", data: { org: "a", user }, ...more });

function stage(): World {
  const world = new World();
  for (const org of ["a", "b"]) world.system("org.created", { org, kind: "club", owner: `owner-${org}` });
  return world;
}

function decide(world: World, envelope: Envelope, more: Partial<Surroundings> = {}): Step {
  return decideEvent(DomainEvent.sent(envelope), world.view, { ...AROUND, ...more }) as Step;
}

/** Names that try to be something else: a separator, an org's place, an escape, a character of two halves cut. */
const ODD_NAMES = ["a|>b", "|", "||>", "|.", "|>b|>", "x|>b|>3|>0", "50 %|%7C", "ü \u{1f600}", "n".repeat(512)];

test.each(WRITERS)("a record keeps the source and the id as sent, with any text in them: %s", (_, writer) => {
  for (const odd of ODD_NAMES) {
    const world = stage();
    for (const envelope of [added("u", { id: odd }), added("v", { source: odd })]) {
      applyDelta(world.tuples, decide(world, envelope, { writer }).delta);
      const { source, id } = envelope;
      expect(recordOf(world.tuples, eventObject(envelope), "a")).toMatchObject({ org: "a", source, id });
      expect(recordOf(world.tuples, eventObject(envelope), "b")).toBeUndefined();
      expect(readRecord(recordText(world.tuples, eventObject(envelope), "a")!).record)
        .toEqual(recordOf(world.tuples, eventObject(envelope), "a"));
      expect(decide(world, envelope, { writer })).toMatchObject({ status: "duplicate", org: "a" });
      expect(decide(world, { ...envelope, actor: "owner-a" }, { writer })).toMatchObject({ refused: "event_conflict" });
    }
  }
});

test("512 characters of a source and an id are kept, and no address; they still name the event as a whole", () => {
  const world = stage();
  const keptOf = (name: string): EventRecord => {
    const envelope = added("u", { id: name, source: name });
    applyDelta(world.tuples, decide(world, envelope).delta);
    return recordOf(world.tuples, eventObject(envelope), "a")!;
  };
  expect(keptOf("n".repeat(513))).toMatchObject({ id: "n".repeat(512), source: "n".repeat(512) });
  expect(keptOf(`${"n".repeat(511)}\u{1f600}`).id).toBe(`${"n".repeat(511)}\ufffd`);
  expect(decide(world, added("u", { id: "n".repeat(514), source: "n".repeat(513) }))).toMatchObject(
    { status: "unchanged" });
  for (const address of ["mailto:ann@example.org", "/app?as=ann%40example.org", `${"n".repeat(505)}ann@example.org`]) {
    expect(keptOf(address)).toMatchObject({ id: "(an address)", source: "(an address)" });
  }
  expect(keptOf("order 7 of ann@example.org").id).toBe("order 7 of (an address)");
  expect([...world.tuples.read({})].map(printTuple).filter((tuple) => /example/.test(tuple))).toEqual([]);
});
