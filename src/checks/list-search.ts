// The search behind a list, in parts: from a valid question to its answer.
import type { Model, Relation } from "../model/rewrite.ts";
import { isPlain, type EntityId, type EntityNames } from "../memory/entity-names.ts";
import type { TupleIndex } from "../memory/tuple-index.ts";
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

/** The data from which a list is made. */
export interface ListGround {
  readonly model: Model;
  readonly stored: TupleIndex;
  readonly relation: Relation;
}

/** Answers list-objects. The stored tuples must not change until the last part. */
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
  // The user has a name during the search, so that even an unknown userset is found to contain itself.
  const id = names.retain(request.user);
  try {
    const subject = subjectOfId(model, names, id)!;
    if (subject.reach[relation.place] === 0) return { objects: [] };
    // Here OpenFGA has no depth limit for objects. For usersets and wildcards it has the limit of checks.
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

/** Answers list-users. The stored tuples must not change until the last part. */
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
  // The evaluation starts with the object as its subject. The search then switches to each candidate user.
  const evaluation = new Evaluation(model, index, request.context, subjectOfId(model, names, object)!, maxSteps);
  const budget = new Budget(evaluation, stepsPerPart);
  const forward = new ForwardSearch(evaluation, filter, budget);
  try {
    const answer = yield* partsWithinSteps(() => usersFound(forward, relation, object, evaluation, budget));
    yield* letGo(forward.named, names, budget);
    return answer;
  } finally {
    // Names are left only when the list was given up.
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

/** Releases names, the last one first. */
function* letGo(named: EntityId[], names: EntityNames, budget: Budget): Parts<void> {
  for (let id = named.pop(); id !== undefined; id = named.pop()) {
    names.release(id);
    budget.charge(NAMING_STEPS);
    if (budget.isPartOver) yield* budget.rest();
  }
}

/** Returns the texts of ids, in their order. Each text costs a step. */
function* textsOf(ids: Iterable<EntityId>, names: EntityNames, budget: Budget): Parts<string[]> {
  const texts: string[] = [];
  for (const id of ids) {
    texts.push(names.text(id));
    budget.spend(1);
    if (budget.isPartOver) yield* budget.rest();
  }
  return texts;
}
