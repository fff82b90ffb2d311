// Sorted lists are kept while the tuples stay as they are, in bounds, and made in parts.
import { counted } from "../turns/steps.ts";
import { describe, expect, test } from "vitest";
import { endOf } from "../../src/checks/parts.ts";
import type { ListObjectsRequest } from "../../src/checks/question.ts";
import { SortedObjects } from "../../src/sidecar/sorted-objects.ts";
import { OBJECTS_PER_PART } from "../../src/sidecar/sidecar-limits.ts";
import { club } from "../world/club.ts";
import { MODEL, World } from "../world/world.ts";

const ask = (user: string, type = "athlete"): ListObjectsRequest =>
  ({ user: `user:${user}`, relation: "can_view", type });

/** A page, and whether its list was made for it: a kept list takes a fraction of the steps. */
function pageOf(lists: SortedObjects, world: World, question: ListObjectsRequest, most = 10) {
  const page = { ...question, after: "", size: most };
  const { steps, result } = counted(() => endOf(lists.page(world.tuples, question, page)));
  return { made: steps > 150, steps, result };
}

const OLGAS = { objects: ["athlete:a1", "athlete:a2", "athlete:a3"], isLast: true };

describe("a list", () => {
  test("is made once for all its pages, and again after a change of the tuples", () => {
    const [world, lists] = [club(), new SortedObjects(MODEL)];
    // Facts derived from the model once are derived before the count begins.
    pageOf(new SortedObjects(MODEL), world, ask("olga"));
    expect(pageOf(lists, world, ask("olga"))).toMatchObject({ made: true, result: OLGAS });
    expect(pageOf(lists, world, ask("olga"))).toMatchObject({ made: false, result: OLGAS });
    world.system("athlete.deleted", { athlete: "a2" });
    const left = { objects: ["athlete:a1", "athlete:a3"], isLast: true };
    expect(pageOf(lists, world, ask("olga"))).toMatchObject({ made: true, result: left });
    world.system("member.deactivated", { org: "xo", user: "xena" });
    expect(pageOf(lists, world, ask("olga"))).toMatchObject({ made: true, result: left });
  });

  test("is made again after a change that only deletes, or only writes", () => {
    const [world, lists] = [club(), new SortedObjects(MODEL)];
    const place = { object: "athlete:a2", relation: "org", user: "org:fc" };
    expect(pageOf(lists, world, ask("olga")).result).toEqual(OLGAS);
    world.tuples.delete(place);
    expect(pageOf(lists, world, ask("olga")).result).toMatchObject({ objects: ["athlete:a1", "athlete:a3"] });
    world.tuples.add(place);
    expect(pageOf(lists, world, ask("olga")).result).toEqual(OLGAS);
  });

  test("of another set of tuples is another list", () => {
    const [one, other, lists] = [club(), new World(), new SortedObjects(MODEL)];
    expect(pageOf(lists, one, ask("olga")).result).toEqual(OLGAS);
    expect(pageOf(lists, other, ask("olga")).result).toEqual({ objects: [], isLast: true });
    expect(pageOf(lists, one, ask("olga")).result).toEqual(OLGAS);
  });

  test("that depends on the time is made for each page", () => {
    const [world, lists] = [club(), new SortedObjects(MODEL)];
    const expires_at = new Date(world.now + 1000).toISOString();
    world.system("invite.created", { invite: "short", org: "fc", hat: "office", expires_at });
    const at = (now: number) => {
      const context = { current_time: new Date(now).toISOString() };
      const question = { user: "user:x", relation: "can_redeem", type: "invite", context };
      return pageOf(lists, world, question).result;
    };
    expect(at(world.now + 999)).toEqual({ objects: ["invite:short"], isLast: true });
    expect(at(world.now + 1000)).toEqual({ objects: [], isLast: true });
  });
});

describe("bounds", () => {
  test("as many lists as allowed are kept; one more drops the one that was used last of all", () => {
    const [world, lists] = [club(), new SortedObjects(MODEL, { lists: 3, objects: 100 })];
    for (const user of ["olga", "cora", "hana"]) pageOf(lists, world, ask(user));
    expect(pageOf(lists, world, ask("olga")).made).toBe(false);
    pageOf(lists, world, ask("adam"));
    expect(["adam", "hana", "olga"].map((user) => pageOf(lists, world, ask(user)).made)).toEqual([false, false, false]);
    expect(pageOf(lists, world, ask("cora")).made).toBe(true);
  });

  test("as many objects as allowed are kept; a longer list is not, and answers all the same", () => {
    const world = club();
    const madeAgain = (objects: number): boolean[] => {
      const lists = new SortedObjects(MODEL, { lists: 10, objects });
      for (const user of ["olga", "adam"]) pageOf(lists, world, ask(user));
      return ["adam", "olga"].map((user) => {
        const { made, result } = pageOf(lists, world, ask(user));
        expect(result).toEqual(OLGAS);
        return made;
      });
    };
    expect(madeAgain(6)).toEqual([false, false]);
    expect(madeAgain(5)).toEqual([false, true]);
    expect(madeAgain(2)).toEqual([true, true]);
  });

  test("a list that is too long to be kept drops no other", () => {
    const [world, lists] = [club(), new SortedObjects(MODEL, { lists: 10, objects: 3 })];
    for (const user of ["olga", "root"]) pageOf(lists, world, ask(user));
    expect(["olga", "root"].map((user) => pageOf(lists, world, ask(user)).made)).toEqual([false, true]);
  });
});

test("a long list is made in parts, none of them much longer than the others", () => {
  const world = new World();
  const objects = 3 * OBJECTS_PER_PART;
  world.system("org.created", { org: "o", kind: "club", owner: "olga" });
  for (let n = 0; n < objects; n++) {
    world.tuples.add({ object: `team:t${(n * 7919) % objects}`, relation: "org", user: "org:o" });
  }
  const lists = new SortedObjects(MODEL);
  const question = { ...ask("olga", "team"), org: "o" };
  const parts: number[] = [];
  const work = lists.page(world.tuples, ask("olga", "team"), { ...question, after: "", size: 1000 });
  for (let done = false; !done;) {
    const { steps, result } = counted(() => work.next());
    parts.push(steps);
    done = result.done === true;
    if (result.done === true) expect(result.value).toMatchObject({ isLast: false });
  }
  // The first part is list-objects at once, which gives up and begins again in parts.
  const others = parts.slice(1);
  expect(others.length).toBeGreaterThan(8);
  expect(Math.max(...others), String(parts)).toBeLessThan(others.reduce((a, b) => a + b) * 0.4);
});
