// OpenFGA's own test suites, read from the Go module of the pinned server.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { Tuple } from "../../src/engine.ts";
import { reasonToSkip } from "../live/required.ts";

type Context = Record<string, unknown>;

interface RawTuple {
  object: string;
  relation: string;
  user: string;
  condition?: { name: string; context?: Context };
}

interface Expectations<Request, Expectation> {
  readonly request: Request;
  readonly contextualTuples: readonly Tuple[];
  readonly context: Context | undefined;
  /** The expected answer, or OpenFGA's number of the expected error. */
  readonly expectation: Expectation;
  readonly errorCode: number | undefined;
}

export type CheckAssertion = Expectations<Pick<RawTuple, "object" | "relation" | "user">, boolean>;
export type ListObjectsAssertion = Expectations<{ user: string; type: string; relation: string }, string[]>;
export type ListUsersAssertion = Expectations<{ filters: string[]; object: string; relation: string }, string[]>;

export interface Stage {
  readonly model: string;
  readonly tuples: readonly Tuple[];
  readonly checks: readonly CheckAssertion[];
  readonly listObjects: readonly ListObjectsAssertion[];
  readonly listUsers: readonly ListUsersAssertion[];
}

export interface SuiteTest {
  readonly name: string;
  readonly stages: readonly Stage[];
}

export const SUITES = ["consolidated_1_1_tests.yaml", "abac_tests.yaml"] as const;

/** The folder of the pinned OpenFGA module. Without Go there is none: prints a warning, and throws under CI. */
export function moduleFolder(): string | undefined {
  const cwd = join(import.meta.dirname, "../openfga-server");
  const module = "github.com/openfga/openfga";
  try {
    const run = (args: string[]): string => execFileSync("go", args, { cwd, encoding: "utf8", stdio: "pipe" });
    const listed = run(["list", "-m", "-f", "{{.Dir}}", module]).trim();
    return listed || (JSON.parse(run(["mod", "download", "-json", module])) as { Dir: string }).Dir;
  } catch (error) {
    const missing = `OpenFGA's own suites need Go 1.26 and the module ${module}: ${(error as Error).message}`;
    console.error(`\n!!! SKIPPED: ${reasonToSkip(missing)}\n`);
    return undefined;
  }
}

/** Reads one suite. */
export function readSuite(folder: string, file: string): SuiteTest[] {
  const raw = parse(readFileSync(join(folder, "assets/tests", file), "utf8")) as { tests: RawTest[] };
  return raw.tests.map((test) => ({ name: test.name, stages: test.stages.map(stageOf) }));
}

interface RawAssertion {
  tuple?: RawTuple;
  request?: { user: string; type: string; relation: string; filters: string[]; object: string };
  contextualTuples?: RawTuple[];
  context?: Context;
  expectation?: unknown;
  errorCode?: number;
}

interface RawTest {
  name: string;
  stages: {
    model: string;
    tuples?: RawTuple[];
    checkAssertions?: RawAssertion[];
    listObjectsAssertions?: RawAssertion[];
    listUsersAssertions?: RawAssertion[];
  }[];
}

function stageOf(stage: RawTest["stages"][number]): Stage {
  return {
    model: stage.model,
    tuples: (stage.tuples ?? []).map(tupleOf),
    checks: (stage.checkAssertions ?? []).map((a) => assertionOf(a, a.tuple!, a.expectation === true)),
    listObjects: (stage.listObjectsAssertions ?? []).map((a) => assertionOf(a, a.request!, listOf(a))),
    listUsers: (stage.listUsersAssertions ?? []).map((a) => assertionOf(a, a.request!, listOf(a))),
  };
}

function listOf(assertion: RawAssertion): string[] {
  return (assertion.expectation ?? []) as string[];
}

function assertionOf<R, E>(raw: RawAssertion, request: R, expectation: E): Expectations<R, E> {
  const contextualTuples = (raw.contextualTuples ?? []).map(tupleOf);
  return { request, contextualTuples, context: raw.context, expectation, errorCode: raw.errorCode };
}

function tupleOf({ object, relation, user, condition }: RawTuple): Tuple {
  if (condition === undefined) return { object, relation, user };
  return { object, relation, user, condition: { name: condition.name, context: condition.context ?? {} } };
}
