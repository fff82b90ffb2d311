// Every limit of the embedded store and its intake, with its unit and effect.

/** Maximum number of events in one transaction; further events wait for the next one. */
export const MAX_EVENTS_PER_COMMIT = 256;

/**
 * Size of the write-ahead log at which it is checkpointed into the database, in pages of 4 KiB: 8 MiB. The turn of the
 * event loop that does so takes about 11 ms.
 */
export const CHECKPOINT_PAGES = 2048;

/**
 * Maximum number of pages for which SQLite checks the whole file at a start: 16 MiB take about 15 ms. A larger file is
 * only loaded.
 */
export const MAX_PAGES_CHECKED_AT_START = 4096;

/** Kibibytes of database pages kept in memory. */
export const CACHE_KIB = 16_384;

/** Maximum number of rows of the log around a time that are read to find the event behind a tuple. */
export const ROWS_READ_FOR_AN_EVENT = 600;

/**
 * Maximum number of those rows that are read at a time: first one, then twice as many each time, until the event is
 * found. A row may hold thousands of tuples.
 */
export const ORIGIN_ROWS_AT_A_TIME = 20;

/** Maximum number of rows of the log kept for that search, and of tuples in a kept row: about 5 MB in all. */
export const ORIGIN_ROWS_KEPT = 500;
export const MAX_TUPLES_OF_A_KEPT_ROW = 50;

/** Maximum number of times of the log's rows that are kept for the search of events. */
export const LOG_TIMES_KEPT = 50_000;

/** Tuples per step when all tuples are read. */
export const TUPLES_READ_AT_A_TIME = 2000;

/** Tuples per step of the scan at the start: a quarter of a megabyte, a turn of the event loop of 5 to 10 ms. */
export const TUPLES_OF_A_SCAN = 2500;

/** Deltas read at a time; other work gets its turn between two reads. */
export const DELTAS_AT_A_TIME = 200;

/** Rows of the log in one block of its times. Each block keeps 8 bytes in memory: 1.25 MB for ten million rows. */
export const TIMES_PER_BLOCK = 64;

/** Blocks of times read in one turn of the event loop: 2,048 rows, about a millisecond. */
export const TIME_BLOCKS_PER_TURN = 32;

/** Interval between two looks at the store's folder, in milliseconds. */
export const FOLDER_LOOK_INTERVAL_MS = 1000;

/** Rows of the log checked in one turn of the event loop, about a millisecond. */
export const LOG_ROWS_CHECKED_PER_TURN = 100;

/** Idle time of the log check, as a multiple of the time that its last step took. */
export const LOG_CHECK_IDLE_FACTOR = 9;

/** Bytes of the database copied at a time, outside the event loop. Hashing them takes some milliseconds of one turn. */
export const COPY_CHUNK_BYTES = 4_194_304;

/**
 * Maximum number of changed pages copied again in one turn of the event loop, about 10 ms: the size of one checkpoint.
 */
export const PAGES_COPIED_PER_TURN = 2048;

/** Size of the pieces in which the copy is read for the stream, in bytes. */
export const BACKUP_CHUNK_BYTES = 262_144;

/** How long the caller may read nothing before the copy, which takes up disk space, is given up, in milliseconds. */
export const BACKUP_STALL_TIMEOUT_MS = 60_000;

/**
 * Maximum number of tuples in one write of an event, about 10 ms. A larger event takes several writes, each in its own
 * turn of the event loop and its own transaction, as on OpenFGA. Most events need less than a tenth of this.
 */
export const MAX_TUPLES_PER_WRITE = 500;

/** Maximum number of tuples, bookkeeping included, that an atomic batch changes: one turn and one transaction. */
export const MAX_TUPLES_PER_ATOMIC_BATCH = 1000;

/** Interval between two writes of refused events, in milliseconds: a crash loses those of the last one. */
export const REFUSED_WRITE_INTERVAL_MS = 1000;

/** Refused events written in one transaction, and read in one turn of the event loop: some milliseconds. */
export const REFUSED_EVENTS_WRITTEN_AT_A_TIME = 1000;
export const REFUSED_EVENTS_READ_AT_A_TIME = 2000;
