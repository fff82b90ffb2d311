// List-users: which users have this relation to this object?
import { objectFault } from "../model/admits.ts";
import type { Model } from "../model/rewrite.ts";
import { typeOf } from "../tuples/tuple.ts";
import { indexOf } from "../memory/indexed-tuple-set.ts";
import type { TupleSet } from "../tuples/tuple-set.ts";
import { contextualFailure } from "./contextual.ts";
import { LIST_STEPS_AT_ONCE, MAX_LIST_STEPS, STEPS_PER_PART } from "./limits.ts";
import { searchUsers, type ListGround } from "./list-search.ts";
import { searchUsers as searchAtOnce } from "./list-search-at-once.ts";
import type { Parts } from "./parts.ts";
import { failure, type ListUsersAnswer, type ListUsersRequest } from "./question.ts";
import { sizeFault } from "./sizes.ts";
import { atOnceOrInParts } from "./steps.ts";
import { UserFilter } from "./user-filter.ts";

/**
 * Answers list-users as OpenFGA 1.22.1 does, without its limits on results and time. Errors carry OpenFGA's code. A
 * list that takes more than `maxSteps` steps is an error.
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
 * const question = { object: "document:1", relation: "viewer", userFilter: { type: "user" } };
 * listUsers(model, tuples, question) // { users: ["user:ann"] }
 */
export function listUsers(
  model: Model, tuples: TupleSet, request: ListUsersRequest, maxSteps: number = MAX_LIST_STEPS,
): ListUsersAnswer {
  const ground = groundOf(model, tuples, request);
  if (!("filter" in ground)) return ground;
  return searchAtOnce(ground, ground.filter, request, { maxSteps, stepsPerPart: Infinity });
}

/**
 * Does the same in parts. A list of usual length takes one part. The tuples must not change until the last part; other
 * questions may be answered in between. `atOnce`: steps of the first part. `stepsPerPart`: steps of each other part.
 */
export function* listUsersInParts(
  model: Model, tuples: TupleSet, request: ListUsersRequest,
  { maxSteps = MAX_LIST_STEPS, stepsPerPart = STEPS_PER_PART, atOnce = LIST_STEPS_AT_ONCE } = {},
): Parts<ListUsersAnswer> {
  const ground = groundOf(model, tuples, request);
  if (!("filter" in ground)) return ground;
  const { filter } = ground;
  return yield* atOnceOrInParts(Math.min(atOnce, maxSteps), maxSteps,
    (most) => searchAtOnce(ground, filter, request, { maxSteps: most, stepsPerPart: Infinity }),
    () => searchUsers(ground, filter, request, { maxSteps, stepsPerPart }));
}

/** Returns the data from which the question is answered, or the answer itself when it needs no search. */
function groundOf(
  model: Model, tuples: TupleSet, request: ListUsersRequest,
): (ListGround & { readonly filter: UserFilter }) | ListUsersAnswer {
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
  // An object that no tuple can name has no users, whatever its id. (A userset over it would contain itself: see
  // docs/api.md.)
  if (objectFault(model, request.object) !== undefined) return { users: [] };
  return { model, stored, relation: target, filter: new UserFilter(model, filterType, filterRelation) };
}
