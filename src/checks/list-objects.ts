// List-objects: to which objects of a type has this user this relation?
import type { Model, Relation } from "../model/rewrite.ts";
import { isPlain } from "../tuples/names.ts";
import type { TupleIndex } from "../tuples/tuple-index.ts";
import { indexOf, type TupleSet } from "../tuples/tuple-set.ts";
import { userFault } from "../model/admits.ts";
import { contextualFailure, withContextual } from "./contextual.ts";
import { Evaluation } from "./evaluation.ts";
import { MAX_DEPTH, MAX_LIST_DEPTH, MAX_LIST_STEPS } from "./limits.ts";
import { failure, type ListObjectsAnswer, type ListObjectsRequest } from "./question.ts";
import { ReverseSearch } from "./reverse-search.ts";
import { sizeFault } from "./sizes.ts";
import { withinSteps } from "./steps.ts";
import { subjectOfId } from "./subject.ts";

/**
 * Answers list-objects as OpenFGA 1.22.1 does, without its limits on results and time; errors carry OpenFGA's code. A
 * list that takes more than `maxSteps` steps is an error.
 */
export function listObjects(
  model: Model, tuples: TupleSet, request: ListObjectsRequest, maxSteps: number = MAX_LIST_STEPS,
): ListObjectsAnswer {
  const stored = indexOf(tuples);
  const { type: ofType, relation: named, user: userBytes } = request;
  const tooLong = sizeFault({ type: ofType, relation: named, userBytes });
  if (tooLong !== undefined) return failure("validation_error", tooLong);
  const bad = contextualFailure(model, request.contextualTuples, "validation_error");
  if (bad !== undefined) return { error: bad };
  const type = model.types.get(request.type);
  if (type === undefined) return failure("type_not_found", `type '${request.type}' not found`);
  const relation = type.relations.get(request.relation);
  if (relation === undefined) {
    return failure("relation_not_found", `relation '${request.type}#${request.relation}' not found`);
  }
  const fault = userFault(model, request.user);
  if (fault !== undefined) return failure("validation_error", `invalid 'user' value: ${fault}`);
  return withinSteps(() => withContextual(stored, request.contextualTuples, (index) =>
    search(model, index, relation, request, maxSteps)));
}

function search(
  model: Model, index: TupleIndex, relation: Relation, request: ListObjectsRequest, maxSteps: number,
): ListObjectsAnswer {
  const { names } = index;
  // Named for the time of the search, so that an unknown userset can be found to contain itself.
  const id = names.retain(request.user);
  try {
    const subject = subjectOfId(model, names, id)!;
    // OpenFGA has no depth limit here for objects; for usersets and wildcards it has the one of checks.
    const maxDepth = isPlain(subject.facet) ? MAX_LIST_DEPTH : MAX_DEPTH;
    const evaluation = new Evaluation(model, index, request.context, subject, maxSteps, maxDepth);
    if (subject.reach[relation.place] === 0) return { objects: [] };
    const objects = new ReverseSearch(evaluation, subject).objectsOf(relation);
    if (objects === undefined) return { error: evaluation.failure! };
    return { objects: Array.from(objects, (object) => names.text(object)) };
  } finally {
    names.release(id);
  }
}
