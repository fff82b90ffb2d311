// The history of the embedded store: its log with an index in a file next to it, and its refused events.
import type { Logger } from "pino";
import type { Intake } from "../events/event.ts";
import type { EventHistory } from "../history/event-history.ts";
import { EventKeys } from "../history/event-keys.ts";
import type { LogDelta, ReadLog } from "../history/log-delta.ts";
import { LogHistory, type HistoryParts } from "../history/log-history.ts";
import { RefusedEvents } from "../history/refused-events.ts";
import { RefusedIntake } from "../history/refused-intake.ts";
import type { View } from "../domain/state-view.ts";
import type { Tuples } from "../tuples/tuple-set.ts";
import type { EmbeddedStore } from "./embedded-store.ts";
import { RefusedLog } from "./refused-log.ts";
import { decodeTuple } from "./row-text.ts";
import { deltaAt, type LogRow } from "./store-feed.ts";

/** Everything that the history of a store depends on. */
export interface EmbeddedHistoryParts {
  readonly store: EmbeddedStore;
  /** The index of the log, with the keys of `eventKeysOf`. */
  readonly index: HistoryParts["index"];
  readonly view: View;
  readonly now: () => number;
  readonly emailHash: (address: string) => string;
  readonly log: Pick<Logger, "error">;
}

/** The history of an open store. */
export interface OpenHistory {
  readonly history: EventHistory;
  /** Wraps the intake, so that refused events are kept. */
  readonly watched: (intake: Intake) => Intake;
  close(): void;
}

/** Returns a function that makes the keys of the log's rows. `tuples`: the present state. */
export function eventKeysOf(
  store: Pick<EmbeddedStore, "logRows" | "seed">, tuples: Tuples,
): (row: LogRow) => Iterable<number> {
  const keys = new EventKeys((from, limit) => store.logRows(from, limit).map(deltaOf), tuples, store.seed);
  return (row) => keys.of(deltaOf(row));
}

/** Opens the history of a store. */
export async function openHistory(parts: EmbeddedHistoryParts): Promise<OpenHistory> {
  const { store, index, view, now, emailHash, log } = parts;
  const last = (): number => store.lastDelta;
  const read: ReadLog = (from, limit) => store.logRows(from, limit).map(deltaOf);
  const refused = new RefusedEvents();
  const refusedLog = new RefusedLog({
    table: store.refused, refused, now,
    failed: (error) => log.error({ err: error }, "refused events were not written or read"),
  });
  await refusedLog.load();
  refusedLog.start();
  const firstSince = async (time: number): Promise<number> => deltaAt(await store.cursorAt(time));
  return {
    history: new LogHistory({
      log: read, some: (numbers) => store.someLogRows(numbers).map(deltaOf), last, firstSince,
      recordedAt: (seq) => store.times.latestUpTo(seq), index, seed: store.seed, refused, tuples: view.tuples, now,
      emailHash,
    }),
    watched: (intake) => new RefusedIntake({ intake, refused, view, last, now, emailHash, kept: refusedLog.add }),
    close: () => refusedLog.stop(),
  };
}

/** Returns a row of the log with its tuples decoded. */
export function deltaOf([seq, at, [deletes, writes, events]]: LogRow): LogDelta {
  return { seq, at, deletes: deletes.map(decodeTuple), writes: writes.map(decodeTuple), events };
}
