// Where OpenFGA's second Check engine (`weighted_graph_check`) knowingly differs from its default one: its own list.
import type { AuthorizationModelJson } from "../../src/engine.ts";
import { operandsOf, restrictionsOf } from "../../src/model/validate.ts";
import { typeOf } from "../../src/tuples/tuple.ts";
import type { Check, Disagreement } from "./compare.ts";
import { referenceOf, type ModelWorld } from "./models.ts";
import type { Reading } from "./reference.ts";

/** The reasons of OpenFGA 1.22.1 (`v2breaking.CheckReason`), each a shape of a check whose user is a userset. */
type Reason =
  | "self_referential_userset" | "alias_userset" | "computed_userset_self_object" | "ttu_userset";

type Definition = AuthorizationModelJson["type_definitions"][number];
type Rewrite = NonNullable<Definition["relations"]>[string];

/**
 * Why the second engine denies what the default one grants, undefined when nothing explains it. To it a userset is a
 * member of itself only by a tuple; what comes of that in one step is on OpenFGA's list. And usersets of the user's own
 * relation it does not follow, but where they lead back to the relation that takes them.
 */
export function weightedKind(
  world: ModelWorld, { question, engine, server }: Disagreement,
): Reason | "a member of itself, further on" | "the user's own relation" | undefined {
  if (question.ask !== "check" || !question.user.includes("#") || engine !== "yes" || server !== "no") return undefined;
  const isYes = (how: Reading): boolean =>
    referenceOf(world, question, how).check(question.user, question.relation, question.object) === "yes";
  if (!isYes({})) return undefined;
  const reason = reasonOf(world.model.json, question);
  if (reason !== undefined) return reason;
  if (!isYes({ reflexive: false })) return "a member of itself, further on";
  return isYes({ reflexive: false, following: false }) ? undefined : "the user's own relation";
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

/** Whether a relation takes usersets, not of the user's relation, but of one that is computed from it alone. */
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
