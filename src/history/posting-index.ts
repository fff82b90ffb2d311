// A posting index: finds the rows of a log that concern a key, newest first, without reading the log.
import { MAX_POSTINGS_PER_SEGMENT, MAX_ROWS_PER_SEGMENT, MAX_SEGMENTS_REMOVED } from "./history-limits.ts";
import { IndexFault, PostingFile } from "./posting-file.ts";
import { RecentPostings, ROWS, type RowNumbers } from "./recent-postings.ts";

/** Sizes at which the rows in memory become a segment, and of what stays in memory. */
export interface SegmentSizes {
  readonly rows: number;
  readonly postings: number;
  /** Limit of the filters in memory, in bytes, if it is another one. */
  readonly filterBytes?: number;
}

const SIZES: SegmentSizes = { rows: MAX_ROWS_PER_SEGMENT, postings: MAX_POSTINGS_PER_SEGMENT };

/**
 * Maps 32-bit keys to the numbers of the log rows that concern them. Two keys of the caller may share a number, so the
 * caller verifies the rows. The newest rows are in memory, the others in immutable segments of a file. The index is
 * derived from the log: after an IndexFault, remove it and make it again.
 */
export class PostingIndex {
  readonly #file: PostingFile;
  readonly #sizes: SegmentSizes;
  #recent: RecentPostings;
  /** Rows that are being written to the file. */
  #leaving: RecentPostings | undefined;

  /**
   * Opens or creates an index. `path`: its file, or ":memory:". `source` names the log and how its keys are made: an
   * index of another source is refused. Throws IndexFault.
   */
  constructor(path: string, source: string, sizes = SIZES) {
    this.#file = new PostingFile(path, source, sizes.filterBytes);
    this.#sizes = sizes;
    this.#recent = new RecentPostings(this.#kept + 1);
  }

  /** Number of the newest indexed row; 0 before the first. */
  get last(): number {
    return this.#recent.last;
  }

  /** True if the rows in memory should become a segment. */
  get isFull(): boolean {
    const { size, first, last } = this.#recent;
    return last >= first && (last - first + 1 >= this.#sizes.rows || size >= this.#sizes.postings);
  }

  /**
   * Removes segments from the end until the log has the rows they were made from. Returns false without removing any
   * where they are more than MAX_SEGMENTS_REMOVED. `markOf` returns the checksum of a row of the log, undefined for a
   * row that it lacks. Call it before the first `add`. Throws IndexFault.
   */
  trim(markOf: (seq: number) => number | undefined): boolean {
    const { segments } = this.#file;
    const isOfLog = segments.slice(-MAX_SEGMENTS_REMOVED - 1).map(({ last, mark }) => markOf(last) === mark);
    const others = isOfLog.length - 1 - isOfLog.lastIndexOf(true);
    if (others > MAX_SEGMENTS_REMOVED) return false;
    for (let n = 0; n < others; n++) this.#file.drop();
    this.#recent = new RecentPostings(this.#kept + 1);
    return true;
  }

  /**
   * Adds the next row of the log: `seq` is `last + 1`. `keys` are 32-bit numbers; one that is repeated counts once.
   * Throws IndexFault where the rows in memory are more than a segment can number.
   */
  add(seq: number, keys: Iterable<number>): void {
    if (seq !== this.last + 1) throw new Error(`the next row of the index is ${this.last + 1}, not ${seq}`);
    if (seq - this.#recent.first >= ROWS) throw new IndexFault("the index has too many rows in memory");
    this.#recent.add(keys);
  }

  /**
   * Writes the rows in memory to the file, in parts, one flush at a time. Reads and a few more rows may come in
   * between. `mark`: the checksum of the newest row. Throws IndexFault.
   */
  *flush(mark: number): Generator<undefined, void> {
    const leaving = this.#recent;
    this.#leaving = leaving;
    this.#recent = new RecentPostings(leaving.last + 1);
    yield* this.#file.write(leaving, mark);
    this.#leaving = undefined;
  }

  /** Yields the numbers of a key's rows, newest first: those below and above some number. Throws IndexFault. */
  *newest(key: number, below = Infinity, above = 0): RowNumbers {
    yield* this.#recent.newest(key, below, above);
    if (this.#leaving !== undefined) yield* this.#leaving.newest(key, below, above);
    const { segments } = this.#file;
    // There may be hundreds of segments, so one search loads one filter.
    let mayLoad = true;
    for (let i = segments.length - 1; i >= 0; i--) {
      const segment = segments[i]!;
      if (segment.last <= above) return;
      if (segment.first >= below) continue;
      if (mayLoad && this.#file.lacksFilter(segment)) {
        this.#file.loadFilter(segment);
        mayLoad = false;
      }
      if (this.#file.mayHave(segment, key)) yield* this.#file.newest(segment, key, below, above);
    }
  }

  /** Closes the file. */
  close(): void {
    this.#file.close();
  }

  /** Closes the file and deletes it. */
  remove(): void {
    this.#file.remove();
  }

  get #kept(): number {
    return this.#file.segments.at(-1)?.last ?? 0;
  }
}
