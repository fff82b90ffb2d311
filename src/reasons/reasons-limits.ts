// Every limit of explanations, with its unit and its effect. All are our own numbers.

/** Maximum number of proofs, or of ways to a yes, in one explanation. Beyond it the answer is marked as truncated. */
export const MAX_REASONS = 100;

/**
 * Maximum number of steps of one search: a tuple looked up or placed, about 0.5 µs. Beyond it the answer is marked as
 * truncated.
 */
export const MAX_REASON_STEPS = 40_000;

/** Maximum number of tuples that one look-up reads. Beyond it the answer is marked as truncated. */
export const MAX_LOOKUP_TUPLES = 2_000;

/** Maximum number of objects tried in the same place of a way to a yes. Beyond it the answer is marked as truncated. */
export const MAX_ALTERNATIVES = 10;
