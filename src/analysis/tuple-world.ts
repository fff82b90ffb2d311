// A world of the analysis: a small set of tuples over numbered constants, and the question asked of it.
import { distinctTuples, hasConflict, OBJECT, renamedTuple, USER, type Pattern, type TuplePattern } from "./way.ts";

/** Tuples over typed constants, with the constants that stand for the user and the object of the question. */
export interface World extends Pattern {
  readonly user: number;
  readonly object: number;
}

/** Returns the world that has exactly the tuples of a pattern, with a constant of its own for each variable. */
export function frozen({ types, tuples }: Pattern): World {
  return { types, tuples: distinctTuples(tuples), user: USER, object: OBJECT };
}

/**
 * Returns a world with the tuples of a pattern added. `at` gives the constants of the pattern's variables; undefined
 * stands for a new constant.
 */
export function withPattern(world: World, pattern: Pattern, at: readonly (number | undefined)[]): World {
  const types = [...world.types];
  const to = pattern.types.map((type, i) => at[i] ?? types.push(type) - 1);
  const added = pattern.tuples.map((tuple) => renamedTuple(tuple, to));
  return { ...world, types, tuples: distinctTuples([...world.tuples, ...added]) };
}

/** Returns a world in which two constants of the same type are one. */
export function merged(world: World, a: number, b: number): World {
  const [kept, dropped] = a < b ? [a, b] : [b, a];
  const to = world.types.map((_, i) => (i === dropped ? kept : i > dropped ? i - 1 : i));
  return {
    types: world.types.filter((_, i) => i !== dropped),
    tuples: distinctTuples(world.tuples.map((tuple) => renamedTuple(tuple, to))),
    user: to[world.user]!, object: to[world.object]!,
  };
}

/** Returns a world without one of its tuples, and without the constants that nothing then names. */
export function withoutTuple(world: World, tuple: TuplePattern): World {
  const tuples = world.tuples.filter((other) => other !== tuple);
  const used = new Set([world.user, world.object, ...tuples.flatMap(({ object, user }) => [object, user])]);
  const kept = world.types.map((_, i) => i).filter((i) => used.has(i));
  const to = world.types.map((_, i) => kept.indexOf(i));
  return {
    types: kept.map((i) => world.types[i]!), tuples: tuples.map((each) => renamedTuple(each, to)),
    user: to[world.user]!, object: to[world.object]!,
  };
}

/** Whether a store can hold the tuples of a world: at most one for each object, relation and user. */
export function isPossible({ tuples }: World): boolean {
  return !hasConflict(tuples);
}
