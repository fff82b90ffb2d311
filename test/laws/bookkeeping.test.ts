// Law: bookkeeping never grants.
import { expect, test } from "vitest";
import { isBookkeeping } from "../../src/domain/object-names.ts";
import { everyYes, setOf } from "./answers.ts";
import { holds } from "./law.ts";
import { CONTRACT } from "./names.ts";
import { Play, sequences } from "./sequence.ts";

test("without any bookkeeping tuples every answer is the same", () => {
  holds(sequences(30, 80), 40, (seeds) => {
    const { world } = new Play().all(seeds);
    const access = setOf([...world.tuples.read({})].filter((tuple) => !isBookkeeping(tuple.object)));
    expect(access.size).toBeLessThan(world.tuples.size);
    const whole = everyYes(world.tuples, world.now, undefined, CONTRACT);
    expect(everyYes(access, world.now, undefined, CONTRACT)).toEqual(whole);
  });
});
