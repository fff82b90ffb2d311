// Law: no event in one org changes an answer in another (PR11, S8).
import { expect, test } from "vitest";
import { PLATFORM } from "../../src/ledger/envelope.ts";
import { EVENTS } from "../../src/events/table.ts";
import type { TupleSet } from "../../src/tuples/tuple-set.ts";
import { beyond, everyYes, partsOf, setOf } from "./answers.ts";
import { covered, holds } from "./law.ts";
import { Play, sequences } from "./sequence.ts";

/** The orgs of an object, by its own tuples. */
function homesOf(tuples: TupleSet, object: string): string[] {
  if (object.startsWith("org:")) return [object];
  const homes = tuples.users(object, "org");
  if (homes.length > 0) return homes;
  return ["athlete", "team"].flatMap((relation) => tuples.users(object, relation))
    .flatMap((over) => [...tuples.users(over, "org"), ...tuples.users(`home:${over.replace(":", "/")}`, "org")]);
}

/** Whether this is the remainder of a comment that was deleted with its activity: another org may use its id (NP10). */
function isLeft(tuples: TupleSet, object: string): boolean {
  const [on] = tuples.users(object, "activity");
  return object.startsWith("activity_comment:") && on !== undefined && tuples.users(on, "org").length === 0;
}

test("no event in one org changes an answer in another", () => {
  let changed = 0;
  holds(sequences(30, 60), 40, (seeds) => {
    const play = new Play();
    const { world } = play;
    for (const seed of seeds) {
      const event = play.next(seed);
      const { now } = world;
      const payload = EVENTS.get(event.type)!.data.safeParse(event.data);
      const org = payload.success ? EVENTS.get(event.type)!.org(payload.data, world.view) : undefined;
      const before = setOf(world.tuples.read({}));
      if (play.send(event) !== "applied" || org === PLATFORM) continue;
      const [was, is] = [everyYes(before, now), everyYes(world.tuples, now)];
      for (const yes of [...beyond(was, is), ...beyond(is, was)]) {
        const { object } = partsOf(yes);
        // A new comment that takes the id of a deleted one belongs only to its own org.
        const isTaken = isLeft(before, object) && !isLeft(world.tuples, object);
        const homes = new Set([...isTaken ? [] : homesOf(before, object), ...homesOf(world.tuples, object)]);
        expect([...homes], `${yes} by ${JSON.stringify(event)}`).toEqual([`org:${org}`]);
        changed += 1;
      }
    }
  });
  covered(() => expect(changed).toBeGreaterThan(1000));
});
