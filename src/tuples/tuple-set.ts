// The port of a set of tuples in memory.
import type { Tuple, TupleKey } from "./tuple.ts";

/** Which tuples to read: those that agree with every field given. `objectType` is the type before the `:`. */
export interface TupleFilter {
  readonly object?: string;
  readonly objectType?: string;
  readonly relation?: string;
  readonly user?: string;
}

/** Tuples in memory, at most one per key. */
export interface TupleSet {
  /** Number of tuples. */
  readonly size: number;
  /** Adds a tuple. False, and the set unchanged, when a tuple with that key is there already. */
  add(tuple: Tuple): boolean;
  /** Removes the tuple with that key. False when absent. */
  delete(key: TupleKey): boolean;
  has(object: string, relation: string, user: string): boolean;
  /** The tuple with that key, with its condition. */
  get(object: string, relation: string, user: string): Tuple | undefined;
  /** Users of `object#relation`, in the order they were added, usersets last. */
  users(object: string, relation: string): string[];
  /** Objects of a type on which `user` has `relation` by a tuple of its own, in the order they were added. */
  objects(type: string, relation: string, user: string): string[];
  /** The tuples that agree with a filter; with none, all. The set must not change while a full scan is read. */
  read(filter: TupleFilter): Iterable<Tuple>;
}
