// Inline expressions: which conditions in tuples compile, what they take from a request, how many are cached.
import { describe, expect, test } from "vitest";
import {
  check, compileModel, createTupleSet, expand, listObjects, listUsers, ModelError, type AuthorizationModelJson,
  type Tuple,
} from "../../src/engine.ts";
import { Budget } from "../../src/model/conditions/condition-budget.ts";
import { inlineExpressions } from "../../src/model/inline-expression.ts";
import type { ConditionJson } from "../../src/model/schema.ts";
import { KEY, MODEL } from "./expression-doc.ts";
import { MAX_COMPILED_EXPRESSIONS } from "../../src/model/model-limits.ts";

type Context = Record<string, unknown>;

const tupleOf = (context: Context): Tuple => ({ ...KEY, condition: { name: "$expression", context } });

/** The answers of a check with the tuple stored, and with it contextual. */
function answers(stored: Context, context?: Context): unknown[] {
  const set = createTupleSet();
  set.add(tupleOf(stored));
  const asked = [check(MODEL, set, { ...KEY, context }),
    check(MODEL, createTupleSet(), { ...KEY, context, contextualTuples: [tupleOf(stored)] })];
  return asked.map((answer) => ("error" in answer ? answer.error.code : answer.allowed));
}

test.each([
  ["no parameter, no context", { expression: "1 < 2" }, undefined, true],
  ["no parameter, any context", { expression: "1 < 2" }, { y: 1 }, true],
  ["a name is a string", { expression: "x == 'a'" }, { x: "a" }, true],
  ["a name is a string, another value", { expression: "x == 'a'" }, { x: "b" }, false],
  ["a name is a string, a number", { expression: "x == 'a'" }, { x: 1 }, "validation_error"],
  ["a missing parameter", { expression: "x == 'a'" }, {}, "validation_error"],
  ["a missing parameter that would not matter", { expression: "true || x == 'a'" }, {}, "validation_error"],
  ["a declared parameter that nothing names", { expression: "true", parameters: { x: "int" } }, {}, "validation_error"],
  ["declared and inferred", { expression: "x > 1 && y == 'a'", parameters: { x: "int" } }, { x: 2, y: "a" }, true],
  ["nested types", { expression: "m.a[0] > 1", parameters: { m: "map<list<int>>" } }, { m: { a: [2] } }, true],
  ["what a comprehension binds", { expression: "l.exists(i, i == x)", parameters: { l: "list<string>" } },
    { l: ["a"], x: "a" }, true],
  ["a name bound in one place and free in another",
    { expression: "l.all(i, i == 'a') && i == 'b'", parameters: { l: "list<string>" } }, { l: ["a"], i: "b" }, true],
  ["the request alone", { expression: "x == 'a'", x: "a" }, { x: "b" }, false],
  ["an expression that fails", { expression: "x / 0 == 1", parameters: { x: "int" } }, { x: 1 }, "validation_error"],
  ["a parameter with a dot in its name, which hides a field",
    { expression: "a.b == 'x'", parameters: { a: "map<any>", "a.b": "string" } }, { a: { b: "y" }, "a.b": "x" }, true],
  ["a name that no CEL expression can have", { expression: "true", parameters: { "a b": "int" } }, { "a b": 1 }, true],
])("%s", (_what, stored, context, wanted) => {
  expect(answers(stored, context)).toEqual([wanted, wanted]);
});

test.each([
  ["no expression", {}], ["an empty one", { expression: "" }], ["no text", { expression: 5 }],
  ["no CEL", { expression: "x ==" }], ["not a bool", { expression: "x" }],
  ["an any, which is no bool", { expression: "x", parameters: { x: "any" } }],
  ["a string where a number is needed", { expression: "x > 1" }],
  ["a type's name, which is taken for a string", { expression: "type(x) == int" }],
  ["parameters that are no struct", { expression: "true", parameters: ["x"] }],
  ["parameters that are null", { expression: "true", parameters: null }],
  ["a type in capitals", { expression: "true", parameters: { x: "INT" } }],
  ["a type that is no text", { expression: "true", parameters: { x: 1 } }],
  ["a list of nothing", { expression: "true", parameters: { x: "list" } }],
  ["a list of maps of nothing", { expression: "true", parameters: { x: "list<map>" } }],
  ["a type that is not closed", { expression: "true", parameters: { x: "map<int" } }],
  ["a type that is closed twice", { expression: "true", parameters: { x: "map<int>>" } }],
  ["a string of something", { expression: "true", parameters: { x: "string<int>" } }],
  ["a function that OpenFGA does not have", { expression: "cel.bind(a, 'x', a == 'x')" }],
  ["a type nested too deeply",
    { expression: "true", parameters: { x: `${"list<".repeat(1e5)}int${">".repeat(1e5)}` } }],
])("%s is refused when contextual and fails when stored", (_what, context) => {
  expect(answers(context, { x: "a" })).toEqual(["validation_error", "invalid_tuple"]);
  const contextualTuples = [tupleOf(context)];
  const list = listObjects(MODEL, createTupleSet(), { ...KEY, type: "doc", contextualTuples });
  expect(list).toMatchObject({ error: { code: "validation_error" } });
});

test("a declared type has at most 1,000 characters", () => {
  const typeOf = (lists: number): string => `${"list<".repeat(lists)}int${">".repeat(lists)}`;
  const messageOf = (type: string): string => {
    const contextualTuples = [tupleOf({ expression: "true", parameters: { x: type } })];
    return JSON.stringify(check(MODEL, createTupleSet(), { ...KEY, contextualTuples }));
  };
  expect([typeOf(166), typeOf(167)].map((type) => type.length)).toEqual([999, 1005]);
  expect(messageOf(typeOf(166))).not.toContain("characters");
  expect(messageOf(typeOf(167))).toContain("a type has at most 1000 characters");
  expect(messageOf(`${typeOf(166)} `)).not.toContain("characters");
});

test("a control character: refused when contextual, ignored when stored", () => {
  expect(answers({ expression: "true\t" })).toEqual([false, "invalid_tuple"]);
  expect(answers({ expression: "true", note: ["\u0007"] })).toEqual([false, "invalid_tuple"]);
});

test("a stored expression that does not compile fails lists, and expand shows it", () => {
  const set = createTupleSet();
  set.add(tupleOf({ expression: "x ==" }));
  const failed = { error: { code: "validation_error" } };
  expect(listObjects(MODEL, set, { ...KEY, type: "doc" })).toMatchObject(failed);
  expect(listUsers(MODEL, set, { ...KEY, userFilter: { type: "user" } })).toMatchObject(failed);
  expect(JSON.stringify(expand(MODEL, set, KEY))).toContain("user:1");
});

test(`${MAX_COMPILED_EXPRESSIONS} expressions stay compiled; with one more the oldest is compiled again`, () => {
  const compile = (name: string): unknown =>
    inlineExpressions.compile({ expression: `${name} == 'a'` }, new Budget());
  const first = compile("first");
  for (let i = 1; i < MAX_COMPILED_EXPRESSIONS; i++) compile(`x${i}`);
  expect(compile("first")).toBe(first);
  compile("last");
  expect(compile("first")).not.toBe(first);
});

describe("in the language", () => {
  const source = (restriction: string, more = ""): string =>
    `model\n  schema 1.1\ntype user\ntype doc\n  relations\n    define viewer: [${restriction}]\n${more}`;
  const conditionsOf = (text: string): unknown[] => compileModel(text).json.type_definitions
    .flatMap((type) => type.metadata?.relations?.["viewer"]?.directly_related_user_types ?? [])
    .map((restriction) => restriction.condition);

  test.each([
    ["user with $expression", ["$expression"]],
    ["user, user with   $expression ,user:* with\t$expression", ["", "$expression", "$expression"]],
    ["doc#viewer with $expression, user", ["$expression", ""]],
  ])("%s", (restriction, wanted) => {
    expect(conditionsOf(source(restriction)).map((name) => name ?? "")).toEqual(wanted);
  });

  test.each([
    "user with $expressions", "user with $expression.x", "user with $ expression", "user with $other",
    "user with\n$expression", "user $expression", "$expression", "user with $expression user",
  ])("%s is refused", (restriction) => {
    expect(() => compileModel(source(restriction))).toThrow(ModelError);
  });

  test.each([
    "  relations\n    define $expression: [user]\n", "type $expression\n",
    "condition $expression(x: string) {\n  x == 'a'\n}\n",
  ])("%s is refused", (more) => {
    expect(() => compileModel(source("user", more))).toThrow(ModelError);
  });

  test("a text that reads the same stays unchanged", () => {
    const condition = "condition c(x: string) {\n  x == \"user with $expression e0000000000\"\n}\n";
    const { json } = compileModel(source("user with c, user with $expression", condition));
    expect(json.conditions?.["c"]?.expression).toContain('"user with $expression e0000000000"');
    expect(conditionsOf(`# [user with $expression]\n${source("user")}`).length).toBe(1);
  });

  test("a fault is reported with its line and column", () => {
    const message = (restriction: string): string => {
      try {
        compileModel(source(restriction));
        return "";
      } catch (error) {
        return (error as Error).message;
      }
    };
    // A condition's name of the same length.
    for (const rest of [", user with, user", " x"]) {
      expect(message(`user with $expression${rest}`)).toBe(message(`user with elevenchars${rest}`));
      expect(message(`user with $expression${rest}`)).toContain("line=5, column=");
    }
    expect(message("$expression, user with $expression")).toContain("$");
    expect(message("user with $expression#x")).not.toContain("e000");
  });
});

describe("in JSON", () => {
  const json = (condition: string, conditions?: Record<string, ConditionJson>): AuthorizationModelJson => ({
    schema_version: "1.1", ...(conditions === undefined ? {} : { conditions }),
    type_definitions: [{ type: "user" }, {
      type: "doc", relations: { viewer: { this: {} } },
      metadata: { relations: { viewer: { directly_related_user_types: [{ type: "user", condition }] } } },
    }],
  });

  test("nothing needs to be declared; other conditions do", () => {
    expect(compileModel(json("$expression")).relations[0]?.inline).toBe(true);
    expect(() => compileModel(json("$other"))).toThrow("not defined");
  });

  test("a condition of that name must compile and is never used", () => {
    const declared = (expression: string): Record<string, ConditionJson> =>
      ({ $expression: { name: "$expression", expression } });
    expect(() => compileModel(json("$expression", declared("1")))).toThrow(ModelError);
    const model = compileModel(json("$expression", declared("false")));
    const contextualTuples = [tupleOf({ expression: "true" })];
    expect(check(model, createTupleSet(), { ...KEY, contextualTuples })).toEqual({ allowed: true });
  });

  test("if the model has no such restriction, the tuple is refused, and ignored when stored", () => {
    const model = compileModel(json("c", { c: { name: "c", expression: "true" } }));
    const tuple = tupleOf({ expression: "true" });
    expect(check(model, createTupleSet(), { ...KEY, contextualTuples: [tuple] }))
      .toMatchObject({ error: { code: "invalid_tuple" } });
    const set = createTupleSet();
    set.add(tuple);
    expect(check(model, set, KEY)).toEqual({ allowed: false });
  });
});
