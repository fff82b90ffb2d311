// Keeps an index in step with its log: reads new rows in the background, and makes the index again where it is damaged.
import { setImmediate as nextTurn } from "node:timers/promises";
import {
  INDEXING_IDLE_FACTOR, INDEXING_INTERVAL_MS, INDEXING_MS_PER_TURN, INDEX_RETRY_PAUSE_MS, ROWS_INDEXED_PER_TURN,
  ROWS_INDEXED_TOGETHER,
} from "./history-limits.ts";
import { IndexFault, removeFile } from "./posting-file.ts";
import { PostingIndex, type SegmentSizes } from "./posting-index.ts";

/** A log that only grows, and the keys of its rows. Rows are numbered from 1. */
export interface KeyedLog<Row> {
  /** Names the log and how its keys are made: with another text, an index on disk is not used. */
  readonly source: string;
  /** Number of the newest row. */
  readonly last: () => number;
  /** Returns at most `limit` rows in order, starting at a number. Throws if it cannot. */
  readonly rows: (from: number, limit: number) => readonly Row[];
  readonly keysOf: (row: Row) => Iterable<number>;
  /** Returns a checksum of a row, 32 bits, unsigned. */
  readonly markOf: (row: Row) => number;
}

/** Options of an indexed log. */
export interface IndexingOptions {
  /** File of the index, or ":memory:". */
  readonly path: string;
  /** Called with a fault of the index or of the log. */
  readonly failed: (error: unknown) => void;
  readonly sizes?: SegmentSizes;
}

/** Thrown where the index lacks more rows of the log than one turn of the event loop adds: wait until it is whole. */
export class IndexBehind extends Error {
  override readonly name = "IndexBehind";
}

/** A log with its index. The index is never needed for a start: it is opened and made in the background. */
export class IndexedLog<Row> {
  readonly #log: KeyedLog<Row>;
  readonly #options: IndexingOptions;
  #index: PostingIndex | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;
  /** The run that is under way, and whether somebody waits for it. */
  #running: Promise<void> | undefined;
  #waiting = 0;
  /** Ends the rest between two turns. */
  #wake: (() => void) | undefined;
  /** When the index may be made again after it could not be written, and when the background looks again. */
  #pausedUntil = 0;
  #faultedAt = -Infinity;
  #restsUntil = 0;

  constructor(log: KeyedLog<Row>, options: IndexingOptions) {
    this.#log = log;
    this.#options = options;
  }

  /** Starts indexing in the background. */
  start(): void {
    const look = (): void => {
      if (this.#restsUntil <= performance.now()) this.#catchUp().catch(() => undefined);
    };
    this.#timer = setInterval(look, INDEXING_INTERVAL_MS).unref();
    look();
  }

  /** Stops, and closes the file. Resolves when no turn of this will read the log again. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearInterval(this.#timer);
    this.#wake?.();
    await this.#running?.catch(() => undefined);
    this.#index?.close();
    this.#index = undefined;
  }

  /** Number of the newest indexed row. */
  get last(): number {
    return this.#index?.last ?? 0;
  }

  /**
   * Resolves to the index once it has every row of the log; in that turn of the event loop it lacks none. Undefined if
   * the index or the log cannot be read now. When the index later throws, call `faulty`.
   */
  async whole(): Promise<PostingIndex | undefined> {
    this.#waiting++;
    this.#wake?.();
    try {
      while (!this.#isStopped && (this.#index === undefined || this.#index.last < this.#log.last())) {
        await this.#catchUp();
      }
      return this.#index;
    } catch {
      return undefined;
    } finally {
      this.#waiting--;
    }
  }

  /**
   * Returns the index with the rows that the log has got since `whole` resolved, in this turn of the event loop. Throws
   * IndexBehind where they are too many, and where the index is not open.
   */
  follow(): PostingIndex {
    const index = this.ready();
    if (index === undefined) throw new IndexBehind("the index does not have the newest rows of the log");
    return index;
  }

  /** Does the same as `follow`, but returns undefined where the index lacks rows. */
  ready(): PostingIndex | undefined {
    const last = this.#log.last();
    const index = this.#index;
    if (index === undefined || index.last + ROWS_INDEXED_PER_TURN < last) return undefined;
    if (index.last < last) this.#add(index);
    return index.last < last ? undefined : index;
  }

  /** Drops the index after a fault that it threw; it is made again. Returns false for any other error. */
  faulty(error: unknown): boolean {
    if (!(error instanceof IndexFault)) return false;
    this.#options.failed(error);
    this.#drop();
    return true;
  }

  #catchUp(): Promise<void> {
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #run(): Promise<void> {
    if (this.#pausedUntil > performance.now()) throw new IndexFault("the index could not be written");
    try {
      const index = this.#index ??= this.#open();
      const parts = this.#parts(index);
      for (let began = performance.now(); !this.#isStopped && this.#index === index; began = performance.now()) {
        if (parts.next().done === true) return;
        await (this.#waiting > 0 ? nextTurn() : this.#rest(INDEXING_IDLE_FACTOR * (performance.now() - began)));
      }
    } catch (error) {
      this.#options.failed(error);
      this.#restsUntil = performance.now() + INDEX_RETRY_PAUSE_MS;
      if (error instanceof IndexFault) {
        this.#drop();
        const now = performance.now();
        // A damaged file is made again at once; a disk that refuses the new file as well is given time.
        if (now < this.#faultedAt + INDEX_RETRY_PAUSE_MS) this.#pausedUntil = now + INDEX_RETRY_PAUSE_MS;
        this.#faultedAt = now;
      }
      throw error;
    }
  }

  /** Rests for some milliseconds, or until somebody waits. */
  #rest(idle: number): Promise<void> {
    return new Promise((done) => {
      const timer = setTimeout(done, idle).unref();
      this.#wake = () => {
        clearTimeout(timer);
        setImmediate(done);
      };
    });
  }

  /** Opens the index of the file. Where that fails, begins an empty one. */
  #open(): PostingIndex {
    const { path, sizes, failed } = this.#options;
    const { source, rows, markOf } = this.#log;
    let index: PostingIndex | undefined;
    try {
      index = new PostingIndex(path, source, sizes);
      const isTrimmed = index.trim((seq) => {
        const row = seq <= this.#log.last() ? rows(seq, 1)[0] : undefined;
        return row === undefined ? undefined : markOf(row);
      });
      if (isTrimmed) return index;
    } catch (error) {
      index?.close();
      if (!(error instanceof IndexFault)) throw error;
      failed(error);
    }
    index?.close();
    removeFile(path);
    return new PostingIndex(path, source, sizes);
  }

  *#parts(index: PostingIndex): Generator<undefined, void> {
    const { last, rows, markOf } = this.#log;
    // Questions add rows as well (`follow`), so that the index may be full without a new row.
    while (index.isFull || index.last < last()) {
      if (index.isFull) {
        const newest = rows(index.last, 1)[0];
        if (newest === undefined) throw new Error(`the log has no row ${index.last}`);
        yield* index.flush(markOf(newest));
      } else {
        this.#add(index);
      }
      yield;
    }
  }

  /** Adds new rows: at least one, then more until the turn is over or the index is full. Throws if there is none. */
  #add(index: PostingIndex): void {
    const { last, rows, keysOf } = this.#log;
    const [most, until] = [index.last + ROWS_INDEXED_PER_TURN, performance.now() + INDEXING_MS_PER_TURN];
    do {
      const some = rows(index.last + 1, Math.min(ROWS_INDEXED_TOGETHER, most - index.last));
      if (some.length === 0) throw new Error(`the log has no row ${index.last + 1}`);
      for (const row of some) {
        index.add(index.last + 1, keysOf(row));
        if (index.isFull || performance.now() > until) return;
      }
    } while (index.last < Math.min(most, last()));
  }

  #drop(): void {
    try {
      this.#index?.remove();
    } catch {
      // The file that cannot be removed is refused, or its rows are compared, when it is opened again.
    }
    this.#index = undefined;
  }
}
