// Every limit of the command line, with its unit and its effect.

/** How long one request may take, in milliseconds: a large list or batch on a busy machine. */
export const REQUEST_TIMEOUT_OF_COMMAND_MS = 60_000;

/** Number of retries of a question after a temporary failure. */
export const QUESTION_RETRIES = 5;

/** How long `send` tries again while the server is unreachable or busy, in milliseconds. Then it exits. */
export const SEND_PATIENCE_MS = 120_000;

/** Wait before `send` tries again, in milliseconds. A server that restarts is back within seconds. */
export const SEND_RETRY_WAIT_MS = 500;

/** Number of bytes read from a file at a time. */
export const BYTES_AT_A_TIME = 1_048_576;

/** Maximum length of a line of a file, in bytes: no event and no check is longer. A longer line is refused. */
export const MAX_LINE_BYTES = 1_048_576;

/** Maximum number of lines that a resumed `send` asks the server about before it skips the lines sent before. */
export const LINES_CONFIRMED = 2_000;

/** Number of requests that `compare` has in flight. Checks change nothing, so their order does not matter. */
export const COMPARE_REQUESTS_IN_FLIGHT = 8;

/** Interval between two progress lines where standard error is no terminal, in milliseconds. */
export const PROGRESS_INTERVAL_MS = 5_000;

/** Interval between two updates of the progress line on a terminal, in milliseconds. */
export const PROGRESS_REFRESH_MS = 100;

/** Number of random bytes of an API key: 256 bits. */
export const API_KEY_BYTES = 32;

/** Number of events that `history` lists by default, and that it asks for at a time. */
export const DEFAULT_EVENTS_LISTED = 100;
export const HISTORY_PAGE_SIZE = 1000;
