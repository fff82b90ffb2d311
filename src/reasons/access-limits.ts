// Every limit of a search for changes of access, with its unit and its effect. All are our own numbers but the first.

/** Maximum number of entries, gained and lost together: the contract's number. Beyond it the answer is incomplete. */
const MAX_ACCESS_ENTRIES = 10_000;

/**
 * Maximum number of steps of one search, a step as in checks/limits.ts: up to a second, in turns. Events and all
 * answers that take several turns wait meanwhile. Beyond it the answer is incomplete.
 */
const MAX_ACCESS_STEPS = 2_000_000;

/** Number of entries of the answer that one part names, sorts or merges: a few milliseconds. */
export const ACCESS_ENTRIES_PER_PART = 1000;

/** Number of steps after which the search rests: 5 to 10 ms of a turn, with what a switch between the states takes. */
const ACCESS_STEPS_PER_PART = 20_000;

/** Number of questions that are asked of one state before the search switches to the other. */
const QUESTIONS_PER_SWITCH = 2000;

/** Steps counted for switching to the other state, per tuple that differs: about 1 µs. */
export const STEPS_PER_SWITCHED_TUPLE = 3;

/** Steps counted for one question besides its own, and for one object found by a tuple. */
export const STEPS_PER_QUESTION = 4;
export const STEPS_PER_OBJECT = 1;

/**
 * Number of objects that are asked about for one user and relation before the search looks at the answers: if few of
 * them differ, it lists the objects of the user, who may have few.
 */
const FEW_OBJECTS = 32;

/**
 * Number of steps that such a list may take for each object asked about so far, and in all: about 15 ms of one turn. A
 * list that takes more is tried again when LISTING_GROWTH times as many objects have been asked about.
 */
const LISTING_STEPS_PER_OBJECT = 1000;
export const MAX_LISTING_STEPS = 60_000;
export const LISTING_GROWTH = 4;

/** Number of steps of one list of users in one go; a longer list is made in parts. Also the steps counted for it. */
export const USERS_AT_ONCE_STEPS = 4000;

/**
 * Number of users of a changed tuple who are asked about one by one; of more users, those with the relation are listed.
 */
const FEW_USERS = 4;

/**
 * Maximum number of steps of such a list in the state after, and the steps counted for one: most take a few hundred. If
 * it takes more, all users are asked about.
 */
export const MAX_GAINING_STEPS = 2000;
export const GAINING_STEPS = 500;

/** Limits of a search; tests set smaller ones. */
export interface AccessLimits {
  readonly entries: number;
  readonly steps: number;
  readonly stepsPerPart: number;
  readonly questionsPerSwitch: number;
  readonly fewObjects: number;
  readonly fewUsers: number;
  readonly stepsPerObject: number;
}

/** The limits of every search but those of tests. */
export const LIMITS: AccessLimits = {
  entries: MAX_ACCESS_ENTRIES, steps: MAX_ACCESS_STEPS, stepsPerPart: ACCESS_STEPS_PER_PART,
  questionsPerSwitch: QUESTIONS_PER_SWITCH, fewObjects: FEW_OBJECTS, fewUsers: FEW_USERS,
  stepsPerObject: LISTING_STEPS_PER_OBJECT,
};
