// Every limit of the analysis, with its unit and its effect. All are our own numbers.

/**
 * Maximum number of times that the unrolling of a recursive relation passes through its cycle. Results about such a
 * relation hold up to this depth, and carry it.
 */
export const RECURSION_DEPTH = 3;

/** Maximum number of ways of one relation, before redundant ones are dropped. Beyond it the analysis refuses. */
export const MAX_WAYS = 1_000;

/**
 * Maximum number of tuples that one comparison of two ways looks at. Beyond it a redundant way is kept, which is longer
 * to read but not wrong.
 */
export const MAX_MATCHING_STEPS = 2_000;

/** Maximum number of tuples that one search looks at for matches. Beyond it the outcome is "undecided". */
export const MAX_SEARCH_STEPS = 5_000_000;

/** Maximum number of worlds that one search for a counterexample visits. Beyond it the outcome is "undecided". */
export const MAX_WORLDS = 5_000;

/** Maximum number of matches that one search denies in a row. Beyond it the outcome is "undecided". */
export const MAX_DENIALS = 30;

/** Maximum number of tuples in one world of a search. Beyond it the outcome is "undecided". */
export const MAX_WORLD_TUPLES = 200;

/** Maximum number of contexts tried to meet a condition in an example. Beyond it the example has none. */
export const MAX_CONTEXTS = 2_000;
