// Reach: paths of the model, and how a user's marks narrow them.
import { expect, test } from "vitest";
import type { Model, ReachRow } from "../../src/model/rewrite.ts";
import { World } from "../checks/world.ts";
import { MAX_ROWS_OF_MARKS } from "../../src/model/model-limits.ts";

const MODEL = `
type user
type group
  relations
    define member: [user]
type doc
  relations
    define a: [user]
    define b: [user, group#member]
    define open: [user:*]
    define both: a and b
    define only: a but not b
    define parent: [doc]
    define tree: [user] or tree from parent
`;

function reached(model: Model, row: ReachRow): string[] {
  const found = model.relations.filter((relation) => row[relation.place] === 1);
  return found.map(({ type, name }) => `${type.name}#${name}`);
}

function marksOf(model: Model, ...relations: string[]): number {
  const doc = model.types.get("doc")!.relations;
  return relations.reduce((marks, name) => marks | doc.get(name)!.plainMark, 0);
}

test("a type reaches every relation that a path of the model leads to", () => {
  const { model } = new World(MODEL);
  const user = model.types.get("user")!;
  expect(reached(model, model.reach.ofType(user)))
    .toEqual(["group#member", "doc#a", "doc#b", "doc#open", "doc#both", "doc#only", "doc#tree"]);
  expect(reached(model, model.reach.ofType(model.types.get("group")!))).toEqual([]);
  expect(reached(model, model.reach.ofType(model.types.get("doc")!))).toEqual(["doc#parent"]);
  const member = model.types.get("group")!.relations.get("member")!;
  expect(reached(model, model.reach.ofUserset(member)))
    .toEqual(["group#member", "doc#b", "doc#both", "doc#only"]);
});

test("marks narrow it to the tuples that a user may have, except for recursion", () => {
  const { model } = new World(MODEL);
  const user = model.types.get("user")!;
  const by = (...relations: string[]): string[] =>
    reached(model, model.reach.ofMarks(user, marksOf(model, ...relations)));
  expect(by()).toEqual(["doc#tree"]);
  // Other relations may share a mark by chance; these must be present or absent.
  expect(by("a")).toEqual(expect.arrayContaining(["doc#a", "doc#only", "doc#tree"]));
  expect(by("a", "b")).toEqual(expect.arrayContaining(["doc#a", "doc#b", "doc#both", "doc#only"]));
  expect(by("b")).not.toContain("doc#only");
});

test("2048 rows for different marks are cached; the 2049th uses the type's row", () => {
  const { model } = new World(MODEL);
  const user = model.types.get("user")!;
  const whole = model.reach.ofType(user);
  for (let marks = 0; marks < MAX_ROWS_OF_MARKS; marks++) expect(model.reach.ofMarks(user, marks)).not.toBe(whole);
  expect(model.reach.ofMarks(user, MAX_ROWS_OF_MARKS)).toBe(whole);
  expect(model.reach.ofMarks(user, 0)).not.toBe(whole);
});
