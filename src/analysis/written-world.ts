// Writes a world of the analysis as tuples with names, and asks the evaluator about it.
import { check } from "../checks/evaluate.ts";
import { createTupleSet } from "../memory/indexed-tuple-set.ts";
import { buildModel } from "../model/build.ts";
import { INLINE_EXPRESSION } from "../model/schema.ts";
import type { Model } from "../model/rewrite.ts";
import type { Tuple, TupleCondition } from "../tuples/tuple.ts";
import type { World } from "./tuple-world.ts";
import { variableNames } from "./variable-names.ts";
import { readShape, WILDCARD } from "./way.ts";

/** A world with names: its tuples, and the question. */
export interface WrittenWorld {
  readonly tuples: readonly Tuple[];
  readonly user: string;
  readonly object: string;
}

/** Returns the condition of a tuple in an example, by the condition's name. */
export type ConditionOf = (name: string) => TupleCondition;

/** Stands for each condition that is met: `metConditions` makes them all true. */
export function metCondition(name: string): TupleCondition {
  return { name, context: name === INLINE_EXPRESSION ? { expression: "true" } : {} };
}

/**
 * Gives each constant of a world a name, such as `user:u` and `org:o2`, and writes its tuples. Names are short, and the
 * user and the object of the question have the first ones. `conditionOf` gives the condition of a conditional tuple.
 *
 * @example
 * const world = { types: ["user", "note"], tuples: [{ shape: "note#author@user", object: 1, user: 0 }],
 *   user: 0, object: 1 };
 * written(world).tuples // [{ object: "note:n", relation: "author", user: "user:u" }]
 */
export function written(world: World, conditionOf: ConditionOf = metCondition): WrittenWorld {
  const names = variableNames(world.types, [world.user, world.object]);
  const tuples = world.tuples.map(({ shape, object, user }): Tuple => {
    const { relation, userType, userRelation, condition } = readShape(shape);
    const name = user === WILDCARD ? `${userType}:*` : names[user]! + (userRelation === "" ? "" : `#${userRelation}`);
    const key = { object: names[object]!, relation, user: name };
    return condition === "" ? key : { ...key, condition: conditionOf(condition) };
  });
  return { tuples, user: names[world.user]!, object: names[world.object]! };
}

const met = new WeakMap<Model, Model>();

/** Returns a model in which every condition is met. Conditional tuples then count as free facts: there, or not. */
function metConditions(model: Model): Model {
  const known = met.get(model);
  if (known !== undefined) return known;
  const conditions = Object.fromEntries(Object.keys(model.json.conditions ?? {})
    .map((name) => [name, { name, expression: "true", parameters: {} }]));
  const found = buildModel({ ...model.json, conditions });
  met.set(model, found);
  return found;
}

/** Asks the evaluator whether a world gives a yes. Throws if the evaluator reports an error. */
export function isYes(model: Model, world: World, relation: string): boolean {
  const { tuples, user, object } = written(world);
  const set = createTupleSet();
  for (const tuple of tuples) set.add(tuple);
  const answer = check(metConditions(model), set, { user, relation, object });
  if ("error" in answer) throw new Error(`the evaluator cannot answer an example: ${answer.error.message}`);
  return answer.allowed;
}
