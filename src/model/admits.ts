// Which tuples a model admits: the same rules hold for writes and for contextual tuples.
import { isRelationName, parseEntity } from "../tuples/entity.ts";
import { plainKind, usersetKind, wildcardKind, type UserKind } from "../memory/entity-names.ts";
import type { Tuple } from "../tuples/tuple.ts";
import { Budget } from "./conditions/condition-budget.ts";
import type { Model, Relation } from "./rewrite.ts";

/** The reason why a tuple is refused: its shape or types (`tuple`), or its condition (`condition`). */
export interface TupleRefusal {
  readonly part: "tuple" | "condition";
  readonly message: string;
}

/**
 * Returns the reason why a model does not admit a tuple, in OpenFGA's order of checks, or undefined. A `stored` tuple
 * may carry an expression that does not compile: only its evaluation reports that. `budget` counts the work.
 */
export function tupleRefusal(
  model: Model, tuple: Tuple, stored = false, budget = new Budget(),
): TupleRefusal | undefined {
  const user = userFault(model, tuple.user) ?? objectFault(model, tuple.object);
  if (user !== undefined) return { part: "tuple", message: user };
  const relation = findRelation(model, tuple.object, tuple.relation);
  if (typeof relation === "string") return { part: "tuple", message: relation };
  const facet = facetOf(model, tuple.user);
  if (!relation.admits[facet]) {
    const message = `'${tuple.user}' is not an allowed type restriction for '${relation.type.name}#${relation.name}'`;
    return { part: "tuple", message };
  }
  const message = conditionFault(model, relation, facet, tuple, stored, budget);
  return message === undefined ? undefined : { part: "condition", message };
}

/** Returns the reason why a string is not a user of this model, or undefined. */
export function userFault(model: Model, user: string): string | undefined {
  const { kind, type, relation } = parseEntity(user);
  if (kind === "malformed") return "the 'user' field is malformed";
  const known = model.types.get(type);
  if (known === undefined) return `type '${type}' not found`;
  if (kind === "userset" && !known.relations.has(relation)) return `relation '${type}#${relation}' not found`;
  return undefined;
}

/** Returns the reason why a string is not an object of this model, or undefined. */
export function objectFault(model: Model, object: string): string | undefined {
  const { kind, type } = parseEntity(object);
  if (kind === "wildcard") return "the 'object' field cannot reference a typed wildcard";
  if (kind !== "object") return "invalid 'object' field format";
  return model.types.has(type) ? undefined : `type '${type}' not found`;
}

/** Returns the relation of an object's type, or the reason why none exists. */
export function findRelation(model: Model, object: string, relation: string): Relation | string {
  if (!isRelationName(relation)) return "the 'relation' field is malformed";
  const type = object.slice(0, object.indexOf(":"));
  return model.types.get(type)?.relations.get(relation) ?? `relation '${type}#${relation}' not found`;
}

/** Returns the user kind of a user that `userFault` accepts. */
function facetOf(model: Model, user: string): UserKind {
  const { kind, type, relation } = parseEntity(user);
  const known = model.types.get(type)!;
  if (kind === "userset") return usersetKind(known.relations.get(relation)!.symbol);
  return kind === "wildcard" ? wildcardKind(known.symbol) : plainKind(known.symbol);
}

function conditionFault(
  model: Model, relation: Relation, facet: UserKind, tuple: Tuple, stored: boolean, budget: Budget,
): string | undefined {
  const names = relation.conditions.get(facet);
  const { condition } = tuple;
  if (condition === undefined) return names?.has("") ? undefined : "condition is missing";
  const compiled = model.conditions.get(condition.name);
  if (compiled === undefined) return "undefined condition";
  if (!names?.has(condition.name)) return "invalid condition for type restriction";
  return compiled.refusal(condition.context ?? {}, stored, budget);
}
