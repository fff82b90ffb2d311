// The ports of tuples in memory: what any holder of tuples offers, and the set that questions are answered from.
import type { Tuple, TupleKey } from "./tuple.ts";

/** Filter that matches the tuples with every given field. `objectType` is the type before the `:`. */
export interface TupleFilter {
  readonly object?: string;
  readonly objectType?: string;
  readonly relation?: string;
  readonly user?: string;
}

/** Tuples in memory, at most one per key: a set, or a wrapper that counts or limits what a caller reads. */
export interface Tuples {
  /** Number of tuples. */
  readonly size: number;
  /** Adds a tuple. Returns false and changes nothing if a tuple with that key exists. */
  add(tuple: Tuple): boolean;
  /** Removes the tuple with that key. Returns false if it is absent. */
  delete(key: TupleKey): boolean;
  has(object: string, relation: string, user: string): boolean;
  /** Returns the tuple with that key, including its condition. */
  get(object: string, relation: string, user: string): Tuple | undefined;
  /** Returns the users of `object#relation` in the order they were added, usersets last. */
  users(object: string, relation: string): string[];
  /** Returns the objects of a type on which `user` itself has `relation` by a tuple, in the order they were added. */
  objects(type: string, relation: string, user: string): string[];
  /** Yields the tuples that match a filter; an empty filter matches all. The set must not change during a full scan. */
  read(filter: TupleFilter): Iterable<Tuple>;
}

declare const made: unique symbol;

/**
 * A set of tuples that questions are answered from. Only `createTupleSet` makes one: questions read the index behind
 * it, which no other implementation of the same methods has. The mark exists for the compiler only, and nothing outside
 * this file can name it, so another implementation does not compile.
 */
export interface TupleSet extends Tuples {
  readonly [made]: "by createTupleSet";
}
