// The embedded store: tuples in one SQLite file of one process, each acknowledged delta on disk.
import type { DatabaseCopy } from "./embedded-store-copy.ts";
import type { LostEvents } from "./embedded-store-loss.ts";
import type { Part } from "./embedded-store-net.ts";
import type { Loadable } from "./embedded-store-scan.ts";
import type { TuplePage } from "./embedded-store-sql.ts";
import { SqliteStore } from "./embedded-store-sqlite.ts";
import type { Applied, Store } from "./store.ts";
import type { TupleFilter } from "./tuple-set.ts";

/** The store port on a file, with what only a store in the process can offer. Every call throws after `close`. */
export interface EmbeddedStore extends Store {
  /**
   * Writes the deltas, in order, in one transaction: on disk when it returns, and counted in the mark, each as an event
   * but for those with `more`. `at`: milliseconds since 1970. A conflict changes nothing and names the tuple. Throws
   * StoreError when the disk refuses. Where it is unknown then whether the deltas are on disk, or they are in a file
   * that was deleted, every later call throws as well: the process must end.
   */
  commit(deltas: readonly Part[], at: number): Applied;
  /** Number of tuples. */
  readonly size: number;
  /** Adds every tuple to a set that holds none of them. Returns how many. Throws StoreError on a damaged file. */
  load(into: Loadable): number;
  /** Does what `load` does in small steps, each some milliseconds; yields the number of tuples loaded so far. */
  loading(into: Loadable): Generator<number, void>;
  /**
   * At most `size` tuples that agree with a filter, after a cursor ("": from the beginning), oldest first. Undefined
   * on a cursor that is none. Looks at `most` tuples (all of them: about 0.1 s per million); where those are not all, a
   * page that is not full has a cursor as well.
   */
  page(filter: TupleFilter, size: number, cursor: string, most?: number): TuplePage | undefined;
  /** A small value kept with the tuples, such as the id of the model. */
  getMeta(name: string): string | undefined;
  /** Keeps a small value: on disk when it returns. */
  setMeta(name: string, value: string): void;
  /** Cursor of the first change at a time (milliseconds since 1970) or later; of the end where there is none. */
  cursorAt(time: number): Promise<string>;
  /** The key of this store's email hashes: 32 random bytes, made with the store. */
  emailKey(): Uint8Array;
  /** The loss of acknowledged events that was accepted to open the store; undefined where there was none. */
  readonly lost: LostEvents | undefined;
  /** Number of the newest row of the log. */
  readonly lastDelta: number;
  /** Checks at most `limit` rows of the log, from a number on. Returns the next number. Throws StoreError on damage. */
  checkLog(from: number, limit: number): number;
  /**
   * To be called about once a second: puts the mark on disk, and throws StoreError (`gone`) where the files were
   * deleted or replaced. Returns why the mark cannot be written, if so.
   */
  keep(): Promise<string | undefined>;
  /**
   * Copies the database as it is now to a new file, from which a store can start, while commits continue. Throws
   * StoreError when the disk refuses; then the new file is removed.
   */
  copyTo(file: string): Promise<DatabaseCopy>;
}

/**
 * Opens the store of a folder, making it where missing; ":memory:" is one that ends with `close`. `now` stamps what
 * `apply` writes. `accepted` is a loss of acknowledged events to continue without. Throws StoreError: held by another
 * process, damaged, of a newer schema, without events that were acknowledged, or refused by the disk.
 */
export function openEmbeddedStore(
  folder: string, now: () => number = Date.now, accepted?: LostEvents,
): EmbeddedStore {
  return new SqliteStore(folder, now, accepted);
}
