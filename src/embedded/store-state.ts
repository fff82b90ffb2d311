// The embedded store's row of state: numbers, count and sum after a group of deltas.
import { withCondition } from "./row-index.ts";
import type { NetRows } from "./stored-row-changes.ts";

/** The one row of `state`, and the number of events; `sum` is unsigned, 32 bits. */
export interface StoreState {
  /** Number of the newest row of the log. */
  readonly seq: number;
  /** Number of events that have all of their rows, kept in the newest row of the log. */
  readonly events: number;
  /** Id of the next tuple. */
  readonly next: number;
  /** Number of tuples. */
  readonly count: number;
  /** Sum of the hashes and times of all tuples. */
  readonly sum: number;
}

/** Modulus of a tuple's time in the sum: the largest prime below 2^32, so that every bit of the time counts. */
export const TIME_MODULUS = 4_294_967_291;

/** Reduces a sum modulo 2^32. The sum may be negative, and is exact up to 2^53. */
export function unsigned(sum: number): number {
  return ((sum % 2 ** 32) + 2 ** 32) % 2 ** 32;
}

/** Returns the state after a group of deltas is written; `at` is the time of its tuples. */
export function stateAfter(state: StoreState, { log, events, added, removed }: NetRows, at: number): StoreState {
  let sum = state.sum + added.length * (at % TIME_MODULUS);
  for (const row of added) sum += row.sum;
  for (const row of removed.values()) sum -= withCondition(row.hash, row.tuple) + row.at % TIME_MODULUS;
  const { seq, next, count } = state;
  return {
    seq: seq + log.length, events, next: next + added.length, count: count + added.length - removed.size,
    sum: unsigned(sum),
  };
}
