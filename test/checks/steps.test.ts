// The limit on the work of one question: counted in steps, at its value and one below, and far above real questions.
import { expect, test } from "vitest";
import { checkCounted } from "../../src/checks/evaluate.ts";
import {
  CONDITION_STEPS, CONTEXTUAL_TUPLE_STEPS, MAX_CHECK_STEPS, MAX_LIST_STEPS, WORK_PER_STEP,
} from "../../src/checks/limits.ts";
import { Meter, TooManySteps } from "../../src/checks/steps.ts";
import { check, createTupleSet, listObjects, listUsers, type TupleSet } from "../../src/engine.ts";
import { MODEL } from "../world/policy.ts";
import { tuple, World } from "./world.ts";

const TOO_COMPLEX = "authorization_model_resolution_too_complex";

/** A question to one of the engine's functions, with a maximum number of steps. */
type Ask = (maxSteps: number | undefined) => object;

/** The fewest steps with which a question is answered, or ends with an error of another kind. */
function stepsOf(ask: Ask): number {
  const isAnswered = (steps: number): boolean => !JSON.stringify(ask(steps)).includes(" steps");
  let most = 1;
  while (!isAnswered(most)) most *= 2;
  let least = most / 2;
  while (most - least > 1) {
    const middle = Math.floor((least + most) / 2);
    if (isAnswered(middle)) most = middle;
    else least = middle;
  }
  return most;
}

const GROUPS = `
type user
type group
  relations
    define member: [user, user with ok, group#member]
    define guest: [user] or (member and seen)
    define seen: [user, group#guest]
condition ok(level: string) {
  level == "high"
}
`;

function asking({ model, tuples }: World) {
  return {
    check: (user: string, object: string, relation = "member"): Ask => (steps) =>
      check(model, tuples, { user, relation, object }, steps),
    objects: (user: string, type: string, relation = "member"): Ask => (steps) =>
      listObjects(model, tuples, { user, relation, type }, steps),
    users: (object: string, relation = "member"): Ask => (steps) =>
      listUsers(model, tuples, { object, relation, userFilter: { type: "user" } }, steps),
  };
}

test("a question is answered with exactly the steps that it takes, and with one fewer it is an error", () => {
  const world = new World(GROUPS,
    "group:1#member@group:2#member", "group:2#member@user:anne", "group:2#seen@user:anne");
  const { check: checks, objects, users } = asking(world);
  for (const ask of [
    checks("user:anne", "group:1"), checks("user:bob", "group:1"), checks("user:anne", "group:2", "guest"),
    objects("user:anne", "group"), objects("user:anne", "group", "guest"), users("group:1"), users("group:2", "guest"),
  ]) {
    const steps = stepsOf(ask);
    expect(steps).toBeGreaterThan(1);
    expect(ask(steps)).toEqual(ask(undefined));
    expect(ask(steps - 1)).toMatchObject({ error: { code: TOO_COMPLEX } });
  }
});

test(`a check takes ${MAX_CHECK_STEPS} steps, and not one more`, () => {
  const { tuples, model } = new World(`
type user
type group
  relations
    define member: [user]
type doc
  relations
    define viewer: [group#member]
`);
  // One step for the document, and two for each group.
  const half = MAX_CHECK_STEPS / 2;
  const ask = () => check(model, tuples, { user: "user:anne", relation: "viewer", object: "doc:1" });
  tuples.add(tuple("group:other#member@user:anne"));
  for (let i = 1; i < half; i++) tuples.add({ object: "doc:1", relation: "viewer", user: `group:${i}#member` });
  expect(ask()).toEqual({ allowed: false });
  tuples.add(tuple("doc:1#viewer@group:0#member"));
  const message = expect.stringContaining(`${MAX_CHECK_STEPS} steps`);
  expect(ask()).toMatchObject({ error: { code: TOO_COMPLEX, message } });
});

test("a meter limits several questions together, counts their steps, and counts a contextual tuple as 10 steps", () => {
  const world = new World(GROUPS, "group:1#member@group:2#member", "group:2#member@user:anne");
  const question = { user: "user:anne", relation: "member", object: "group:1" };
  const alone = stepsOf(asking(world).check("user:anne", "group:1"));
  const meter = new Meter(3 * alone + CONTEXTUAL_TUPLE_STEPS);
  const asked = (): unknown => checkCounted(world.model, world.tuples, question, meter);
  expect([asked(), meter.steps]).toEqual([{ allowed: true }, alone]);
  const contextualTuples = [tuple("group:9#member@user:bob")];
  expect(checkCounted(world.model, world.tuples, { ...question, contextualTuples }, meter)).toEqual({ allowed: true });
  expect(meter.steps).toBe(2 * alone + CONTEXTUAL_TUPLE_STEPS);
  expect([asked(), meter.steps]).toEqual([{ allowed: true }, meter.most]);
  expect(asked).toThrow(TooManySteps);
});

/** A document with `groups` groups as viewers. None has anne as a member, which only a look at each shows. */
function wide(groups: number): World {
  const world = new World(`
type user
type group
  relations
    define member: [user]
type doc
  relations
    define owner: [user]
    define viewer: [group#member]
    define both: viewer and owner
    define closed: owner and reader
    define reader: [doc#closed] or viewer
    define seen: [user with ok]
    define risky: seen and viewer
condition ok(level: string) {
  level == "high"
}
`, "group:other#member@user:anne", "doc:1#owner@user:anne",
  tuple("doc:1#seen@user:anne", "ok", { level: "high" }));
  for (let i = 0; i < groups; i++) world.tuples.add(tuple(`doc:1#viewer@group:${i}#member`));
  return world;
}

test.each(["both", "closed", "risky"])("a candidate of a list may take as many steps as a check: %s", (relation) => {
  const enough = wide(MAX_CHECK_STEPS / 2 - 100);
  const tooMany = wide(MAX_CHECK_STEPS / 2 + 100);
  const asked = (world: World) => {
    const { check: checks, objects, users } = asking(world);
    return [checks("user:anne", "doc:1", relation), objects("user:anne", "doc", relation), users("doc:1", relation)]
      .map((ask) => ask(undefined));
  };
  expect(asked(enough)).toEqual([{ allowed: false }, { objects: [] }, { users: [] }]);
  const error = { code: TOO_COMPLEX, message: expect.stringContaining(`${MAX_CHECK_STEPS} steps`) };
  expect(asked(tooMany)).toEqual([{ error }, { error }, { error }]);
});

test("a condition counts as 20 steps, plus one for every five steps of its own", () => {
  const met = tuple("group:1#member@user:bob", "ok", { level: "high" });
  const world = new World(GROUPS, "group:1#member@user:anne", met);
  const [plain, conditional] = ["user:anne", "user:bob"].map((user) => stepsOf(asking(world).check(user, "group:1")));
  // Its own steps: the parameter, three parts of the expression, the comparison and its four characters.
  expect([CONDITION_STEPS, WORK_PER_STEP]).toEqual([20, 5]);
  expect(conditional! - plain!).toBe(20 + Math.ceil((1 + 3 + 1 + 4 / 16) / 5));
});

/**
 * Levels of two groups, each within both groups of the level above; the lowest have a condition that cannot be
 * evaluated.
 */
function ladder(levels: number, faulty: boolean): World {
  const world = new World(GROUPS, "group:elsewhere#member@user:anne");
  for (let level = 0; level < levels; level++) {
    for (const [from, to] of ["aa", "ab", "ba", "bb"]) {
      world.tuples.add(tuple(`group:${level}${from}#member@group:${level + 1}${to}#member`));
      world.tuples.add(tuple(`group:${level}${from}#seen@group:${level + 1}${to}#guest`));
    }
  }
  if (faulty) world.tuples.add(tuple(`group:${levels}a#member@user:anne`, "ok"));
  return world;
}

test.each([[false], [true]])("twice the levels of a ladder take at most 3 times the steps (faults: %s)", (faulty) => {
  const few = asking(ladder(10, faulty));
  const many = asking(ladder(20, faulty));
  const asked = (of: ReturnType<typeof asking>): Ask[] => ["member", "guest"].flatMap((relation) => [
    of.check("user:anne", "group:0a", relation), of.check("group:elsewhere#member", "group:0a", relation),
    of.users("group:0a", relation), of.objects("user:anne", "group", relation),
  ]);
  const before = asked(few).map(stepsOf);
  for (const [i, steps] of asked(many).map(stepsOf).entries()) expect(steps).toBeLessThan(3 * before[i]! + 1000);
});

test("a ladder of 25 levels, and a ring of 40 groups each in the next two, end within 100,000 steps", () => {
  const ring = new World(GROUPS, "group:elsewhere#member@user:anne");
  for (let i = 0; i < 40; i++) {
    for (const next of [1, 2]) ring.tuples.add(tuple(`group:${i}#member@group:${(i + next) % 40}#member`));
    for (const next of [1, 2]) ring.tuples.add(tuple(`group:${i}#seen@group:${(i + next) % 40}#guest`));
  }
  for (const [world, object] of [[ladder(25, false), "group:0a"], [ladder(25, true), "group:0a"], [ring, "group:0"]]) {
    const { check: checks, users, objects } = asking(world as World);
    const questions = ["member", "guest"].flatMap((relation) => [
      ...["user:anne", "user:stranger", "group:elsewhere#member"].map((user) =>
        checks(user, object as string, relation)),
      users(object as string, relation), objects("user:anne", "group", relation),
    ]);
    for (const ask of questions) {
      expect(JSON.stringify(ask(100_000))).not.toContain(" steps");
    }
  }
});

const PEOPLE = ["anne", "bob", "carl", "dora", "eve"].map((name) => `user:${name}`);

/** Layers of types, each object within every object of the layer above; `NEXT` stands for the layer below. */
function layers(count: number, width: number, definition: string): World {
  const types = Array.from({ length: count }, (_, i) => `type l${i}
  relations
    define on: [user]
    define off: [user]
    define member: ${definition.replace("NEXT", i + 1 < count ? `l${i + 1}#member` : `l${i}#on`)}
`);
  const world = new World(`\ntype user\n${types.join("")}`);
  for (let layer = 0; layer < count; layer++) {
    for (let i = 0; i < width; i++) {
      for (const user of PEOPLE) world.tuples.add(tuple(`l${layer}:${i}#on@${user}`));
      for (let j = 0; j < width && layer + 1 < count; j++) {
        world.tuples.add(tuple(`l${layer}:${i}#member@l${layer + 1}:${j}#member`));
      }
    }
  }
  for (const user of PEOPLE) world.tuples.add(tuple(`l${count - 1}:0#member@${user}`));
  for (const relation of ["on", "member"]) world.tuples.add(tuple(`l${count - 1}:elsewhere#${relation}@user:zoe`));
  return world;
}

test.each(["[user, NEXT]", "[user, NEXT] and on", "[user, NEXT] but not off"])(
  "layers of types, 8 of 20 objects each, end within 200,000 steps: %s", (definition) => {
    const { check: checks, users, objects } = asking(layers(8, 20, definition));
    const found = users("l0:0")(200_000) as { users: string[] };
    expect(found.users?.toSorted()).toEqual(PEOPLE);
    expect(checks("user:anne", "l0:0")(200_000)).toEqual({ allowed: true });
    expect(checks("user:zoe", "l0:0")(200_000)).toEqual({ allowed: false });
    expect(objects("user:anne", "l0")(200_000)).toMatchObject({ objects: { length: 20 } });
    expect(objects("user:zoe", "l0")(200_000)).toEqual({ objects: [] });
  },
);

/**
 * An org under model.fga with one team of `size` coaches and as many athletes, and a note about one of them. The coach
 * `elsewhere` is on another team, with an athlete there: to refuse this coach something, a check looks at every row.
 */
function team(size: number): TupleSet {
  const tuples = createTupleSet();
  const add = (...texts: string[]): void => {
    for (const text of texts) tuples.add(tuple(text));
  };
  add("team:t#org@org:o", "role:o/assistant_coach#assistant_coach_keys@org:o#coach", "note:n#org@org:o",
    "note:n#athlete@athlete:x1", "note:n#author@user:c0", "note:n#under@team_assignment:a0", "note:n#seat@seat:t/x1",
    "org:o#member@user:elsewhere", "org:o#coach_hat@user:elsewhere", "team:u#org@org:o",
    "team:u#assignment@team_assignment:b", "team_assignment:b#coach@user:elsewhere",
    "team_assignment:b#active_on@team:u", "team_assignment:b#role@role:o/assistant_coach", "athlete:y#org@org:o",
    "athlete:y#coaching@coaching:c", "coaching:c#coach@user:elsewhere", "coaching:c#active_on@athlete:y",
    "coaching:c#follows@role:o/assistant_coach");
  for (let i = 0; i < size; i++) {
    const row = `team_assignment:a${i}`;
    add(`org:o#member@user:c${i}`, `org:o#coach_hat@user:c${i}`, `org:o#member@user:p${i}`,
      `org:o#athlete_hat@user:p${i}`, `${row}#coach@user:c${i}`, `${row}#team@team:t`, `${row}#active_on@team:t`,
      `${row}#role@role:o/assistant_coach`, `team:t#assignment@${row}`, `team:t#athlete_account@user:p${i}`,
      `athlete:x${i}#org@org:o`, `athlete:x${i}#team@team:t`, `athlete:x${i}#link@user:p${i}`,
      `seat:t/x${i}#team@team:t`);
  }
  return tuples;
}

test("under model.fga no question about a large team comes near the limits; the cost grows with the team", () => {
  const cost = (tuples: TupleSet): number[] => [
    ...[["note:n", "can_read"], ["athlete:x1", "sessions_read"], ["team:t", "can_view"]].map(([object, relation]) =>
      stepsOf((steps) => check(MODEL, tuples,
        { user: "user:elsewhere", relation: relation!, object: object! }, steps))),
    ...["c0", "elsewhere"].map((user) => stepsOf((steps) => listObjects(MODEL, tuples,
      { user: `user:${user}`, relation: "sessions_read", type: "athlete" }, steps))),
    ...[["note:n", "can_read"], ["athlete:x1", "sessions_read"], ["team:t", "can_view"]].map(([object, relation]) =>
      stepsOf((steps) => listUsers(MODEL, tuples,
        { object: object!, relation: relation!, userFilter: { type: "user" } }, steps))),
  ];
  const [few, many] = [cost(team(300)), cost(team(600))];
  for (const steps of many.slice(0, 4)) expect(steps).toBeGreaterThan(600);
  for (const [i, steps] of many.entries()) {
    // Proportional growth, with some tolerance for hash tables that double; quadratic growth would be a factor of four.
    expect(steps).toBeLessThan(3 * few[i]! + 100);
    expect(steps).toBeLessThan(i < 3 ? MAX_CHECK_STEPS / 10 : MAX_LIST_STEPS / 100);
  }
});
