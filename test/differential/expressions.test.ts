// Random CEL expressions have the same value, error or refusal here and on a live OpenFGA.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  buildModel, check, createTupleSet, ModelError, type AuthorizationModelJson,
} from "../../src/engine.ts";
import { Budget } from "../../src/model/conditions/condition-budget.ts";
import { check as checkTypes } from "../../src/model/conditions/type-checker.ts";
import { ADDRESS_INSIDE } from "../../src/model/conditions/compare.ts";
import { parse } from "../../src/model/conditions/parser.ts";
import { plan } from "../../src/model/conditions/planner.ts";
import { Abort, EvaluationError, type Value } from "../../src/model/conditions/values.ts";
import { MISMATCH, parameterType } from "../../src/model/parameter.ts";
import type { ParameterTypeJson } from "../../src/model/schema.ts";
import { Draw } from "../laws/draw.ts";
import { runsOr, SEED } from "../laws/law.ts";
import { OpenfgaClient, type OpenfgaError } from "../live/client.ts";
import { openfgaAvailable, startOpenfga, type RunningOpenfga } from "../live/openfga.ts";
import { CASE_CONTEXT, CASE_PARAMETERS, VALUE_CASES, type ValueCase } from "../model/condition-cases.ts";
import { KEY, MODEL } from "../model/expression-doc.ts";
import { acceptedClass } from "./accepted-expressions.ts";
import { ExpressionDraw, PARAMETERS } from "./expressions.ts";
import { comesTo } from "./literals.ts";

/** Number of expressions compared: 5,000 in the full form. With fewer than usual, some outcome may not occur. */
const USUAL = 600;
const COUNT = runsOr(USUAL, 5_000);
/** Number of these that are also written as conditions of models. */
const WRITTEN = Math.ceil(COUNT / 5);
/** Maximum number of conditions in a model: OpenFGA's limit. */
const CONDITIONS = 25;
/** Number of checks in one batch: OpenFGA's limit. */
const BATCH = 50;

/** An expression to compare: its text, the question that reveals its value, and the inputs for both sides. */
interface Case {
  readonly seed: number;
  readonly drawn: string;
  readonly asked: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly context: Readonly<Record<string, unknown>>;
}

/** The value of an expression alone; undefined if it does not compile, or a parameter does not fit. */
function valueOf(text: string, parameters: Case["parameters"], context: Case["context"]): Value | undefined {
  const types = Object.entries(parameters).map(([name, type]) => [name, parameterType(typeJson(type))] as const);
  const values: Record<string, Value> = {};
  for (const [name, type] of types) {
    const value = type.convert(context[name], new Budget());
    if (value === MISMATCH) return undefined;
    values[name] = value;
  }
  try {
    const parsed = parse(text);
    const checked = checkTypes(parsed, new Map(types.map(([name, { cel }]) => [name, cel])));
    return plan(parsed, checked).evaluate({ parameters: values, locals: [], budget: new Budget() });
  } catch (error) {
    return error instanceof Abort ? new EvaluationError(error.message) : undefined;
  }
}

function typeJson(text: string): ParameterTypeJson {
  const [name = "", inner] = text.replace(">", "").split("<");
  const type_name = `TYPE_NAME_${name.toUpperCase()}`;
  return inner === undefined ? { type_name } : { type_name, generic_types: [typeJson(inner)] };
}

function drawCase(seed: number, named = false): Case {
  const draw = new Draw(seed);
  const drawn = new ExpressionDraw(draw, named).any(draw.below(3) + 1);
  const used = Object.entries(PARAMETERS).filter(([name]) => new RegExp(`\\b${name}\\b`).test(drawn));
  const parameters = Object.fromEntries(used.map(([name, { type }]) => [name, type]));
  const context = Object.fromEntries(used.map(([name, { values }]) => [name, draw.pick(values)]));
  const value = valueOf(drawn, parameters, context);
  const asked = (value === undefined || value instanceof EvaluationError ? undefined : comesTo(drawn, value))
    ?? `dyn(${drawn}) == 1`;
  return { seed, drawn, asked, parameters, context };
}

const tupleOf = ({ asked, parameters }: Case) =>
  ({ ...KEY, condition: { name: "$expression", context: { expression: asked, parameters } } });

/** An answer, and the message if it is an error. */
interface Told {
  readonly ours: string;
  readonly why: string;
}

function tell(found: ReturnType<typeof check>): Told {
  return "error" in found ? { ours: found.error.code, why: found.error.message }
    : { ours: String(found.allowed), why: "" };
}

function answerHere(each: Case): Told {
  return tell(check(MODEL, createTupleSet(),
    { ...KEY, contextualTuples: [tupleOf(each)], context: each.context }));
}

/** A model with cases as its conditions, each with its own relation. */
function modelOf(cases: readonly Case[]): AuthorizationModelJson {
  const names = cases.map((_, i) => `c${i}`);
  return {
    schema_version: "1.1",
    conditions: Object.fromEntries(cases.map(({ asked, parameters }, i) => [`c${i}`, {
      name: `c${i}`, expression: asked,
      parameters: Object.fromEntries(Object.entries(parameters).map(([name, type]) => [name, typeJson(type)])),
    }])),
    type_definitions: [{ type: "user" }, {
      type: "doc",
      relations: Object.fromEntries(names.map((name) => [name, { this: {} }])),
      metadata: { relations: Object.fromEntries(names.map((name) =>
        [name, { directly_related_user_types: [{ type: "user", condition: name }] }])) },
    }],
  };
}

/** Whether Sideline accepts a model. */
function isTaken(json: AuthorizationModelJson): boolean {
  try {
    buildModel(json);
    return true;
  } catch (error) {
    if (error instanceof ModelError) return false;
    throw error;
  }
}

/** OpenFGA's answer for an expression that is a condition of a model, or that it refuses the model. */
async function outcomeThere(client: OpenfgaClient, { expression }: ValueCase): Promise<ValueCase["outcome"]> {
  const parameters = Object.fromEntries(Object.entries(CASE_PARAMETERS)
    .map(([name, type]) => [name, type.toLowerCase()]));
  const json = modelOf([{ seed: 0, drawn: expression, asked: expression, parameters, context: CASE_CONTEXT }]);
  const modelId = await client.writeModel(json)
    .catch((error: OpenfgaError) => (error.status === 400 ? undefined : error));
  if (modelId instanceof Error) throw modelId;
  if (modelId === undefined) return "refused";
  const key = { ...KEY, relation: "c0" };
  const contextualTuples = [{ ...key, condition: { name: "c0", context: {} } }];
  return client.check(key, { contextualTuples, context: CASE_CONTEXT }).catch((): "error" => "error");
}

/** OpenFGA's answers. If its server fails at one expression of a batch, each is asked separately. */
async function answersThere(client: OpenfgaClient, cases: readonly Case[]): Promise<string[]> {
  const items = cases.map((each, i) =>
    ({ ...KEY, contextualTuples: [tupleOf(each)], context: each.context, correlationId: String(i) }));
  try {
    const found = await client.batchCheck(items);
    return items.map(({ correlationId }) => {
      const { allowed, error } = found[correlationId]!;
      return error === undefined ? String(allowed === true) : String(error["input_error"] ?? JSON.stringify(error));
    });
  } catch {
    return Promise.all(items.map(({ contextualTuples, context }) =>
      client.check(KEY, { contextualTuples, context }).then(String, (error: OpenfgaError) => error.code)));
  }
}

test("a difference is accepted only in its own class", () => {
  const address = { ours: "validation_error", why: `of condition 'c': ${ADDRESS_INSIDE.message}`, theirs: "true" };
  expect(acceptedClass(address)).toBe("address in a list");
  expect(acceptedClass({ ...address, theirs: "false" })).toBe("address in a list");
  for (const other of [{ theirs: "invalid_tuple" }, { theirs: "internal_error" }, { ours: "true" }, { ours: "false" },
    { why: "of condition 'c': no such overload in ipaddress" }, { why: "" }]) {
    expect(acceptedClass({ ...address, ...other })).toBeUndefined();
  }
  const bytes = { ours: "invalid_tuple", why: "", theirs: "internal_error" };
  expect(acceptedClass(bytes)).toBe("bytes as a key");
  expect(acceptedClass({ ...bytes, theirs: "true" })).toBeUndefined();
});

describe.skipIf(!openfgaAvailable("fresh"))("expressions", () => {
  let server: RunningOpenfga;
  beforeAll(async () => {
    server = await startOpenfga({ experimentals: ["inline_expressions"] });
  });
  afterAll(async () => server.stop());

  test("that are written down have the value that is written there", async () => {
    const client = await OpenfgaClient.createStore(server.url, "cases");
    const found: ValueCase[] = [];
    for (const each of VALUE_CASES) found.push({ ...each, outcome: await outcomeThere(client, each) });
    const accepted = ({ subject }: ValueCase): boolean => subject.includes("OpenFGA differs");
    expect(found.filter((each) => !accepted(each))).toEqual(VALUE_CASES.filter((each) => !accepted(each)));
    // Those that differ have a value on OpenFGA and are an error here.
    expect(found.filter((each) => accepted(each) && typeof each.outcome !== "boolean")).toEqual([]);
    expect(VALUE_CASES.filter((each) => accepted(each) && each.outcome !== "error")).toEqual([]);
  });

  test("have the same value, error or refusal as on OpenFGA", async () => {
    console.log(`seed ${SEED}, ${COUNT} expressions (SIDELINE_TEST_SEED, SIDELINE_TEST_FULL=1)`);
    const client = await OpenfgaClient.createStore(server.url, "expressions");
    await client.writeModel(MODEL.json);
    const counts: Record<string, number> = {};
    const different: object[] = [];
    for (let from = 0; from < COUNT; from += BATCH) {
      const cases = Array.from({ length: Math.min(BATCH, COUNT - from) }, (_, i) => drawCase(SEED + (from + i) * 7919));
      const there = await answersThere(client, cases);
      for (const [i, each] of cases.entries()) {
        const found = { ...answerHere(each), theirs: there[i]! };
        const isSame = found.ours === found.theirs;
        const accepted = isSame ? undefined : acceptedClass(found);
        const kind = accepted ?? found.theirs;
        counts[kind] = (counts[kind] ?? 0) + 1;
        if (!isSame && accepted === undefined) different.push({ ...each, ...found });
      }
    }
    console.log(JSON.stringify(counts));
    expect(different).toEqual([]);
    // Common values, errors and refusals: more than a few of each occur.
    for (const outcome of COUNT < USUAL ? [] : ["true", "validation_error", "invalid_tuple"]) {
      expect(counts[outcome], outcome).toBeGreaterThan(COUNT / 50);
    }
  });

  test("are refused or evaluated in the same way as conditions of models, with names of types", async () => {
    const client = await OpenfgaClient.createStore(server.url, "conditions");
    const isWritten = (json: AuthorizationModelJson): Promise<boolean> =>
      client.writeModel(json).then(() => true, (error: OpenfgaError) => {
        // 500: the server fails at bytes as the key of a constant map.
        if (error.status === 400 || error.status === 500) return false;
        throw error;
      });
    const drawn = Array.from({ length: WRITTEN }, (_, i) => drawCase(SEED + i * 104_729, true));
    const taken = drawn.filter((each) => isTaken(modelOf([each])));
    const refused = drawn.filter((each) => !taken.includes(each));
    console.log(`${drawn.length} conditions, of which ${refused.length} are refused`);
    for (const each of refused) expect([each, await isWritten(modelOf([each]))]).toEqual([each, false]);
    for (let from = 0; from < taken.length; from += CONDITIONS) {
      const cases = taken.slice(from, from + CONDITIONS);
      const json = modelOf(cases);
      if (!await isWritten(json)) {
        for (const each of cases) expect([each, await isWritten(modelOf([each]))]).toEqual([each, true]);
      }
      const model = buildModel(json);
      const found = await Promise.all(cases.map(async (each, i) => {
        const key = { ...KEY, relation: `c${i}` };
        const contextualTuples = [{ ...key, condition: { name: `c${i}`, context: {} } }];
        const extras = { contextualTuples, context: each.context };
        const theirs = await client.check(key, extras).then(String, (error: OpenfgaError) => error.code);
        return { ...each, ...tell(check(model, createTupleSet(), { ...key, ...extras })), theirs };
      }));
      expect(found.filter((each) => each.ours !== each.theirs && acceptedClass(each) === undefined)).toEqual([]);
    }
  });
});
