// The checker port: takes questions and returns answers, whichever engine evaluates them.
import type { Tuple } from "../tuples/tuple.ts";
import type { TupleFilter, TupleSet } from "../tuples/tuple-set.ts";
import type {
  CheckAnswer, CheckRequest, ExpandAnswer, ExpandRequest, Failure, ListObjectsAnswer, ListObjectsRequest,
  ListUsersAnswer, ListUsersRequest, ObjectPageAnswer, ObjectPageRequest,
} from "./question.ts";

/** A position in the order of an org's events, or of the platform's (PLATFORM). */
export interface Position {
  readonly org: string;
  readonly revision: number;
}

/** The caller's trace, as headers of W3C Trace Context: a store that is asked on its behalf gets them as well. */
export interface TraceHeaders {
  readonly traceparent: string;
  readonly tracestate?: string;
}

/** A moment of the past. */
export interface Moment {
  /** Number of the store's last row of changes then. */
  readonly number: number;
  /** Milliseconds since 1970: the `current_time` of conditions. */
  readonly at: number;
}

/** How fresh an answer must be. */
export interface Freshness {
  /** Whether to ask the store itself rather than a copy of it. */
  readonly higher: boolean;
  /** Positions of events that the answer must include, one per org at most; empty where any state will do. */
  readonly positions: readonly Position[];
  /** Trace of the caller, if it has one. */
  readonly trace?: TraceHeaders;
  /** The moment as of which to answer; absent: now. Then there are no positions, and `higher` is false. */
  readonly moment?: Moment;
}

/** A page of stored tuples. `cursor` is empty on the last page. */
export type ReadAnswer =
  | { readonly tuples: readonly StoredTuple[]; readonly cursor: string }
  | { readonly error: Failure };

/** A tuple with the time it was written, in milliseconds since 1970. */
export interface StoredTuple {
  readonly tuple: Tuple;
  readonly at: number;
}

/** The present tuples, of one revision. They are valid until the next turn of the event loop. */
export type StateAnswer = { readonly tuples: TupleSet } | { readonly error: Failure };

/** An answer, or a promise of it. */
export type Answer<T> = T | Promise<T>;

/**
 * Answers questions about one store, whose parts have the sizes that OpenFGA's API allows. Each answer is of one
 * revision. The time in conditions (`current_time`) is the
 * server's, whatever the request's context says. Throws only when the store cannot be asked.
 */
export interface Checker {
  check(request: CheckRequest, freshness: Freshness): Answer<CheckAnswer>;
  /** Answers checks in their order. All are of one revision, unless `higher` sends each to OpenFGA itself. */
  checkAll(requests: readonly CheckRequest[], freshness: Freshness): Answer<readonly CheckAnswer[]>;
  listObjects(request: ListObjectsRequest, freshness: Freshness): Answer<ListObjectsAnswer>;
  /** Returns a page of the objects that `listObjects` returns, sorted. */
  objectPage(request: ObjectPageRequest, freshness: Freshness): Answer<ObjectPageAnswer>;
  listUsers(request: ListUsersRequest, freshness: Freshness): Answer<ListUsersAnswer>;
  expand(request: ExpandRequest, freshness: Freshness): Answer<ExpandAnswer>;
  read(filter: TupleFilter, pageSize: number, cursor: string, freshness: Freshness): Answer<ReadAnswer>;
  /** Returns the tuples from which other answers are read, such as those of the directory. */
  state(freshness: Freshness): Answer<StateAnswer>;
}
