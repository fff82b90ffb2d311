// List-users: which users have this relation to this object?
import { objectFault } from "../model/admits.ts";
import type { Model, Relation } from "../model/rewrite.ts";
import { typeOf } from "../tuples/tuple.ts";
import type { TupleIndex } from "../tuples/tuple-index.ts";
import { indexOf, type TupleSet } from "../tuples/tuple-set.ts";
import { contextualFailure, withContextual } from "./contextual.ts";
import { Evaluation } from "./evaluation.ts";
import { ForwardSearch } from "./forward-search.ts";
import { MAX_LIST_STEPS } from "./limits.ts";
import { failure, type ListUsersAnswer, type ListUsersRequest } from "./question.ts";
import { sizeFault } from "./sizes.ts";
import { withinSteps } from "./steps.ts";
import { subjectOfId } from "./subject.ts";
import { UserFilter } from "./user-filter.ts";

/**
 * Answers list-users as OpenFGA 1.22.1 does, without its limits on results and time; errors carry OpenFGA's code. A
 * list that takes more than `maxSteps` steps is an error.
 */
export function listUsers(
  model: Model, tuples: TupleSet, request: ListUsersRequest, maxSteps: number = MAX_LIST_STEPS,
): ListUsersAnswer {
  const stored = indexOf(tuples);
  const { type, relation } = request.userFilter;
  const tooLong = sizeFault({ relation: request.relation })
    ?? sizeFault(request.userFilter as { type: string; relation?: string });
  if (tooLong !== undefined) return failure("validation_error", tooLong);
  const bad = contextualFailure(model, request.contextualTuples, "validation_error");
  if (bad !== undefined) return { error: bad };
  const filterType = model.types.get(type);
  if (filterType === undefined) return failure("type_not_found", `type '${type}' not found`);
  const filterRelation = relation ? filterType.relations.get(relation) : undefined;
  if (relation && filterRelation === undefined) {
    return failure("relation_not_found", `relation '${type}#${relation}' not found`);
  }
  const objectType = model.types.get(typeOf(request.object));
  if (objectType === undefined) return failure("type_not_found", `type '${typeOf(request.object)}' not found`);
  const target = objectType.relations.get(request.relation);
  if (target === undefined) {
    return failure("relation_not_found", `relation '${objectType.name}#${request.relation}' not found`);
  }
  // Whatever the id: one that no tuple can name has no users. (Of a userset it would be one itself: see docs/api.md.)
  if (objectFault(model, request.object) !== undefined) return { users: [] };
  const filter = new UserFilter(model, filterType, filterRelation);
  return withinSteps(() => withContextual(stored, request.contextualTuples, (index) =>
    search(model, index, target, filter, request, maxSteps)));
}

function search(
  model: Model, index: TupleIndex, relation: Relation, filter: UserFilter, request: ListUsersRequest,
  maxSteps: number,
): ListUsersAnswer {
  if (filter.leadReach[relation.place] === 0) return { users: [] };
  const { names } = index;
  const object = names.retain(request.object);
  // Evaluation starts with the object as its subject; the search turns to each user in question.
  const evaluation = new Evaluation(model, index, request.context, subjectOfId(model, names, object)!, maxSteps);
  const forward = new ForwardSearch(evaluation, filter);
  try {
    const users = forward.usersOf(relation, object);
    if (users === undefined) return { error: evaluation.failure! };
    return { users: Array.from(users, (user) => names.text(user)) };
  } finally {
    for (const id of forward.named) names.release(id);
    names.release(object);
  }
}
