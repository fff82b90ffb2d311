// Every one-place edit of model.fga is noticed: a name in another's place, a dropped operand, `and` for `or`.
import { beforeAll, describe, expect, test } from "vitest";
import { check } from "../../src/checks/evaluate.ts";
import { compileModel } from "../../src/model/compile.ts";
import { isBookkeeping } from "../../src/domain/object-names.ts";
import { createTupleSet } from "../../src/memory/indexed-tuple-set.ts";
import { MODEL, POLICY } from "../world/policy.ts";
import { Draw } from "../laws/draw.ts";
import { FULL, SEED } from "../laws/law.ts";
import { OpenfgaClient } from "../live/client.ts";
import { openfgaAvailable, startOpenfga } from "../live/openfga.ts";
import { judgeEdits, wrongExpectations, type Judgement } from "./judge-edits.ts";
import { keyWorlds } from "./key-worlds.ts";
import type { SmallWorld } from "./plain-model.ts";
import { rowWorlds } from "./row-worlds.ts";
import { storyWorlds } from "./story-worlds.ts";
import { STRAY_NOTES } from "./stray-notes.ts";
import { STRAY_ROWS } from "./stray-rows.ts";

/** Number of checks in one request to OpenFGA, and of tuples in one. */
const MAX_BATCH = 50;
const MAX_WRITE = 100;

const worlds: SmallWorld[] = [];
let judged: Judgement;

/** Edits that drop an operand and change no answer: the policy would mean the same without it. */
const droppedInVain = ({ equal }: Judgement): string[] => equal.filter((edit) => edit.endsWith(" dropped"));

/** The types through which access flows. */
const TYPES = new Set(MODEL.json.type_definitions.map(({ type }) => type).filter((type) => !isBookkeeping(`${type}:`)));

beforeAll(() => {
  worlds.push(...keyWorlds(), ...rowWorlds(), ...STRAY_ROWS, ...STRAY_NOTES);
});

describe("the worlds", () => {
  test("hold under the policy, by its plain reading and by the evaluator", () => {
    expect(wrongExpectations(MODEL.json, [...worlds, ...storyWorlds()])).toEqual([]);
    for (const { name, tuples, expectations, now = 0 } of worlds) {
      const set = createTupleSet();
      for (const tuple of tuples) set.add(tuple);
      const context = { current_time: new Date(now).toISOString() };
      const wrong = expectations.filter(({ expected, ...question }) => {
        const answer = check(MODEL, set, { ...question, context });
        return "error" in answer || answer.allowed !== expected;
      });
      expect(wrong, name).toEqual([]);
    }
  });

  test.skipIf(!openfgaAvailable("any"))("hold under the policy by OpenFGA", async () => {
    console.log(`seed ${SEED} (SIDELINE_TEST_SEED), ${FULL ? "every" : "some"} expectation (SIDELINE_TEST_FULL)`);
    const draw = new Draw(SEED);
    const server = await startOpenfga();
    try {
      // One store for all: OpenFGA takes far longer to load a model than to load a world and unload it again.
      const client = await OpenfgaClient.createStore(server.url, "worlds");
      await client.writeModel(MODEL.json);
      for (const { name, tuples, expectations, now = 0 } of worlds) {
        const access = tuples.filter(({ object }) => !isBookkeeping(object));
        await client.writeAll(access, MAX_WRITE);
        const context = { current_time: new Date(now).toISOString() };
        const asked = FULL ? expectations : draw.sample(expectations, MAX_BATCH);
        for (let from = 0; from < asked.length; from += MAX_BATCH) {
          const part = asked.slice(from, from + MAX_BATCH);
          const answers = await client.batchCheck(part.map(({ user, relation, object }, i) =>
            ({ user, relation, object, correlationId: `${i}`, context })));
          for (const [i, { user, relation, object, expected }] of part.entries()) {
            const { error, allowed } = answers[`${i}`]!;
            // An entry that a busy machine left unanswered is asked again separately.
            const answer = error === undefined ? allowed : await client.check({ user, relation, object }, { context });
            expect(answer, `${name}: ${user} ${relation} ${object}`).toBe(expected);
          }
        }
        for (let i = 0; i < access.length; i += MAX_WRITE) await client.write([], access.slice(i, i + MAX_WRITE));
      }
    } finally {
      await server.stop();
    }
  });
});

describe("every edit", () => {
  beforeAll(() => {
    judged = judgeEdits(MODEL.json, [...worlds, ...storyWorlds()], TYPES);
    const { edits, noticed, recursive, equal, unnoticed } = judged;
    console.log(`${edits} edits: ${noticed} noticed, ${recursive} recursive, ${equal.length} proved equal, `
      + `${unnoticed.length} unnoticed`);
  });

  test("is noticed by an answer, or proved to change none", () => {
    expect(judged.unnoticed).toEqual([]);
    expect(judged.misproved).toEqual([]);
    expect(judged.noticed).toBeGreaterThan(17_000);
  });

  test("that drops an operand changes an answer: nothing in the policy is redundant", () => {
    expect(droppedInVain(judged)).toEqual([]);
  });

  test("that drops a repeated operand is reported", () => {
    const line = "define premium_grant: ([role#holder] and staff) or athletes_assign_coaches";
    const twice = line.replace("[role#holder]", "([role#holder] or full_role)");
    const { json } = compileModel(POLICY.replace(line, () => twice));
    expect(droppedInVain(judgeEdits(json, keyWorlds(), new Set(["org"])))).toEqual([
      "org#premium_grant: full_role dropped",
    ]);
  });

  test("of some lines stays unnoticed if no world is about them: the judge can report so", () => {
    const without = judgeEdits(MODEL.json, [...rowWorlds(), ...STRAY_ROWS], new Set(["note"]));
    expect(without.unnoticed).toContain("note#can_read: auditor from org dropped");
    expect(without.unnoticed.length).toBeGreaterThan(20);
  });
});
