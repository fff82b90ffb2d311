// Law: a delta and its inverse restore the set.
import { expect, test } from "vitest";
import { decideEvent } from "../../src/events/decide-event.ts";
import { DomainEvent } from "../../src/events/domain-event.ts";
import { isRefusal } from "../../src/events/refusal.ts";
import { applyDelta, invertDelta } from "../../src/tuples/delta.ts";
import { printed, setOf } from "./answers.ts";
import { covered, holds } from "./law.ts";
import { Play, sequences } from "./sequence.ts";

test("a delta and its inverse restore the set, conditions included; the inverse's inverse is the delta", () => {
  let deltas = 0;
  holds(sequences(20, 60), 60, (seeds) => {
    const play = new Play();
    for (const seed of seeds) {
      const envelope = play.next(seed);
      const around = { system: true, clock: play.world.now, emailHash: () => "h" };
      const step = decideEvent(DomainEvent.sent(envelope), play.world.view, around);
      if (!isRefusal(step)) {
        const tuples = setOf(play.world.tuples.read({}));
        const before = printed(tuples.read({}));
        const inverse = invertDelta(tuples, step.delta);
        applyDelta(tuples, step.delta);
        const after = printed(tuples.read({}));
        const again = invertDelta(tuples, inverse);
        applyDelta(tuples, inverse);
        expect(printed(tuples.read({}))).toEqual(before);
        applyDelta(tuples, again);
        expect(printed(tuples.read({}))).toEqual(after);
        deltas += 1;
      }
      play.send(envelope);
    }
  });
  covered(() => expect(deltas).toBeGreaterThan(500));
});
