// Writes an example as a story: a `.fga.yaml` store file that `fga model test` and the tests of a project run.
import type { Model } from "../model/rewrite.ts";
import type { Tuple } from "../tuples/tuple.ts";
import { contextThatMeets } from "./condition-context.ts";
import type { World } from "./tuple-world.ts";
import { readShape } from "./way.ts";
import { metCondition, written } from "./written-world.ts";

/** One question about a world, and the answer of the model that the story names. */
export interface StoryTest {
  readonly name: string;
  readonly world: World;
  readonly relation: string;
  readonly allowed: boolean;
}

/** A story with comment lines at its head. */
export interface ExampleStory {
  readonly name: string;
  readonly comment: readonly string[];
  /** Path of the model's file, relative to the story. */
  readonly modelFile: string;
  readonly model: Model;
  readonly tests: readonly StoryTest[];
}

/**
 * Prints a story as YAML. Each conditional tuple has a context that meets its condition. Where none is found, the
 * context is empty and a comment names the condition: the story runs once somebody has filled it in.
 */
export function printStory({ name, comment, modelFile, model, tests }: ExampleStory): string {
  const unmet = new Set(tests.flatMap(({ world }) => world.tuples).map(({ shape }) => readShape(shape).condition)
    .filter((condition) => condition !== "" && contextThatMeets(model, condition) === undefined));
  const notes = [...unmet].map((condition) => `No context that meets '${condition}' was found. Fill one in.`);
  return [
    ...[...comment, ...notes].map((line) => `# ${line}`),
    `name: ${JSON.stringify(name)}`,
    `model_file: ${JSON.stringify(modelFile)}`,
    "tests:",
    ...tests.flatMap((test) => testLines(test, model)),
    "",
  ].join("\n");
}

function testLines({ name, world, relation, allowed }: StoryTest, model: Model): string[] {
  const { tuples, user, object } = written(world, (condition) =>
    contextThatMeets(model, condition) ?? metCondition(condition));
  return [
    `  - name: ${JSON.stringify(name)}`,
    ...(tuples.length === 0 ? [] : ["    tuples:", ...tuples.map(tupleLine)]),
    "    check:",
    `      - { user: ${quoted(user)}, object: ${quoted(object)}, assertions: { ${quoted(relation)}: ${allowed} } }`,
  ];
}

function tupleLine({ user, relation, object, condition }: Tuple): string {
  const under = condition === undefined ? "" : `, condition: ${JSON.stringify(condition)}`;
  return `      - { user: ${quoted(user)}, relation: ${quoted(relation)}, object: ${quoted(object)}${under} }`;
}

/** Returns a text as YAML within braces: in quotes unless it is made of harmless characters. */
function quoted(text: string): string {
  return /^[a-z][\w:#/.-]*[\w*]$/i.test(text) && !/^(?:true|false|null|yes|no|on|off|[yn])$/i.test(text)
    ? text : JSON.stringify(text);
}
