// The file of an index: immutable segments of sorted postings in chunks, each with a checksum, in SQLite.
import { closeSync, openSync, rmSync } from "node:fs";
import { crc32 } from "node:zlib";
import Database from "libsql";
import { CHUNKS_KEPT, CHUNKS_PER_TURN, POSTINGS_PER_CHUNK } from "./history-limits.ts";
import { KeyFilter } from "./key-filter.ts";
import {
  countBelow, countKeys, countPostingsBelow, decodeChunk, encodeChunk, postingOf, type Chunk,
} from "./posting-chunk.ts";
import { ROWS, type RecentPostings, type RowNumbers } from "./recent-postings.ts";
import { SegmentFilters } from "./segment-filters.ts";

/** Version of the format. An index of another version is made again. */
const FORMAT = 2;

/**
 * A segment lists the first posting of each of its chunks, so that a chunk that is missing or belongs elsewhere is
 * noticed. Its own row is written last: chunks without one are left over from a process that ended.
 */
const SCHEMA = `
  create table if not exists segments (first integer primary key, last integer not null, mark integer not null,
    starts blob not null, sum integer not null) strict;
  create table if not exists chunks (id integer primary key, body blob not null, sum integer not null) strict;
  create table if not exists filters (first integer primary key, body blob not null, sum integer not null) strict;
  create table if not exists source (id integer primary key check (id = 1), text text not null) strict;`;

/** Room between the ids of two segments' chunks. */
const CHUNK_IDS_PER_ROW = 2 ** 10;

/** Thrown where the file does not hold what was written, or cannot be read or written: the index must be made again. */
export class IndexFault extends Error {
  override readonly name = "IndexFault";
}

/** Rows `first` to `last` of the log. */
export interface Segment {
  readonly first: number;
  readonly last: number;
  /** Checksum of the last row of the log: a log with another row there is another log. */
  readonly mark: number;
  /** The first posting of each chunk. */
  readonly starts: Float64Array;
}

/** The segments of one log, in its order. */
export class PostingFile {
  readonly #path: string;
  readonly #db: Database.Database;
  readonly #chunk: Database.Statement;
  readonly #insertChunk: Database.Statement;
  readonly #segments: Segment[] = [];
  /** By id; the one used last is at the end. */
  readonly #kept = new Map<number, Chunk>();
  readonly #filters: SegmentFilters;

  /**
   * Opens or creates a file, ":memory:" for none. `source` names the log and its keys. `filterBytes`: limit of the
   * filters in memory, in bytes. Throws IndexFault.
   */
  constructor(path: string, source: string, filterBytes?: number) {
    this.#path = path;
    this.#filters = new SegmentFilters(filterBytes);
    this.#db = within(() => openFile(path));
    try {
      within(() => this.#db.exec(SCHEMA));
      const text = `${FORMAT} ${source}`;
      // A damaged value may have turned into a null.
      const there = within(() => this.#db.prepare("select cast(text as blob) from source").raw().get()) as
        [Uint8Array | null] | undefined;
      if (there === undefined) within(() => this.#db.prepare("insert into source values (1, ?)").run(text));
      else if (Buffer.from(there[0] ?? []).toString() !== text) throw new IndexFault("the index is of another log");
      const chunk = "select cast(body as blob), cast(sum as integer) from chunks where id = ?";
      this.#chunk = within(() => this.#db.prepare(chunk).raw());
      this.#insertChunk = within(() => this.#db.prepare("insert or replace into chunks values (?, ?, ?)"));
      this.#readSegments();
    } catch (error) {
      this.close();
      throw faultOf(error);
    }
  }

  get segments(): readonly Segment[] {
    return this.#segments;
  }

  /** Writes postings as the next segment, in parts. `mark`: checksum of their last row. Throws IndexFault. */
  *write(recent: RecentPostings, mark: number): Generator<undefined, void> {
    const { first, last } = recent;
    const postings = yield* recent.sorted();
    const starts = new Float64Array(Math.ceil(postings.length / POSTINGS_PER_CHUNK));
    const filter = KeyFilter.for(countKeys(postings));
    for (let i = 0; i < starts.length; i += CHUNKS_PER_TURN) {
      yield;
      this.#inTransaction(() => {
        for (let k = i; k < Math.min(i + CHUNKS_PER_TURN, starts.length); k++) {
          const part = postings.subarray(k * POSTINGS_PER_CHUNK, (k + 1) * POSTINGS_PER_CHUNK);
          starts[k] = part[0]!;
          const { body, keys } = encodeChunk(part);
          for (const key of keys) filter.add(key);
          this.#insertChunk.run(idOf(first, k), body, crc32(body, idOf(first, k) >>> 0));
        }
      });
    }
    yield;
    const segment = { first, last, mark, starts };
    this.#inTransaction(() => {
      this.#db.prepare("insert or replace into filters values (?, ?, ?)")
        .run(first, filter.bytes, crc32(filter.bytes, first >>> 0));
      this.#db.prepare("insert into segments values (?, ?, ?, ?, ?)")
        .run(first, last, mark, bytesOf(starts), sumOf(segment));
    });
    this.#segments.push(segment);
    this.#filters.add(first, filter.bytes.length);
  }

  /** Removes the last segment. Throws IndexFault. */
  drop(): void {
    const segment = this.#segments.pop();
    if (segment === undefined) return;
    this.#inTransaction(() => {
      this.#db.prepare("delete from segments where first = ?").run(segment.first);
      this.#db.prepare("delete from chunks where id >= ?").run(idOf(segment.first, 0));
      this.#db.prepare("delete from filters where first = ?").run(segment.first);
    });
    this.#kept.clear();
    this.#filters.drop();
  }

  /** Whether the filter of a segment belongs in memory, and is not there. */
  lacksFilter({ first }: Segment): boolean {
    return this.#filters.lacks(first);
  }

  /** Loads the filter of a segment: half a megabyte at most, about a millisecond. Throws IndexFault. */
  loadFilter({ first }: Segment): void {
    const sql = "select cast(body as blob), cast(sum as integer) from filters where first = ?";
    const [body, sum] = within(() => this.#db.prepare(sql).raw().get(first)) as [Uint8Array | null, number] | undefined
      ?? [null];
    if (body === null || crc32(body, first >>> 0) !== sum) throw new IndexFault("a filter of the index is damaged");
    this.#filters.keep(first, within(() => new KeyFilter(body)));
  }

  /** Whether a segment may have a key. */
  mayHave({ first }: Segment, key: number): boolean {
    return this.#filters.of(first)?.has(key) !== false;
  }

  /**
   * Yields the numbers of a key's rows in a segment, below and above some number, newest first. `next` takes a lower
   * `below`. Throws IndexFault.
   */
  *newest({ first, last, starts }: Segment, key: number, below: number, above: number): RowNumbers {
    const base = (key >>> 0) * ROWS;
    let end = base + Math.min(below, last + 1) - first;
    for (let k = countBelow(starts, end) - 1; k >= 0; k = Math.min(k, countBelow(starts, end)) - 1) {
      const { keys, rows } = this.#read(idOf(first, k), starts[k]!);
      let at = countPostingsBelow(keys, rows, end);
      while (at-- > 0) {
        const row = first + rows[at]!;
        if (keys[at] !== key >>> 0 || row <= above) return;
        const lower = yield row;
        if (lower === undefined || lower >= row) continue;
        end = base + lower - first;
        if (end <= starts[k]!) break;
        at = countPostingsBelow(keys, rows, end);
      }
      if (starts[k]! < base) return;
    }
  }

  /** Closes the file. */
  close(): void {
    if (this.#db.open) this.#db.close();
  }

  /** Closes the file and deletes it. */
  remove(): void {
    this.close();
    removeFile(this.#path);
  }

  #read(id: number, start: number): Chunk {
    const known = this.#kept.get(id);
    if (known !== undefined) {
      this.#kept.delete(id);
      this.#kept.set(id, known);
      return known;
    }
    const [body, sum] = within(() => this.#chunk.get(id)) as [Uint8Array | null, number] | undefined ?? [null];
    if (body === null || crc32(body, id >>> 0) !== sum) throw new IndexFault("a chunk of the index is damaged");
    const chunk = decodeChunk(body);
    if (chunk === undefined || postingOf(chunk, 0) !== start) {
      throw new IndexFault("a chunk of the index is not the one that was written");
    }
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size < CHUNKS_KEPT) break;
      this.#kept.delete(oldest);
    }
    this.#kept.set(id, chunk);
    return chunk;
  }

  #readSegments(): void {
    // Casts: libsql ends the process when a damaged value turns out to be a text that is not UTF-8.
    const sql = `select s.first, cast(last as integer), cast(mark as integer), cast(starts as blob),
      cast(s.sum as integer), length(f.body) from segments s left join filters f on f.first = s.first order by s.first`;
    type Row = readonly [
      first: number, last: number, mark: number, starts: Uint8Array | null, sum: number, filterBytes: number | null,
    ];
    const rows = within(() => this.#db.prepare(sql).raw().all()) as Row[];
    for (const [first, last, mark, bytes, sum, filterBytes] of rows) {
      const starts = within(() => new Float64Array(new Uint8Array(bytes ?? []).buffer));
      const segment = { first, last, mark, starts };
      const next = (this.#segments.at(-1)?.last ?? 0) + 1;
      if (first !== next || sum !== sumOf(segment)) throw new IndexFault("a segment of the index is damaged");
      this.#segments.push(segment);
      this.#filters.add(first, filterBytes ?? 0);
    }
  }

  #inTransaction(body: () => void): void {
    within(() => {
      this.#db.exec("begin immediate");
      try {
        body();
        this.#db.exec("commit");
      } catch (error) {
        if (this.#db.inTransaction) this.#db.exec("rollback");
        throw error;
      }
    });
  }
}

/** Deletes the file of an index, and what SQLite keeps next to it. */
export function removeFile(path: string): void {
  if (path === ":memory:") return;
  for (const suffix of ["", "-journal", "-wal", "-shm"]) rmSync(path + suffix, { force: true });
}

/** No sync: what a loss of power leaves behind is judged by the checksums, and made again where it is damaged. */
function openFile(path: string): Database.Database {
  if (path !== ":memory:") closeSync(openSync(path, "a", 0o600));
  const db = new Database(path);
  try {
    db.exec("pragma journal_mode = truncate; pragma synchronous = off; pragma cache_size = -1024");
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function within<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw faultOf(error);
  }
}

/** Returns an error as a fault of the index: damage shows itself as any error, such as a null where a text was. */
function faultOf(error: unknown): IndexFault {
  if (error instanceof IndexFault) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new IndexFault(`the index cannot be used: ${message}`, { cause: error });
}

function idOf(first: number, chunk: number): number {
  return first * CHUNK_IDS_PER_ROW + chunk;
}

function sumOf({ first, last, mark, starts }: Segment): number {
  return crc32(bytesOf(starts), crc32(`${first},${last},${mark}`));
}

function bytesOf(array: Float64Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
