// The port of a tuple store. One suite (test/suites) runs against every implementation.
import type { Delta } from "./delta.ts";
import type { Tuple } from "./tuple.ts";

/** A write or delete of one tuple. `at` is in milliseconds since 1970. */
export interface Change {
  readonly operation: "write" | "delete";
  readonly tuple: Tuple;
  readonly at: number;
}

/** A page of changes. `cursor` continues after it, and equals the given cursor if there were no more changes. */
export interface ChangePage {
  readonly changes: readonly Change[];
  readonly cursor: string;
}

/** Result of applying a group of deltas: all are durable, or none, because a tuple was not as a delta expected. */
export type Applied = { readonly ok: true } | { readonly ok: false; readonly conflict: string };

/** Maximum number of tuples in one delta, deletes and writes together: OpenFGA's limit for one write. */
export const MAX_TUPLES_PER_DELTA = 100;

/**
 * A store of tuples. `apply` applies all deltas or none, and resolves only when they are durable. A delta conflicts if
 * a tuple it deletes is missing or a tuple it writes exists: the order of events depends on this compare-and-swap. Any
 * other error is thrown (the store is unavailable), and it is then unknown whether the deltas were applied.
 */
export interface Store {
  apply(deltas: readonly Delta[]): Promise<Applied>;
  /** Yields every tuple. */
  read(): AsyncIterable<Tuple>;
  /** Returns at most `limit` changes after a cursor (undefined: from the start), oldest first, of one type if given. */
  changes(cursor: string | undefined, limit: number, type?: string): Promise<ChangePage>;
  close(): Promise<void>;
}

/** `code` of an error in the store itself. */
export const STORE_ERROR = "store_error";

/** Returns true for an error in the store itself, as opposed to one in the request. */
export function isStoreError(error: unknown): boolean {
  return (error as { code?: unknown } | undefined)?.code === STORE_ERROR;
}
