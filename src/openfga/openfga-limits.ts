// Every limit, wait and interval in front of OpenFGA, with its unit and effect.

/** Longest wait for the answer to a read or a question, in milliseconds: above OpenFGA's own 3 s. */
export const READ_TIMEOUT_MS = 4_000;

/** Longest wait for the answer to a write, in milliseconds: OpenFGA ends a write by itself after 3 s. */
export const WRITE_TIMEOUT_MS = 4_000;

/** Maximum number of connections to the server. */
export const MAX_SOCKETS = 64;

/** Maximum number of tuples or changes in one page of OpenFGA. */
export const PAGE_SIZE = 100;

/**
 * Number of steps per turn of the event loop: changes of the feed that are sorted or applied before other work gets its
 * turn.
 */
export const STEPS_PER_TURN = 2_000;

/** Time between two polls of the change feed, in milliseconds: the default of SIDELINE_POLL_INTERVAL. */
export const POLL_INTERVAL_MS = 1_000;

/**
 * Longest time questions are answered while OpenFGA is unavailable, in milliseconds: the default of
 * SIDELINE_MAX_STALENESS, unless twice the time between two polls is longer.
 */
export const MAX_STALENESS_MS = 30_000;

/**
 * Time between two comparisons of the whole store with the replica, in milliseconds: the default of
 * SIDELINE_DRIFT_INTERVAL.
 */
export const DRIFT_INTERVAL_MS = 600_000;

/** How long a start waits for OpenFGA, and the pause between two tries, in milliseconds. */
export const START_PATIENCE_MS = 60_000;
export const START_PAUSE_MS = 500;

/** Maximum number of failed tries to store events logged per minute. */
export const FAILURES_LOGGED_PER_MINUTE = 10;

/** Maximum number of times a build writes its model until it is the newest, where older and newer builds compete. */
export const MAX_MODEL_WRITES = 5;

/**
 * Time after which all stores made at once are listed, in milliseconds, or as a multiple of the time that it took to
 * make one. OpenFGA has no unique names, and a store's id is older than its commit.
 */
export const STORES_SETTLED_MS = 300;
export const STORES_SETTLED_FACTOR = 4;

/** Pause between two looks whether another sidecar has written the model, in milliseconds. */
export const MODEL_LOOK_PAUSE_MS = 100;

/** Number of looks, plus as many again at random, before a sidecar that did not make the store writes the model. */
export const MODEL_LOOKS = 5;

/** Milliseconds between two looks at the store's models. */
export const POLICY_WATCH_INTERVAL_MS = 15_000;

/** Greatest lag that is reported, in polls. */
export const MAX_LAG_POLLS = 1_000_000;

/**
 * Maximum number of checks that one sidecar has OpenFGA evaluate at once for its callers; the others wait. OpenFGA
 * 1.22.1 holds a connection to its datastore for each level of a check while it waits for the next level. With its
 * default of 30 connections, 50 checks of a batch take all of them, and none can proceed until the request times out.
 */
export const MAX_CHECKS_AT_ONCE = 4;

/** Maximum number of checks that wait for one of those places; more are answered as unavailable at once. */
export const MAX_CHECKS_WAITING = 1_000;

/**
 * Fraction of its time after which a waiting check is answered as unavailable and no longer sent: OpenFGA is not
 * answering the checks before it.
 */
export const LONGEST_WAIT_FRACTION = 3 / 4;

/**
 * Number of changes to be read again above which a poll looks back only at the order of events, which is two changes of
 * each Write; the Writes themselves are read where a step is not known yet. A foreign Write that takes longer than
 * `LOOK_BACK.shortest` to commit is then seen when there is less to read, or by the drift pass.
 */
export const MAX_CHANGES_READ_AGAIN = 1_000;

/**
 * Length of feed above which a busy store is read in parts, in milliseconds, so as not to lag; and the number of parts.
 */
export const LONG_PART_MS = 900;
export const FEED_WINDOWS = 4;

/**
 * How often a poll looks back by `LOOK_BACK.long`, in milliseconds, so that a late change is seen even without a gap.
 */
export const LONG_LOOK_INTERVAL_MS = 10_000;

/** Number of searches of the feed for a gap before the whole store is read. */
export const TRIES_BEFORE_SCAN = 3;

/** Minimum time between two scans of the whole store for a gap, in milliseconds. */
export const MIN_SCAN_INTERVAL_MS = 5_000;

/** Polls missed above which a paused process polls before it answers; polls behind above which a replica lags. */
export const PAUSED_POLLS = 2;
export const LAGGING_POLLS = 5;

/** Age at which a part of the feed is final, in milliseconds on OpenFGA's clock: OpenFGA ends a Write after 3 s. */
export const FEED_FINAL_AFTER_MS = 60_000;

/** Maximum number of Writes that wait for missing ones; a missing Write is late by seconds at most. */
export const MAX_WRITES_STUCK = 1_000;

/** How long places of the feed that were read are remembered, in milliseconds. */
export const PLACES_REMEMBERED_MS = 120_000;

/** How long clocks of OpenFGA servers that were seen apart count as apart, in milliseconds. */
export const CLOCKS_APART_FOR_MS = 600_000;

/** Increase in the distance between those clocks that is reported, in milliseconds. */
export const CLOCK_DISTANCE_REPORTED_MS = 1_000;

/** How long the clock in an answer counts, in milliseconds: servers behind one address answer in turn. */
export const CLOCK_SAMPLES_COUNT_FOR_MS = 60_000;

/** Time within which samples of a clock are joined, in milliseconds: one sample of each server is enough. */
export const CLOCK_SAMPLES_JOINED_MS = 1_000;

/** Minimum delay of a timer that counts as a pause of the process, in milliseconds. */
export const SHORTEST_PAUSE_MS = 500;

/** Longest time between two beats of the timer that notices pauses, in milliseconds. */
export const LONGEST_BEAT_MS = 500;

/** Longest time that questions wait for the state after a pause, in milliseconds; then they are refused. */
export const LONGEST_WAIT_AFTER_PAUSE_MS = 5_000;

/**
 * How long before a scan the feed is read from, in milliseconds on OpenFGA's clock. An older Write was committed before
 * the scan, or never is: OpenFGA ends a Write after 3 s.
 */
export const FEED_BEFORE_SCAN_MS = 20_000;

/** Maximum number of scans until one is undisturbed: paging by offset misses tuples while others delete. */
export const MAX_SCANS = 5;

/** Number of readings of the feed, and the pause between in milliseconds, to find a Write missing from an order. */
export const FEED_READINGS = 10;
export const FEED_READING_PAUSE_MS = 300;

/** Maximum number of reads of single tuples at once. */
export const EXACT_READS_AT_ONCE = 16;

/** Maximum number of objects visited to find the org of a tuple. */
export const MAX_OBJECTS_SEEN = 200;

/** Maximum number of foreign Writes remembered so that none is logged twice. */
export const MAX_WRITES_REMEMBERED = 10_000;

/** Maximum number of tuples listed in one log line. */
export const MAX_TUPLES_LOGGED = 10;

/** Maximum number of ledgers listed in one log line. */
export const MAX_LEDGERS_LOGGED = 10;

/**
 * Maximum number of looks at a difference while events touch its tuple; after that the next audit or drift pass
 * decides.
 */
export const MAX_LOOKS = 10;

/** Number of tuples that an audit compares in one turn of the event loop. */
export const TUPLES_COMPARED_PER_TURN = 1_000;

/** Maximum number of comparisons of two sets: a set that changes while it is read may hide a tuple from its reader. */
export const MAX_COMPARISONS = 3;

/** Maximum number of differences of one drift pass that are checked again; the rest are left to the next pass. */
export const MAX_SUSPECTS = 1_000;

/** Pause between two pages of a drift pass, in milliseconds, so that it does not load OpenFGA. */
export const DRIFT_PAGE_PAUSE_MS = 5;

/** Number of tuples of the replica that a drift pass compares in one turn of the event loop. */
export const DRIFT_TUPLES_PER_TURN = 1_000;

/** Fraction by which the time between two drift passes varies up and down, so that sidecars do not all pass at once. */
export const DRIFT_JITTER = 0.2;

/** Maximum number of tries of a repair's Write while events win the race, or OpenFGA is unavailable. */
export const MAX_REPAIR_TRIES = 50;

/** Longest wait of a repair after a lost race, in milliseconds; waits are random. */
export const REPAIR_RACE_WAIT_MS = 20;

/** Maximum number of shadow checks that wait; more are dropped. */
export const MAX_SHADOW_CHECKS_WAITING = 100;

/** Maximum number of shadow checks at OpenFGA at once, in addition to those that callers wait for. */
export const SHADOW_CHECKS_AT_ONCE = 2;

/**
 * Maximum number of looks into a disagreement of a shadow check while the revision moves each time; then it stays
 * unsettled.
 */
export const MAX_SHADOW_LOOKS = 5;

/**
 * Maximum number of evaluation steps per such look: every event may change the answer, and many can come in one turn.
 */
export const MAX_SHADOW_LOOK_STEPS = 20_000;

/** Pause between two such looks, in milliseconds. */
export const SHADOW_LOOK_PAUSE_MS = 100;

/** Maximum number of disagreements of shadow checks logged per minute; all are counted. */
export const DISAGREEMENTS_LOGGED_PER_MINUTE = 10;

/**
 * Number of moves of an event to another org after which an event is refused: its objects keep being made and deleted.
 */
export const MAX_MOVES = 5;

/** How long another sidecar's event is left to it, in milliseconds; the actual wait is one to two times this. */
export const CONTINUATION_PATIENCE_MS = 10_000;

/** How long a dry run waits for OpenFGA, or for a pending event of an org, in milliseconds. */
export const DRY_RUN_PATIENCE_MS = 8_000;

/** Number of revisions that a dry run reads from OpenFGA at a time. */
export const REVISIONS_READ_AT_ONCE = 20;

/** Pause between two attempts of a dry run, in milliseconds. */
export const DRY_RUN_PAUSE_MS = 50;

/** How long an event is retried while OpenFGA is unavailable or others win every race, in milliseconds. */
export const GIVE_UP_AFTER_MS = 8_000;

/**
 * Bounds of the random wait between tries of a write while OpenFGA is unavailable, in milliseconds: doubled after each
 * try.
 */
export const FIRST_WAIT_MS = 10;
export const LONGEST_WAIT_MS = 500;

/**
 * Longest wait of a writer after a lost race, in milliseconds, at random. A longer one would lose the next race again.
 */
export const RACE_WAIT_MS = 10;

/**
 * How long after a lost race an org writer pauses after each of its writes, in milliseconds. A winner can write again
 * at once, while the losers must first read what it wrote, and would lose every race.
 */
export const POLITE_FOR_MS = 3_000;

/**
 * Bounds, in milliseconds, on the time from a lost race to the next one won, which is about the time the other writer
 * needs as well. A polite pause is random, up to twice that time.
 */
export const LEAST_TURN_MS = 20;
export const MOST_TURN_MS = 150;

/**
 * Pause now and then of an org writer that is never idle and never loses, in case another loses every race; the time
 * between two pauses, alone and where other sidecars wrote lately; and what counts as lately. All in milliseconds.
 */
export const LONE_WRITER_PAUSE_MS = 160;
export const ALONE_FOR_MS = 6_000;
export const AMONG_OTHERS_FOR_MS = 1_000;
export const LATELY_MS = 600_000;

/** Maximum number of events in one Write's batch, since events that change nothing never fill a Write. */
export const MAX_EVENTS_PER_WRITE = 256;

/** Number of events of the history in one compressed piece, and of pieces kept as they are read: about 10 MB. */
export const EVENTS_PER_CHUNK = 64;
export const EVENT_CHUNKS_KEPT = 200;

/** Interval between two readings of the feed for the history, and the pause after a failure, in milliseconds. */
export const HISTORY_INTERVAL_MS = 10_000;
export const HISTORY_RETRY_PAUSE_MS = 2_000;

