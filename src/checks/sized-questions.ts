// Questions of callers in this process: the sizes of their parts are judged as OpenFGA's API does, then answered.
import type { Model } from "../model/rewrite.ts";
import type { TupleSet } from "../tuples/tuple-set.ts";
import type { Tuple } from "../tuples/tuple.ts";
import { check as evaluate } from "./evaluate.ts";
import { expand as expandOne } from "./expand.ts";
import { MAX_CHECK_STEPS, MAX_CONTEXTUAL_TUPLES, MAX_LIST_STEPS } from "./limits.ts";
import {
  MAX_OBJECT_LENGTH, MAX_RELATION_LENGTH, MAX_TYPE_LENGTH, MAX_USER_BYTES, MAX_USER_LENGTH,
} from "../tuples/field-sizes.ts";
import { listObjects as findObjects } from "./list-objects.ts";
import { listUsers as findUsers } from "./list-users.ts";
import {
  failure, type CheckAnswer, type CheckRequest, type ExpandAnswer, type ExpandRequest, type ListObjectsAnswer,
  type ListObjectsRequest, type ListUsersAnswer, type ListUsersRequest,
} from "./question.ts";

/**
 * Answers a check as OpenFGA 1.22.1 does. Errors carry OpenFGA's code. A check that takes more than `maxSteps` steps is
 * an error. The request's context is its only clock: conditions see the `current_time` that the caller puts there, and
 * without it a condition that needs the time is an error.
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
 * check(model, tuples, { user: "user:ann", relation: "viewer", object: "document:1" }) // { allowed: true }
 * check(model, tuples, { user: "user:bob", relation: "viewer", object: "document:1" }) // { allowed: false }
 */
export function check(
  model: Model, tuples: TupleSet, request: CheckRequest, maxSteps: number = MAX_CHECK_STEPS,
): CheckAnswer {
  const tooLarge = sizeFault(request) ?? contextualSizeFault(request.contextualTuples);
  return tooLarge === undefined ? evaluate(model, tuples, request, maxSteps) : failure("validation_error", tooLarge);
}

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
  const { type, relation, user: userBytes } = request;
  const tooLarge = sizeFault({ type, relation, userBytes }) ?? contextualSizeFault(request.contextualTuples);
  return tooLarge === undefined ? findObjects(model, tuples, request, maxSteps) : failure("validation_error", tooLarge);
}

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
  const { relation, userFilter } = request;
  const tooLarge = sizeFault({ relation }) ?? sizeFault({ type: userFilter.type, relation: userFilter.relation })
    ?? contextualSizeFault(request.contextualTuples);
  return tooLarge === undefined ? findUsers(model, tuples, request, maxSteps) : failure("validation_error", tooLarge);
}

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
  const { object, relation } = request;
  const tooLarge = sizeFault({ object, relation }) ?? contextualSizeFault(request.contextualTuples);
  return tooLarge === undefined ? expandOne(model, tuples, request) : failure("validation_error", tooLarge);
}

/** Parts of a question whose size is limited, in characters. `userBytes` is a user limited in bytes of UTF-8. */
interface Parts {
  readonly user?: string;
  readonly object?: string;
  readonly relation?: string | undefined;
  readonly type?: string;
  readonly userBytes?: string;
}

function contextualSizeFault(tuples: readonly Tuple[] | undefined): string | undefined {
  if (tuples === undefined) return undefined;
  if (tuples.length > MAX_CONTEXTUAL_TUPLES) {
    return `at most ${MAX_CONTEXTUAL_TUPLES} contextual tuples are allowed, got ${tuples.length}`;
  }
  for (const { user, relation, object } of tuples) {
    const tooLong = sizeFault({ userBytes: user, relation, object });
    if (tooLong !== undefined) return tooLong;
  }
  return undefined;
}

/** Returns an error that names the part that is too long, or undefined. */
function sizeFault(parts: Parts): string | undefined {
  if (isLonger(parts.user, MAX_USER_LENGTH)) return `'user' is longer than ${MAX_USER_LENGTH} characters`;
  if (isLonger(parts.object, MAX_OBJECT_LENGTH)) return `'object' is longer than ${MAX_OBJECT_LENGTH} characters`;
  if (isLonger(parts.relation, MAX_RELATION_LENGTH)) {
    return `'relation' is longer than ${MAX_RELATION_LENGTH} characters`;
  }
  if (isLonger(parts.type, MAX_TYPE_LENGTH)) return `'type' is longer than ${MAX_TYPE_LENGTH} characters`;
  if (parts.userBytes !== undefined && bytesOf(parts.userBytes) > MAX_USER_BYTES) {
    return `'user' is longer than ${MAX_USER_BYTES} bytes`;
  }
  return undefined;
}

function bytesOf(text: string): number {
  if (text.length * 3 <= MAX_USER_BYTES) return text.length;
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0)!;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}

function isLonger(text: string | undefined, limit: number): boolean {
  return text !== undefined && text.length > limit && [...text].length > limit;
}
