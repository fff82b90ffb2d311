// A check with a context looks up its user and its object as often as one without.
import { afterEach, expect, test, vi } from "vitest";
import { check } from "../../src/checks/evaluate.ts";
import { EntityNames } from "../../src/memory/entity-names.ts";
import { tuple, World } from "./world.ts";

const world = new World(`
type user
type doc
  relations
    define viewer: [user]
`, "doc:1#viewer@user:anne");

const QUESTION = tuple("doc:1#viewer@user:anne");
afterEach(() => vi.restoreAllMocks());

test.each([
  ["without a context", {}, 1],
  ["with a context", { context: { current_time: "2026-03-01T12:00:00Z" } }, 1],
  ["with no contextual tuple", { contextualTuples: [] }, 1],
  ["with a contextual tuple, which may name it first", { contextualTuples: [tuple("doc:2#viewer@user:bob")] }, 2],
])("%s", (_, circumstances, times) => {
  const find = vi.spyOn(EntityNames.prototype, "find");
  expect(check(world.model, world.tuples, { ...QUESTION, ...circumstances })).toEqual({ allowed: true });
  const looked = find.mock.calls.map(([name]) => name);
  for (const name of [QUESTION.user, QUESTION.object]) {
    expect(looked.filter((each) => each === name), name).toHaveLength(times);
  }
});

test("a contextual tuple that names the user and the object first is seen", () => {
  const added = tuple("doc:new#viewer@user:new");
  expect(check(world.model, world.tuples, { ...added, contextualTuples: [added] })).toEqual({ allowed: true });
  expect(check(world.model, world.tuples, added)).toEqual({ allowed: false });
});
