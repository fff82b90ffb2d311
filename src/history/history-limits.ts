// Every limit of the history's index, with its unit and effect.

/** Maximum number of log rows in one segment of the index: under 65,536, as a posting keeps its row in 16 bits. */
export const MAX_ROWS_PER_SEGMENT = 50_000;

/**
 * Maximum number of postings in memory, 16 bytes each: with more, they become a segment even if its rows are few. One
 * row may exceed it.
 */
export const MAX_POSTINGS_PER_SEGMENT = 400_000;

/** Maximum number of segments that are removed one by one where the log has other rows, about 20 ms each. */
export const MAX_SEGMENTS_REMOVED = 4;

/** Postings in one chunk of a segment, 6 bytes each: the unit that is read from the file. */
export const POSTINGS_PER_CHUNK = 1024;

/** Bits of a segment's filter for each of its keys, at least; at most 16. So 0.24 to 2.4 % of the other keys pass. */
export const FILTER_BITS_PER_KEY = 8;

/**
 * Maximum number of bytes of filters in memory: 64 MB, for the newest three to five million rows of the log, 13 to 20
 * bytes each. In an older segment, a search reads a chunk, also where the segment does not have the key.
 */
export const FILTER_BYTES_KEPT = 64 * 1024 * 1024;

/** Number of chunks kept in memory: 3 MB. */
export const CHUNKS_KEPT = 512;

/** Chunks written in one turn of the event loop: about 200 KB, some milliseconds. */
export const CHUNKS_PER_TURN = 32;

/** Postings sorted in one turn of the event loop, at least: about 5 ms. */
export const POSTINGS_SORTED_PER_TURN = 32_768;

/** Maximum number of rows of the log indexed in one turn of the event loop. */
export const ROWS_INDEXED_PER_TURN = 200;

/** Time after which a turn of indexing ends, in milliseconds. At least one row is indexed. */
export const INDEXING_MS_PER_TURN = 5;

/** Rows of the log that the indexing reads at a time: at most 2,000 tuples, 100 for each row. */
export const ROWS_INDEXED_TOGETHER = 20;

/**
 * Idle time of the indexing in the background, as a multiple of the time that its last turn took: it takes 5 % of the
 * process. A question that needs the index does not wait for these rests.
 */
export const INDEXING_IDLE_FACTOR = 19;

/** Interval between two looks for new rows of the log, in milliseconds. */
export const INDEXING_INTERVAL_MS = 1000;

/** Pause before the index is made again after its file could not be written twice, in milliseconds. */
export const INDEX_RETRY_PAUSE_MS = 60_000;

/** Maximum number of rows that a write of an event takes besides the one that moves the revision of its org. */
export const MAX_ROWS_PER_STEP = 16;

/** Maximum number of refused events that are kept, and how long each is kept, in milliseconds: 90 days. */
export const MAX_REFUSED_EVENTS = 100_000;
export const REFUSED_KEPT_FOR_MS = 90 * 24 * 60 * 60 * 1000;

/** Maximum number of characters of all kept refused events together: with more, the oldest are dropped. */
export const MAX_REFUSED_CHARACTERS = 40_000_000;

/** Maximum number of events looked at for one page; then it ends, and the next one continues. */
export const MAX_EVENTS_LOOKED_AT = 20_000;

/** Maximum number of tuples in the events of one page of history, if it has more than one event. */
export const MAX_TUPLES_PER_PAGE = 10_000;

/** Steps of work on a page of history in one turn of the event loop: rows of the log read, and postings. */
export const HISTORY_STEPS_PER_TURN = 200;

/** Time after which such a turn ends, in milliseconds. */
export const HISTORY_MS_PER_TURN = 5;

/** Tuples of an event that count as one such step. */
export const TUPLES_PER_HISTORY_STEP = 20;

/** Maximum number of writes before a row that are read to find the event of a write that continues one. */
export const PARTS_READ_FOR_AN_EVENT = 600;

/**
 * Maximum number of rows read one by one for the same without the index: 0.2 ms each where they are full. The last of
 * them may be part of a divided write, whose rows are read as well.
 */
export const ROWS_READ_WITHOUT_INDEX = 100;

/** Refused events looked at that count as one such step. */
export const REFUSED_EVENTS_PER_STEP = 200;

/** Number of events kept by the rows that they were found for: about 2 MB. */
export const ROW_EVENTS_KEPT = 5000;

/** How long a page of history waits for its index, in milliseconds. Then the log is searched without it. */
export const INDEX_WAIT_MS = 100;

/** Rows of the log that a page of history reads at a time. */
export const ROWS_READ_TOGETHER = 50;

/** Number of log rows kept in memory after they were read for a question about the past: about 6 MB. */
export const ROWS_KEPT = 2000;

/** Time that one question about the past may spend reading in one turn of the event loop, in milliseconds. */
export const PAST_READING_MS_PER_TURN = 8;

/** Postings of a tuple that a question about the past reads at a time: well under a millisecond. */
export const POSTINGS_READ_TOGETHER = 4096;

/** Maximum number of reads of the log and its index by one question about the past: about ten seconds. */
export const MAX_PAST_READS = 1_000_000;

/** Maximum number of times that a question about the past begins again in another turn: about ten seconds. */
export const MAX_PAST_RESTARTS = 1000;

/** Number of times that a question about the past begins again after a fault of the index. */
export const MAX_PAST_FAULTS = 2;

/** How long a question about the past waits for the index of the log, in milliseconds. Then it is refused for now. */
export const PAST_INDEX_WAIT_MS = 5000;
