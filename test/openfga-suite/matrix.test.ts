// The evaluator against OpenFGA's matrix tests, stored and contextual: check, list-objects and list-users.
import { describe, expect, test } from "vitest";
import {
  check, compileModel, createTupleSet, listObjects, listUsers, type Failure, type Model, type Tuple, type TupleSet,
} from "../../src/engine.ts";
import { readCheckMatrix, readListMatrix, type MatrixAssertion, type MatrixStage } from "./matrix.ts";
import { NUMBERS } from "./numbers.ts";
import { moduleFolder } from "./suite.ts";

/** OpenFGA's own test harness accepts any list of objects here: its answer depends on the strategy taken. */
const UNDETERMINED_LISTS = "usersets_userset_cond_to_computed_cond";

const folder = moduleFolder();
const matrix = folder === undefined ? { model: "", stages: [] } : readCheckMatrix(folder);
const lists = folder === undefined ? { model: "", tests: [] } : readListMatrix(folder);

function numberOf(error: Failure): number {
  return NUMBERS[error.code];
}

function assertCheck(model: Model, tuples: TupleSet, contextualTuples: Tuple[], assertion: MatrixAssertion): void {
  const { key, context } = assertion;
  const answer = check(model, tuples, { ...key, context, contextualTuples });
  const found = "error" in answer ? numberOf(answer.error) : answer.allowed;
  expect.soft(found, `check ${assertion.name}`).toEqual(assertion.checkError ?? assertion.allowed);
}

function assertListObjects(
  model: Model, tuples: TupleSet, contextualTuples: Tuple[], assertion: MatrixAssertion, undetermined: boolean,
): void {
  const { key: { user, relation, object }, context } = assertion;
  const type = object.slice(0, object.indexOf(":"));
  const answer = listObjects(model, tuples, { type, relation, user, context, contextualTuples });
  const wanted = assertion.listObjectsError ?? (undetermined ? undefined : assertion.checkError);
  const found = "error" in answer ? numberOf(answer.error) : answer.objects.includes(object);
  const at = `list-objects ${assertion.name}`;
  if (wanted === undefined && undetermined) expect.soft("error" in answer, at).toBe(false);
  else expect.soft(found, at).toEqual(wanted ?? assertion.allowed);
}

function assertListUsers(model: Model, tuples: TupleSet, contextualTuples: Tuple[], assertion: MatrixAssertion): void {
  const { key: { user, relation, object }, context } = assertion;
  const [entity, filterRelation] = user.split("#") as [string, string | undefined];
  const userFilter = { type: entity.slice(0, entity.indexOf(":")), relation: filterRelation };
  const answer = listUsers(model, tuples, { object, relation, userFilter, context, contextualTuples });
  const wanted = assertion.listUsersError ?? assertion.checkError;
  const at = `list-users ${assertion.name}`;
  if ("error" in answer || wanted !== undefined) {
    expect.soft("error" in answer ? numberOf(answer.error) : answer.users, at).toEqual(wanted);
  } else if (!assertion.allowed || !answer.users.some((found) => found.endsWith(":*"))) {
    expect.soft(answer.users.includes(user), at).toEqual(assertion.allowed);
  }
}

function assertStage(model: Model, tuples: TupleSet, contextual: Tuple[], stage: MatrixStage): void {
  for (const assertion of stage.assertions) {
    assertCheck(model, tuples, contextual, assertion);
    assertListObjects(model, tuples, contextual, assertion, stage.name.includes(UNDETERMINED_LISTS));
    assertListUsers(model, tuples, contextual, assertion);
  }
}

function setOf(tuples: readonly Tuple[]): TupleSet {
  const set = createTupleSet();
  for (const tuple of tuples) expect(set.add(tuple)).toBe(true);
  return set;
}

describe.skipIf(folder === undefined)("check matrix", () => {
  const model = folder === undefined ? undefined! : compileModel(matrix.model);

  test("no assertion is lost", () => {
    expect(matrix.stages.flatMap((stage) => stage.assertions).length).toBe(708);
  });

  test.each(matrix.stages.map((stage): [string, MatrixStage] => [stage.name, stage]))("%s", (_name, stage) => {
    assertStage(model, setOf(stage.tuples), [], stage);
    assertStage(model, createTupleSet(), [...stage.tuples], stage);
  });
});

describe.skipIf(folder === undefined)("list-objects matrix", () => {
  const model = folder === undefined ? undefined! : compileModel(lists.model);

  test("no assertion is lost", () => {
    expect(lists.tests.flatMap((t) => t.lists).length).toBe(175);
  });

  test.each(lists.tests.map((t): [string, typeof t] => [t.name, t]))("%s", (_name, { tuples, lists: wanted }) => {
    const set = setOf(tuples);
    for (const [i, list] of wanted.entries()) {
      const { user, type, relation, context } = list;
      const answer = listObjects(model, set, { user, type, relation, context });
      const found = "error" in answer ? numberOf(answer.error) : answer.objects.toSorted();
      expect.soft(found, `${i} ${user} ${relation}`).toEqual(list.error ?? list.objects.toSorted());
    }
  });
});
