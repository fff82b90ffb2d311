// Every yes of a world: the access of each person, by the relations of the contract.
import { listObjects } from "../../src/checks/list-objects.ts";
import { createTupleSet } from "../../src/memory/indexed-tuple-set.ts";
import type { TupleSet } from "../../src/tuples/tuple-set.ts";
import type { Tuple } from "../../src/tuples/tuple.ts";
import { MODEL } from "../world/world.ts";
import { USERS } from "./pools.ts";
import { SOME } from "./names.ts";

/** `user relation object`, such as `user:u1 can_read note:n1`. */
export type Yes = string;

/** The people in worlds of events, and one unknown user. */
export const PEOPLE: readonly string[] = [...USERS, "stranger"].map((id) => `user:${id}`);

/** Every yes for people at a time (milliseconds since 1970). */
export function everyYes(
  tuples: TupleSet, now: number, people: readonly string[] = PEOPLE,
  relations: Readonly<Record<string, readonly string[]>> = SOME,
): Set<Yes> {
  const found = new Set<Yes>();
  const context = { current_time: new Date(now).toISOString() };
  for (const user of people) {
    for (const [type, names] of Object.entries(relations)) {
      for (const relation of names) {
        const answer = listObjects(MODEL, tuples, { type, relation, user, context });
        if ("error" in answer) throw new Error(`${user} ${relation} ${type}: ${answer.error.message}`);
        for (const object of answer.objects) found.add(`${user} ${relation} ${object}`);
      }
    }
  }
  return found;
}

/** The parts of a yes. */
export function partsOf(yes: Yes): { user: string; relation: string; object: string } {
  const [user = "", relation = "", object = ""] = yes.split(" ");
  return { user, relation, object };
}

/** Entries of one set that are in none of the others. */
export function beyond(set: ReadonlySet<Yes>, ...others: readonly ReadonlySet<Yes>[]): Yes[] {
  return [...set].filter((yes) => !others.some((other) => other.has(yes)));
}

/** A new tuple set with these tuples. */
export function setOf(tuples: Iterable<Tuple>): TupleSet {
  const set = createTupleSet();
  for (const tuple of tuples) set.add(tuple);
  return set;
}

/** All tuples, printed and sorted: equal for equal sets, conditions included. */
export function printed(tuples: Iterable<Tuple>): string[] {
  return Array.from(tuples, (t) => JSON.stringify([t.object, t.relation, t.user, t.condition])).sort();
}
