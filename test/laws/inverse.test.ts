// Law: a delta and its inverse restore the set.
import { expect, test } from "vitest";
import { decideEvent } from "../../src/events/decide-event.ts";
import { DomainEvent } from "../../src/events/domain-event.ts";
import { isRefusal } from "../../src/events/refusal.ts";
import { TentativeDeltas } from "../../src/memory/tentative-deltas.ts";
import { applyDelta } from "../tuples/apply-delta.ts";
import { printed, setOf } from "./answers.ts";
import { covered, holds } from "./law.ts";
import { Play, sequences } from "./sequence.ts";

test("a delta and its inverse restore the set, conditions included; applied again, it gives the same", () => {
  let count = 0;
  holds(sequences(20, 60), 60, (seeds) => {
    const play = new Play();
    for (const seed of seeds) {
      const envelope = play.next(seed);
      const around = { system: true, clock: play.world.now, emailHash: () => "h" };
      const step = decideEvent(DomainEvent.sent(envelope), play.world.view, around);
      if (!isRefusal(step)) {
        const tuples = setOf(play.world.tuples.read({}));
        const before = printed(tuples.read({}));
        const whole = setOf(play.world.tuples.read({}));
        applyDelta(whole, step.delta);
        const deltas = new TentativeDeltas(tuples);
        deltas.apply(step.delta);
        expect(printed(tuples.read({}))).toEqual(printed(whole.read({})));
        deltas.suspend();
        expect(printed(tuples.read({}))).toEqual(before);
        expect(deltas.resume()).toBe(true);
        expect(printed(tuples.read({}))).toEqual(printed(whole.read({})));
        deltas.undoTo(0);
        expect(printed(tuples.read({}))).toEqual(before);
        count += 1;
      }
      play.send(envelope);
    }
  });
  covered(() => expect(count).toBeGreaterThan(500));
});
