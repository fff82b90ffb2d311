// Groups within groups: evaluator, OpenFGA and the naive reference agree, on cycles, at the depth limit, with faults.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Tuple } from "../../src/engine.ts";
import { Draw } from "../laws/draw.ts";
import { runsOr, SEED } from "../laws/law.ts";
import { cycleAtTwoDepths } from "../checks/cycle.ts";
import { OpenfgaClient } from "../live/client.ts";
import { openfgaAvailable, startOpenfga, type RunningOpenfga } from "../live/openfga.ts";
import { askEngine, disagreements, type Disagreement, type Question } from "./compare.ts";
import { chain, dense, ladder, MUTUAL, PLAIN, questionsOf, ring, worldOf, type Graph, type Groups } from "./groups.ts";
import { isCertain, referenceOf, setOf } from "./models.ts";

/** Number of draws of each shape. */
const DRAWS = runsOr(4);
/** Number of groups up to which OpenFGA lists users in time: it follows each path. */
const LISTED = 8;
/** Number of the evaluator's faults to collect before their fraction is checked. */
const FAULTS = 200;
/** Fraction of the evaluator's faults that OpenFGA must report as well: it omits about one in 200, in lists. */
const SHARE = 0.9;
/** Fraction of questions that may be a fault although the failed condition cannot decide them: 2 to 4 in 100 are. */
const NEEDLESS = 0.08;
const FAULT = "error validation_error";
const TOO_DEEP = "error authorization_model_resolution_too_complex";

const SHAPES: Readonly<Record<string, (draw: Draw) => Graph>> = {
  "chains": (draw) => chain(1 + draw.below(8)),
  "chains at the depth limit": (draw) => chain(21 + draw.below(7)),
  "ladders": (draw) => ladder(1 + draw.below(6), 2 + draw.below(3)),
  "a ladder of 25 levels": () => ladder(25, 2),
  "rings": (draw) => ring(2 + draw.below(5), 1 + draw.below(2)),
  "a ring of 40 groups, each in the next two": () => ring(40, 2),
  "dense graphs": (draw) => dense(2 + draw.below(7), 2 + draw.below(14), draw),
};

/**
 * Whether a difference is allowed: where conditions fail, OpenFGA hides a fault, or reports one that decides nothing.
 */
function mayDiffer(groups: Groups, tuples: readonly Tuple[], { question, engine, server }: Disagreement): boolean {
  if (!groups.conditional) return false;
  if (engine === FAULT || (engine === TOO_DEEP && server === FAULT)) return true;
  return server === FAULT && isCertain({ ...groups, tuples }, question, engine);
}

describe.skipIf(!openfgaAvailable("any"))("groups within groups: the evaluator and OpenFGA agree", () => {
  let server: RunningOpenfga;
  beforeAll(async () => {
    server = await startOpenfga();
  });
  afterAll(async () => server.stop());

  const storeOf = async (groups: Groups, tuples: readonly Tuple[]): Promise<OpenfgaClient> => {
    const client = await OpenfgaClient.createStore(server.url, groups.name);
    await client.writeModel(groups.model.json);
    await client.writeAll(tuples, 100);
    return client;
  };

  /**
   * Compares one world. Returns the errors, the number of the evaluator's faults, and the number of allowed
   * differences.
   */
  const compared = async (groups: Groups, shape: string, seed: number) => {
    const draw = new Draw(seed);
    const graph = SHAPES[shape]!(draw);
    const tuples = worldOf(groups, graph, draw);
    const questions = questionsOf(graph, groups.conditional, graph.length <= LISTED, draw);
    const client = await storeOf(groups, tuples);
    const set = setOf(tuples);
    const found = await disagreements(groups.model, set, client, questions);
    const wrong = found.filter((each) => !mayDiffer(groups, tuples, each));
    const faults = questions.filter((question) => askEngine(groups.model, set, question) === FAULT).length;
    return { wrong, faults, excused: found.length - wrong.length };
  };

  console.log(`groups: seed ${SEED}, ${DRAWS} draws of each shape (SIDELINE_TEST_SEED, SIDELINE_TEST_RUNS)`);
  const CASES = PLAIN.flatMap((groups) => Object.keys(SHAPES).map((shape) => ({ groups, name: groups.name, shape })));
  test.each(CASES)("$name, $shape", async ({ groups, shape }) => {
    for (let i = 0; i < DRAWS; i++) {
      const { wrong } = await compared(groups, shape, SEED + i * 7919);
      expect(wrong).toEqual([]);
    }
  });

  test.each(PLAIN.filter(({ conditional }) => conditional))("$name: OpenFGA reports the faults", async (groups) => {
    const shapes = Object.keys(SHAPES);
    let [worlds, faults, excused] = [0, 0, 0];
    for (; faults < FAULTS; worlds++) {
      const found = await compared(groups, shapes[worlds % shapes.length]!, SEED + worlds * 15_485_863);
      expect(found.wrong).toEqual([]);
      faults += found.faults;
      excused += found.excused;
    }
    console.log(`groups, ${groups.name}: ${worlds} worlds, ${faults} faults, ${excused} differences`);
    expect(excused).toBeLessThan(faults * (1 - SHARE));
  });

  test("a cycle of groups below `but not` takes nothing away, every time", async () => {
    const [groups] = PLAIN;
    const tuples = worldOf(groups!, ring(2, 1), new Draw(SEED));
    const client = await storeOf(groups!, tuples);
    const question: Question = { ask: "check", user: "user:stranger", relation: "viewer", object: "doc:1" };
    expect(askEngine(groups!.model, setOf(tuples), question)).toBe("yes");
    const questions = Array.from({ length: 100 * DRAWS }, () => question);
    expect(await disagreements(groups!.model, setOf(tuples), client, questions)).toEqual([]);
  });

  test("a cycle that is too deep on one path is within the limit on a shorter one, in either order", async () => {
    const { model, tuples } = cycleAtTwoDepths();
    const client = await storeOf({ ...PLAIN[0]!, model }, [...tuples.read({})]);
    const answers: Readonly<Record<string, string>> = { a: TOO_DEEP, b: "no", deep_first: "no", deep_last: "no" };
    for (const [relation, answer] of Object.entries(answers)) {
      const question: Question = { ask: "check", user: "user:anne", relation, object: "doc:1" };
      expect(askEngine(model, tuples, question), relation).toBe(answer);
      const questions = Array.from({ length: DRAWS }, () => question);
      expect(await disagreements(model, tuples, client, questions)).toEqual([]);
    }
  });
});

test.each([...PLAIN, MUTUAL])("$name: each answer about groups is the reference's, or an error", (groups) => {
  const tally = { yes: 0, no: 0, faults: 0, needless: 0 };
  let asked = 0;
  for (let i = 0; i < DRAWS * 25; i++) {
    const draw = new Draw(SEED + i * 104_729);
    const graph = draw.pick([SHAPES["rings"]!, SHAPES["ladders"]!, SHAPES["dense graphs"]!, SHAPES["chains"]!])(draw);
    const tuples = worldOf(groups, graph, draw);
    const set = setOf(tuples);
    for (const question of questionsOf(graph, groups.conditional, false, draw)) {
      if (question.ask !== "check") continue;
      const answer = askEngine(groups.model, set, question);
      asked++;
      expect(answer).not.toBe(TOO_DEEP);
      if (answer === FAULT) {
        expect(groups.conditional).toBe(true);
        tally.faults++;
        if (["yes", "no"].some((sure) => isCertain({ ...groups, tuples }, question, sure))) tally.needless++;
        continue;
      }
      // Where OpenFGA follows each path, a cycle below `but not` denies.
      if (answer === "no" && groups === MUTUAL && question.relation === "viewer") continue;
      tally[answer as "yes" | "no"]++;
      const reference = referenceOf({ model: groups.model, tuples }, question);
      expect(reference.check(question.user, question.relation, question.object), JSON.stringify(question)).toBe(answer);
    }
  }
  console.log(`groups, ${groups.name}: ${JSON.stringify(tally)} of ${asked}`);
  expect(tally.needless).toBeLessThanOrEqual(asked * NEEDLESS);
  expect(Math.min(tally.yes, tally.no)).toBeGreaterThan(DRAWS * 25);
});
