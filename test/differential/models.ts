// Random worlds of random models, and the questions about them.
import { createTupleSet, type Model, type Tuple, type TupleSet } from "../../src/engine.ts";
import type { Draw } from "../laws/draw.ts";
import { askEngine, type Answer, type Question } from "./compare.ts";
import { drawQuestions, namedBy, type Counts } from "./questions.ts";
import { Reference, type Reading } from "./reference.ts";
import { drawModel, fullContext, tupleContext } from "./random-model.ts";
import { shapesOf, tupleOf } from "./random-tuples.ts";

export interface ModelWorld {
  readonly model: Model;
  readonly tuples: readonly Tuple[];
  readonly questions: readonly Question[];
}

/** Ids of each type. */
const IDS = 4;
const COUNTS: Counts = { checks: 82, listObjects: 14, listUsers: 12 };

/** A world's tuples as a tuple set. */
export function setOf(tuples: readonly Tuple[]): TupleSet {
  const set = createTupleSet();
  for (const tuple of tuples) set.add(tuple);
  return set;
}

/** The naive reference for a question of a world. */
export function referenceOf(
  { model, tuples }: Pick<ModelWorld, "model" | "tuples">, question: Question, how?: Reading,
): Reference {
  return new Reference(model, [...question.contextualTuples ?? [], ...tuples], question.context, how);
}

/** Whether an answer equals the naive reference's, both with failed conditions counted as met and as unmet. */
export function isCertain(
  world: Pick<ModelWorld, "model" | "tuples">, question: Question, answer: Answer,
): boolean {
  const references = [true, false].map((failing) => referenceOf(world, question, { failing }));
  const isSure = (user: string, object: string, truth: string): boolean =>
    references.every((reference) => reference.check(user, question.relation, object) === truth);
  if (question.ask === "check") return isSure(question.user, question.object, answer);
  const listed = answer.slice(1, -1).split(" ").filter((each) => each !== "");
  return listed.every((each) => (question.ask === "list-objects"
    ? isSure(question.user, each, "yes") : isSure(each, question.object, "yes")));
}

/** A random model, tuples that it admits, and questions, a fifth of them with contextual tuples. */
export function drawWorld(draw: Draw): ModelWorld {
  let model = drawModel(draw);
  while (model === undefined) model = drawModel(draw);
  const shapes = shapesOf(model.json);
  const tuple = (): Tuple => tupleOf(draw.pick(shapes), IDS, draw, (condition) => tupleContext(condition, draw));
  const isImplicit = ({ object, relation, user }: Tuple): boolean => user === `${object}#${relation}`;
  const found = new Map<string, Tuple>();
  for (let i = 8 + draw.below(40); i > 0; i--) {
    const drawn = tuple();
    if (!isImplicit(drawn)) found.set(`${drawn.object} ${drawn.relation} ${drawn.user}`, drawn);
  }
  const tuples = [...found.values()];
  const set = setOf(tuples);
  const { objects, users } = namedBy(tuples);
  const relations = new Map(model.json.type_definitions.map((type) => [type.type, Object.keys(type.relations ?? {})]));
  const usersets = [...relations].flatMap(([type, names]) => names.map((name) => `${type}#${name}`));
  const plain = ["user:1", "user:2", "user:3", "user:4", "user:9"];
  const sets = draw.sample(usersets, 4).map((of) => of.replace("#", `:${1 + draw.below(IDS)}#`));
  const material = {
    relations, objects, users: [...plain, ...plain, ...plain, ...users, ...sets, "user:*"],
    filters: ["user", "user", "user", ...draw.sample(usersets, 3), ...draw.sample([...relations.keys()], 1)],
  };
  const context = fullContext(draw);
  const isYes = (question: Question): boolean => askEngine(model, set, { ...question, context }) === "yes";
  const questions = drawQuestions(material, COUNTS, draw, isYes).map((question): Question => {
    const contextualTuples = draw.maybe(20, () => distinct(Array.from({ length: 1 + draw.below(3) }, tuple)));
    return { ...question, context, ...(contextualTuples === undefined ? {} : { contextualTuples }) };
  });
  return { model, tuples, questions };
}

function distinct(tuples: readonly Tuple[]): Tuple[] {
  return [...new Map(tuples.map((tuple) => [`${tuple.object} ${tuple.relation} ${tuple.user}`, tuple])).values()];
}
