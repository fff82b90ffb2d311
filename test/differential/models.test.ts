// The evaluator and OpenFGA give the same answers on random models.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse, stringify } from "yaml";
import { buildModel, type AuthorizationModelJson, type Tuple } from "../../src/engine.ts";
import { INLINE_EXPRESSION } from "../../src/model/schema.ts";
import { Draw } from "../laws/draw.ts";
import { runsOr, SEED } from "../laws/law.ts";
import { OpenfgaClient, OpenfgaError } from "../live/client.ts";
import { openfgaAvailable, startOpenfga, type RunningOpenfga } from "../live/openfga.ts";
import { classOf } from "./accepted.ts";
import { disagreements, GIVES_UP, LIST_DEADLINE_MS, Unanswered, type Disagreement, type Question } from "./compare.ts";
import { drawWorld, referenceOf, setOf, type ModelWorld } from "./models.ts";
import { weightedKind } from "./weighted-graph.ts";

/** Number of models to compare; with SIDELINE_TEST_RUNS=0 the test continues until it finds a disagreement. */
const USUAL = 310;
const MODELS = runsOr(USUAL, 5_000);
/** Number of models to compare with `weighted_graph_check`, checks only. */
const WEIGHTED_USUAL = 120;
const WEIGHTED_MODELS = runsOr(WEIGHTED_USUAL, 2_000);
/** Number of worlds compared concurrently. */
const AT_ONCE = 3;
/** Number of times a world is asked again, to distinguish a wrong answer from one that varies. */
const ROUNDS = 3;
const CASES = join(import.meta.dirname, "cases");
const INLINE = "inline_expressions";
/** Whether the tests can start the server themselves, with flags. */
const isOurs = openfgaAvailable("fresh");

/** A saved disagreement in its smallest form. */
interface Case {
  readonly model: AuthorizationModelJson;
  readonly tuples: readonly Tuple[];
  readonly question: Question;
}

async function storeOf(url: string, model: AuthorizationModelJson, tuples: readonly Tuple[]): Promise<OpenfgaClient> {
  const client = await OpenfgaClient.createStore(url, "random");
  await client.writeModel(model);
  await client.writeAll(tuples, 100);
  return client;
}

/** Removes tuples while the disagreement remains. */
async function shrink(url: string, { model, tuples }: ModelWorld, { question }: Disagreement): Promise<Case> {
  const differs = async (fewer: readonly Tuple[]): Promise<boolean> => {
    const client = await storeOf(url, model.json, fewer);
    return (await disagreements(model, setOf(fewer), client, [question], LIST_DEADLINE_MS)).length > 0;
  };
  let least = [...tuples];
  for (const tuple of tuples) {
    const fewer = least.filter((other) => other !== tuple);
    if (await differs(fewer)) least = fewer;
  }
  return { model: model.json, tuples: least, question };
}

/** The class under which a difference is accepted, or undefined if one side is wrong. */
type Explain = (world: ModelWorld, found: Disagreement) => string | undefined;

const explain: Explain = (world, found) =>
  classOf(found, world.model.json, referenceOf(world, found.question), world.tuples);

/** Compares a number of worlds (`usual` is the normal number), prints the counts and returns the wrong cases. */
async function compareAll(
  url: string, models: number, usual: number, explained: Explain, isAsked: (question: Question) => boolean,
) {
  const tally = { models: 0, refused: 0, unanswered: 0, questions: 0 };
  const accepted = new Map<string, number>();
  const wrong: Case[] = [];
  let next = 0;
  const compare = async (seed: number): Promise<void> => {
    const drawn = drawWorld(new Draw(seed));
    const world = { ...drawn, questions: drawn.questions.filter(isAsked) };
    const client = await storeOf(url, world.model.json, world.tuples).catch((error: unknown) => {
      if (error instanceof OpenfgaError) return undefined;
      throw error;
    });
    if (client === undefined) return void (tally.refused += 1);
    const found = await settled(client, world).catch((error: unknown) => {
      if (error instanceof Unanswered) return undefined;
      throw error;
    });
    if (found === undefined) return void (tally.unanswered += 1);
    for (const each of found) {
      const name = explained(world, each);
      if (name !== undefined) accepted.set(name, (accepted.get(name) ?? 0) + 1);
      else if (wrong.length < 3) wrong.push(await shrink(url, world, each));
    }
    tally.models += 1;
    tally.questions += world.questions.length;
  };
  const worker = async (): Promise<void> => {
    while (models === 0 ? wrong.length === 0 : next < models) await compare(SEED + next++ * 104_729);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  console.log(`seed ${SEED} (SIDELINE_TEST_SEED)`);
  console.log(`${JSON.stringify(tally)}; accepted: ${JSON.stringify([...accepted])}`);
  // If there are fewer worlds than usual, a larger fraction may be refused or unanswered.
  if (models >= usual) expect(tally.models).toBeGreaterThan(models / 2);
  return wrong;
}

describe.skipIf(!openfgaAvailable("any"))("on random models, evaluator and OpenFGA agree", () => {
  let server: RunningOpenfga;
  beforeAll(async () => {
    // A server that the tests did not start may refuse models with `$expression`: those are skipped.
    server = await startOpenfga(isOurs ? { experimentals: [INLINE], extraArgs: GIVES_UP } : {});
  });
  afterAll(async () => server.stop());

  test("random models", async () => {
    const wrong = await compareAll(server.url, MODELS, USUAL, explain, () => true);
    for (const [i, each] of wrong.entries()) save(each, i);
    expect(wrong).toEqual([]);
  });

  test.each(existing())("%s", async (file) => {
    const { model, tuples, question } = parse(readFileSync(join(CASES, file), "utf8")) as Case;
    const client = await storeOf(server.url, model, tuples);
    expect(await disagreements(buildModel(model), setOf(tuples), client, [question])).toEqual([]);
  });
});

describe.skipIf(!isOurs)("on random models, the evaluator and OpenFGA's second engine agree", () => {
  test("except where something is a member of itself", async () => {
    const server = await startOpenfga({ experimentals: [INLINE, "weighted_graph_check"], extraArgs: GIVES_UP });
    try {
      // The models are the first of those above, so that the default engine was asked the same questions.
      const explained: Explain = (world, found) => weightedKind(world, found) ?? explain(world, found);
      const wrong = await compareAll(server.url, WEIGHTED_MODELS, WEIGHTED_USUAL, explained,
        ({ ask }) => ask === "check");
      expect(wrong).toEqual([]);
    } finally {
      await server.stop();
    }
  });
});

/** Differences that occur every time. An answer that varies is none. */
async function settled(client: OpenfgaClient, { model, tuples, questions }: ModelWorld): Promise<Disagreement[]> {
  const set = setOf(tuples);
  let found = await disagreements(model, set, client, questions, LIST_DEADLINE_MS);
  for (let round = 1; round < ROUNDS && found.length > 0; round++) {
    const again = found.map(({ question }) => question);
    found = await disagreements(model, set, client, again, LIST_DEADLINE_MS);
  }
  return found;
}

function save(found: Case, i: number): void {
  mkdirSync(CASES, { recursive: true });
  writeFileSync(join(CASES, `found-${SEED}-${i}.yaml`), stringify(found));
}

function existing(): string[] {
  try {
    const isAsked = (file: string): boolean =>
      file.endsWith(".yaml") && (isOurs || !readFileSync(join(CASES, file), "utf8").includes(INLINE_EXPRESSION));
    return readdirSync(CASES).filter(isAsked).sort();
  } catch {
    return [];
  }
}
