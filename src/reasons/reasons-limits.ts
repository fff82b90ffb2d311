// Every limit of explanations, with its unit and its effect. All are our own numbers.

/** Maximum number of proofs, or of ways to a yes, in one explanation. Beyond it the answer is marked as truncated. */
export const MAX_REASONS = 100;

/**
 * Maximum number of steps of one search: a tuple looked up or placed, about 0.5 µs. Beyond it the answer is marked as
 * truncated.
 */
export const MAX_REASON_STEPS = 20_000;

/** Maximum number of tuples that one look-up reads. Beyond it the answer is marked as truncated. */
export const MAX_LOOKUP_TUPLES = 2_000;

/** Maximum number of objects tried in the same place of a way to a yes. Beyond it the answer is marked as truncated. */
export const MAX_ALTERNATIVES = 6;

/**
 * Number of steps, and of milliseconds, after both of which an explanation continues in another turn of the event loop.
 * The steps take half a millisecond, and twenty times as long in a new process, whose code is not optimised yet.
 */
export const STEPS_PER_REASON_PART = 1000;
export const MS_PER_REASON_PART = 2;

/**
 * Steps that an explanation counts to apply and undo a tuple, to decide an event besides its questions, and to put one
 * way to a yes into words or guess its events.
 */
export const STEPS_OF_A_TUPLE = 10;
export const STEPS_OF_A_DECISION = 200;
export const STEPS_OF_A_WAY = 20;

/** Steps that an explanation counts to find the event behind a tuple. Its part then ends by the clock alone. */
export const STEPS_OF_AN_ORIGIN = STEPS_PER_REASON_PART;

/** Number of sentences without their names that are kept of one way. Beyond it they are made again. */
export const MAX_FORMS_OF_A_WAY = 32;

/** Maximum number of events that are tried together. A way that needs more is said to be untried. */
export const MAX_EVENTS_OF_A_WAY = 6;

/** Maximum number of users named as those who may send an event. If there are more, the right is named instead. */
export const MAX_ACTORS_NAMED = 10;

/** Maximum number of events in one explanation for which users are named. For the others the right is named. */
export const MAX_EVENTS_WITH_NAMES = 12;

/**
 * Maximum number of users who are tried as actors of one event. If there may be more, the right is named. For a right
 * that needs the hat of an admin or of the office, only those who wear one are tried.
 */
export const MAX_ACTORS_TRIED = 200;

/** Maximum number of tuples that an event on trial may write. */
export const MAX_WRITE_OF_A_TRIAL = 500;

/**
 * Maximum number of users whose reasons one list gives, and of steps that finding them takes: the state is held
 * meanwhile. The others are listed without reasons, and marked as truncated.
 */
export const MAX_USERS_EXPLAINED = 200;
export const MAX_LIST_REASON_STEPS = 200_000;
