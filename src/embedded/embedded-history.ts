// The history of the embedded store: its log with an index in a file next to it, and its refused events.
import { crc32 } from "node:zlib";
import { join } from "node:path";
import type { Logger } from "pino";
import type { Intake } from "../events/event.ts";
import type { EventHistory } from "../history/event-history.ts";
import { EventKeys, KEYS_VERSION } from "../history/event-keys.ts";
import { IndexedLog } from "../history/indexed-log.ts";
import type { LogDelta, ReadLog } from "../history/log-delta.ts";
import { LogHistory } from "../history/log-history.ts";
import { RefusedEvents } from "../history/refused-events.ts";
import { RefusedIntake } from "../history/refused-intake.ts";
import type { View } from "../domain/state-view.ts";
import type { EmbeddedStore } from "./embedded-store.ts";
import { RefusedLog } from "./refused-log.ts";
import { decodeTuple } from "./row-text.ts";
import { deltaAt, type LogRow } from "./store-feed.ts";

/** Everything that the history of a store depends on. */
export interface EmbeddedHistoryParts {
  readonly store: EmbeddedStore;
  /** Folder of the store, or ":memory:". */
  readonly folder: string;
  readonly view: View;
  readonly now: () => number;
  readonly emailHash: (address: string) => string;
  readonly log: Pick<Logger, "warn" | "error">;
}

/** The history of an open store. */
export interface OpenHistory {
  readonly history: EventHistory;
  /** Wraps the intake, so that refused events are kept. */
  readonly watched: (intake: Intake) => Intake;
  close(): Promise<void>;
}

/** Opens the history of a store. Its index is made in the background: nothing waits for it. */
export async function openHistory(parts: EmbeddedHistoryParts): Promise<OpenHistory> {
  const { store, folder, view, now, emailHash, log } = parts;
  const last = (): number => store.lastDelta;
  const read: ReadLog = (from, limit) => store.logRows(from, limit).map(deltaOf);
  const index = new IndexedLog<LogDelta>({
    source: `${KEYS_VERSION} ${store.getMeta("file id") ?? ""}`, last, rows: read,
    keysOf: new EventKeys(read, view.tuples).of, markOf: (row) => crc32(JSON.stringify(row)),
  }, {
    path: folder === ":memory:" ? folder : join(folder, "history.db"),
    failed: (error) => log.warn({ err: error }, "the index of the history is made again"),
  });
  const refused = new RefusedEvents();
  const refusedLog = new RefusedLog({
    table: store.refused, refused, now,
    failed: (error) => log.error({ err: error }, "refused events were not written or read"),
  });
  await refusedLog.load();
  refusedLog.start();
  index.start();
  const firstSince = async (time: number): Promise<number> => deltaAt(await store.cursorAt(time));
  return {
    history: new LogHistory({
      log: read, some: (numbers) => store.someLogRows(numbers).map(deltaOf), last, firstSince, index, refused,
      tuples: view.tuples, now, emailHash,
    }),
    watched: (intake) => new RefusedIntake({ intake, refused, view, last, now, emailHash, kept: refusedLog.add }),
    close: async () => {
      refusedLog.stop();
      await index.stop();
    },
  };
}

function deltaOf([seq, at, [deletes, writes, events]]: LogRow): LogDelta {
  return { seq, at, deletes: deletes.map(decodeTuple), writes: writes.map(decodeTuple), events };
}
