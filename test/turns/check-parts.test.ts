// Law: the work of one turn for a check, a batch of checks or a list is bounded, for any question about any org.
import { beforeAll, describe, expect, test } from "vitest";
import { extentOf, LARGE, largeOrg } from "../../bench/large-org.mjs";
import { CHECKS } from "../../bench/turn-questions.mjs";
import { checkAllInParts } from "../../src/checks/batch.ts";
import { check, checkCounted } from "../../src/checks/evaluate.ts";
import { MAX_CHECK_STEPS } from "../../src/checks/limits.ts";
import { listObjectsInParts } from "../../src/checks/list-objects.ts";
import { listUsersInParts } from "../../src/checks/list-users.ts";
import type { Parts } from "../../src/checks/parts.ts";
import type { CheckRequest } from "../../src/checks/question.ts";
import { Meter } from "../../src/checks/steps.ts";
import { indexOf } from "../../src/memory/indexed-tuple-set.ts";
import { tuple, World as Small } from "../checks/world.ts";
import { MODEL, World } from "../world/world.ts";
import { counted } from "./steps.ts";

/** An entry of a function or of a block counts as a step here: a few dozen for each step of a question. */
const BLOCKS_PER_STEP = 60;
/** Maximum number of checks in a batch. */
const BATCH = 50;

const QUESTIONS = CHECKS.map(([user, relation, object]): CheckRequest => ({ user: `user:${user}`, relation, object }));

function orgOf(times: number): World {
  const world = new World();
  for (const { type, data } of largeOrg(extentOf(times))) world.system(type, data);
  return world;
}

/** Steps of a question, by its own count. */
function stepsOf(world: World, question: CheckRequest): number {
  const meter = new Meter(MAX_CHECK_STEPS);
  checkCounted(MODEL, world.tuples, question, meter);
  return meter.steps;
}

/** Number of blocks in each part of a piece of work, and its result. */
function partsOf<T>(work: Parts<T>): { readonly blocks: number[]; readonly value: T } {
  const blocks: number[] = [];
  for (;;) {
    const { steps, result } = counted(() => work.next());
    blocks.push(steps);
    if (result.done === true) return { blocks, value: result.value };
  }
}

describe("in a large org", () => {
  let [small, large]: World[] = [];
  beforeAll(() => {
    [small, large] = [orgOf(10), orgOf(40)];
  });

  test("most checks look at every row, and none comes near its limit", () => {
    const dear = QUESTIONS.filter((question) => stepsOf(large!, question) > extentOf(40).rows);
    expect(dear.length).toBeGreaterThan(QUESTIONS.length / 3);
    for (const question of QUESTIONS) {
      const [few, many] = [stepsOf(small!, question), stepsOf(large!, question)];
      // An org four times as large takes at most four times the steps; so does the org of the benchmark's turns.
      expect(many, JSON.stringify(question)).toBeLessThan(4.4 * few + 100);
      expect(many * LARGE.rows / extentOf(40).rows, JSON.stringify(question)).toBeLessThan(MAX_CHECK_STEPS / 2);
    }
  });

  test("a step of a check is a bounded amount of work", () => {
    for (const question of QUESTIONS) {
      check(MODEL, small!.tuples, question);
      const { steps } = counted(() => check(MODEL, large!.tuples, question));
      expect(steps, JSON.stringify(question)).toBeLessThan(BLOCKS_PER_STEP * (stepsOf(large!, question) + 10));
    }
  });

  test("a batch of 50 checks is cut into parts, each as long as a part and a check", () => {
    for (const question of QUESTIONS) {
      const own = stepsOf(large!, question);
      if (own < 50) continue;
      const batch = Array.from({ length: BATCH }, () => question);
      const { blocks, value } = partsOf(checkAllInParts(MODEL, large!.tuples, batch, { stepsPerPart: 500 }));
      expect(value).toEqual(batch.map((each) => check(MODEL, large!.tuples, each)));
      expect(Math.max(...blocks), JSON.stringify(question)).toBeLessThan(BLOCKS_PER_STEP * (500 + own + 100));
      expect(blocks.length, JSON.stringify(question)).toBeGreaterThanOrEqual(Math.floor(BATCH * own / (500 + own)));
    }
  });

  test("a batch of short checks is one part", () => {
    const batch = Array.from({ length: BATCH }, (_, n): CheckRequest =>
      ({ user: `user:coach-${n}`, relation: "sessions_read", object: `athlete:athlete-${n}` }));
    const work = checkAllInParts(MODEL, large!.tuples, batch);
    expect(work.next()).toMatchObject({ done: true, value: { length: BATCH } });
  });
});

/** An athlete with more rows than a check may look at, none of which is cora's. */
function crowded(): World {
  const world = orgOf(1);
  for (let n = 0; n < MAX_CHECK_STEPS / 2; n++) {
    world.tuples.add(tuple(`athlete:star#coaching@coaching:more-${n}`));
    world.tuples.add(tuple(`coaching:more-${n}#coach@user:coach-1`));
  }
  return world;
}

test("checks that exceed the limit are errors, each of which ends a part; their neighbours are answered", () => {
  const { tuples } = crowded();
  const question = { user: "user:cora", relation: "can_view", object: "athlete:star" };
  const easy = { ...question, object: "athlete:free" };
  const { blocks, value } = partsOf(checkAllInParts(MODEL, tuples, [question, easy, question, easy, easy, question]));
  const error = { error: { code: "authorization_model_resolution_too_complex" } };
  const yes = { allowed: true };
  expect(value).toMatchObject([error, yes, error, yes, yes, error]);
  expect(blocks.length).toBe(3);
  expect(Math.max(...blocks)).toBeLessThan(BLOCKS_PER_STEP * (MAX_CHECK_STEPS + 1000));
});

const GROUPS = `
type user
type group
  relations
    define member: [user, group#member]
type doc
  relations
    define first: [user]
    define second: [user]
    define both: [user] and second
    define risky: [user, user with ok] and second
    define viewer: [group#member]
    define shown: first and viewer
condition ok(level: string) {
  level == "high"
}
`;

describe("no part of a list is longer than a part and a check", () => {
  const LIMITS = { atOnce: 1, stepsPerPart: 500 };
  const objects = (world: Small, relation: string, type = "doc"): Parts<object> =>
    listObjectsInParts(world.model, world.tuples, { user: "user:anne", relation, type }, LIMITS);
  const users = (world: Small, relation: string): Parts<object> =>
    listUsersInParts(world.model, world.tuples, { object: "doc:1", relation, userFilter: { type: "user" } }, LIMITS);

  test("when a candidate takes more steps than a check may", () => {
    const world = new Small(GROUPS, "doc:1#first@user:anne", "group:other#member@user:anne");
    for (let n = 0; n < MAX_CHECK_STEPS; n++) world.tuples.add(tuple(`doc:1#viewer@group:${n}#member`));
    for (const list of [objects, users]) {
      const { blocks, value } = partsOf(list(world, "shown"));
      expect(value).toMatchObject({ error: { code: "authorization_model_resolution_too_complex" } });
      expect(Math.max(...blocks)).toBeLessThan(BLOCKS_PER_STEP * (LIMITS.stepsPerPart + MAX_CHECK_STEPS));
    }
  });

  const most = BLOCKS_PER_STEP * LIMITS.stepsPerPart * 2;

  test("when candidates are denied without a step", () => {
    const world = new Small(GROUPS);
    for (let n = 0; n < 4000; n++) {
      world.tuples.add(tuple(`doc:${n}#second@user:anne`));
      world.tuples.add(tuple(`doc:1#second@user:u${n}`));
      for (let m = 0; m < 3; m++) {
        for (const relation of ["both", "risky"]) {
          world.tuples.add(tuple(`doc:x${m}-${n}#${relation}@user:anne`));
          world.tuples.add(tuple(`doc:1#${relation}@user:x${m}-${n}`));
        }
      }
    }
    for (const list of [objects(world, "both"), objects(world, "risky"), users(world, "both"), users(world, "risky")]) {
      const { blocks } = partsOf(list);
      expect(blocks.length).toBeGreaterThan(16);
      expect(Math.max(...blocks)).toBeLessThan(most);
    }
  });

  test("when an object found leads to many others, or many lead nowhere", () => {
    const world = new Small(GROUPS, "group:0#member@group:all#member");
    for (let n = 0; n < 4000; n++) world.tuples.add(tuple(`group:${n}#member@user:anne`));
    const { blocks, value } = partsOf(objects(world, "member", "group"));
    expect(value).toMatchObject({ objects: { length: 4000 } });
    expect(Math.max(...blocks)).toBeLessThan(most);
  });

  test("when tuples name usersets that have no tuples, and the list is too long", () => {
    const world = new Small(GROUPS);
    for (let n = 0; n < 12_000; n++) world.tuples.add(tuple(`group:all#member@group:${n}#member`));
    const before = namesIn(world);
    const asked = { object: "group:all", relation: "member", userFilter: { type: "group", relation: "member" } };
    for (const maxSteps of [undefined, 20_000]) {
      const limits = { ...LIMITS, ...(maxSteps === undefined ? {} : { maxSteps }) };
      const { blocks, value } = partsOf(listUsersInParts(world.model, world.tuples, asked, limits));
      expect("error" in value).toBe(maxSteps !== undefined);
      expect(Math.max(...blocks.slice(1))).toBeLessThan(most);
      expect(namesIn(world)).toBe(before);
    }
  });
});

const HUBS = `
type user
type hub
  relations
    define member: [user]
type node
  relations
    define hub: [hub]
    define ok: [user]
    define known: member from hub
    define reader: ok and known
type doc
  relations
    define node: [node]
    define allowed: [user]
    define viewer: reader from node and allowed
`;

test("copying a set of users takes a step for each of them", () => {
  const [nodes, members] = [30, 400];
  const world = new Small(HUBS);
  for (let n = 0; n < members; n++) {
    for (const link of ["hub:big#member", "doc:1#allowed"]) world.tuples.add(tuple(`${link}@user:u${n}`));
  }
  for (const link of ["doc:1#allowed@user:extra", "doc:1#allowed@user:nobody"]) world.tuples.add(tuple(link));
  for (let n = 0; n < nodes; n++) {
    // Each node knows the big hub's members and one more.
    for (const link of ["hub@hub:big", "hub@hub:small", "ok@user:u1"]) world.tuples.add(tuple(`node:${n}#${link}`));
    world.tuples.add(tuple(`doc:1#node@node:${n}`));
  }
  world.tuples.add(tuple("hub:small#member@user:extra"));
  const asked = { object: "doc:1", relation: "viewer", userFilter: { type: "user" } };
  const ask = (maxSteps: number) => listUsersInParts(world.model, world.tuples, asked, { maxSteps, atOnce: maxSteps });
  expect(partsOf(ask(nodes * members)).value).toHaveProperty("error");
  expect(partsOf(ask(2 * nodes * members)).value).toEqual({ users: ["user:u1"] });
  const { blocks } = partsOf(listUsersInParts(world.model, world.tuples, asked, { atOnce: 1, stepsPerPart: 500 }));
  expect(blocks.length).toBeGreaterThan(nodes * members / 500);
});

function namesIn({ tuples }: Small): number {
  return [...indexOf(tuples).names.all()].length;
}
