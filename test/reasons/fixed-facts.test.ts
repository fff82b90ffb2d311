// Law: the facts that the search for ways to a yes takes as fixed are those that events never change.
import { expect, test } from "vitest";
import { POLICY_FACTS } from "../../src/reasons/fixed-facts.ts";
import { printTuple, typeOf, type Tuple } from "../../src/tuples/tuple.ts";
import { runsOr } from "../laws/law.ts";
import { fixedSeeds, Play } from "../laws/sequence.ts";

const { once, deleted, deletedWith, owned, isGiven, areNamed, isMixed } = POLICY_FACTS;
/** Number of events in a sequence. */
const EVENTS = 50;

const placeOf = ({ object, relation }: Tuple): string => `${typeOf(object)}#${relation}`;
const bare = (name: string): string => name.replace(/#.*$/, "");
const suffixOf = (name: string): string => /#.*$/.exec(name)?.[0] ?? "";

test("events keep them, in random sequences", () => {
  const seen = new Set<string>();
  for (let seed = 1; seed <= runsOr(25, 500); seed++) {
    const play = new Play();
    let before = new Map([...play.world.tuples.read({})].map((tuple) => [printTuple(tuple), tuple]));
    for (const each of fixedSeeds(seed, EVENTS)) {
      const event = play.next(each);
      play.send(event);
      const after = new Map([...play.world.tuples.read({})].map((tuple) => [printTuple(tuple), tuple]));
      const named = new Set([...before.values()].map(({ object }) => object));
      const wasDeleted = (object: string): boolean => [...before.values()].some((tuple) => tuple.object === object
        && tuple.relation === deletedWith.get(typeOf(object)) && !named.has(tuple.user));
      const objects = new Set([...named].filter((object) => !deletedWith.has(typeOf(object)) || !wasDeleted(object)));
      for (const [key, tuple] of after) {
        const [place, shape] = [placeOf(tuple), { userType: typeOf(tuple.user), suffix: suffixOf(tuple.user) }];
        const label = [event.type, key];
        const isNew = !before.has(key);
        if (once.has(place)) {
          seen.add(place);
          expect([label, play.world.tuples.users(tuple.object, tuple.relation).length]).toEqual([label, 1]);
          if (isNew && !deleted.has(place)) expect([label, objects.has(tuple.object)]).toEqual([label, false]);
        }
        // A role that follows key by key, and an org's first roles, change by other events than those for one key.
        if (isNew && isGiven({ place, ...shape })) {
          expect(["org.created", "role.updated", "coaching.started", "coaching.role_changed", "coaching.overrides_set",
            "invite.redeemed", "athlete.created"]).toContain(event.type);
        }
        if (areNamed({ place, ...shape }) && ["org", "role"].includes(shape.userType)) {
          expect([label, isMixed(tuple.object, bare(tuple.user))]).toEqual([label, false]);
        }
        const fact = owned.get(place);
        if (fact === undefined) continue;
        seen.add(place);
        const [owner, value] = fact.of === "object" ? [tuple.object, tuple.user] : [tuple.user, tuple.object];
        const known = play.world.tuples.users(owner, fact.relation);
        expect([label, known]).toEqual([label, [value]]);
      }
      before = after;
    }
  }
  // A brief is finalized as a plan is, and is drawn too rarely to be seen in each run.
  const places = [...once, ...owned.keys()].filter((place) => place !== "game_brief#finalized_in");
  expect(places.filter((place) => !seen.has(place)), "never seen").toEqual([]);
});
