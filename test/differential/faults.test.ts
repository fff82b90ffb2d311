// Random models whose conditions cannot all be evaluated: a fault is an error unless it cannot decide the answer.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Draw } from "../laws/draw.ts";
import { runsOr, SEED } from "../laws/law.ts";
import { OpenfgaClient, OpenfgaError } from "../live/client.ts";
import { openfgaAvailable, startOpenfga, type RunningOpenfga } from "../live/openfga.ts";
import { classOf } from "./accepted.ts";
import { askEngine, disagreements, type Disagreement, type Question } from "./compare.ts";
import { drawWorld, isCertain, referenceOf, setOf, type ModelWorld } from "./models.ts";

/** Number of models with conditions to compare. */
const MODELS = runsOr(60, 1_000);
/** Number of times a world is asked again, to distinguish a wrong answer from one that varies. */
const ROUNDS = 3;
/** Fraction of the evaluator's faults that OpenFGA must report as well; elsewhere order or strategy decides. */
const SHARE = 0.8;

const FAULT = "error validation_error";

/** A world with conditions, and questions that each lack one parameter. */
function faultyWorld(seed: number): ModelWorld {
  for (let draw = new Draw(seed); ;) {
    const world = drawWorld(draw);
    if (!world.tuples.some((tuple) => tuple.condition !== undefined)) continue;
    const missing = draw.pick(["x", "limit", "name"]);
    const questions = world.questions.map((question): Question => {
      const rest = Object.entries(question.context ?? {}).filter(([name]) => name !== missing);
      return { ...question, context: Object.fromEntries(rest) };
    });
    return { ...world, questions };
  }
}

/** The kind of a difference, or undefined if the evaluator is wrong. */
function kindOf(world: ModelWorld, found: Disagreement): string | undefined {
  if (found.engine === FAULT) return "told by the evaluator alone";
  const { question, engine, server } = found;
  if (server === FAULT) return isCertain(world, question, engine) ? "told by OpenFGA alone" : undefined;
  return classOf(found, world.model.json, referenceOf(world, question), world.tuples);
}

describe.skipIf(!openfgaAvailable("fresh"))("where conditions fail", () => {
  let server: RunningOpenfga;
  beforeAll(async () => {
    // Without a limit on results, its list-objects for usersets and wildcards would omit its errors.
    const extraArgs = ["--listObjects-max-results", "1000"];
    server = await startOpenfga({ experimentals: ["inline_expressions"], extraArgs });
  });
  afterAll(async () => server.stop());

  test("evaluator and OpenFGA agree, or the evaluator's answer does not depend on the failed conditions", async () => {
    const kinds = new Map<string, number>();
    const wrong: object[] = [];
    let [models, faults] = [0, 0];
    for (let seed = SEED; models < MODELS; seed += 15_485_863) {
      const world = faultyWorld(seed);
      const client = await OpenfgaClient.createStore(server.url, "faults");
      const refused = await client.writeModel(world.model.json).then(() => false, (error: unknown) => {
        if (error instanceof OpenfgaError) return true;
        throw error;
      });
      if (refused) continue;
      await client.writeAll(world.tuples, 100);
      const set = setOf(world.tuples);
      let found = await disagreements(world.model, set, client, world.questions);
      for (let round = 1; round < ROUNDS && found.length > 0; round++) {
        found = await disagreements(world.model, set, client, found.map(({ question }) => question));
      }
      for (const each of found) {
        const kind = kindOf(world, each);
        if (kind !== undefined) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
        else wrong.push({ ...each, model: world.model.json, tuples: world.tuples });
      }
      models += 1;
      faults += world.questions.filter((question) => askEngine(world.model, set, question) === FAULT).length;
    }
    console.log(`seed ${SEED} (SIDELINE_TEST_SEED)`);
    console.log(`${models} models, ${faults} faults; differences: ${JSON.stringify([...kinds])}`);
    expect(wrong).toEqual([]);
    expect(faults).toBeGreaterThan(MODELS);
    expect(kinds.get("told by the evaluator alone") ?? 0).toBeLessThan(faults * (1 - SHARE));
  });
});
