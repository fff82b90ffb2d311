// The store port: where tuples are kept. One suite (test/suites) runs against every implementation.
import type { Delta } from "./delta.ts";
import type { Tuple } from "./tuple.ts";

/** One tuple written or deleted, in the order it happened. `at` is milliseconds since 1970. */
export interface Change {
  readonly operation: "write" | "delete";
  readonly tuple: Tuple;
  readonly at: number;
}

/** A page of changes; `cursor` continues after it, and is the given one where there was nothing more. */
export interface ChangePage {
  readonly changes: readonly Change[];
  readonly cursor: string;
}

/** What became of a group of deltas: all of them durable, or none, because a tuple was not as a delta expected. */
export type Applied = { readonly ok: true } | { readonly ok: false; readonly conflict: string };

/** The largest number of tuples, deletes and writes together, in one delta: OpenFGA's limit for one write. */
export const MAX_TUPLES_PER_DELTA = 100;

/**
 * A store of tuples. `apply` writes each delta whole and all of them or none, and resolves only when they are durable.
 * A delta whose deleted tuple is missing, or whose written tuple is there, is a conflict: that is the compare-and-swap
 * the order of events rests on. Errors other than a conflict are thrown (the store is unavailable) and mean: unknown
 * whether it was applied.
 */
export interface Store {
  apply(deltas: readonly Delta[]): Promise<Applied>;
  /** Every tuple. */
  read(): AsyncIterable<Tuple>;
  /** Changes after a cursor (undefined: from the beginning), oldest first, `limit` at most; of one object type only. */
  changes(cursor: string | undefined, limit: number, type?: string): Promise<ChangePage>;
  close(): Promise<void>;
}

/** `code` of an error that says what is wrong with the store itself. */
export const STORE_ERROR = "store_error";

/** Whether an error says what is wrong with the store itself, and not with what it was asked. */
export function isStoreError(error: unknown): boolean {
  return (error as { code?: unknown } | undefined)?.code === STORE_ERROR;
}
