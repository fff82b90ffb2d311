// Law: deleting any tuple at all adds no access, but for notes about one's own roster row (NP3).
import { expect, test } from "vitest";
import type { Tuple } from "../../src/tuples/tuple.ts";
import { tupleWorld } from "../differential/worlds.ts";
import { START } from "../events/world.ts";
import { beyond, everyYes, PEOPLE, setOf } from "./answers.ts";
import { Draw } from "./draw.ts";
import { holds } from "./law.ts";
import { isOwnNote } from "./own-notes.ts";
import { Play, sequences } from "./sequence.ts";

const NUMBERED = ["user:1", "user:2", "user:3", "user:4", "user:stranger"];

/** Takes some tuples away, each from the whole, and tells how many answers that ended. */
function ended(tuples: readonly Tuple[], people: readonly string[], draw: Draw): number {
  const set = setOf(tuples);
  const before = everyYes(set, START, people);
  let gone = 0;
  for (const tuple of draw.sample(tuples, 12)) {
    set.delete(tuple);
    const after = everyYes(set, START, people);
    set.add(tuple);
    const added = beyond(after, before).filter((yes) => !isOwnNote(set, yes));
    expect(added, `without ${JSON.stringify(tuple)}`).toEqual([]);
    gone += beyond(before, after).length;
  }
  return gone;
}

test("deleting any tuple of a world that events made adds no access", () => {
  let gone = 0;
  holds(sequences(30, 80), 40, (seeds) => {
    gone += ended([...new Play().all(seeds).world.tuples.read({})], PEOPLE, new Draw(seeds[0] ?? 0));
  });
  expect(gone).toBeGreaterThan(100);
}, 300_000);

test("deleting any tuple of any world the model admits adds no access", () => {
  let gone = 0;
  holds(sequences(1, 1), 40, ([seed = 0]) => {
    gone += ended(tupleWorld(new Draw(seed)), NUMBERED, new Draw(seed + 1));
  });
  expect(gone).toBeGreaterThan(50);
}, 300_000);
