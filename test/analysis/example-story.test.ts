// An example as a story: conditional tuples have a context that meets their condition, or a comment says so.
import { expect, test } from "vitest";
import { printStory } from "../../src/analysis/example-story.ts";
import { compileModel } from "../../src/engine.ts";

const story = (condition: string): string[] => {
  const model = compileModel(`
    model
      schema 1.1
    type user
    type note
      relations
        define reader: [user with c]
    condition c(x: int) { ${condition} }`);
  const world = { types: ["user", "note"], user: 0, object: 1,
    tuples: [{ shape: "note#reader@user with c", object: 1, user: 0 }] };
  return printStory({
    name: "n", comment: ["It differs."], modelFile: "m.fga", model,
    tests: [{ name: "t", world, relation: "reader", allowed: true }],
  }).split("\n");
};

test("a context that meets the condition stands in the tuple", () => {
  const lines = story("x < 10");
  expect(lines.filter((line) => line.startsWith("#"))).toEqual(["# It differs."]);
  expect(lines.join("\n")).toContain('condition: {"name":"c","context":{"x":0}}');
});

test("where none is found, a comment names the condition to fill in", () => {
  const lines = story("x > 5 && x < 7 - 1");
  expect(lines.slice(0, 2)).toEqual(["# It differs.", "# No context that meets 'c' was found. Fill one in."]);
  expect(lines.join("\n")).toContain('condition: {"name":"c","context":{}}');
});
