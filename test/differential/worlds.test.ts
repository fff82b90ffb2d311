// The evaluator and OpenFGA give the same answers on random worlds of the policy.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTupleSet, type Tuple } from "../../src/engine.ts";
import { MODEL } from "../world/world.ts";
import { Draw } from "../laws/draw.ts";
import { runsOr, SEED } from "../laws/law.ts";
import { OpenfgaClient } from "../live/client.ts";
import { openfgaAvailable, startOpenfga, type RunningOpenfga } from "../live/openfga.ts";
import { askEngine, disagreements } from "./compare.ts";
import { eventWorld, questionsAbout, tupleWorld } from "./worlds.ts";

/** Number of worlds of each kind. */
const WORLDS = runsOr(40, 2_000);
const COUNTS = { checks: 100, listObjects: 12, listUsers: 8 };
/** Number of worlds compared concurrently, each in its own store. */
const AT_ONCE = 2;

/** Number of tuples in one write request: OpenFGA's limit. */
const CHUNK = 100;

interface Outcome {
  worlds: number;
  questions: number;
  yes: number;
}

/** Deletes the tuples of a world from its store. */
async function empty(client: OpenfgaClient, tuples: readonly Tuple[]): Promise<void> {
  for (let i = 0; i < tuples.length; i += CHUNK) await client.write([], tuples.slice(i, i + CHUNK));
}

async function compareWorld(client: OpenfgaClient, world: (draw: Draw) => Tuple[], seed: number, into: Outcome) {
  const draw = new Draw(seed);
  const tuples = world(draw);
  const set = createTupleSet();
  for (const tuple of tuples) set.add(tuple);
  const isYes = (question: Parameters<typeof askEngine>[2]): boolean => askEngine(MODEL, set, question) === "yes";
  const questions = questionsAbout(tuples, COUNTS, draw, isYes);
  await client.writeAll(tuples, CHUNK);
  const found = await disagreements(MODEL, set, client, questions);
  await empty(client, tuples);
  into.worlds += 1;
  into.questions += questions.length;
  into.yes += questions.filter(isYes).length;
  expect(found, `world of seed ${seed}`).toEqual([]);
}

describe.skipIf(!openfgaAvailable("any"))("on random worlds, evaluator and OpenFGA agree", () => {
  let server: RunningOpenfga;
  beforeAll(async () => {
    server = await startOpenfga();
  });
  afterAll(async () => server.stop());

  test.each([["made by events", eventWorld], ["of any tuples", tupleWorld]] as const)("%s", async (name, world) => {
    const outcome: Outcome = { worlds: 0, questions: 0, yes: 0 };
    const seeds = Array.from({ length: WORLDS }, (_, i) => SEED + i * 7919);
    const worker = async (): Promise<void> => {
      const client = await OpenfgaClient.createStore(server.url, name);
      await client.writeModel(MODEL.json);
      for (let seed = seeds.pop(); seed !== undefined; seed = seeds.pop()) {
        await compareWorld(client, world, seed, outcome);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
    const { worlds, questions, yes } = outcome;
    console.log(`seed ${SEED} (SIDELINE_TEST_SEED)`);
    console.log(`${worlds} worlds ${name}: ${questions} questions, ${yes} checks yes, all agree`);
    expect(outcome.questions).toBeGreaterThanOrEqual(WORLDS * 100);
    expect(outcome.yes / outcome.questions).toBeGreaterThan(0.1);
  });
});
