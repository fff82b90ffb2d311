// The evaluator against OpenFGA's own suites: every check, list-objects and list-users assertion of 1.22.1.
import { describe, expect, test } from "vitest";
import {
  check, compileModel, createTupleSet, listObjects, listUsers, type Failure, type Model, type Tuple, type TupleSet,
} from "../../src/engine.ts";
import { NUMBERS } from "./numbers.ts";
import { moduleFolder, readSuite, SUITES, type Stage, type SuiteTest } from "./suite.ts";

/** Number of assertions per suite, so that none is lost on the way. */
const ASSERTIONS = { "consolidated_1_1_tests.yaml": [364, 272, 297], "abac_tests.yaml": [152, 82, 97] } as const;

const folder = moduleFolder();

function numberOf(error: Failure): number {
  return NUMBERS[error.code];
}

function runStage(stage: Stage, at: string, tuples: TupleSet, contextual: readonly Tuple[]): void {
  const model = compileModel(stage.model);
  for (const [i, assertion] of stage.checks.entries()) {
    const { context } = assertion;
    const contextualTuples = [...assertion.contextualTuples, ...contextual];
    const answer = check(model, tuples, { ...assertion.request, context, contextualTuples });
    const found = "error" in answer ? numberOf(answer.error) : answer.allowed;
    const wanted = assertion.errorCode ?? assertion.expectation;
    meets(`${at} check ${i} ${JSON.stringify(assertion.request)}`, found, wanted);
  }
  for (const [i, assertion] of stage.listObjects.entries()) {
    const contextualTuples = [...assertion.contextualTuples, ...contextual];
    const circumstances = { context: assertion.context, contextualTuples };
    const answer = listObjects(model, tuples, { ...assertion.request, ...circumstances });
    const found = "error" in answer ? numberOf(answer.error) : answer.objects.toSorted();
    meets(`${at} list-objects ${i} ${JSON.stringify(assertion.request)}`, found,
      assertion.errorCode ?? assertion.expectation.toSorted());
    if ("error" in answer) continue;
    for (const object of answer.objects) {
      const { user, relation } = assertion.request;
      expect(check(model, tuples, { user, relation, object, ...circumstances }), object).toEqual({ allowed: true });
    }
  }
  runListUsers(stage, at, model, tuples, contextual);
}

function runListUsers(stage: Stage, at: string, model: Model, tuples: TupleSet, contextual: readonly Tuple[]): void {
  for (const [i, assertion] of stage.listUsers.entries()) {
    const contextualTuples = [...assertion.contextualTuples, ...contextual];
    const circumstances = { context: assertion.context, contextualTuples };
    const { object, relation, filters } = assertion.request;
    const [type, filterRelation] = filters[0]!.split("#") as [string, string | undefined];
    const userFilter = { type, relation: filterRelation };
    const answer = listUsers(model, tuples, { object, relation, userFilter, ...circumstances });
    const found = "error" in answer ? numberOf(answer.error) : answer.users.toSorted();
    meets(`${at} list-users ${i} ${JSON.stringify(assertion.request)}`, found,
      assertion.errorCode ?? assertion.expectation.toSorted());
    if ("error" in answer) continue;
    for (const user of answer.users) {
      expect(check(model, tuples, { user, relation, object, ...circumstances }), user).toEqual({ allowed: true });
    }
  }
}

function meets(at: string, found: unknown, wanted: unknown): void {
  expect.soft(found, at).toEqual(wanted);
}

describe.skipIf(folder === undefined).each(SUITES)("%s", (file) => {
  const tests = folder === undefined ? [] : readSuite(folder, file);

  test("no assertion is lost", () => {
    const stages = tests.flatMap((t) => t.stages);
    const count = (of: (stage: Stage) => readonly unknown[]): number => stages.flatMap(of).length;
    expect([count((s) => s.checks), count((s) => s.listObjects), count((s) => s.listUsers)]).toEqual(ASSERTIONS[file]);
  });

  test.each(tests.map((t, i): [string, SuiteTest] => [`${i} ${t.name}`, t]))("%s", (name, { stages }) => {
    const tuples = createTupleSet();
    for (const [i, stage] of stages.entries()) {
      for (const tuple of stage.tuples) tuples.add(tuple);
      runStage(stage, `${name}/${i}`, tuples, []);
    }
    const [only] = stages;
    if (stages.length > 1 || only!.tuples.length > 100) return;
    const empty = createTupleSet();
    runStage(only!, `${name}/contextual`, empty, only!.tuples);
    expect(empty.size).toBe(0);
  });
});
