// Expand: one level of a relation's definition for an object, as a tree in OpenFGA's format.
import { findRelation, objectFault, tupleRefusal } from "../model/admits.ts";
import type { Model, Relation } from "../model/rewrite.ts";
import type { UsersetJson } from "../model/schema.ts";
import type { Tuple } from "../tuples/tuple.ts";
import type { TupleSet } from "../tuples/tuple-set.ts";
import { contextualFailure } from "./contextual.ts";
import { failure, type ExpandAnswer, type ExpandNode, type ExpandRequest } from "./question.ts";
import { sizeFault } from "./sizes.ts";

/**
 * Answers expand as OpenFGA 1.22.1 does: it evaluates no conditions and omits tuples that the model refuses.
 *
 * @example
 * const model = compileModel(`
 *   model
 *     schema 1.1
 *   type user
 *   type document
 *     relations
 *       define viewer: [user]`);
 * const tuples = createTupleSet();
 * tuples.add({ object: "document:1", relation: "viewer", user: "user:ann" });
 * const answer = expand(model, tuples, { object: "document:1", relation: "viewer" });
 * answer.tree.root.leaf // { users: { users: ["user:ann"] } }
 */
export function expand(model: Model, tuples: TupleSet, request: ExpandRequest): ExpandAnswer {
  if (request.object === "" || request.relation === "") {
    return failure("invalid_expand_input", "Invalid input. Make sure you provide an object and a relation");
  }
  const tooLong = sizeFault(request);
  if (tooLong !== undefined) return failure("validation_error", tooLong);
  const bad = contextualFailure(model, request.contextualTuples, "validation_error");
  if (bad !== undefined) return { error: bad };
  const fault = objectFault(model, request.object);
  if (fault !== undefined) return failure("validation_error", fault);
  const relation = findRelation(model, request.object, request.relation);
  if (typeof relation === "string") return failure("validation_error", relation);
  const definition = model.json.type_definitions.find((type) => type.type === relation.type.name)!;
  const expansion = new Expansion(model, tuples, request, relation);
  return { tree: { root: expansion.node(definition.relations![relation.name]!) } };
}

class Expansion {
  private readonly model: Model;
  private readonly tuples: TupleSet;
  private readonly request: ExpandRequest;
  private readonly name: string;

  constructor(model: Model, tuples: TupleSet, request: ExpandRequest, relation: Relation) {
    this.model = model;
    this.tuples = tuples;
    this.request = request;
    this.name = `${request.object}#${relation.name}`;
  }

  node(rewrite: UsersetJson): ExpandNode {
    const { name } = this;
    const { object, relation } = this.request;
    if (rewrite.union) return { name, union: { nodes: rewrite.union.child.map((child) => this.node(child)) } };
    if (rewrite.intersection) {
      return { name, intersection: { nodes: rewrite.intersection.child.map((child) => this.node(child)) } };
    }
    if (rewrite.difference) {
      const { base, subtract } = rewrite.difference;
      return { name, difference: { base: this.node(base), subtract: this.node(subtract) } };
    }
    if (rewrite.computedUserset) {
      return { name, leaf: { computed: { userset: `${object}#${rewrite.computedUserset.relation!}` } } };
    }
    if (rewrite.tupleToUserset) {
      const tupleset = rewrite.tupleToUserset.tupleset.relation!;
      const computed = rewrite.tupleToUserset.computedUserset.relation!;
      const usersets = new Set(this.users(tupleset).map((parent) => `${parent}#${computed}`));
      const leaf = { tupleset: `${object}#${tupleset}`, computed: [...usersets].map((userset) => ({ userset })) };
      return { name, leaf: { tupleToUserset: leaf } };
    }
    return { name, leaf: { users: { users: [...new Set(this.users(relation))].sort() } } };
  }

  /** Returns the users of the object's tuples that the model admits, contextual tuples first. */
  private users(relation: string): string[] {
    const { object, contextualTuples } = this.request;
    const isMeant = (tuple: Tuple): boolean => tuple.object === object && tuple.relation === relation;
    const all = [...(contextualTuples ?? []).filter(isMeant), ...this.tuples.read({ object, relation })];
    return all.filter((tuple) => tupleRefusal(this.model, tuple, true) === undefined).map((tuple) => tuple.user);
  }
}
