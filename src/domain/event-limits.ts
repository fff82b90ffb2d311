// Every limit of events and of what they change, with its unit, its effect and, where there is one, its source.

/** Longest id, in characters. */
export const MAX_ID_LENGTH = 128;

/** Longest org or role id, in characters: the id of a role object contains both. */
export const MAX_ORG_ID_LENGTH = 100;

/** Maximum number of fields of an object, or entries of a list, in a payload. The longest real one has 94 keys. */
export const MAX_PAYLOAD_ENTRIES = 1000;

/** Maximum number of faults of a payload that a refusal lists. */
export const MAX_FAULTS_LISTED = 100;

/** Longest message or path of a fault, in characters; the rest is cut. */
export const MAX_FAULT_LENGTH = 300;

/** How far a `time` may be ahead of the clock, in milliseconds: one day. Nothing can be scheduled (S13). */
export const MAX_TIME_AHEAD_MS = 24 * 60 * 60 * 1000;

/** Minimum length of a key for email hashes given as text, in characters. */
export const MIN_EMAIL_KEY_LENGTH = 32;

/** Longest trimmed email address, in characters: the longest path of RFC 5321 without its angle brackets. */
export const MAX_EMAIL_LENGTH = 254;

/** How long an invitation is valid, from its creation or resend, in milliseconds: 14 days (PR5). */
export const INVITATION_TERM_MS = 14 * 24 * 60 * 60 * 1000;

/** Maximum number of uses of a link. Our own number: no org has so many people. */
export const MAX_INVITE_USES = 1_000_000;

/** Longest professional area, in characters (code points). Our own number: it fits a line of the people list (PR4). */
export const MAX_PROFESSIONAL_AREA_LENGTH = 100;

/** Maximum number of coaches' rows that one write examines, which takes some milliseconds. */
export const ROWS_EXAMINED_PER_WRITE = 5000;

/** Maximum number of rows named in a receipt and kept in an event record. */
export const MAX_ROWS_NAMED = 100;

/**
 * Steps of work after which a turn of the event loop takes no further event, so that other requests are answered in
 * between. About 10 ms; a turn may take at most 50 ms.
 */
export const MAX_STEPS_PER_TURN = 60_000;

/** Maximum number of steps of work to decide an atomic batch: about 20 ms of one turn of the event loop. */
export const MAX_STEPS_PER_ATOMIC_BATCH = 120_000;

/** Steps in one part of a long list: 1 to 3 ms. */
export const STEPS_PER_LIST_PART = 10_000;

/** Steps counted in a list for reading the times of a row from the store, about 20 µs. */
export const STEPS_PER_TIME_READ = 100;

/** Number of ids that one part sorts or merges, in a few milliseconds. */
export const IDS_SORTED_PER_PART = 4000;

/** Longest revision token that is read, in characters. Longer texts are not tokens. */
export const MAX_TOKEN_LENGTH = 512;

/** Maximum number of tokens of one question: with the longest org ids they fit Node's limit of 16 KiB of headers. */
export const MAX_TOKENS = 50;

/**
 * Maximum number of tuples that the events of one dry run may change, bookkeeping included. Each turn of a long dry run
 * applies and undoes all of them, which takes about 1 µs a tuple.
 */
export const MAX_TUPLES_PER_DRY_RUN = 20_000;

/**
 * Maximum number of tuples in one write of a dry run: how much of an event that changes very many is decided in one
 * turn.
 */
export const DRY_RUN_TUPLES_PER_WRITE = 500;

/** Number of tuples of an ended dry run whose names are released in one turn of the event loop. */
export const TUPLES_RELEASED_PER_TURN = 20_000;

/**
 * Number of runs of a dry run that start over if an org that was decided on has moved in the meantime, so that
 * everything is decided on one revision of each org. In later runs the newest state counts, as long as the events so
 * far fit it.
 */
export const MAX_STRICT_RUNS = 2;

/** Maximum number of runs before a dry run is refused. */
export const MAX_DRY_RUNS = 6;

/** Longest event record kept as a value, in characters: OpenFGA accepts users of at most 512 bytes. */
export const MAX_VALUE_LENGTH = 400;

/** Length of a chunk of a payload, in characters: how much of a pending event's payload one tuple holds. */
export const PAYLOAD_CHUNK_LENGTH = 150;

/** Longest `source` or `id` that is kept with an event, in characters; the rest is cut. */
export const MAX_NAME_KEPT_LENGTH = 512;

/**
 * Maximum number of chunks of an envelope that is kept whole. Our own number: it leaves most of OpenFGA's 100 tuples to
 * the changes of the first write, and enough to those of the last write, which also deletes the chunks.
 */
export const MAX_WHOLE_CHUNKS = 40;
