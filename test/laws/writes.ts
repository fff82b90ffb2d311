// An event in several writes, as a store makes them: by decideEvent and continueEvent, with as few tuples per write as
// possible.
import { decideEvent, continueEvent, type Step, type Surroundings } from "../../src/events/decide-event.ts";
import { DomainEvent } from "../../src/events/domain-event.ts";
import type { Envelope } from "../../src/ledger/envelope.ts";
import { isRefusal } from "../../src/events/refusal.ts";
import { applyDelta, sizeOf } from "../../src/tuples/delta.ts";
import { emailHash, World } from "../world/world.ts";

/**
 * Events whose size grows with the data, so that they can need more than one write of 100. All others are far smaller
 * in any state: they are never cut, and a part of one could not be continued.
 */
export const LONG = new Set([
  "role.updated", "role.deleted", "coaching.role_changed", "coaching.overrides_set", "team.deleted", "athlete.deleted",
  "athlete.linked", "athlete.unlinked", "member.deactivated", "member.hats_changed", "note.deleted",
  "member.reactivated",
]);

/** Upper bound of the writes of any event. */
const NO_END = 500;

/** A copy of a world with the same tuples and the same clock. */
export function copyOf(world: World): World {
  const copy = new World();
  copy.now = world.now;
  for (const tuple of world.tuples.read({})) copy.tuples.add(tuple);
  return copy;
}

/** Calls `take` with at least `least` tuples per write, and as few more as it needs. */
export function withLeast<T>(least: number, take: (maxTuples: number) => T): T {
  for (let maxTuples = least; ; maxTuples++) {
    try {
      return take(maxTuples);
    } catch (error) {
      const isTooFew = error instanceof Error && error.message.startsWith("no part of ");
      if (!isTooFew || maxTuples > least + NO_END) throw error;
    }
  }
}

/**
 * Applies an event to a world, write by write, and visits each state in between. Returns the number of writes. The
 * first write may have `first` tuples, each later one `most`; a write that needs more has as few more as possible.
 * Throws if the event is refused.
 */
export function inWrites(world: World, event: Envelope, first: number, most: number, visit: () => void): number {
  const around = (maxTuples: number): Surroundings => ({ system: true, clock: world.now, maxTuples, emailHash });
  let step: Step = withLeast(first, (maxTuples) => {
    const begun = decideEvent(DomainEvent.sent(event), world.view, around(maxTuples));
    if (isRefusal(begun)) throw new Error(`${event.type} is refused: ${begun.refused}`);
    return begun;
  });
  for (let writes = 1; ; writes++) {
    applyDelta(world.tuples, step.delta);
    if (!step.more) return writes;
    visit();
    const { org } = step;
    step = withLeast(most, (maxTuples) => continueEvent(org, world.view, around(maxTuples))!);
    if (writes > NO_END) throw new Error(`${event.type} has no end; its last write: ${sizeOf(step.delta)} tuples`);
  }
}
