// Every limit of evaluation, with its unit, its effect and its source.

/** Number of dispatches (userset and tupleset hops) at which a check fails: OpenFGA 1.22.1's `--resolve-node-limit`. */
export const MAX_DEPTH = 25;

/** Maximum number of contextual tuples in a request: OpenFGA's API definition. */
export const MAX_CONTEXTUAL_TUPLES = 100;

/**
 * Maximum number of condition steps (see the Budget of conditions) for reading the contexts of one question's
 * contextual tuples and compiling their expressions. Our own number: about 10 ms, and about the maximum that one
 * expression can take.
 */
export const MAX_CONTEXTUAL_WORK = 250_000;

/**
 * Number of edges that a search may follow before a list gives up on one operand of an intersection and tries the next.
 * Each further round allows eight times as many. Our own number: about 20 microseconds of work.
 */
export const FIRST_SEARCH_BUDGET = 128;
export const SEARCH_BUDGET_GROWTH = 8;

/**
 * Maximum number of steps (relations resolved and tuples read) of one check, and of the evaluation of one candidate of
 * a list. Beyond it the question ends with an error. Neither is split over turns of the event loop, and a turn may take
 * 50 ms. A step takes 0.15 to 0.25 microseconds under model.fga, and up to 0.5 when each outcome is remembered and
 * none of the store is in the processor's caches. The limit is thus 8 to 25 ms, enough for 12,000 rows over one
 * athlete.
 */
export const MAX_CHECK_STEPS = 50_000;

/** Maximum number of steps of one list. Our own number: many times what lists of a large org take under model.fga. */
export const MAX_LIST_STEPS = 10_000_000;

/** Limits of one list, in steps: for a part, and for the whole list. */
export interface ListLimits {
  readonly stepsPerPart: number;
  readonly maxSteps: number;
}

/**
 * Number of steps in one part of a question answered in parts (a list, a batch of checks), about 5 ms. A part ends
 * after the check or candidate that fills it. And the number of steps that a list may take without parts, which is
 * faster, about 10 ms. Our own numbers.
 */
export const STEPS_PER_PART = 20_000;
export const LIST_STEPS_AT_ONCE = 40_000;

/**
 * Maximum number of steps of all questions of one event, about 20 ms. Our own number: enough to check an actor's right
 * to every key in an org of 500 custom roles that have all keys.
 */
export const MAX_EVENT_STEPS = 100_000;

/**
 * Number of steps counted for the evaluation of one condition; for a contextual tuple, when whole questions are
 * counted; and for a userset that a list names temporarily. Our own numbers: about the time they take, in look-ups.
 */
export const CONDITION_STEPS = 20;
export const CONTEXTUAL_TUPLE_STEPS = 10;
export const NAMING_STEPS = 4;

/**
 * Number of condition steps (see the Budget of conditions) that count as one step of the question. Measured: a step of
 * a question takes about 0.25 microseconds, a step of a condition about 0.05.
 */
export const WORK_PER_STEP = 5;

/** Number of hops at which list-objects fails where OpenFGA has no limit. Our own number: the call stack allows it. */
export const MAX_LIST_DEPTH = 200;

/**
 * Number of steps after which a question starts to remember outcomes. Our own number: most checks end earlier and so
 * save the cost of remembering.
 */
export const STEPS_WITHOUT_MEMORY = 512;

/** Number of users from which a list evaluates all users together instead of one by one. Our own number. */
export const MIN_BULK_USERS = 4;
