// Case 9 of the cases in which a naive evaluator differs from OpenFGA: the depth limit of each question.
import { expect, test } from "vitest";
import { cycleAtTwoDepths } from "./cycle.ts";
import { tuple, World } from "./world.ts";

const CHAIN = `
type user
type group
  relations
    define member: [user, group#member]
    define listed: member
`;

/** A chain of usersets with a given number of hops from group:0 to anne's group. */
function chain(hops: number): World {
  const links = Array.from({ length: hops }, (_, i) => `group:${i}#member@group:${i + 1}#member`);
  return new World(CHAIN, ...links, `group:${hops}#member@user:anne`);
}

const TOO_COMPLEX = "authorization_model_resolution_too_complex";

test("9 groups within groups: 25 levels are searched, and from 24 levels on a no is an error", () => {
  expect(chain(25).check("group:0#member@user:anne")).toBe(true);
  expect(chain(26).check("group:0#member@user:anne")).toBe(TOO_COMPLEX);
  const [shallow, deep] = [chain(23), chain(24)];
  for (const world of [shallow, deep]) world.tuples.add(tuple("group:other#member@user:bob"));
  expect(shallow.check("group:0#member@user:bob")).toBe(false);
  expect(deep.check("group:0#member@user:bob")).toBe(TOO_COMPLEX);
  expect(chain(40).check("group:0#member@user:stranger")).toBe(false);
});

test("9 elsewhere the 25th hop is an error, list-users counts every relation, list-objects has no limit", () => {
  expect(chain(25).check("group:0#member@group:25#member")).toBe(true);
  expect(chain(26).check("group:0#member@group:26#member")).toBe(TOO_COMPLEX);
  expect(chain(24).users("group:0", "member", "user")).toEqual(["user:anne"]);
  expect(chain(24).users("group:0", "listed", "user")).toBe(TOO_COMPLEX);
  expect(chain(25).users("group:0", "member", "user")).toBe(TOO_COMPLEX);
  expect(chain(40).objects("group", "member", "user:anne")).toHaveLength(41);
  expect(chain(40).objects("group", "listed", "user:anne")).toHaveLength(41);
});

test("a cycle that is too deep on one path is within the limit on a shorter one, in either order", () => {
  const world = cycleAtTwoDepths();
  expect(world.check("doc:1#a@user:anne")).toBe(TOO_COMPLEX);
  for (const relation of ["b", "deep_first", "deep_last"]) {
    expect(world.check(`doc:1#${relation}@user:anne`), relation).toBe(false);
  }
  expect(world.check("doc:1#either@user:anne")).toBe(TOO_COMPLEX);
});
