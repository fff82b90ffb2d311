// Every one-place edit of model.fga is noticed: a name in another's place, a dropped operand, `and` for `or`.
import { readFileSync } from "node:fs";
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
import { wideningsOf } from "./edits.ts";
import { EQUAL_GROUPS } from "./equal-reasons.ts";
import { judgeEdits, wrongExpectations, type Judgement } from "./judge-edits.ts";
import { keyWorlds } from "./key-worlds.ts";
import { plainModel, type SmallWorld } from "./plain-model.ts";
import { rowWorlds } from "./row-worlds.ts";
import { storyWorlds } from "./story-worlds.ts";
import { STRAY_NOTES } from "./stray-notes.ts";
import { STRAY_ROWS } from "./stray-rows.ts";
import { acceptedForms, writtenForms } from "./written-forms.ts";

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

/** CPU time that judging every edit may take, in milliseconds. */
const JUDGE_CPU_MS = 120_000;

const MODEL_AS_DATA = plainModel(MODEL.json);
const WIDENINGS = [...wideningsOf(MODEL_AS_DATA, TYPES)];

describe("every edit", () => {
  let cpuMs = 0;

  beforeAll(() => {
    const before = process.cpuUsage();
    judged = judgeEdits(MODEL.json, [...worlds, ...storyWorlds()], TYPES);
    const { user, system } = process.cpuUsage(before);
    cpuMs = (user + system) / 1000;
    const { edits, noticed, recursive, equal, unnoticed } = judged;
    console.log(`${edits} edits: ${noticed} noticed, ${recursive} recursive, ${equal.length} proved equal, `
      + `${unnoticed.length} unnoticed; ${WIDENINGS.length} widenings; ${Math.round(cpuMs / 1000)} s of CPU`);
  });

  test("is noticed by an answer, or proved to change none", () => {
    expect(judged.unnoticed).toEqual([]);
    expect(judged.misproved).toEqual([]);
    expect(judged.noticed).toBeGreaterThan(17_000);
  });

  test("is judged within the bound on CPU time", () => {
    expect(cpuMs).toBeLessThan(JUDGE_CPU_MS);
  });

  test("that is proved equal has a reason to be so", () => {
    const groups = judged.equal.map((edit) => [edit, EQUAL_GROUPS.filter(({ edits }) => edits.test(edit)).length]);
    expect(groups.filter(([, count]) => count !== 1)).toEqual([]);
    expect(EQUAL_GROUPS.filter(({ edits }) => !judged.equal.some((edit) => edits.test(edit)))).toEqual([]);
  });

  test("that makes a definition recursive breaks the rule that the policy has no recursion", () => {
    expect(MODEL.relations.filter(({ recursive }) => recursive).map(({ name }) => name)).toEqual([]);
    expect(judged.recursive).toBeGreaterThan(200);
  });

  test("that widens a type restriction breaks the law on restrictions: a relation accepts only written forms", () => {
    const written = writtenForms();
    const accepted = acceptedForms(MODEL_AS_DATA, TYPES);
    expect([...accepted].filter((form) => !written.has(form))).toEqual([]);
    const isOfAccess = (form: string): boolean => TYPES.has(form.slice(0, form.indexOf("#")));
    expect([...written].filter((form) => isOfAccess(form) && !accepted.has(form))).toEqual([]);
    const lawful = WIDENINGS.filter(({ place, definition }) =>
      definition.restrictions.every((form) => written.has(`${place} ${form}`)));
    expect(lawful).toEqual([]);
    expect(WIDENINGS.length).toBeGreaterThan(10_000);
  });

  test("is counted in the README", () => {
    const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8").replaceAll(/\s+/g, " ");
    const all = judged.edits + WIDENINGS.length;
    expect(readme).toContain(`Each of the ${all.toLocaleString("en")} one-place edits of`);
    expect(readme).toContain(`${judged.equal.length} edits that change no answer`);
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
