// The embedded store: tuples in one SQLite file used by one process, with each acknowledged delta on disk.
import type { RowTimes } from "../domain/relationships.ts";
import type { DatabaseCopy } from "./store-copy.ts";
import type { LostEvents } from "./lost-events.ts";
import type { Part } from "./stored-row-changes.ts";
import type { Loadable } from "./store-scan.ts";
import type { LogReader, LogRow, LogTimes, TimeIndex } from "./store-feed.ts";
import type { TuplePage } from "./store-sql.ts";
import type { RefusedTable } from "./refused-table.ts";
import { SqliteStore } from "./sqlite-store.ts";
import type { Applied, Store } from "../tuples/store.ts";
import type { TupleFilter } from "../tuples/tuple-set.ts";

/**
 * The store port on a file, with the calls that only an in-process store can offer. Every call throws after `close`.
 */
export interface EmbeddedStore extends Store {
  /**
   * Writes the deltas in order, in one transaction. When it returns, they are on disk and counted in the mark, each as
   * an event except those with `more`. `at`: milliseconds since 1970. A conflict changes nothing and names the tuple.
   * Throws StoreError when the disk refuses. If it is then unknown whether the deltas are on disk, or they went to a
   * deleted file, every later call also throws: the process must end.
   */
  commit(deltas: readonly Part[], at: number): Applied;
  /** Number of tuples. */
  readonly size: number;
  /** Adds every tuple to a set that holds none of them. Returns their number. Throws StoreError on a damaged file. */
  load(into: Loadable): number;
  /** Does the same as `load` in small steps of some milliseconds; yields the number of tuples loaded so far. */
  loading(into: Loadable): Generator<number, void>;
  /**
   * Returns at most `size` tuples that match a filter, after a cursor ("": from the beginning), oldest first. Returns
   * undefined for an invalid cursor. Looks at `most` tuples (default: all, about 0.1 s per million); if more remain,
   * even a page that is not full has a cursor.
   */
  page(filter: TupleFilter, size: number, cursor: string, most?: number): TuplePage | undefined;
  /** Returns a small value kept with the tuples, such as the id of the model. */
  getMeta(name: string): string | undefined;
  /** Stores a small value: on disk when it returns. */
  setMeta(name: string, value: string): void;
  /** Returns the cursor of the first change at a time (milliseconds since 1970) or later, or of the end. */
  cursorAt(time: number): Promise<string>;
  /** Times of relationship rows. */
  readonly rowTimes: RowTimes;
  /** Reads rows of the log: at most `limit`, starting at a number. Throws StoreError on damage. */
  readonly logRows: LogReader;
  /** Reads the rows of the log with some numbers, the highest first. Throws StoreError on damage. */
  readonly someLogRows: (numbers: readonly number[]) => readonly LogRow[];
  /** The refused events. */
  readonly refused: RefusedTable;
  /** Reads times of the log's rows. Throws StoreError on damage. */
  readonly logTimes: LogTimes;
  /** Finds rows of the log by time. Rejects with StoreError on damage. */
  readonly times: Pick<TimeIndex, "firstAt" | "latestUpTo">;
  /** Returns the key of this store's email hashes: 32 random bytes, made with the store. */
  emailKey(): Uint8Array;
  /** The loss of acknowledged events that was accepted to open the store; undefined where there was none. */
  readonly lost: LostEvents | undefined;
  /** Number of the newest row of the log. */
  readonly lastDelta: number;
  /** 32 random bits, unsigned, made with the store: a secret, so that outsiders cannot choose ids that collide. */
  readonly seed: number;
  /**
   * Checks at most `limit` rows of the log, starting at a number. Returns the next number. Throws StoreError on damage.
   */
  checkLog(from: number, limit: number): number;
  /**
   * Syncs the mark to disk; the caller runs it about once a second. Throws StoreError (`gone`) where the files were
   * deleted or replaced. Returns the reason if the mark cannot be written.
   */
  keep(): Promise<string | undefined>;
  /**
   * Copies the present database to a new file that a store can start from, while commits continue. Throws StoreError
   * when the disk refuses; the new file is then removed.
   */
  copyTo(file: string): Promise<DatabaseCopy>;
}

/**
 * Opens the store of a folder and creates it if it is missing; ":memory:" is a store that ends with `close`. `now`
 * gives the time of what `apply` writes. `accepted` is a loss of acknowledged events to continue without. Throws
 * StoreError where the store is held by another process, damaged, of a newer schema, lacking acknowledged events, or
 * refused by the disk.
 */
export function openEmbeddedStore(
  folder: string, now: () => number = Date.now, accepted?: LostEvents,
): EmbeddedStore {
  return new SqliteStore(folder, now, accepted);
}
