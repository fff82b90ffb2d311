// Law: a dry run of one event is cut into turns like the event, however many tuples it changes.
import { expect, test } from "vitest";
import { EmbeddedIntake } from "../../src/embedded/embedded-intake.ts";
import type { Receipt } from "../../src/events/event.ts";
import { isRefusal, type Refusal } from "../../src/events/refusal.ts";
import { countedView } from "../../src/domain/counted-view.ts";
import type { TupleSet } from "../../src/tuples/tuple-set.ts";
import { openEmbeddedStore } from "../../src/embedded/embedded-store.ts";
import { printTuple } from "../../src/tuples/tuple.ts";
import { emailHash, START, World } from "../world/world.ts";
import { MAX_STEPS_PER_TURN } from "../../src/domain/event-limits.ts";

/** A team with open links, and an intake whose work on the tuples is counted. Closing a link costs two tuples. */
function stage(links: number) {
  const world = new World();
  world.system("org.created", { org: "o", kind: "club", owner: "olga" });
  world.system("team.created", { team: "t", org: "o" });
  for (let n = 0; n < links; n++) {
    world.system("invite.created", { invite: `l${n}`, org: "o", hat: "coach", team: "t" });
  }
  const real = Object.create(world.tuples) as TupleSet;
  const { tuples, steps, allowed } = countedView({ ...world.view, tuples: real });
  for (const call of ["add", "delete", "has", "get", "users", "objects", "read"] as const) {
    const original = world.tuples[call].bind(world.tuples) as (...given: never[]) => unknown;
    Object.assign(real, { [call]: original });
    Object.assign(world.tuples, { [call]: tuples[call].bind(tuples) });
  }
  const intake = new EmbeddedIntake({
    view: { tuples: world.tuples, allowed }, store: openEmbeddedStore(":memory:", () => START), now: () => START,
    emailHash, failed: (error) => { throw error; }, broken: (why) => { throw new Error(why); },
  });
  return { world, intake, steps };
}

const gone = { id: "gone", source: "/turns", type: "team.deleted", data: { team: "t" } };
const tell = (outcome: Receipt | Refusal): string => (isRefusal(outcome) ? outcome.refused : outcome.status);

/** The outcome of the dry run of a deletion, and the steps of its longest turn; nothing shows in between. */
async function tried(links: number) {
  const { world, intake, steps } = stage(links);
  const before = [...world.tuples.read({})].map(printTuple).sort();
  let [isOver, longest, turns, last] = [false, 0, 0, steps()];
  const look = (): void => {
    [longest, turns, last] = [Math.max(longest, steps() - last), turns + 1, steps()];
    expect(world.tuples.size).toBe(before.length);
    if (!isOver) setImmediate(look);
  };
  setImmediate(look);
  const [outcome] = await Promise.all(intake.submitAll([gone], { system: true, dryRun: true }));
  isOver = true;
  await new Promise((done) => setImmediate(() => setImmediate(done)));
  expect([...world.tuples.read({})].map(printTuple).sort()).toEqual(before);
  expect(turns).toBeGreaterThan(5);
  return { outcome: outcome!, longest };
}

test("of a team with very many links", async () => {
  const { outcome, longest } = await tried(8000);
  expect(tell(outcome)).toBe("applied");
  expect((outcome as Receipt).changes?.delete).toHaveLength(8000 + 1);
  expect(longest).toBeLessThanOrEqual(2 * MAX_STEPS_PER_TURN);
});

test("of one that changes more than a dry run may: refused as soon as it exceeds the limit", async () => {
  const { outcome, longest } = await tried(11_000);
  expect(tell(outcome)).toBe("batch_too_large");
  expect(longest).toBeLessThanOrEqual(2 * MAX_STEPS_PER_TURN);
});
