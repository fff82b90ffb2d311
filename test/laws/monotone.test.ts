// Law: deleting any tuple at all adds no access, except the marks of a note's present or former athlete (NP3, S21).
import { expect, test } from "vitest";
import { typeOf, type Tuple } from "../../src/tuples/tuple.ts";
import { tupleWorld } from "../differential/worlds.ts";
import { START } from "../world/world.ts";
import { beyond, everyYes, PEOPLE, setOf } from "./answers.ts";
import { Draw } from "./draw.ts";
import { covered, holds } from "./law.ts";
import { isOwnNote, OWN_NOTES } from "./own-notes.ts";
import { fixedSeeds, FOUNDING, Play, sequences } from "./sequence.ts";

const NUMBERED = ["user:1", "user:2", "user:3", "user:4", "user:stranger"];

/** Tuples that the model subtracts, in any world. In one that events made, each link keeps its mark. */
const SUBTRACTED = ["athlete#linked_ever", "athlete#link", "note#athlete"];
const SUBTRACTED_ALONE = ["athlete#linked_ever", "note#athlete"];

/**
 * Removes some tuples, each from the whole world. Returns the number of answers that this ended. Only the `subtracted`
 * ones may add an answer, and only about a user's own notes.
 */
function ended(
  tuples: readonly Tuple[], people: readonly string[], draw: Draw, subtracted: readonly string[],
): number {
  const set = setOf(tuples);
  const before = everyYes(set, START, people);
  let gone = 0;
  for (const tuple of draw.sample(tuples, 12)) {
    set.delete(tuple);
    const after = everyYes(set, START, people);
    set.add(tuple);
    const mayAdd = subtracted.includes(`${typeOf(tuple.object)}#${tuple.relation}`);
    const added = beyond(after, before).filter((yes) => !(mayAdd && isOwnNote(set, yes)));
    expect(added, `without ${JSON.stringify(tuple)}`).toEqual([]);
    gone += beyond(before, after).length;
  }
  return gone;
}

test("deleting any tuple of a world that events made adds no access", () => {
  let gone = 0;
  holds(sequences(30, 80), 40, (seeds) => {
    const { world } = new Play(new Map(), [...FOUNDING, ...OWN_NOTES]).all(seeds);
    gone += ended([...world.tuples.read({})], PEOPLE, new Draw(seeds[0] ?? 0), SUBTRACTED_ALONE);
  });
  covered(() => expect(gone).toBeGreaterThan(100));
});

/** Worlds in which some tuple carries many answers; most drawn worlds have few. */
const RICH = [53, 111, 143].map((number) => fixedSeeds(number, 1));

test("deleting any tuple of any world the model admits adds no access", () => {
  let gone = 0;
  holds(sequences(1, 1), 40, ([seed = 0]) => {
    gone += ended(tupleWorld(new Draw(seed)), NUMBERED, new Draw(seed + 1), SUBTRACTED);
  }, 40, RICH);
  covered(() => expect(gone).toBeGreaterThan(50));
});
