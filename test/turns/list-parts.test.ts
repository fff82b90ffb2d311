// Law: a part of a list takes a bounded number of steps, however long the list is; a short list is one part.
import { beforeAll, describe, expect, test } from "vitest";
import { extentOf, largeOrg } from "../../bench/large-org.mjs";
import { check } from "../../src/checks/evaluate.ts";
import { listObjects, listObjectsInParts } from "../../src/checks/list-objects.ts";
import { listUsers, listUsersInParts } from "../../src/checks/list-users.ts";
import type { Parts } from "../../src/checks/parts.ts";
import { indexOf } from "../../src/memory/indexed-tuple-set.ts";
import { MODEL, World } from "../world/world.ts";
import { counted } from "./steps.ts";

const SMALL = { atOnce: 1, stepsPerPart: 500 };

/** An entry of a function or of a block counts as a step here: a few dozen for each of the search's own steps. */
const BLOCKS_PER_STEP = 60;

type Lists = Readonly<Record<string, (world: World, limits?: typeof SMALL) => Parts<object>>>;

const objects = (user: string, relation: string, type: string): Lists[string] => (world, limits) =>
  listObjectsInParts(MODEL, world.tuples, { type, relation, user: `user:${user}` }, limits);
const users = (object: string, relation: string): Lists[string] => (world, limits) =>
  listUsersInParts(MODEL, world.tuples, { object, relation, userFilter: { type: "user" } }, limits);

/** Lists that grow with the org. */
const LISTS: Lists = {
  "the notes of a superadmin": objects("root", "can_read", "note"),
  "the notes of their author": objects("coach-0", "can_read", "note"),
  "the notes their author may edit": objects("coach-0", "can_edit", "note"),
  "the notes of a coach of others": objects("cora", "can_read", "note"),
  "the athletes of a head coach": objects("coach-0", "can_view", "athlete"),
  "the readers of a note": users("note:note-0", "can_read"),
  "the coaches of a team": users("team:big", "coach"),
  "who sees an athlete": users("athlete:star", "can_view"),
  "who reads the sessions of an athlete": users("athlete:star", "sessions_read"),
  "the members of an org": users("org:large", "member"),
  "who enters as an athlete": users("org:large", "enter_athlete"),
};

function orgOf(times: number): World {
  const world = new World();
  for (const { type, data, ...more } of largeOrg(extentOf(times))) world.system(type, data, more);
  return world;
}

/** Steps of each part except the first, which is the attempt to compute the list at once. */
function stepsOf(work: Parts<object>): number[] {
  const steps: number[] = [];
  for (let done = false; !done;) {
    const { steps: taken, result } = counted(() => work.next());
    steps.push(taken);
    done = result.done === true;
  }
  return steps.slice(1);
}

describe("a part is no longer for a list four times as long", () => {
  let [small, large]: World[] = [];
  /** Steps of the most expensive check of a candidate, which is one part, together with the one before it. */
  let dearest = 0;
  beforeAll(() => {
    [small, large] = [orgOf(10), orgOf(40)];
    const star = { user: "user:cora", relation: "can_view", object: "athlete:star" };
    for (const user of ["user:cora", "user:coach-0"]) {
      dearest = Math.max(dearest, counted(() => check(MODEL, large!.tuples, { ...star, user })).steps);
    }
  });

  test.each(Object.entries(LISTS))("%s", (_, list) => {
    stepsOf(list(small!, SMALL));
    const [few, many] = [stepsOf(list(small!, SMALL)), stepsOf(list(large!, SMALL))];
    expect(many.length).toBeGreaterThan(few.length * 2);
    expect(Math.max(...many), many.join()).toBeLessThan(SMALL.stepsPerPart * BLOCKS_PER_STEP + 2 * dearest);
  });

  test("by default a list of this length is computed at once, and is the same", () => {
    for (const list of Object.values(LISTS)) expect(list(small!).next().done).toBe(true);
    const request = { type: "note", relation: "can_read", user: "user:root" };
    expect(listObjectsInParts(MODEL, large!.tuples, request).next().value)
      .toEqual(listObjects(MODEL, large!.tuples, request));
    const asked = { object: "team:big", relation: "coach", userFilter: { type: "user" } };
    expect(listUsersInParts(MODEL, large!.tuples, asked).next().value).toEqual(listUsers(MODEL, large!.tuples, asked));
  });
});

test("an abandoned list leaves no names behind", () => {
  const world = orgOf(10);
  const request = { type: "note", relation: "can_read", user: "user:nobody-yet",
    contextualTuples: [{ object: "platform:main", relation: "superadmin", user: "user:nobody-yet" }] };
  const work = listObjectsInParts(MODEL, world.tuples, request, { atOnce: 1, stepsPerPart: 10 });
  for (let parts = 0; parts < 3; parts++) expect(work.next().done).toBe(false);
  expect(namesIn(world)).toContain("user:nobody-yet");
  work.return({ objects: [] });
  expect(namesIn(world)).not.toContain("user:nobody-yet");
});

function namesIn(world: World): string[] {
  const { names } = indexOf(world.tuples);
  return [...names.all()].map((id) => names.text(id));
}
