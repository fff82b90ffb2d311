// Law: an event cut into small writes ends as in one write, and allows nothing in between that neither end allows.
import { expect, test } from "vitest";
import { decideEvent, continueEvent, type Step, type Surroundings } from "../../src/events/decide-event.ts";
import { isRefusal } from "../../src/events/refusal.ts";
import type { Envelope } from "../../src/ledger/envelope.ts";
import { applyDelta } from "../../src/tuples/delta.ts";
import type { TupleSet } from "../../src/tuples/tuple-set.ts";
import { emailHash, World } from "../events/world.ts";
import { beyond, everyYes, printed, type Yes } from "./answers.ts";
import { holds } from "./law.ts";
import { OWN_NOTES } from "./own-notes.ts";
import { FOUNDING, Play, sequences } from "./sequence.ts";

/**
 * Events whose size grows with what is there, so that they can need more than one write of 100. All others are bounded
 * well below that, whatever the state: they are never cut.
 */
const LONG = new Set([
  "role.updated", "role.deleted", "coaching.role_changed", "coaching.overrides_set", "team.deleted", "athlete.deleted",
  "athlete.linked", "athlete.unlinked", "member.deactivated", "member.hats_changed", "note.deleted",
  "member.reactivated",
]);
/** Of these, the ones whose last write has hats, role or membership with it, so that it needs more room. */
const ENDING_AT_ONCE = new Set(["member.hats_changed", "member.reactivated"]);

/** The tuples of access, and the bookkeeping but for revisions, markers and since when an assignment is. */
function essence(tuples: TupleSet): string[] {
  const isOrder = (object: string, relation: string): boolean =>
    object.startsWith("event:") || relation === "at" || relation === "since";
  return printed([...tuples.read({})].filter(({ object, relation }) => !isOrder(object, relation)));
}

/** Plays an event on a copy of a world, write by write; tells every state between. */
function write(world: World, event: Envelope, maxTuples: number): { copy: World; between: Set<Yes>[]; writes: number } {
  const copy = new World();
  copy.now = world.now;
  for (const tuple of world.tuples.read({})) copy.tuples.add(tuple);
  const around: Surroundings = { system: true, clock: copy.now, maxTuples, emailHash };
  const between: Set<Yes>[] = [];
  let step = decideEvent(event, copy.view, around) as Step;
  let writes = 1;
  for (applyDelta(copy.tuples, step.delta); step.more; applyDelta(copy.tuples, step.delta), writes++) {
    if (writes > 200) throw new Error("no end");
    expect(step.delta.writes.length + step.delta.deletes.length).toBeLessThanOrEqual(maxTuples);
    between.push(everyYes(copy.tuples, copy.now));
    step = continueEvent(step.org, copy.view, around)!;
  }
  return { copy, between, writes };
}

test("a chain of small writes ends in the same state, and no state in between allows more than one of its ends", () => {
  let links = 0;
  const cut = new Set<string>();
  holds(sequences(30, 70), 80, (seeds) => {
    const play = new Play(new Map(), [...FOUNDING, ...OWN_NOTES]);
    for (const seed of seeds) {
      const event = play.next(seed);
      const around = { system: true, clock: play.world.now, emailHash };
      const step = decideEvent(event, play.world.view, around);
      const size = isRefusal(step) ? 0 : step.delta.writes.length + step.delta.deletes.length;
      const maxTuples = ENDING_AT_ONCE.has(event.type) ? 16 : 8 + (seed % 3);
      if (!LONG.has(event.type)) expect(size, event.type).toBeLessThan(60);
      else if (size > maxTuples) {
        const before = everyYes(play.world.tuples, play.world.now);
        const whole = write(play.world, event, 1000).copy;
        const after = everyYes(whole.tuples, play.world.now);
        const chain = write(play.world, event, maxTuples);
        for (const state of chain.between) expect(beyond(state, before, after), JSON.stringify(event)).toEqual([]);
        expect(essence(chain.copy.tuples), JSON.stringify(event)).toEqual(essence(whole.tuples));
        links += chain.writes;
        if (chain.writes > 1) cut.add(event.type);
      }
      play.send(event);
    }
  });
  console.log(`${links} writes; cut: ${[...cut].sort().join(", ")}`);
  expect(links).toBeGreaterThan(100);
  expect(cut.size).toBeGreaterThan(3);
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
