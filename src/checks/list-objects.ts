// List-objects: to which objects of a type does this user have this relation?
import type { Model } from "../model/rewrite.ts";
import { indexOf } from "../memory/indexed-tuple-set.ts";
import type { TupleSet } from "../tuples/tuple-set.ts";
import { userFault } from "../model/admits.ts";
import { contextualFailure } from "./contextual.ts";
import { LIST_STEPS_AT_ONCE, MAX_LIST_STEPS, STEPS_PER_PART } from "./limits.ts";
import { searchObjects, type ListGround } from "./list-search.ts";
import { searchObjects as searchAtOnce } from "./list-search-at-once.ts";
import type { Parts } from "./parts.ts";
import { failure, type Failure, type ListObjectsAnswer, type ListObjectsRequest } from "./question.ts";
import { sizeFault } from "./sizes.ts";
import { atOnceOrInParts } from "./steps.ts";

/**
 * Answers list-objects as OpenFGA 1.22.1 does, without its limits on results and time. Errors carry OpenFGA's code. A
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
 * listObjects(model, tuples, { type: "document", relation: "viewer", user: "user:ann" }) // { objects: ["document:1"] }
 */
export function listObjects(
  model: Model, tuples: TupleSet, request: ListObjectsRequest, maxSteps: number = MAX_LIST_STEPS,
): ListObjectsAnswer {
  const ground = groundOf(model, tuples, request);
  return "error" in ground ? ground : searchAtOnce(ground, request, { maxSteps, stepsPerPart: Infinity });
}

/**
 * Does the same in parts. A list of usual length takes one part. The tuples must not change until the last part; other
 * questions may be answered in between. `atOnce`: steps of the first part. `stepsPerPart`: steps of each other part.
 */
export function* listObjectsInParts(
  model: Model, tuples: TupleSet, request: ListObjectsRequest,
  { maxSteps = MAX_LIST_STEPS, stepsPerPart = STEPS_PER_PART, atOnce = LIST_STEPS_AT_ONCE } = {},
): Parts<ListObjectsAnswer> {
  const ground = groundOf(model, tuples, request);
  if ("error" in ground) return ground;
  return yield* atOnceOrInParts(Math.min(atOnce, maxSteps), maxSteps,
    (most) => searchAtOnce(ground, request, { maxSteps: most, stepsPerPart: Infinity }),
    () => searchObjects(ground, request, { maxSteps, stepsPerPart }));
}

/** Returns the data from which the question is answered, or the reason why the question is invalid. */
function groundOf(
  model: Model, tuples: TupleSet, request: ListObjectsRequest,
): ListGround | { readonly error: Failure } {
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
  return { model, stored, relation };
}
