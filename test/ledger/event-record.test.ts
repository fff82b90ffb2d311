// The record of an event: one for each org, written first; records and streams of earlier builds still count.
import { expect, test } from "vitest";
import { decideEvent, continueEvent, type Step, type Surroundings } from "../../src/events/decide-event.ts";
import { DomainEvent } from "../../src/events/domain-event.ts";
import type { Envelope } from "../../src/ledger/envelope.ts";
import {
  contentOf, eventObject, recordTextIn, recordText, putRecord, revisionOf,
} from "../../src/ledger/event-record.ts";
import type { EventRecord } from "../../src/ledger/record-text.ts";
import { canonical, digest } from "../../src/tuples/digest.ts";
import { textOf, value } from "../../src/domain/object-names.ts";
import { NO_ROWS } from "../../src/domain/touched-rows.ts";
import { applyDelta, Draft } from "../../src/tuples/delta.ts";
import { printTuple } from "../../src/tuples/tuple.ts";
import { World } from "../world/world.ts";
import { recordOf } from "../events/record-of.ts";

const AROUND: Surroundings = { system: true, clock: Date.UTC(2026, 2, 1), maxTuples: 100, writer: "me" };
/** Several sidecars, or one process alone: each has its own form of record. */
const WRITERS = [["several sidecars", "me"], ["one process", undefined]] as const;

const added = (org: string, user = "u", more: Partial<Envelope> = {}): Envelope =>
  ({ id: "one", source: "/s", type: "member.added", data: { org, user }, ...more });
const GONE: Envelope = { id: "one", source: "/s", type: "team.deleted", data: { team: "t" } };

/** Two orgs, each with a team with enough links for a deletion of several small writes: `t` and `t-b`. */
function stage(): World {
  const world = new World();
  for (const [org, team] of [["a", "t"], ["b", "t-b"]] as const) {
    world.system("org.created", { org, kind: "club", owner: `owner-${org}` });
    world.system("team.created", { team, org });
    for (let n = 0; n < 9; n++) world.system("invite.created", { invite: `l-${team}-${n}`, org, hat: "coach", team });
  }
  return world;
}

function decide(world: World, envelope: Envelope, more: Partial<Surroundings> = {}): Step {
  return decideEvent(DomainEvent.sent(envelope), world.view, { ...AROUND, ...more }) as Step;
}

const keysOf = ({ delta }: Step): string[] =>
  delta.writes.filter((tuple) => tuple.relation === "applied").map(printTuple);

test("two events with one id in one org write the same key, so that a store accepts only one of them", () => {
  const world = stage();
  const [one, other] = [decide(world, added("a")), decide(world, added("a", "v"))];
  expect(keysOf(one)).toHaveLength(1);
  expect(keysOf(one)).toEqual(keysOf(other));
  applyDelta(world.tuples, one.delta);
  expect(() => applyDelta(world.tuples, { writes: other.delta.writes, deletes: [] })).toThrow(/there already/);
});

test.each(WRITERS)("one id in two orgs is two events, and each is a duplicate afterwards: %s", (_, writer) => {
  const world = stage();
  const [one, other] = [decide(world, added("a"), { writer }), decide(world, added("b", "v"), { writer })];
  expect(keysOf(one)).not.toEqual(keysOf(other));
  applyDelta(world.tuples, one.delta);
  applyDelta(world.tuples, other.delta);
  for (const org of ["a", "b"]) expect(recordOf(world.tuples, eventObject(added("a")), org)).toMatchObject({ org });
  expect(decide(world, added("a"))).toMatchObject({ status: "duplicate", org: "a" });
  expect(decide(world, added("b", "v"))).toMatchObject({ status: "duplicate", org: "b" });
  for (const org of ["a", "b"]) expect(decide(world, added(org, "w"))).toMatchObject({ refused: "event_conflict" });
});

test.each(WRITERS)("equal content is a duplicate wherever its record is: %s", (_, writer) => {
  const world = stage();
  const deleted: Envelope = { id: "del", source: "/s", type: "note.deleted", data: { note: "n" } };
  const note = (org: string): void => {
    world.system("athlete.created", { athlete: `${org}-x`, org, coach: `owner-${org}` });
    world.system("note.created",
      { note: "n", athlete: `${org}-x`, author: `owner-${org}`, under: `coaching:${org}-x.owner-${org}` });
  };
  note("a");
  applyDelta(world.tuples, decide(world, deleted, { writer }).delta);
  note("b");
  expect(decide(world, deleted)).toMatchObject({ status: "duplicate", org: "a" });
  expect(world.tuples.users("note:n", "author")).toHaveLength(1);
  // Another actor is different content, and org b has not used the id.
  expect(decide(world, { ...deleted, actor: "owner-b" })).toMatchObject({ status: "applied", org: "b" });
});

test("a record describes the event, and costs one tuple", () => {
  const world = stage();
  const step = decide(world, added("a"));
  applyDelta(world.tuples, step.delta);
  expect(recordOf(world.tuples, eventObject(added("a")), "a")).toMatchObject(
    { status: "applied", type: "member.added", actor: undefined, org: "a", at: AROUND.clock });
  expect(recordTextIn(step.delta)).toBe(recordText(world.tuples, eventObject(added("a")), "a"));
  expect(recordOf(world.tuples, eventObject(added("a")), "b")).toBeUndefined();
  expect(step.delta.writes.filter(({ object }) => object.startsWith("event:"))).toHaveLength(1);
});

test.each(WRITERS)("the time is not part of the content; a duplicate has the present revision: %s", (_, writer) => {
  const world = stage();
  const first = decide(world, added("a", "u", { time: "2026-03-01T00:00:00Z" }), { writer });
  applyDelta(world.tuples, first.delta);
  for (const time of [undefined, "2026-03-01T00:00:00Z", "2026-03-01T00:00:09Z"]) {
    expect(decide(world, added("a", "u", { time }))).toMatchObject({ status: "duplicate", revision: first.revision });
  }
  world.system("member.added", { org: "a", user: "later" });
  expect(decide(world, added("a"))).toMatchObject({ status: "duplicate", revision: first.revision + 1 });
});

test("the first of several writes takes the id, and the last keeps it; a redelivery's token covers all of them", () => {
  const world = stage();
  let step = decide(world, GONE, { maxTuples: 12 });
  const first = step.revision;
  expect(step.more).toBe(true);
  expect(recordTextIn(step.delta)).toContain("team.deleted");
  applyDelta(world.tuples, step.delta);
  expect(decide(world, added("a"))).toMatchObject({ refused: "event_conflict" });
  for (; step.more; applyDelta(world.tuples, step.delta)) {
    step = continueEvent("a", world.view, { ...AROUND, maxTuples: 12 })!;
    expect(recordTextIn(step.delta)).toBeUndefined();
  }
  // Earlier builds read there the revision of the first write.
  expect(recordText(world.tuples, eventObject(GONE), "a")!.split("|>")[4]).toBe(String(first));
  expect(revisionOf(world.tuples, "a")).toBeGreaterThan(first);
  expect(decide(world, GONE)).toMatchObject({ status: "duplicate", revision: revisionOf(world.tuples, "a") });
});

test("events of several writes with one id in two orgs do not mix", () => {
  const world = stage();
  const other: Envelope = { ...GONE, data: { team: "t-b" } };
  for (const event of [GONE, other]) applyDelta(world.tuples, decide(world, event, { maxTuples: 12 }).delta);
  for (const org of ["a", "b"]) {
    for (let more = true; more;) {
      const step = continueEvent(org, world.view, { ...AROUND, maxTuples: 12 })!;
      applyDelta(world.tuples, step.delta);
      ({ more } = step);
    }
  }
  expect([...world.tuples.read({ relation: "payload" }), ...world.tuples.read({ relation: "pending" })]).toEqual([]);
  for (const [org, event] of [["a", GONE], ["b", other]] as const) {
    expect(decide(world, event)).toMatchObject({ status: "duplicate", org });
    expect(world.can("anybody", "can_redeem", `invite:l-${org === "a" ? "t" : "t-b"}-8`)).toBe(false);
  }
});

test("the first of several writes takes the sequence", () => {
  const world = stage();
  applyDelta(world.tuples, decide(world, { ...GONE, sequence: "5" }, { maxTuples: 12 }).delta);
  expect(decide(world, added("a", "v", { id: "two", sequence: "5" }))).toMatchObject({ refused: "stale_event" });
});

test("each org has its own sequence of a source and subject", () => {
  const world = stage();
  const next = (org: string, sequence: string): Envelope => added(org, "v", { id: `${org} ${sequence}`, sequence });
  applyDelta(world.tuples, decide(world, next("a", "7")).delta);
  applyDelta(world.tuples, decide(world, next("b", "3")).delta);
  for (const [org, last] of [["a", "7"], ["b", "3"]] as const) {
    expect(decide(world, { ...next(org, last), id: "x" })).toMatchObject({ refused: "stale_event" });
    expect(decide(world, next(org, "8"))).toMatchObject({ status: "unchanged" });
  }
});

test("with a single writing process the facts are in the key, or in a condition if they are too long", () => {
  const world = stage();
  const alone = { writer: undefined };
  const { delta } = decide(world, added("a"), alone);
  const facts = recordTextIn(delta)!;
  expect(delta.writes.filter(({ relation }) => relation === "applied"))
    .toEqual([{ object: eventObject(added("a")), relation: "applied", user: value(facts) }]);
  applyDelta(world.tuples, delta);
  const { type, writer } = recordOf(world.tuples, eventObject(added("a")), "a") as EventRecord;
  expect([type, writer]).toEqual(["member.added", undefined]);
  expect(decide(world, added("a"))).toMatchObject({ status: "duplicate" });
  expect(decide(world, added("a", "v"))).toMatchObject({ refused: "event_conflict" });

  const actor = `a${"@".repeat(127)}`;
  world.system("member.added", { org: "a", user: actor, hats: ["admin"] });
  const long = decide(world, added("a", "w", { id: "long", actor }), alone);
  const [marker] = long.delta.writes.filter(({ relation }) => relation === "applied");
  expect(marker?.condition?.name).toBe("recorded");
  expect(marker!.user.length).toBeLessThan(100);
  applyDelta(world.tuples, long.delta);
  expect(recordOf(world.tuples, eventObject({ source: "/s", id: "long" }), "a")).toMatchObject({ actor });
  expect(decide(world, added("a", "w", { id: "long", actor }))).toMatchObject({ status: "duplicate" });
});

/** Leftovers of an earlier build in a store: a record with a digest that includes the time, in either form. */
function leaveMarker(world: World, { envelope, several }: { envelope: Envelope; several: boolean }): void {
  const { type, actor, time, data } = envelope;
  const content = digest(canonical([type, actor ?? null, time ?? null, data]));
  const facts = ["applied", type, actor ?? "", "a", "3", "0", content].join("|>");
  const event = eventObject(envelope);
  if (!several) world.tuples.add({ object: event, relation: "applied", user: value(facts) });
  else {
    const condition = { name: "recorded", context: { facts: `${facts}|>|>me` } };
    world.tuples.add({ object: event, relation: "applied", user: event, condition });
  }
}

test.each([true, false])("a record of an earlier build still counts, of several sidecars: %s", (several) => {
  const world = stage();
  const envelope = added("a", "u", { time: "2026-01-01T00:00:00Z", actor: "owner-a" });
  leaveMarker(world, { envelope, several });
  expect(decide(world, envelope)).toMatchObject({ status: "duplicate", org: "a", rows: { names: [], total: 0 } });
  expect(decide(world, { ...envelope, data: { org: "a", user: "v" } })).toMatchObject({ refused: "event_conflict" });
  expect(decide(world, { ...envelope, actor: undefined })).toMatchObject({ refused: "event_conflict" });
  const elsewhere = decide(world, { ...envelope, data: { org: "b", user: "v" }, actor: "owner-b" });
  expect(elsewhere).toMatchObject({ status: "applied", org: "b" });
  applyDelta(world.tuples, elsewhere.delta);
  expect(decide(world, envelope)).toMatchObject({ status: "duplicate", org: "a" });
});

test("a digest of an earlier build is never taken for one of this build", () => {
  const event = added("a", "u", { time: "2026-01-01T00:00:00Z" });
  expect(contentOf(event)).toBe(contentOf({ ...event, time: undefined }));
  const former = digest(canonical([event.type, null, event.time, event.data]));
  expect(contentOf({ ...event, type: event.type, data: event.data, actor: event.time })).not.toBe(former);
});

test("a record of several writes from an earlier build reads like any other", () => {
  const world = stage();
  const content = contentOf(added("a"));
  const facts = ["applied", "member.added", "", "a", "3", "0", content, "several", "me", "coaching:c", "120"];
  world.tuples.add({ object: eventObject(added("a")), relation: "applied", user: value(facts.join("|>")) });
  expect(recordOf(world.tuples, eventObject(added("a")), "a")).toEqual({
    status: "applied", type: "member.added", actor: undefined, org: "a", at: 0, content, writer: "me",
    rows: { names: ["coaching:c"], total: 120 },
  });
});

test.each(WRITERS)("the record of an org is found by the org, whatever else has its name: %s", (_, writer) => {
  const world = stage();
  const event = eventObject(added("a"));
  const marker: EventRecord =
    { status: "applied", type: "x", actor: undefined, org: "a", writer, at: 0, content: "y".repeat(43), rows: NO_ROWS };
  const put = (of: Partial<EventRecord>): void => {
    const draft = new Draft(world.tuples);
    putRecord(draft, event, { ...marker, ...of }, 1);
    applyDelta(world.tuples, draft.delta());
  };
  put({ org: "b", actor: "a@c" });
  expect(recordOf(world.tuples, event, "a@c")).toBeUndefined();
  put({ org: "a@c", type: "own" });
  expect(recordOf(world.tuples, event, "a@c")).toMatchObject({ org: "a@c", type: "own" });
});

test("a stream of an earlier build counts for an org until that org has its own stream", () => {
  const world = stage();
  const stream = `stream:${digest(canonical(["/s", "as"]))}`;
  world.tuples.add({ object: stream, relation: "last", user: value("9") });
  const next = (org: string, sequence: string): Step =>
    decide(world, added(org, "u", { id: `${org} ${sequence}`, subject: "as", sequence }));
  expect(next("a", "8")).toMatchObject({ refused: "stale_event" });
  applyDelta(world.tuples, next("a", "10").delta);
  expect(next("a", "10")).toMatchObject({ status: "duplicate" });
  expect(next("b", "8")).toMatchObject({ refused: "stale_event" });
  expect(textOf(world.tuples.users(stream, "last")[0]!)).toBe("9");
  world.tuples.delete({ object: stream, relation: "last", user: value("9") });
  world.tuples.add({ object: stream, relation: "last", user: value("~") });
  expect(next("a", "11")).toMatchObject({ status: "unchanged" });
});

test("an event of several writes that an earlier build began is finished, and the last write records it", () => {
  const world = stage();
  let step = decide(world, GONE, { maxTuples: 12 });
  const event = eventObject(GONE);
  // Earlier builds named a pending event only by its id, and kept its payload there.
  const former = step.delta.writes.filter(({ relation }) => relation !== "applied")
    .map((tuple) => (tuple.relation === "pending" ? { ...tuple, user: event }
      : tuple.relation === "payload" ? { ...tuple, object: event } : tuple));
  applyDelta(world.tuples, { writes: former, deletes: step.delta.deletes });
  for (; step.more; applyDelta(world.tuples, step.delta)) {
    step = continueEvent("a", world.view, { ...AROUND, maxTuples: 100 })!;
  }
  expect(recordTextIn(step.delta)).toContain("team.deleted");
  expect(decide(world, GONE)).toMatchObject({ status: "duplicate" });
  expect([...world.tuples.read({ relation: "payload" }), ...world.tuples.read({ relation: "pending" })]).toEqual([]);
});

test("a stranger's org takes neither the ids nor the sequences of another org", () => {
  const world = stage();
  world.system("member.added", { org: "a", user: "as" });
  world.as("mal", "org.created", { org: "mals", kind: "club", owner: "mal" });
  const app = { source: "/app", subject: "as" };
  for (const id of ["guessed", "other"]) {
    const sequence = id === "other" ? "~" : "1";
    world.as("mal", "member.added", { org: "mals", user: `as-${id}` }, { ...app, id, sequence });
  }
  const deactivated = { org: "a", user: "as" };
  const step = world.system("member.deactivated", deactivated, { ...app, id: "guessed", sequence: "7" });
  expect(step.status).toBe("applied");
  expect(world.can("as", "member", "org:a")).toBe(false);
});
