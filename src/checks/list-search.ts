// The search behind a list, in parts: from a question that is in order to its answer.
import type { Model, Relation } from "../model/rewrite.ts";
import { isPlain, type EntityId, type Names } from "../tuples/names.ts";
import type { TupleIndex } from "../tuples/tuple-index.ts";
import { Budget } from "./budget.ts";
import { partsWithContextual } from "./contextual.ts";
import { Evaluation } from "./evaluation.ts";
import { ForwardSearch } from "./forward-search.ts";
import { MAX_DEPTH, MAX_LIST_DEPTH, NAMING_STEPS, type ListLimits } from "./limits.ts";
import type { Parts } from "./parts.ts";
import type { ListObjectsAnswer, ListObjectsRequest, ListUsersAnswer, ListUsersRequest } from "./question.ts";
import { ReverseSearch } from "./reverse-search.ts";
import { partsWithinSteps } from "./steps.ts";
import { subjectOfId } from "./subject.ts";
import type { UserFilter } from "./user-filter.ts";

/** What a list is made with. */
export interface ListGround {
  readonly model: Model;
  readonly stored: TupleIndex;
  readonly relation: Relation;
}

/** The answer to list-objects. The stored tuples must not change until its last part. */
export function* searchObjects(
  { model, stored, relation }: ListGround, request: ListObjectsRequest, limits: ListLimits,
): Parts<ListObjectsAnswer> {
  return yield* partsWithinSteps(() => partsWithContextual(stored, request.contextualTuples, (index) =>
    objectsIn(model, index, relation, request, limits)));
}

function* objectsIn(
  model: Model, index: TupleIndex, relation: Relation, request: ListObjectsRequest, limits: ListLimits,
): Parts<ListObjectsAnswer> {
  const { names } = index;
  // Named for the time of the search, so that an unknown userset can be found to contain itself.
  const id = names.retain(request.user);
  try {
    const subject = subjectOfId(model, names, id)!;
    if (subject.reach[relation.place] === 0) return { objects: [] };
    // OpenFGA has no depth limit here for objects; for usersets and wildcards it has the one of checks.
    const maxDepth = isPlain(subject.facet) ? MAX_LIST_DEPTH : MAX_DEPTH;
    const evaluation = new Evaluation(model, index, request.context, subject, limits.maxSteps, maxDepth);
    const budget = new Budget(evaluation, limits.stepsPerPart);
    const objects = yield* new ReverseSearch(evaluation, subject, budget).objectsOf(relation);
    if (objects === undefined) return { error: evaluation.failure! };
    return { objects: yield* textsOf(objects, names, budget) };
  } finally {
    names.release(id);
  }
}

/** The answer to list-users. The stored tuples must not change until its last part. */
export function* searchUsers(
  { model, stored, relation }: ListGround, filter: UserFilter, request: ListUsersRequest, limits: ListLimits,
): Parts<ListUsersAnswer> {
  return yield* partsWithContextual(stored, request.contextualTuples, (index) =>
    usersIn(model, index, relation, filter, request, limits));
}

function* usersIn(
  model: Model, index: TupleIndex, relation: Relation, filter: UserFilter, request: ListUsersRequest,
  { stepsPerPart, maxSteps }: ListLimits,
): Parts<ListUsersAnswer> {
  if (filter.leadReach[relation.place] === 0) return { users: [] };
  const { names } = index;
  const object = names.retain(request.object);
  // Evaluation starts with the object as its subject; the search turns to each user in question.
  const evaluation = new Evaluation(model, index, request.context, subjectOfId(model, names, object)!, maxSteps);
  const budget = new Budget(evaluation, stepsPerPart);
  const forward = new ForwardSearch(evaluation, filter, budget);
  try {
    const answer = yield* partsWithinSteps(() => usersFound(forward, relation, object, evaluation, budget));
    yield* letGo(forward.named, names, budget);
    return answer;
  } finally {
    // What is left of a list that was given up.
    for (const id of forward.named) names.release(id);
    names.release(object);
  }
}

function* usersFound(
  forward: ForwardSearch, relation: Relation, object: EntityId, evaluation: Evaluation, budget: Budget,
): Parts<ListUsersAnswer> {
  const users = yield* forward.usersOf(relation, object);
  if (users === undefined) return { error: evaluation.failure! };
  return { users: yield* textsOf(users, evaluation.index.names, budget) };
}

/** Releases names, the last first. */
function* letGo(named: EntityId[], names: Names, budget: Budget): Parts<void> {
  for (let id = named.pop(); id !== undefined; id = named.pop()) {
    names.release(id);
    budget.tire(NAMING_STEPS);
    if (budget.isPartOver) yield* budget.rest();
  }
}

/** The texts of ids, in their order; a text is a step. */
function* textsOf(ids: Iterable<EntityId>, names: Names, budget: Budget): Parts<string[]> {
  const texts: string[] = [];
  for (const id of ids) {
    texts.push(names.text(id));
    budget.spend(1);
    if (budget.isPartOver) yield* budget.rest();
  }
  return texts;
}
