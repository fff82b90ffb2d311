// The embedded store: tuples in one SQLite file of one process, each acknowledged delta on disk.
import { setImmediate } from "node:timers/promises";
import { isEmpty, type Delta } from "./delta.ts";
import { closeDatabase, faultOf, openDatabase, StoreError, type Connection } from "./embedded-store-file.ts";
import { readFeed, TimeIndex, type LogRow } from "./embedded-store-feed.ts";
import { RowIndex, withCondition } from "./embedded-store-index.ts";
import { readScan, type Loadable } from "./embedded-store-scan.ts";
import { prepare, readPage, type Statements, type TuplePage } from "./embedded-store-sql.ts";
import { NetRows, type FoundRow, type NewRow } from "./embedded-store-net.ts";
import { decodeTuple, type DeltaRow, type TupleRow } from "./embedded-store-rows.ts";
import type { Applied, ChangePage, Store } from "./store.ts";
import type { TupleFilter } from "./tuple-set.ts";
import { printTuple, type Tuple, type TupleKey } from "./tuple.ts";

/** The store port on a file, with what only a store in the process can offer. Every call throws after `close`. */
export interface EmbeddedStore extends Store {
  /**
   * Writes the deltas, in order, in one transaction: on disk when it returns. `at`: milliseconds since 1970.
   * A conflict changes nothing and names the tuple. Throws StoreError when the disk refuses; where it is not known
   * then whether the deltas are on disk, every later call throws too: open the store anew and look.
   */
  commit(deltas: readonly Delta[], at: number): Applied;
  /** Adds every tuple to a set that holds none of them. Returns how many. Throws StoreError on a damaged file. */
  load(into: Loadable): number;
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
}

/**
 * Opens the store of a folder, making it where missing; ":memory:" is one that ends with `close`. `now` stamps what
 * `apply` writes. Throws StoreError: held by another process, damaged, of a newer schema, or refused by the disk.
 */
export function openEmbeddedStore(folder: string, now: () => number = Date.now): EmbeddedStore {
  return new SqliteStore(folder, now);
}

/** For a scan whose tuples are wanted for the index only. */
const NOWHERE: Loadable = { add: () => true, addPlain: () => true, reserve: () => {} };

const APPLIED: Applied = { ok: true };

/** The one row of `state`; `sum` is unsigned, 32 bits. */
interface State {
  readonly seq: number;
  readonly next: number;
  readonly count: number;
  readonly sum: number;
}

class SqliteStore implements EmbeddedStore {
  readonly #folder: string;
  readonly #now: () => number;
  readonly #db: Connection;
  readonly #statements: Statements;
  readonly #seed: number;
  #state: State;
  readonly #times: TimeIndex;
  #rows: RowIndex | undefined;
  #ended: string | undefined;

  constructor(folder: string, now: () => number) {
    this.#folder = folder;
    this.#now = now;
    this.#db = openDatabase(folder);
    this.#statements = prepare(this.#db);
    const [seq, next, count, sum, seed] = this.#statements.state.get() as [number, number, number, number, number];
    this.#state = { seq, next, count, sum };
    this.#seed = seed;
    this.#times = new TimeIndex({
      latest: (from, limit) => this.#guard(() => {
        const [last, at] = this.#statements.latestLog.get(from, limit) as [number | null, number];
        return last === null ? undefined : [last, at];
      }),
      first: (from, at) => this.#guard(() => (this.#statements.firstLog.get(from, at) as [number] | undefined)?.[0]),
    });
  }

  commit(deltas: readonly Delta[], at: number): Applied {
    return this.#guard(() => {
      const net = new NetRows(this.#seed, (key, hash) => this.#find(key, hash));
      for (const delta of deltas) {
        const conflict = isEmpty(delta) ? undefined : net.fold(delta);
        if (conflict !== undefined) return { ok: false, conflict: printTuple(conflict) };
      }
      if (net.log.length > 0) this.#write(net, at);
      return APPLIED;
    });
  }

  load(into: Loadable): number {
    return this.#guard(() => {
      into.reserve?.(this.#state.count);
      this.#rows = this.#scan(into);
      return this.#state.count;
    });
  }

  page(filter: TupleFilter, size: number, cursor: string, most = Infinity): TuplePage | undefined {
    return this.#guard(() => readPage(this.#db, filter, size, cursor, { most, last: this.#state.next - 1 }));
  }

  getMeta(name: string): string | undefined {
    return this.#guard(() => (this.#statements.getMeta.get(name) as [string] | undefined)?.[0]);
  }

  setMeta(name: string, value: string): void {
    this.#guard(() => this.#statements.setMeta.run(name, value));
  }

  emailKey(): Uint8Array {
    const key = Buffer.from(this.getMeta("email key") ?? "", "hex");
    if (key.length !== 32) throw new StoreError("corrupt", `the store in ${this.#folder} is damaged: no email key`);
    return new Uint8Array(key);
  }

  async apply(deltas: readonly Delta[]): Promise<Applied> {
    return this.commit(deltas, this.#now());
  }

  /** In the order they were written. One that is deleted and written again meanwhile may come twice. */
  async *read(): AsyncGenerator<Tuple> {
    for (let after = 0; ;) {
      const [last, rows] = this.#guard(() => this.#many(after));
      if (last === null) return;
      for (const [, row] of rows) yield decodeTuple(row);
      after = last;
      await setImmediate();
    }
  }

  async changes(cursor: string | undefined, limit: number, type?: string): Promise<ChangePage> {
    const read = (from: number, count: number): LogRow[] => this.#guard(() => {
      const rows = this.#statements.log.all(from, count) as [number, number, string][];
      return rows.map(([seq, at, body]) => [seq, at, JSON.parse(body) as DeltaRow]);
    });
    return await readFeed(read, () => this.#state.seq, cursor, limit, type);
  }

  async cursorAt(time: number): Promise<string> {
    return await this.#times.cursorAt(time, () => this.#state.seq);
  }

  async close(): Promise<void> {
    if (!this.#db.open) return;
    this.#ended ??= `the store in ${this.#folder} is closed`;
    closeDatabase(this.#db);
  }

  #find(key: TupleKey, hash: number): FoundRow | undefined {
    this.#rows ??= this.#scan(NOWHERE);
    let tuple: Tuple | undefined;
    const id = this.#rows.find(hash, (row) => {
      const [body] = this.#statements.tuple.get(row) as [string];
      tuple = decodeTuple(JSON.parse(body) as TupleRow);
      return tuple.object === key.object && tuple.relation === key.relation && tuple.user === key.user;
    });
    return id === undefined || tuple === undefined ? undefined : { id, hash, tuple };
  }

  #write({ log, added, removed }: NetRows, at: number): void {
    const { insertLog, deleteTuples, insertTuples, setState } = this.#statements;
    const state = this.#after(log.length, added, removed);
    this.#transaction(() => {
      assertRows(insertLog.run(this.#state.seq + 1, at, `[${log.join(",")}]`).changes, log.length);
      if (removed.size > 0) assertRows(deleteTuples.run(`[${[...removed.keys()].join(",")}]`).changes, removed.size);
      const rows = `[${added.map(({ body }) => body).join(",")}]`;
      if (added.length > 0) assertRows(insertTuples.run(this.#state.next, at, rows).changes, added.length);
      setState.run(state.seq, state.next, state.count, state.sum);
    });
    const rows = this.#rows as RowIndex;
    for (const { id, hash } of removed.values()) rows.delete(hash, id);
    added.forEach(({ hash }, i) => rows.add(hash, this.#state.next + i));
    this.#state = state;
  }

  #after(deltas: number, added: readonly NewRow[], removed: NetRows["removed"]): State {
    let sum = this.#state.sum;
    for (const row of added) sum = (sum + row.sum) >>> 0;
    for (const { hash, tuple } of removed.values()) sum = (sum - withCondition(hash, tuple)) >>> 0;
    const { seq, next, count } = this.#state;
    return { seq: seq + deltas, next: next + added.length, count: count + added.length - removed.size, sum };
  }

  /**
   * Runs the body in a transaction. Where the disk is full nothing was written. Should the commit fail otherwise, its
   * outcome is unknown until the file is read anew: the store ends.
   */
  #transaction(body: () => void): void {
    const { begin, commit, rollback } = this.#statements;
    let committing = false;
    try {
      begin.run();
      body();
      committing = true;
      commit.run();
    } catch (error) {
      const fault = faultOf(this.#folder, error);
      if (committing && (error as { code?: unknown }).code !== "SQLITE_FULL") this.#ended = fault.message;
      else if (this.#db.inTransaction) rollback.run();
      throw fault;
    }
  }

  /** Reads every tuple, checks count and sum against the state, and makes the index. */
  #scan(into: Loadable): RowIndex {
    // With room to spare: the first events after the start shall not wait for it to grow.
    const rows = new RowIndex(Math.ceil(this.#state.count * 1.1));
    let sum = 0;
    for (let after = 0; ;) {
      const [last, page] = this.#statements.scan.get(after) as [number | null, Uint8Array | null];
      if (last === null || page === null) break;
      sum = (sum + readScan(page, this.#seed, into, rows)) >>> 0;
      after = last;
    }
    const { count, sum: expected } = this.#state;
    if (rows.size === count && sum === expected) return rows;
    throw new StoreError("corrupt", `the store in ${this.#folder} is damaged: ${rows.size} tuples with sum ${sum}, `
      + `where ${count} with sum ${expected} were written`);
  }

  #many(after: number): [number | null, [number, TupleRow][]] {
    const [last, body] = this.#statements.many.get(after) as [number | null, string | null];
    return [last, JSON.parse(body ?? "[]") as [number, TupleRow][]];
  }

  #guard<T>(call: () => T): T {
    if (this.#ended !== undefined) throw new StoreError("unavailable", this.#ended);
    try {
      return call();
    } catch (error) {
      throw error instanceof SyntaxError || "code" in (error as object) ? faultOf(this.#folder, error) : error;
    }
  }
}

function assertRows(changed: number, expected: number): void {
  if (changed !== expected) throw new Error(`${changed} rows changed, not ${expected}`);
}
