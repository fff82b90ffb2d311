// Every limit of evaluation: number, unit and where it comes from. Sizes are in characters (code points).

/** Dispatches (userset and tupleset hops) after which a check gives up: `--resolve-node-limit` of OpenFGA 1.22.1. */
export const MAX_DEPTH = 25;

/** Contextual tuples a request may carry: OpenFGA's API definition. */
export const MAX_CONTEXTUAL_TUPLES = 100;

/**
 * Steps of a condition (see its Budget) that the contexts of one question's contextual tuples may take to be read, and
 * their expressions to be compiled. Our own number: some 10 ms, and about the most that one expression can take.
 */
export const MAX_CONTEXTUAL_WORK = 250_000;

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

/**
 * Steps (relations resolved and tuples read) that one check may take, and the evaluation of one candidate of a list;
 * then the question ends with an error. Neither is cut into turns of the event loop, and a turn may take 50 ms. A step
 * takes 0.15 to 0.25 microseconds under model.fga, and 0.4 at worst: where each outcome is remembered and nothing of
 * the store is in the processor's caches. So this is 10 to 20 ms, and enough for 12,000 rows over one athlete.
 */
export const MAX_CHECK_STEPS = 50_000;

/** Steps that one list may take. Our own number: many times what lists of a large org take under model.fga. */
export const MAX_LIST_STEPS = 10_000_000;

/** Limits of one list, in steps: of a part, and of the whole. */
export interface ListLimits {
  readonly stepsPerPart: number;
  readonly maxSteps: number;
}

/**
 * Steps of one part of a question that is answered in parts (a list, a batch of checks), about 5 ms: a part ends with
 * the check or candidate that fills it. And steps that a list may take to be made at once, which is faster, about 10
 * ms. Our own numbers.
 */
export const STEPS_PER_PART = 20_000;
export const LIST_STEPS_AT_ONCE = 40_000;

/**
 * Steps that the questions of one event may take together, about 20 ms. Our own number: an actor's right to every key
 * in an org of 500 custom roles that have all of them.
 */
export const MAX_EVENT_STEPS = 100_000;

/**
 * Steps that the evaluation of one condition counts as; a contextual tuple, where whole questions are counted; and a
 * userset that a list names for its own time. Our own numbers: about the time they take, in look-ups.
 */
export const CONDITION_STEPS = 20;
export const CONTEXTUAL_TUPLE_STEPS = 10;
export const NAMING_STEPS = 4;

/**
 * Steps of a condition (see its Budget) that count as one more step of the question. Measured: a step of a question
 * takes some 0.25 microseconds, one of a condition some 0.05.
 */
export const WORK_PER_STEP = 5;

/** Hops after which list-objects gives up where OpenFGA has no limit. Our own number: what the call stack allows. */
export const MAX_LIST_DEPTH = 200;

/**
 * Steps that a question takes before it starts to remember outcomes. Our own number: most checks end before, and then
 * save the memory's time.
 */
export const STEPS_WITHOUT_MEMORY = 512;

/** Users from which a list evaluates all of them at once, and not one by one. Our own number. */
export const CROWD = 4;
