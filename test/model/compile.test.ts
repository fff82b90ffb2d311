// Compiling models: Sideline refuses what OpenFGA refuses, by name.
import { expect, test } from "vitest";
import { compileModel, ModelError } from "../../src/engine.ts";

const compile = (body: string) => compileModel(`model\n  schema 1.1\ntype user\n${body}`);
const doc = (...relations: string[]): string =>
  `type doc\n  relations\n${relations.map((relation) => `    define ${relation}\n`).join("")}`;

test.each([
  ["an undefined relation", doc("viewer: editor"), "doc#viewer"],
  ["an undefined relation in an operator", doc("viewer: [user] or editor"), "doc#viewer"],
  ["an undefined type", doc("viewer: [car]"), "doc#viewer"],
  ["an undefined userset relation", doc("viewer: [user#member]"), "doc#viewer"],
  ["a relation computed from itself", doc("viewer: viewer"), "doc#viewer"],
  ["a cycle of computed relations", doc("viewer: [user] or editor", "editor: [user] or viewer"), "doc#viewer"],
  ["no entry point", doc("viewer: [doc#viewer]"), "doc#viewer"],
  ["no entry point through a tupleset", doc("parent: [doc]", "viewer: viewer from parent"), "doc#viewer"],
  ["a tupleset that is not direct", doc("parent: [doc] or other", "other: [doc]",
  "viewer: [user] or viewer from parent"),
    "doc#parent"],
  ["a tupleset of usersets", doc("parent: [doc#viewer]", "viewer: [user] or viewer from parent"), "doc#parent"],
  ["a tupleset with a wildcard", doc("parent: [doc:*]", "viewer: [user] or viewer from parent"), "doc#parent"],
  ["a tupleset no type of which has the relation", doc("parent: [user]", "viewer: [user] or viewer from parent"),
    "doc#viewer"],
  ["an undefined tupleset", doc("viewer: [user] or viewer from parent"), "doc#viewer"],
  ["an undefined condition", doc("viewer: [user with c]"), "'c'"],
  ["a reserved name", "type this\n", "this"],
  ["a type defined twice", "type user\n", "user"],
  ["no DSL", "type doc\n  relations\n    define\n", "syntax"],
])("%s is refused", (_what, body, named) => {
  expect(() => compile(body)).toThrow(ModelError);
  expect(() => compile(body)).toThrow(named);
});

test("JSON compiles like the equivalent DSL", () => {
  const { json, relations } = compile(doc("parent: [doc]", "viewer: [user, user:*] or viewer from parent"));
  const again = compileModel(json);
  expect(again.relations.map((r) => `${r.type.name}#${r.name}`)).toEqual(["doc#parent", "doc#viewer"]);
  expect(again.relations.map((r) => r.recursive)).toEqual(relations.map((r) => r.recursive));
});

test.each([
  ["schema 1.0", { schema_version: "1.0", type_definitions: [] }],
  ["a condition under another name", {
    schema_version: "1.1", type_definitions: [], conditions: { a: { name: "b", expression: "true" } },
  }],
  ["a relation without a definition", {
    schema_version: "1.1", type_definitions: [{ type: "doc", relations: { viewer: {} } }],
  }],
  ["an operator with one operand", {
    schema_version: "1.1",
    type_definitions: [{ type: "doc", relations: { viewer: { union: { child: [{ this: {} }] } } } }],
  }],
  ["an assignable relation without types", {
    schema_version: "1.1", type_definitions: [{ type: "doc", relations: { viewer: { this: {} } } }],
  }],
])("%s is refused", (_what, json) => {
  expect(() => compileModel(json)).toThrow(ModelError);
});

test("recursion is distinguished from nesting", () => {
  const { relations } = compile(`type group
  relations
    define member: [user, group#member]
    define lead: [user]
    define outer: [group#lead]
`);
  expect(relations.map((r) => [r.name, r.recursive, r.risky])).toEqual(
    [["member", true, true], ["lead", false, false], ["outer", false, false]]);
});
