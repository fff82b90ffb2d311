// The stored state of an event that needs more writes: its payload in pieces, and the progress of its writes.
import { expect, test } from "vitest";
import { decideEvent, continueEvent, type Step, type Surroundings } from "../../src/events/decide-event.ts";
import { DomainEvent } from "../../src/events/domain-event.ts";
import type { Envelope } from "../../src/ledger/envelope.ts";
import { continuationOf } from "../../src/ledger/continuation.ts";
import { eventInOrg, eventObject } from "../../src/ledger/event-record.ts";
import { countedView } from "../../src/domain/counted-view.ts";
import { value } from "../../src/domain/object-names.ts";
import { applyDelta } from "../../src/tuples/delta.ts";
import { printTuple } from "../../src/tuples/tuple.ts";
import { World } from "../world/world.ts";
import { MAX_STEPS_PER_TURN } from "../../src/domain/event-limits.ts";

const AROUND: Surroundings = { system: true, clock: Date.UTC(2026, 2, 1), maxTuples: 500 };

test.each([0, 1, 2, 3])("the pieces of a payload are whole characters, %i after the first", (n) => {
  const world = new World();
  world.system("org.created", { org: "o", kind: "club", owner: "olga" });
  world.system("team.created", { team: "t", org: "o" });
  for (let link = 0; link < 9; link++) {
    world.system("invite.created", { invite: `l${link}`, org: "o", hat: "coach", team: "t" });
  }
  const id = "x".repeat(n) + "🏊".repeat(400);
  const envelope = { id, source: "/s", type: "team.deleted", data: { team: "t" } };
  const step = decideEvent(DomainEvent.sent(envelope), world.view, { ...AROUND, maxTuples: 20 }) as Step;
  expect(step.more).toBe(true);
  applyDelta(world.tuples, step.delta);
  expect(continuationOf(world.tuples, "o")?.envelope).toEqual(envelope);
});

/** Coaches of an athlete, and ended rows of each: each coach keeps the role by a row that is found last. */
const COACHES = 100;
const PAST = 400;
const GONE: Envelope = { id: "gone", source: "/s", type: "athlete.deleted", data: { athlete: "a" } };

function stage(): World {
  const world = new World();
  world.system("org.created", { org: "o", kind: "club", owner: "olga" });
  for (const athlete of ["a", "b"]) world.system("athlete.created", { athlete, org: "o" });
  for (let c = 0; c < COACHES; c++) {
    const coach = `c${c}`;
    world.system("member.added", { org: "o", user: coach });
    for (let n = 0; n < PAST; n++) {
      const object = `coaching:past-${c}-${n}`;
      const row = { coach: `user:${coach}`, role: "role:o/head_coach", athlete: "athlete:b" };
      for (const [relation, user] of Object.entries(row)) world.tuples.add({ object, relation, user });
    }
    world.system("coaching.started", { coaching: `over-a-${c}`, athlete: "a", coach });
    if (c % 10 !== 0) world.system("coaching.started", { coaching: `over-b-${c}`, athlete: "b", coach });
  }
  return world;
}

/** Applies the writes of the event; `between` is called after each except the last. Returns the steps of each. */
function play(world: World, between: () => void = () => undefined): number[] {
  const view = countedView(world.view);
  const steps: number[] = [];
  let step: Step | undefined = decideEvent(DomainEvent.sent(GONE), view, AROUND) as Step;
  for (let before = 0; ; before = view.steps()) {
    steps.push(view.steps() - before);
    applyDelta(world.tuples, step!.delta);
    if (!step!.more) return steps;
    between();
    step = continueEvent("o", view, AROUND);
  }
}

const holders = (world: World): string[] => world.tuples.users("role:o/head_coach", "row_holder").sort();
const access = (world: World): string[] => [...world.tuples.read({})].map(printTuple)
  .filter((tuple) => !tuple.startsWith("ledger:") && !tuple.startsWith("event:")).sort();

test("a decision that is too long for one turn continues in the next write, where it was cut", () => {
  const world = stage();
  expect(holders(world)).toHaveLength(COACHES);
  const steps = play(world);
  expect(steps.length).toBeGreaterThan(3);
  expect(Math.max(...steps)).toBeLessThan(2 * MAX_STEPS_PER_TURN);
  expect(holders(world)).toHaveLength(COACHES * 0.9);
  expect(continuationOf(world.tuples, "o")).toBeUndefined();
  expect([...world.tuples.read({ relation: "payload" })]).toEqual([]);
});

test("a build that does not know the progress of the writes starts again, and ends the same", () => {
  const [world, other] = [stage(), stage()];
  play(world);
  let forgotten = 0;
  play(other, () => {
    if (forgotten++ > 0) return;
    const object = eventInOrg(eventObject(GONE), "o");
    const { envelope, now, left } = continuationOf(other.tuples, "o")!;
    expect(left).not.toBe("");
    for (const tuple of other.tuples.read({ object, relation: "payload" })) other.tuples.delete(tuple);
    other.tuples.add({ object, relation: "payload", user: value(`0:${JSON.stringify({ envelope, now })}`) });
  });
  expect(access(other)).toEqual(access(world));
});
