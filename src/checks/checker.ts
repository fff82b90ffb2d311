// The checker port: questions in, answers out, whoever evaluates them.
import type { Tuple } from "../tuples/tuple.ts";
import type { TupleFilter, TupleSet } from "../tuples/tuple-set.ts";
import type {
  CheckAnswer, CheckRequest, ExpandAnswer, ExpandRequest, Failure, ListObjectsAnswer, ListObjectsRequest,
  ListUsersAnswer, ListUsersRequest,
} from "./question.ts";

/** How fresh an answer must be. */
export interface Freshness {
  /** Ask the store itself rather than anything kept beside it. */
  readonly higher: boolean;
  /** Token of an event the answer must have seen. */
  readonly token: string | undefined;
}

/** A page of tuples as stored; `cursor` is empty at the end. */
export type ReadAnswer =
  | { readonly tuples: readonly StoredTuple[]; readonly cursor: string }
  | { readonly error: Failure };

/** A tuple with the time it was written, in milliseconds since 1970. */
export interface StoredTuple {
  readonly tuple: Tuple;
  readonly at: number;
}

/** The tuples of one revision, until the next turn of the event loop. */
export type StateAnswer = { readonly tuples: TupleSet } | { readonly error: Failure };

/** An answer at once, or later. */
type Answer<T> = T | Promise<T>;

/**
 * Answers questions on one store. Each answer is of one revision. The time a condition needs (`current_time`) is the
 * server's, whatever the request's context says. Throws only when the store cannot be asked at all.
 */
export interface Checker {
  check(request: CheckRequest, freshness: Freshness): Answer<CheckAnswer>;
  /** Answers to checks in their order, of one revision unless a store of somebody else's is asked. */
  checkAll(requests: readonly CheckRequest[], freshness: Freshness): Answer<readonly CheckAnswer[]>;
  listObjects(request: ListObjectsRequest, freshness: Freshness): Answer<ListObjectsAnswer>;
  listUsers(request: ListUsersRequest, freshness: Freshness): Answer<ListUsersAnswer>;
  expand(request: ExpandRequest, freshness: Freshness): Answer<ExpandAnswer>;
  read(filter: TupleFilter, pageSize: number, cursor: string, freshness: Freshness): Answer<ReadAnswer>;
  /** The tuples that other answers are read from, such as the directory's. */
  state(freshness: Freshness): Answer<StateAnswer>;
}
