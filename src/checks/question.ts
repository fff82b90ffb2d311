// The questions and answers of the evaluator: check, list-objects, list-users and expand.
import type { Tuple } from "../tuples/tuple.ts";

/** Optional fields of a question: tuples that count for it alone (at most 100), and the context of conditions. */
interface Circumstances {
  readonly contextualTuples?: readonly Tuple[] | undefined;
  readonly context?: Readonly<Record<string, unknown>> | undefined;
}

/** Does `user` have the `relation` to `object`? `user` is `type:id`, `type:id#relation` or `type:*`. */
export interface CheckRequest extends Circumstances {
  readonly user: string;
  readonly relation: string;
  readonly object: string;
}

/** To which objects of `type` does `user` have the `relation`? */
export interface ListObjectsRequest extends Circumstances {
  readonly type: string;
  readonly relation: string;
  readonly user: string;
}

/**
 * Which objects of `type`, in the order of their names, does `user` have the `relation` to? At most `size` of them,
 * after the name `after` ("": from the first). `org` (an id) keeps the objects of one org.
 */
export interface ObjectPageRequest {
  readonly type: string;
  readonly relation: string;
  readonly user: string;
  readonly org?: string | undefined;
  readonly after: string;
  readonly size: number;
}

/** Which users have the `relation` to `object`? The filter is a type, or the usersets over one of its relations. */
export interface ListUsersRequest extends Circumstances {
  readonly object: string;
  readonly relation: string;
  readonly userFilter: { readonly type: string; readonly relation?: string | undefined };
}

/** Which definition and which tuples give the `relation` to `object`? Conditions are not evaluated. */
export interface ExpandRequest {
  readonly object: string;
  readonly relation: string;
  readonly contextualTuples?: readonly Tuple[] | undefined;
}

/** Failure codes, as in OpenFGA's API. Its reference lists them as 2000, 2002, 2021, 2022 and 2027. */
export type FailureCode =
  | "validation_error"
  | "authorization_model_resolution_too_complex"
  | "type_not_found"
  | "relation_not_found"
  | "invalid_tuple"
  | "invalid_expand_input";

export interface Failure {
  readonly code: FailureCode;
  readonly message: string;
}

export type CheckAnswer = { readonly allowed: boolean } | { readonly error: Failure };

/** Objects as `type:id`, each once, in no promised order. */
export type ListObjectsAnswer = { readonly objects: string[] } | { readonly error: Failure };

/** Objects as `type:id`, sorted; `isLast` is true if none follows. */
export type ObjectPageAnswer =
  | { readonly objects: readonly string[]; readonly isLast: boolean }
  | { readonly error: Failure };

/** Users as `user:x`, `group:1#member` or `user:*`, each once, in no promised order. */
export type ListUsersAnswer = { readonly users: string[] } | { readonly error: Failure };

export interface ExpandNode {
  readonly name: string;
  readonly leaf?: ExpandLeaf;
  readonly union?: { readonly nodes: readonly ExpandNode[] };
  readonly intersection?: { readonly nodes: readonly ExpandNode[] };
  readonly difference?: { readonly base: ExpandNode; readonly subtract: ExpandNode };
}

export interface ExpandLeaf {
  readonly users?: { readonly users: readonly string[] };
  readonly computed?: { readonly userset: string };
  readonly tupleToUserset?: { readonly tupleset: string; readonly computed: readonly { readonly userset: string }[] };
}

/** OpenFGA's tree: one level of the relation's definition. */
export type ExpandAnswer = { readonly tree: { readonly root: ExpandNode } } | { readonly error: Failure };

/** Returns a failure with the given code and message. */
export function failure(code: FailureCode, message: string): { readonly error: Failure } {
  return { error: { code, message } };
}
