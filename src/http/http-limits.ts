// Every limit of the HTTP surface, with its unit, its effect and, where there is one, its source.

/** Maximum length of a request id that a caller may choose, in characters; a longer one is replaced by a new one. */
export const MAX_REQUEST_ID_LENGTH = 512;

/** Maximum length of a `tracestate` that is passed on, in characters: the standard asks for at least this much. */
export const MAX_TRACESTATE_LENGTH = 512;

/** How long a browser may remember the answer to a preflight request, in seconds. */
export const PREFLIGHT_MAX_AGE_SECONDS = 600;

/** How long a server that stops waits for its last traces to be sent, in milliseconds. */
export const TRACES_FLUSH_TIMEOUT_MS = 5_000;

/** Maximum number of failures of one kind logged in a minute; a lasting fault would otherwise log every request. */
export const FAILURES_LOGGED_PER_MINUTE = 10;

/** Maximum number of lines of the decision log that wait to be written: about 4 MB. Further lines are dropped. */
export const MAX_DECISIONS_WAITING = 10_000;

/** How long after a failed write the file of the decision log is not opened again, in milliseconds. */
export const DECISION_RETRY_MS = 1_000;

/** Maximum number of refused events logged in a minute. */
export const REFUSED_EVENTS_LOGGED_PER_MINUTE = 60;

/** How long a client may take to send a whole request, in milliseconds. Node then closes the connection (408). */
export const REQUEST_TIMEOUT_MS = 30_000;

/** Interval between Node's checks for requests that take too long, in milliseconds. */
export const TIMEOUT_CHECK_MS = 1000;

/** How long requests in flight may take to end once the server stops, in milliseconds. */
export const STOP_TIMEOUT_MS = 10_000;

/** Maximum nesting of arrays and objects in a request. OpenFGA allows 10,000; no question needs ten. */
export const MAX_JSON_DEPTH = 128;

/** Number of array entries written as JSON at a time: a few milliseconds. */
export const ENTRIES_AT_A_TIME = 2000;

/** Length from which an answer is compressed, in characters: a shorter one fits a packet either way. */
export const MIN_GZIP_CHARACTERS = 1024;

/** Level of gzip, 1 to 9. Ids shrink to a quarter at level 1; level 6 saves another tenth for four times the CPU. */
export const GZIP_LEVEL = 1;

/** Number of compressed bytes that the thread pool hands over at a time. */
export const GZIP_CHUNK_BYTES = 65_536;

/** Interval between two checks of the key file for a change, in milliseconds. */
export const KEY_FILE_LOOK_INTERVAL_MS = 1000;

/** Minimum length of an API key, in characters: 24 random ones of 64 are 144 bits. */
export const MIN_KEY_LENGTH = 24;

/** Maximum length of an API key, in characters. */
export const MAX_KEY_LENGTH = 512;

/** Maximum number of keys in the key file: each request's key is compared with all of them. */
export const MAX_KEYS = 100;

/** Maximum number of sources for one key. */
export const MAX_SOURCES = 100;

/** Lengths of a signing secret, in bytes: Standard Webhooks 1.0.0. */
export const MIN_SIGNING_SECRET_BYTES = 24;
export const MAX_SIGNING_SECRET_BYTES = 64;

/** Maximum number of signing secrets of one sender: the body of a request is hashed with each. */
export const MAX_SIGNING_SECRETS = 4;

/** Maximum number of signatures of one request. */
export const MAX_SIGNATURES = 10;

/** Maximum length of the `webhook-id` of a signed request, in characters. */
export const MAX_WEBHOOK_ID_LENGTH = 256;

/** How far the time of a signed request may be from the server's clock, in seconds: that of Standard Webhooks. */
export const WEBHOOK_TOLERANCE_SECONDS = 300;

/** Maximum length of the body of a request with events, in bytes. */
export const MAX_EVENTS_BYTES = 1_048_576;

/**
 * Maximum length of an event as sent, in bytes: the body, or an entry of a batch. CloudEvents requires at least 64 KiB.
 */
export const MAX_EVENT_BYTES = 65_536;

/** Maximum number of events in a batch. */
export const MAX_EVENTS_PER_BATCH = 1000;

/** Maximum number of events that may wait to be written, from all callers. */
export const MAX_EVENTS_WAITING = 10_000;

/** Maximum number of events in the dry runs that wait or run, of all callers: a few of the largest. Our own number. */
export const MAX_DRY_RUN_EVENTS_AT_ONCE = 4000;

/** Number of characters of JSON read or printed in one turn of the event loop before other work gets its turn. */
export const CHARACTERS_PER_TURN = 131_072;

/** Maximum length of an event's `sequence`, in characters. */
export const MAX_SEQUENCE_LENGTH = 128;

/** Maximum length of a name in an answer, in characters; longer names are cut. */
export const MAX_SHOWN_LENGTH = 100;

/**
 * Maximum length of a question's body, in bytes: OpenFGA's `grpc-max-recv-msg-bytes`, room for 100 contextual tuples.
 */
export const MAX_QUESTION_BYTES = 616_448;

/** Length above which a body is read over several turns of the event loop, in bytes. */
export const LONG_BODY_BYTES = 131_072;

/** Maximum number of checks in one batch: OpenFGA's `--max-checks-per-batch-check`. */
export const MAX_CHECKS_PER_BATCH = 50;

/** Number of lines of a streamed list that are sent at a time. */
export const LINES_AT_A_TIME = 2_000;

/** Number of entries in a page by default, and the maximum number: OpenFGA 1.22.1. */
export const DEFAULT_PAGE_SIZE = 50;
export const MAX_PAGE_SIZE = 100;

/** Maximum length of a continuation token, in characters: OpenFGA's API definition. */
export const MAX_PAGE_TOKEN_LENGTH = 5120;

/** Maximum number of changes of the store read at a time while those before a start time are skipped. */
export const CHANGES_AT_A_TIME = 1000;

/** Maximum number of relations in one question about permissions; the org has the most, 55. */
export const MAX_RELATIONS_ASKED = 100;

/** Maximum number of objects that one request filters. */
export const MAX_FILTERED_OBJECTS = 1000;

/** Number of entries in a page of a sorted list by default, and the maximum number. */
export const DEFAULT_ENTRIES_PER_PAGE = 100;
export const MAX_ENTRIES_PER_PAGE = 1000;

/** Maximum length of the token that continues a sorted list, in characters: it holds the longest name of an object. */
export const MAX_LIST_TOKEN_LENGTH = 2048;

/** Maximum number of evaluations in one AuthZEN request. */
export const MAX_EVALUATIONS = 1000;

/** Maximum number of results in a page of an AuthZEN search; the number where a request asks for pages without one. */
export const MAX_RESULTS_PER_PAGE = 1000;

/** Longest page token of an AuthZEN search that is read, in characters. */
export const MAX_SEARCH_TOKEN_LENGTH = 1024;

/** Longest name that a fault of an AuthZEN request repeats, in characters. */
export const MAX_NAME_REPEATED_LENGTH = 100;
