// The past of an embedded store: its log, an index of it in a file of its own, and the states that both make up.
import { join } from "node:path";
import type { Logger } from "pino";
import { EVENT_KEYS_VERSION } from "../history/event-keys.ts";
import { IndexedLog } from "../history/indexed-log.ts";
import { keysOfRow, KEYS_VERSION, markOfRow } from "../history/log-row.ts";
import { PastStates } from "../history/past-states.ts";
import { RowEvents } from "../history/row-events.ts";
import type { Model } from "../model/rewrite.ts";
import type { TupleSet } from "../tuples/tuple-set.ts";
import { deltaOf } from "./embedded-history.ts";
import type { EmbeddedStore } from "./embedded-store.ts";
import type { LogRow } from "./store-feed.ts";

/** Everything that the past of a store is made of. */
export interface PastParts {
  readonly store: Pick<EmbeddedStore, "logRows" | "times" | "lastDelta" | "getMeta" | "seed">;
  /** Folder of the store, or ":memory:". */
  readonly folder: string;
  readonly model: Model;
  readonly tuples: TupleSet;
  readonly now: () => number;
  readonly log: Pick<Logger, "warn">;
  /** Returns the keys of a row for the history of events, which uses the same index. */
  readonly events: (row: LogRow) => Iterable<number>;
}

/** A past whose index is kept up in the background. */
export interface EmbeddedPast {
  readonly states: PastStates;
  readonly index: IndexedLog<LogRow>;
  /** The events of the log's rows. */
  readonly rowEvents: RowEvents;
  /** Ends the work in the background, and closes the index. */
  readonly stop: () => Promise<void>;
}

/** Returns the past of a store, and starts to index its log in the background. */
export function openPast({ store, folder, model, tuples, now, log, events }: PastParts): EmbeddedPast {
  const index = new IndexedLog<LogRow>({
    source: `${KEYS_VERSION} ${EVENT_KEYS_VERSION} ${store.getMeta("file id") ?? ""}`, last: () => store.lastDelta,
    rows: (from, limit) => store.logRows(from, limit),
    keysOf: (row) => [...keysOfRow(store.seed, row), ...events(row)],
    markOf: markOfRow,
  }, {
    path: folder === ":memory:" ? folder : join(folder, "history.db"),
    failed: (error) => log.warn({ err: error }, "the index of the past is made again, or its log cannot be read"),
  });
  const rowEvents = new RowEvents({
    log: (from, limit) => store.logRows(from, limit).map(deltaOf), index, seed: store.seed,
  });
  const states = new PastStates(model, tuples, {
    log: index, seed: store.seed,
    row: (seq) => store.logRows(seq, 1)[0],
    numberAt: async (time) => await store.times.firstAt(time + 1, () => store.lastDelta) - 1,
    recordedAt: (seq) => store.times.latestUpTo(seq),
    eventOf: rowEvents.eventOf,
  }, now);
  index.start();
  return { states, index, rowEvents, stop: () => index.stop() };
}
