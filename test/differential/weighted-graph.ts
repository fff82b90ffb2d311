// Differences between OpenFGA's second check engine (`weighted_graph_check`) and its default one: its own list, and
// more.
import type { AuthorizationModelJson, Tuple } from "../../src/engine.ts";
import { operandsOf, restrictionsOf } from "../../src/model/validate.ts";
import { typeOf } from "../../src/tuples/tuple.ts";
import type { Check, Disagreement } from "./compare.ts";
import { referenceOf, type ModelWorld } from "./models.ts";
import { counts, type Reading } from "./reference.ts";

/** The reasons of OpenFGA 1.22.1 (`v2breaking.CheckReason`), each a shape of a check whose user is a userset. */
type Reason =
  | "self_referential_userset" | "alias_userset" | "computed_userset_self_object" | "ttu_userset";

type Definition = AuthorizationModelJson["type_definitions"][number];
type Rewrite = NonNullable<Definition["relations"]>[string];

/** Reasons beyond OpenFGA's list for which the second engine denies. */
type Own = "a member of itself, further on" | "the user's own relation" | "named by a tuple whose condition is not met";

/**
 * The reason why the second engine denies an access that the default one grants, or undefined if nothing explains it.
 * In the second engine a userset is a member of itself only by a tuple; OpenFGA's list has the consequences of one
 * step. The second engine also does not follow usersets of the user's own relation, except where they lead back to the
 * relation that takes them.
 */
export function weightedKind(world: ModelWorld, { question, engine, server }: Disagreement): Reason | Own | undefined {
  if (question.ask !== "check" || engine !== "yes" || server !== "no") return undefined;
  const isYes = (how: Reading): boolean =>
    referenceOf(world, question, how).check(question.user, question.relation, question.object) === "yes";
  if (!isYes({})) return undefined;
  const ofUserset = question.user.includes("#") ? usersetKind(world.model.json, question, isYes) : undefined;
  return ofUserset ?? (isPassedOver(world, question) ? "named by a tuple whose condition is not met" : undefined);
}

function usersetKind(
  json: AuthorizationModelJson, question: Check, isYes: (how: Reading) => boolean,
): Reason | Own | undefined {
  const reason = reasonOf(json, question);
  if (reason !== undefined) return reason;
  if (!isYes({ reflexive: false })) return "a member of itself, further on";
  return isYes({ reflexive: false, following: false }) ? undefined : "the user's own relation";
}

/**
 * Whether the yes is due to tuples naming a userset that another tuple also names, under a condition that is not met.
 * Within a cycle of relations the second engine enters a userset only once, by the first tuple it reads. If that
 * tuple's condition is not met it drops the userset, mostly whichever comes first, and not always with the same answer.
 */
function isPassedOver(world: ModelWorld, question: Check): boolean {
  const isMet = (tuple: Tuple): boolean => counts(world.model, tuple, question.context);
  const isRecursive = ({ user }: Tuple): boolean =>
    world.model.types.get(typeOf(user))?.relations.get(user.split("#")[1] ?? "")?.recursive === true;
  const { contextualTuples = [] } = question;
  const unmet = new Set([...world.tuples, ...contextualTuples]
    .filter((tuple) => isRecursive(tuple) && !isMet(tuple)).map(({ user }) => user));
  if (unmet.size === 0) return false;
  const rest = (tuples: readonly Tuple[]): Tuple[] => tuples.filter((tuple) => !unmet.has(tuple.user) || !isMet(tuple));
  const without = { ...question, contextualTuples: rest(contextualTuples) };
  return referenceOf({ ...world, tuples: rest(world.tuples) }, without)
    .check(question.user, question.relation, question.object) !== "yes";
}

/** The reason on OpenFGA's list, or undefined. */
function reasonOf(json: AuthorizationModelJson, { user, relation, object }: Check): Reason | undefined {
  const [userObject = "", userRelation] = user.split("#");
  if (userRelation === undefined) return undefined;
  if (user === `${object}#${relation}`) return "self_referential_userset";
  const definition = definitionOf(json, typeOf(object));
  if (isAlias(json, definition, relation, typeOf(userObject), userRelation)) return "alias_userset";
  const nodes = nodesOf(definition.relations![relation]!);
  if (userObject === object && nodes.some((node) => node.computedUserset?.relation === userRelation)) {
    return "computed_userset_self_object";
  }
  const isParent = ({ tupleToUserset: from }: Rewrite): boolean => from?.computedUserset.relation === userRelation
    && restrictionsOf(definition, from.tupleset.relation!).some(({ type }) => type === typeOf(userObject));
  return nodes.some(isParent) ? "ttu_userset" : undefined;
}

function definitionOf(json: AuthorizationModelJson, type: string): Definition {
  return json.type_definitions.find((each) => each.type === type)!;
}

function nodesOf(rewrite: Rewrite): Rewrite[] {
  return [rewrite, ...(operandsOf(rewrite) ?? []).flatMap(nodesOf)];
}

/** Whether a relation takes usersets of another relation that is computed from the user's relation alone. */
function isAlias(
  json: AuthorizationModelJson, definition: Definition, relation: string, userType: string, userRelation: string,
): boolean {
  const relations = restrictionsOf(definition, relation)
    .filter((each) => each.type === userType && each.relation).map((each) => each.relation!);
  const computedFrom = (name: string): string | undefined => {
    const rewrite = definitionOf(json, userType).relations![name]!;
    if (rewrite.this) return name;
    return rewrite.computedUserset && computedFrom(rewrite.computedUserset.relation!);
  };
  return !relations.includes(userRelation) && relations.some((name) => computedFrom(name) === userRelation);
}
