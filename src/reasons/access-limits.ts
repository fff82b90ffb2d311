// Every limit of a search for changes of access, with its unit and its effect. All are our own numbers but the first.

/** Maximum number of entries, gained and lost together: the contract's number. Beyond it the answer is incomplete. */
export const MAX_ACCESS_ENTRIES = 10_000;

/**
 * Maximum number of steps of one search, a step as in checks/limits.ts: 2 to 5 seconds, in turns. Events wait
 * meanwhile. Beyond it the answer is incomplete.
 */
export const MAX_ACCESS_STEPS = 10_000_000;

/** Number of steps after which the search rests: 5 to 10 ms of a turn, with what a switch between the states takes. */
export const ACCESS_STEPS_PER_PART = 20_000;

/** Number of questions that are asked of one state before the search switches to the other. */
export const QUESTIONS_PER_SWITCH = 2000;

/** Steps counted for switching to the other state, per tuple that differs: about 1 µs. */
export const STEPS_PER_SWITCHED_TUPLE = 3;

/** Steps counted for one question besides its own, and for one object found by a tuple. */
export const STEPS_PER_QUESTION = 4;
export const STEPS_PER_OBJECT = 1;

/**
 * Number of objects that lead on from one changed answer without a second thought. From the next one, the search first
 * tries to list the objects of the user, who may have few of them.
 */
export const FEW_OBJECTS = 32;

/**
 * Number of steps that such a list may take for each object asked about so far, and in all: about 20 ms of one turn. A
 * list that takes more is tried again when LISTING_GROWTH times as many objects have been asked about.
 */
export const LISTING_STEPS_PER_OBJECT = 250;
export const MAX_LISTING_STEPS = 100_000;
export const LISTING_GROWTH = 8;

/** Number of steps of one list of users in one go; a longer list is made in parts. Also the steps counted for it. */
export const USERS_AT_ONCE_STEPS = 4000;
