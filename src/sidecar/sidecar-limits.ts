// Every limit of long answers and of answers that are kept between questions, with its unit and its effect.

/**
 * Maximum number of long answers that are made at the same time, and that begin while an event waits. More would hold
 * each event back for longer; with fewer, a short list would wait behind a long one. Our own number.
 */
export const MAX_LONG_ANSWERS_AT_ONCE = 4;

/** Maximum number of sorted lists kept at a time. Our own number: one for each user who is turning pages. */
export const MAX_SORTED_LISTS = 64;

/**
 * Maximum number of objects in all of these lists together, at 4 bytes each. A longer list is made again for each of
 * its pages. Our own number: 16 MB.
 */
export const MAX_SORTED_OBJECTS = 4_000_000;

/** Number of objects of a list that are filtered, or looked up, in one part: one to two milliseconds. */
export const OBJECTS_PER_PART = 4000;

/**
 * Maximum number of tuples that one turn of the event loop applies on trial for the first time, before what they would
 * change is searched for: 2 to 5 ms. Our own number.
 */
export const TUPLES_TRIED_AT_ONCE = 500;

/** Steps of one part of a list of the past, most of which read the log: some milliseconds. Our own number. */
export const PAST_STEPS_PER_PART = 500;
