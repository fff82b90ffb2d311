// Random CEL expressions come to the same value, error or refusal here and on a live OpenFGA.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { check, compileModel, createTupleSet } from "../../src/engine.ts";
import { Budget } from "../../src/model/conditions/budget.ts";
import { check as checkTypes } from "../../src/model/conditions/checker.ts";
import { parse } from "../../src/model/conditions/parser.ts";
import { plan } from "../../src/model/conditions/planner.ts";
import { Abort, EvaluationError, type Value } from "../../src/model/conditions/values.ts";
import { MISMATCH, parameterType } from "../../src/model/parameter.ts";
import { Draw } from "../laws/draw.ts";
import { OpenfgaClient } from "../live/client.ts";
import { openfgaAvailable, startOpenfga, type RunningOpenfga } from "../live/openfga.ts";
import { acceptedClass } from "./accepted-expressions.ts";
import { comesTo, ExpressionDraw, PARAMETERS } from "./expressions.ts";

/** Expressions compared: 5,000 in the full form. */
const COUNT = process.env["SIDELINE_TEST_FULL"] === "1" ? Number(process.env["CEL_COUNT"] ?? 5_000) : 600;
/** Seed of the first expression: a new one each time, printed. */
const SEED = Number(process.env["SIDELINE_TEST_SEED"] ?? Date.now() % 2 ** 31);
/** Checks of one batch: OpenFGA's limit. */
const BATCH = 50;

const KEY = { object: "doc:1", relation: "viewer", user: "user:1" };
const MODEL = compileModel(`model
  schema 1.1
type user
type doc
  relations
    define viewer: [user with $expression]
`);

/** An expression that is compared: its text, the question that tells its value, and what both are asked with. */
interface Case {
  readonly seed: number;
  readonly drawn: string;
  readonly asked: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly context: Readonly<Record<string, unknown>>;
}

/** What an expression comes to by itself; undefined when it does not compile, or a parameter does not fit. */
function valueOf(text: string, parameters: Case["parameters"], context: Case["context"]): Value | undefined {
  const types = Object.entries(parameters).map(([name, type]) => [name, parameterType(typeJson(type))] as const);
  const values: Record<string, Value> = {};
  for (const [name, type] of types) {
    const value = type.convert(context[name]);
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

function typeJson(text: string): { type_name: string; generic_types?: { type_name: string }[] } {
  const [name = "", inner] = text.replace(">", "").split("<");
  return { type_name: `TYPE_NAME_${name.toUpperCase()}`, ...(inner === undefined ? {} : { generic_types: [typeJson(inner)] }) };
}

function drawCase(seed: number): Case {
  const draw = new Draw(seed);
  const drawn = new ExpressionDraw(draw).any(draw.below(3) + 1);
  const used = Object.entries(PARAMETERS).filter(([name]) => new RegExp(`\\b${name}\\b`).test(drawn));
  const parameters = Object.fromEntries(used.map(([name, { type }]) => [name, type]));
  const context = Object.fromEntries(used.map(([name, { values }]) => [name, draw.pick(values)]));
  const value = valueOf(drawn, parameters, context);
  const asked = (value === undefined || value instanceof EvaluationError ? undefined : comesTo(drawn, value))
    ?? `type(${drawn}) == int`;
  return { seed, drawn, asked, parameters, context };
}

const tupleOf = ({ asked, parameters }: Case) =>
  ({ ...KEY, condition: { name: "$expression", context: { expression: asked, parameters } } });

function answerHere(each: Case): string {
  const found = check(MODEL, createTupleSet(), { ...KEY, contextualTuples: [tupleOf(each)], context: each.context });
  return "error" in found ? found.error.code : String(found.allowed);
}

async function answersThere(client: OpenfgaClient, cases: readonly Case[]): Promise<string[]> {
  const found = await client.batchCheck(cases.map((each, i) =>
    ({ ...KEY, contextualTuples: [tupleOf(each)], context: each.context, correlationId: String(i) })));
  return cases.map((_, i) => {
    const { allowed, error } = found[i]!;
    return error === undefined ? String(allowed === true) : String(error["input_error"] ?? JSON.stringify(error));
  });
}

describe.skipIf(!openfgaAvailable("fresh"))("random expressions", () => {
  let server: RunningOpenfga;
  beforeAll(async () => {
    server = await startOpenfga({ experimentals: ["inline_expressions"] });
  });
  afterAll(async () => server.stop());

  test("come to the same value, error or refusal as on OpenFGA", async () => {
    console.log(`seed ${SEED}, ${COUNT} expressions (SIDELINE_TEST_SEED, SIDELINE_TEST_FULL=1)`);
    const client = await OpenfgaClient.createStore(server.url, "expressions");
    await client.writeModel(MODEL.json);
    const counts: Record<string, number> = {};
    const different: object[] = [];
    for (let from = 0; from < COUNT; from += BATCH) {
      const cases = Array.from({ length: Math.min(BATCH, COUNT - from) }, (_, i) => drawCase(SEED + (from + i) * 7919));
      const there = await answersThere(client, cases);
      for (const [i, each] of cases.entries()) {
        const [ours, theirs] = [answerHere(each), there[i]!];
        const accepted = ours === theirs ? undefined : acceptedClass(each.asked, ours, theirs);
        const kind = accepted ?? theirs;
        counts[kind] = (counts[kind] ?? 0) + 1;
        if (ours !== theirs && accepted === undefined) different.push({ ...each, ours, theirs });
      }
    }
    console.log(JSON.stringify(counts));
    expect(different).toEqual([]);
    // Every outcome occurs, and values are the most frequent one.
    for (const outcome of ["true", "validation_error", "invalid_tuple"]) expect(counts[outcome]).toBeGreaterThan(COUNT / 50);
  }, 30_000 + COUNT * 60);
});
