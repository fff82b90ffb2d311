// OpenFGA's matrix tests: one large model each for check and list-objects, with their tables of tuples and assertions.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Tuple } from "../../src/engine.ts";
import { readLiteral, type Literal } from "./go-literal.ts";

interface Fields {
  [key: string]: Literal;
}

export interface MatrixAssertion {
  readonly name: string;
  readonly key: { readonly user: string; readonly relation: string; readonly object: string };
  readonly context: Fields | undefined;
  readonly allowed: boolean;
  readonly checkError: number | undefined;
  readonly listObjectsError: number | undefined;
  readonly listUsersError: number | undefined;
}

export interface MatrixStage {
  readonly name: string;
  readonly tuples: readonly Tuple[];
  readonly assertions: readonly MatrixAssertion[];
}

export interface MatrixList {
  readonly user: string;
  readonly type: string;
  readonly relation: string;
  readonly context: Fields | undefined;
  readonly objects: readonly string[];
  readonly error: number | undefined;
}

const CHECK_TABLES = [
  ["check.go", "var matrix = "],
  ["check_ttu.go", "var ttuCompleteTestingModelTest = "],
  ["complexity_three.go", "var complexityThreeTestingModelTest = "],
  ["check_complexity4.go", "var complexityFourTestingModelTest = "],
  ["check_userset.go", "var usersetCompleteTestingModelTest = "],
] as const;
const LIST_TABLES = [
  ["matrix_directs.go", "var directs = "],
  ["matrix_ttus.go", "var ttus = "],
  ["matrix_usersets.go", "var usersets = "],
] as const;
/** Variables of the list-objects tables. */
const NAMES: Record<string, Literal> = {
  nil: {},
  xCond: { Name: "xcond" },
  validConditionContext: { x: "1" },
  invalidConditionContext: { x: "9" },
};

function table(file: string, start: string, first = ""): Literal {
  const source = readFileSync(file, "utf8");
  const at = source.indexOf(start + first);
  if (at < 0) throw new Error(`${file} has no '${start}'`);
  return readLiteral(source, at + start.length, NAMES);
}

/** The check matrix: its model and every stage. */
export function readCheckMatrix(folder: string): { model: string; stages: MatrixStage[] } {
  const at = join(folder, "tests/check");
  const model = table(join(at, "check.go"), "\tmodel := ", "`model") as string;
  const stages = CHECK_TABLES.flatMap(([file, start]) => {
    const found = table(join(at, file), start) as Fields | Fields[];
    return Array.isArray(found) ? found : (found["Stages"] as Fields[]);
  });
  return { model, stages: stages.map(stageOf) };
}

/** The list-objects matrix: its model, and the tuples (all in one store per test) with the expected lists. */
export function readListMatrix(folder: string): {
  model: string;
  tests: { name: string; tuples: readonly Tuple[]; lists: readonly MatrixList[] }[];
} {
  const at = join(folder, "tests/listobjects");
  const model = table(join(at, "matrix.go"), "Model: ") as string;
  const tests = LIST_TABLES.flatMap(([file, start]) => table(join(at, file), start) as Fields[]);
  return {
    model,
    tests: tests.map((test) => ({
      name: test["Name"] as string,
      tuples: arrayOf(test["Tuples"]).map(tupleOf),
      lists: arrayOf(test["ListObjectAssertions"]).map(listOf),
    })),
  };
}

function arrayOf(value: Literal | undefined): Fields[] {
  return Array.isArray(value) ? (value as Fields[]) : [];
}

function contextOf(value: Literal | undefined): Fields | undefined {
  const fields = value as Fields | undefined;
  return (fields?.["Fields"] as Fields | undefined) ?? fields;
}

function tupleOf(fields: Fields): Tuple {
  const key = keyOf(fields);
  const condition = fields["Condition"] as Fields | undefined;
  if (condition === undefined) return key;
  return { ...key, condition: { name: condition["Name"] as string, context: contextOf(condition["Context"]) ?? {} } };
}

function keyOf(fields: Fields): MatrixAssertion["key"] {
  return { user: fields["User"] as string, relation: fields["Relation"] as string, object: fields["Object"] as string };
}

function stageOf(stage: Fields): MatrixStage {
  return {
    name: stage["Name"] as string,
    tuples: arrayOf(stage["Tuples"]).map(tupleOf),
    assertions: arrayOf(stage["CheckAssertions"]).map((assertion) => ({
      name: assertion["Name"] as string,
      key: keyOf(assertion["Tuple"] as Fields),
      context: contextOf(assertion["Context"]),
      allowed: assertion["Expectation"] === true,
      checkError: assertion["ErrorCode"] as number | undefined,
      listObjectsError: assertion["ListObjectsErrorCode"] as number | undefined,
      listUsersError: assertion["ListUsersErrorCode"] as number | undefined,
    })),
  };
}

function listOf(assertion: Fields): MatrixList {
  const request = assertion["Request"] as Fields;
  return {
    user: request["User"] as string,
    type: request["Type"] as string,
    relation: request["Relation"] as string,
    context: contextOf(assertion["Context"]),
    objects: Array.isArray(assertion["Expectation"]) ? (assertion["Expectation"] as string[]) : [],
    error: assertion["ErrorCode"] as number | undefined,
  };
}
