// Every limit of evaluation: number, unit and where it comes from. Sizes are in characters (code points).

/** Dispatches (userset and tupleset hops) after which a check gives up: `--resolve-node-limit` of OpenFGA 1.22.1. */
export const MAX_DEPTH = 25;

/** Contextual tuples a request may carry: OpenFGA's API definition. */
export const MAX_CONTEXTUAL_TUPLES = 100;

/** Characters of a user: OpenFGA's API definition. */
export const MAX_USER_LENGTH = 512;

/** Characters of an object: OpenFGA's API definition. */
export const MAX_OBJECT_LENGTH = 256;

/** Characters of a relation's name: OpenFGA's API definition. */
export const MAX_RELATION_LENGTH = 50;

/** Characters of a type's name: OpenFGA's API definition. */
export const MAX_TYPE_LENGTH = 254;

/**
 * Edges a search may follow before a list gives up on one operand of an intersection and tries the next; then eight
 * times as many. Our own number: about 20 microseconds of work.
 */
export const FIRST_SEARCH_BUDGET = 128;
export const SEARCH_BUDGET_GROWTH = 8;
