// Law: list-objects is exactly the objects whose check is true; list-users exactly the users.
import { expect, test } from "vitest";
import { check } from "../../src/checks/evaluate.ts";
import { listObjects, listObjectsInParts } from "../../src/checks/list-objects.ts";
import { listUsers, listUsersInParts } from "../../src/checks/list-users.ts";
import type { Parts } from "../../src/checks/parts.ts";
import { indexOf } from "../../src/memory/indexed-tuple-set.ts";
import type { TupleSet } from "../../src/tuples/tuple-set.ts";
import { typeOf, type Tuple } from "../../src/tuples/tuple.ts";
import { tupleWorld } from "../differential/worlds.ts";
import { MODEL, START } from "../world/world.ts";
import { everyYes, PEOPLE, setOf, type Yes } from "./answers.ts";
import { Draw } from "./draw.ts";
import { covered, holds } from "./law.ts";
import { CONTRACT } from "./names.ts";
import { Play, sequences } from "./sequence.ts";

const NUMBERED = ["user:1", "user:2", "user:3", "user:4", "user:stranger"];
const CONTEXT = { current_time: new Date(START).toISOString() };

/** Every object in the tuples, and one unknown object of each type. */
function objectsOf(tuples: readonly Tuple[]): Set<string> {
  return new Set([...tuples.map(({ object }) => object), ...Object.keys(CONTRACT).map((type) => `${type}:unheard-of`)]);
}

function checked(set: TupleSet, user: string, relation: string, object: string): boolean {
  const answer = check(MODEL, set, { user, relation, object, context: CONTEXT });
  if ("error" in answer) throw new Error(answer.error.message);
  return answer.allowed;
}

function usersOf(set: TupleSet, relation: string, object: string): string[] {
  const answer = listUsers(MODEL, set, { object, relation, userFilter: { type: "user" }, context: CONTEXT });
  if ("error" in answer) throw new Error(answer.error.message);
  return answer.users;
}

/** Asks a world everything in the three ways. Returns the number of yes answers. */
function compared(tuples: readonly Tuple[], people: readonly string[]): number {
  const set = setOf(tuples);
  const byObjects = everyYes(set, START, people, CONTRACT);
  const byCheck = new Set<Yes>();
  const byUsers = new Set<Yes>();
  for (const object of objectsOf(tuples)) {
    for (const relation of CONTRACT[typeOf(object)] ?? []) {
      for (const user of people) if (checked(set, user, relation, object)) byCheck.add(`${user} ${relation} ${object}`);
      const users = usersOf(set, relation, object);
      expect(new Set(users).size, `${object}#${relation} names nobody twice`).toBe(users.length);
      const named = people.filter((user) => users.includes(user) || users.includes("user:*"));
      for (const user of named) byUsers.add(`${user} ${relation} ${object}`);
      for (const user of users) {
        if (user !== "user:*") expect(checked(set, user, relation, object), `${user} ${relation} ${object}`).toBe(true);
      }
    }
  }
  expect([...byObjects].sort()).toEqual([...byCheck].sort());
  expect([...byUsers].sort()).toEqual([...byCheck].sort());
  return byCheck.size;
}

/** The answer of a list computed in the smallest parts, with questions about unknown objects in between. */
function inParts<T>(set: TupleSet, work: Parts<T>): { readonly answer: T; readonly parts: number } {
  const what = { user: "user:passer-by", relation: "can_view", object: "athlete:passing" };
  const contextualTuples = [{ object: "athlete:passing", relation: "coaching", user: "coaching:passing" }];
  for (let parts = 1; ; parts++) {
    const part = work.next();
    if (part.done === true) return { answer: part.value, parts };
    check(MODEL, set, { ...what, contextualTuples, context: CONTEXT });
  }
}

/** Number of lists of objects and of users that took more than one part. */
interface Cut {
  objects: number;
  users: number;
}

/** Computes every list of a world in parts and at once, and counts those that took more than one part. */
function compareInParts(tuples: readonly Tuple[], people: readonly string[], cut: Cut): void {
  const set = setOf(tuples);
  const names = (): number => [...indexOf(set).names.all()].length;
  const before = names();
  const small = { atOnce: 1, stepsPerPart: 1 };
  for (const [type, relations] of Object.entries(CONTRACT)) {
    for (const relation of relations) {
      for (const user of people) {
        const request = { type, relation, user, context: CONTEXT };
        const { answer, parts } = inParts(set, listObjectsInParts(MODEL, set, request, small));
        expect(answer, `${user} ${relation} ${type}`).toEqual(listObjects(MODEL, set, request));
        if (parts > 1) cut.objects += 1;
      }
    }
  }
  for (const object of objectsOf(tuples)) {
    for (const relation of CONTRACT[typeOf(object)] ?? []) {
      const request = { object, relation, userFilter: { type: "user" }, context: CONTEXT };
      const { answer, parts } = inParts(set, listUsersInParts(MODEL, set, request, small));
      expect(answer, `${object}#${relation}`).toEqual(listUsers(MODEL, set, request));
      if (parts > 1) cut.users += 1;
    }
  }
  expect(names()).toBe(before);
}

test("a list in parts equals the list at once, whatever is asked in between, and leaves no name behind", () => {
  const [ofEvents, any]: [Cut, Cut] = [{ objects: 0, users: 0 }, { objects: 0, users: 0 }];
  holds(sequences(40, 80), 4, (seeds) => {
    compareInParts([...new Play().all(seeds).world.tuples.read({})], PEOPLE, ofEvents);
  });
  holds(sequences(1, 1), 10, ([seed = 0]) => {
    compareInParts(tupleWorld(new Draw(seed)), NUMBERED, any);
  });
  console.log(`lists of more than one part: ${JSON.stringify([ofEvents, any])}`);
  covered(() => {
    for (const { objects, users } of [ofEvents, any]) expect(Math.min(objects, users)).toBeGreaterThan(500);
  });
});

test("list-objects is exactly the objects whose check is true, list-users exactly the users: worlds of events", () => {
  let yes = 0;
  holds(sequences(60, 120), 12, (seeds) => {
    yes += compared([...new Play().all(seeds).world.tuples.read({})], PEOPLE);
  });
  covered(() => expect(yes).toBeGreaterThan(2000));
});

test("list-objects is exactly the objects whose check is true, list-users exactly the users: any world", () => {
  let yes = 0;
  holds(sequences(1, 1), 25, ([seed = 0]) => {
    yes += compared(tupleWorld(new Draw(seed)), NUMBERED);
  });
  covered(() => expect(yes).toBeGreaterThan(500));
});
