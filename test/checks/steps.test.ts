// The bound on the work of one question: counted in steps, at its number and one below, and far from real questions.
import { expect, test } from "vitest";
import { CONDITION_STEPS, MAX_CHECK_STEPS, MAX_LIST_STEPS } from "../../src/checks/limits.ts";
import { check, createTupleSet, listObjects, listUsers, type TupleSet } from "../../src/engine.ts";
import { MODEL } from "../events/policy.ts";
import { tuple, World } from "./world.ts";

const TOO_COMPLEX = "authorization_model_resolution_too_complex";

/** An answer as one of the engine's functions gives it, with at most so many steps. */
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

test("a question is answered with as many steps as it takes, and with one fewer it is an error", () => {
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

test(`a check takes ${MAX_CHECK_STEPS} steps, not one more`, () => {
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
  expect(ask()).toMatchObject({ error: { code: TOO_COMPLEX, message: expect.stringContaining("1000000 steps") } });
});

test("a condition counts as 20 steps", () => {
  const met = tuple("group:1#member@user:bob", "ok", { level: "high" });
  const world = new World(GROUPS, "group:1#member@user:anne", met);
  const [plain, conditional] = ["user:anne", "user:bob"].map((user) => stepsOf(asking(world).check(user, "group:1")));
  expect(conditional! - plain!).toBe(CONDITION_STEPS);
});

/** Levels of two groups, each within both of the level above; the lowest have a condition that cannot be evaluated. */
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

test.each([[false], [true]])("twice the levels of a ladder take at most thrice the steps (faults: %s)", (faulty) => {
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

/** An org under model.fga with one team of so many coaches and as many athletes, and a note about one of them. */
function team(size: number): TupleSet {
  const tuples = createTupleSet();
  const add = (...texts: string[]): void => {
    for (const text of texts) tuples.add(tuple(text));
  };
  add("team:t#org@org:o", "role:o/assistant_coach#assistant_coach_keys@org:o#coach", "note:n#org@org:o",
    "note:n#athlete@athlete:x1", "note:n#author@user:c0", "note:n#under@team_assignment:a0", "note:n#seat@seat:t/x1");
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
    stepsOf((steps) => check(MODEL, tuples, { user: "user:p0", relation: "can_read", object: "note:n" }, steps)),
    stepsOf((steps) => listObjects(MODEL, tuples,
      { user: "user:c0", relation: "sessions_read", type: "athlete" }, steps)),
    ...[["note:n", "can_read"], ["athlete:x1", "sessions_read"], ["team:t", "can_view"]].map(([object, relation]) =>
      stepsOf((steps) => listUsers(MODEL, tuples,
        { object: object!, relation: relation!, userFilter: { type: "user" } }, steps))),
  ];
  const [few, many] = [cost(team(300)), cost(team(600))];
  for (const [i, steps] of many.entries()) {
    // In proportion, give or take where the tables of the set double; a square would be four times as many.
    expect(steps).toBeLessThan(3 * few[i]! + 100);
    expect(steps).toBeLessThan((i === 0 ? MAX_CHECK_STEPS : MAX_LIST_STEPS) / 100);
  }
});
