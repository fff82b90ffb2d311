// The marker of an event: one key whatever it says where several write, taken by its first write; both forms are read.
import { expect, test } from "vitest";
import { become, resume, type Step, type Surroundings } from "../../src/events/become.ts";
import { eventObject, markerIn, markerOf, revisionOf } from "../../src/events/marker.ts";
import { value } from "../../src/state/entity.ts";
import { applyDelta } from "../../src/tuples/delta.ts";
import { printTuple } from "../../src/tuples/tuple.ts";
import { World } from "./world.ts";

const AROUND: Surroundings = { system: true, clock: Date.UTC(2026, 2, 1), maxTuples: 100, writer: "me" };
const added = (org: string, user = "u") =>
  ({ id: "one", source: "/s", type: "member.added", data: { org, user } });

/** Two orgs, and a team with links enough for a deletion of several small writes. */
function stage(): World {
  const world = new World();
  for (const org of ["a", "b"]) world.system("org.created", { org, kind: "club", owner: `owner-${org}` });
  world.system("team.created", { team: "t", org: "a" });
  for (let n = 0; n < 9; n++) world.system("invite.created", { invite: `l${n}`, org: "a", hat: "coach", team: "t" });
  return world;
}

function decide(world: World, envelope: ReturnType<typeof added>, maxTuples = 100): Step {
  return become(envelope, world.view, { ...AROUND, maxTuples }) as Step;
}

test("two events with one id write the same key, so that a store takes only one of them", () => {
  const world = stage();
  const [one, other] = [decide(world, added("a")), decide(world, added("b", "v"))];
  const markers = [one, other].map(({ delta }) => delta.writes.filter((tuple) => tuple.relation === "applied"));
  expect(markers.map((of) => of.length)).toEqual([1, 1]);
  const [mine, theirs] = markers.flat();
  expect(printTuple(mine!)).toBe(printTuple(theirs!));
  expect(mine!.condition).not.toEqual(theirs!.condition);
  applyDelta(world.tuples, one.delta);
  expect(() => applyDelta(world.tuples, other.delta)).toThrow(/there already/);
});

test("a marker tells what the event was, and costs one tuple", () => {
  const world = stage();
  const step = decide(world, added("a"));
  applyDelta(world.tuples, step.delta);
  expect(markerOf(world.tuples, eventObject(added("a")), "a")).toMatchObject(
    { status: "applied", type: "member.added", actor: undefined, org: "a", revision: step.revision, several: false });
  expect(step.delta.writes.filter(({ object }) => object.startsWith("event:"))).toHaveLength(1);
});

test("of several writes the first takes the id, and the last leaves it; a redelivery's token is of the whole", () => {
  const world = stage();
  const gone = { id: "one", source: "/s", type: "team.deleted", data: { team: "t" } };
  let step = decide(world, gone as never, 12);
  const first = step.revision;
  expect(step.more).toBe(true);
  expect(markerIn(step.delta)).toContain("team.deleted");
  applyDelta(world.tuples, step.delta);
  expect(decide(world, added("b"))).toMatchObject({ refused: "event_conflict" });
  for (; step.more; applyDelta(world.tuples, step.delta)) {
    step = resume("a", world.view, { ...AROUND, maxTuples: 12 })!;
    expect(markerIn(step.delta)).toBeUndefined();
  }
  expect(markerOf(world.tuples, eventObject(gone), "a")).toMatchObject({ revision: first, several: true });
  expect(revisionOf(world.tuples, "a")).toBeGreaterThan(first);
  expect(decide(world, gone as never)).toMatchObject({ status: "duplicate", revision: revisionOf(world.tuples, "a") });
});

test("a sequence is taken by the first of several writes", () => {
  const world = stage();
  const gone = { id: "one", source: "/s", type: "team.deleted", data: { team: "t" }, sequence: "5" };
  applyDelta(world.tuples, decide(world, gone as never, 12).delta);
  expect(decide(world, { ...added("b"), id: "two", sequence: "5" } as never)).toMatchObject({ refused: "stale_event" });
});

test("of two sequences that two orgs took at once the greater counts", () => {
  const world = stage();
  const first = (org: string, sequence: string) => ({ ...added(org), id: sequence, sequence }) as never;
  const [one, other] = [decide(world, first("a", "2")), decide(world, first("b", "3"))];
  applyDelta(world.tuples, one.delta);
  applyDelta(world.tuples, other.delta);
  const next = (sequence: string) => ({ ...added("a", "v"), id: `next ${sequence}`, sequence }) as never;
  const stale = { refused: "stale_event" };
  for (const sequence of ["1", "2", "3"]) expect(decide(world, next(sequence))).toMatchObject(stale);
  applyDelta(world.tuples, decide(world, next("4")).delta);
  expect(decide(world, { ...added("b", "w"), id: "x", sequence: "4" } as never)).toMatchObject(stale);
});

test("where one process writes alone, the facts stand in the key", () => {
  const world = stage();
  const { delta } = become(added("a"), world.view, { ...AROUND, writer: undefined }) as Step;
  const facts = markerIn(delta)!;
  expect(delta.writes.filter(({ relation }) => relation === "applied"))
    .toEqual([{ object: eventObject(added("a")), relation: "applied", user: value(facts) }]);
  applyDelta(world.tuples, delta);
  expect(markerOf(world.tuples, eventObject(added("a")), "a")).toMatchObject({ type: "member.added", writer: undefined });
  expect(decide(world, added("a"))).toMatchObject({ status: "duplicate" });
  expect(decide(world, added("b"))).toMatchObject({ refused: "event_conflict" });
});

test("an event of several writes that an earlier build began is finished, and marked by the last", () => {
  const world = stage();
  const gone = { id: "one", source: "/s", type: "team.deleted", data: { team: "t" } };
  let step = decide(world, gone as never, 12);
  const writes = step.delta.writes.filter((tuple) => tuple.relation !== "applied");
  applyDelta(world.tuples, { writes, deletes: step.delta.deletes });
  for (; step.more; applyDelta(world.tuples, step.delta)) {
    step = resume("a", world.view, { ...AROUND, maxTuples: 100 })!;
  }
  expect(markerIn(step.delta)).toContain("team.deleted");
  expect(decide(world, gone as never)).toMatchObject({ status: "duplicate" });
});
