// Law: on any tuples at all, every yes is for platform staff or for an active member of an org that the object names.
import { expect, test } from "vitest";
import { createTupleSet } from "../../src/memory/indexed-tuple-set.ts";
import type { TupleSet } from "../../src/tuples/tuple-set.ts";
import { tupleWorld } from "../differential/worlds.ts";
import { START } from "../world/world.ts";
import { everyYes, partsOf } from "./answers.ts";
import { Draw } from "./draw.ts";
import { covered, holds } from "./law.ts";
import { CONTRACT } from "./names.ts";
import { sequences } from "./sequence.ts";

const PEOPLE = ["user:1", "user:2", "user:3", "user:4", "user:stranger"];

/** Relations that an app may check, except the platform's own and those of an open invite (S9). */
const RELATIONS = Object.fromEntries(Object.entries(CONTRACT).filter(([type]) => type !== "platform")
  .map(([type, relations]) => [type, relations.filter((relation) => relation !== "can_redeem")]));

/** The orgs that an object names: its own, or that of the athlete or team of a relationship row. */
function orgsOf(tuples: TupleSet, object: string): string[] {
  if (object.startsWith("org:")) return [object];
  if (!/^(?:coaching|team_assignment):/.test(object)) return tuples.users(object, "org");
  return tuples.users(object, "active_on").flatMap((over) => tuples.users(over, "org"));
}

test("on any tuples, a yes is for platform staff or a member of an org that the object names (PR11, S8, PR8)", () => {
  let members = 0;
  const types = new Set<string>();
  holds(sequences(1, 1), 250, ([seed = 0]) => {
    const tuples = createTupleSet();
    for (const tuple of tupleWorld(new Draw(seed))) tuples.add(tuple);
    const staff = new Set([...tuples.read({ objectType: "platform" })].map(({ user }) => user));
    for (const yes of everyYes(tuples, START, PEOPLE, RELATIONS)) {
      const { user, object } = partsOf(yes);
      if (staff.has(user)) continue;
      const orgs = orgsOf(tuples, object);
      expect(orgs.some((org) => tuples.has(org, "member", user)), yes).toBe(true);
      members += 1;
      types.add(object.slice(0, object.indexOf(":")));
    }
  });
  covered(() => {
    expect(members).toBeGreaterThan(1000);
    expect([...types].sort()).toEqual(Object.keys(RELATIONS).sort());
  });
});
