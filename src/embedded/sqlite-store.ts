// The embedded store itself: commits deltas to disk, counts and acknowledges them in that order, and serves all reads.
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { isEmpty, type Delta } from "../tuples/delta.ts";
import type { RowTimes } from "../domain/relationships.ts";
import type { DatabaseCopy } from "./store-copy.ts";
import { StoreDisk } from "./store-disk.ts";
import { faultOf, StoreError } from "./store-error.ts";
import { readFeed, TimeIndex, type LogReader, type LogRow, type LogTimes } from "./store-feed.ts";
import { closeDatabase, openDatabase, type Connection } from "./store-file.ts";
import { RefusedTable } from "./refused-table.ts";
import { RowEnds } from "./row-ends.ts";
import { hashKey, type RowIndex } from "./row-index.ts";
import { logSum, LogTable } from "./store-log.ts";
import type { LostEvents } from "./lost-events.ts";
import { COPIED_AT, metaSumOf, valuesOfCopy } from "./store-meta.ts";
import { NetRows, type FoundRow, type Part } from "./stored-row-changes.ts";
import { decodeTuple, textOf, type TupleRow } from "./row-text.ts";
import { NOWHERE, scanTuples, type Loadable } from "./store-scan.ts";
import { assertRows, prepare, readMany, readPage, type Statements, type TuplePage } from "./store-sql.ts";
import { stateAfter, type StoreState } from "./store-state.ts";
import { WriteAheadLog } from "./write-ahead-log.ts";
import type { Applied, ChangePage } from "../tuples/store.ts";
import type { TupleFilter } from "../tuples/tuple-set.ts";
import { printTuple, type Tuple, type TupleKey } from "../tuples/tuple.ts";

type FiveNumbers = [number, number, number, number, number];

/** Tuples in one SQLite file. The interface EmbeddedStore documents its methods. */
export class SqliteStore {
  readonly #folder: string;
  readonly #now: () => number;
  readonly #db: Connection;
  readonly #statements: Statements;
  readonly #log: LogTable;
  readonly times: TimeIndex;
  readonly #ends: RowEnds;
  readonly refused: RefusedTable;
  readonly seed: number;
  readonly rowTimes: RowTimes = {
    writtenAt: (key) => this.#guard(() => this.#find(key, hashKey(this.seed, key))?.at),
    endedAt: (object) => this.#guard(() => this.#ends.endOf(object)),
  };
  readonly logTimes: LogTimes = {
    latest: (from, limit) => this.#guard(() => this.#log.latest(from, limit)),
    first: (from, at) => this.#guard(() => this.#log.firstSince(from, at)),
  };
  readonly logRows: LogReader = (from, count) => this.#guard(() => this.#log.read(from, count, this.#state.seq));
  readonly someLogRows = (numbers: readonly number[]): LogRow[] => this.#guard(() => this.#log.readSome(numbers));
  /** Undefined for a store in memory. */
  readonly #disk: StoreDisk | undefined;
  #state: StoreState;
  #rows: RowIndex | undefined;
  #ended: StoreError | undefined;
  readonly #wal: WriteAheadLog;
  #isCopying = false;

  constructor(folder: string, now: () => number, accepted: LostEvents | undefined) {
    this.#folder = folder;
    this.#now = now;
    this.#db = openDatabase(folder);
    this.#statements = prepare(this.#db);
    this.#ends = new RowEnds(this.#db);
    this.refused = new RefusedTable(this.#db, (body) => this.#guard(() => this.#transaction(body)));
    const [seq, next, count, sum, seed] = this.#statements.state.get() as FiveNumbers;
    this.seed = seed;
    this.#log = new LogTable(folder, this.#statements);
    const events = this.#log.eventsAt(seq);
    this.#state = { seq, events: events ?? seq, next, count, sum };
    this.times = new TimeIndex(this.logTimes);
    this.#wal = new WriteAheadLog(this.#db, this.#statements, join(folder, "store.db-wal"));
    if (folder === ":memory:") return;
    // If this throws, the database stays open, and its write-ahead log as it was found: it may still be repaired.
    const copiedAt = this.getMeta(COPIED_AT) ?? "";
    const opened = {
      id: this.getMeta("file id") ?? "", seq, events, isMarked: this.getMeta("mark") !== undefined,
      copiedAt: copiedAt === "" ? undefined : Number(copiedAt),
    };
    this.#disk = this.#guard(() => new StoreDisk(folder, opened, accepted));
    if (!opened.isMarked) this.setMeta("mark", "store.mark");
    // From here on a copy has its own mark, and a missing mark is a fault.
    if (copiedAt !== "") this.setMeta(COPIED_AT, "");
  }

  get lost(): LostEvents | undefined {
    return this.#disk?.lost;
  }

  get size(): number {
    return this.#state.count;
  }

  get lastDelta(): number {
    return this.#state.seq;
  }

  commit(deltas: readonly Part[], at: number): Applied {
    return this.#guard(() => {
      const net = new NetRows(this.seed, this.#state.events, (key, hash) => this.#find(key, hash));
      for (const delta of deltas) {
        const conflict = isEmpty(delta) ? undefined : net.apply(delta);
        if (conflict !== undefined) return { ok: false, conflict: printTuple(conflict) };
      }
      if (net.log.length > 0) this.#write(net, deltas, at);
      return { ok: true };
    });
  }

  load(into: Loadable): number {
    for (const _ of this.loading(into));
    return this.#state.count;
  }

  *loading(into: Loadable): Generator<number, void> {
    this.#guard(() => into.reserve?.(this.#state.count));
    const scan = scanTuples(this.#folder, this.#statements, { ...this.#state, seed: this.seed }, into);
    for (;;) {
      const { done, value } = this.#guard(() => scan.next());
      if (done === true) {
        this.#rows = value;
        return;
      }
      yield value;
    }
  }

  page(filter: TupleFilter, size: number, cursor: string, most = Infinity): TuplePage | undefined {
    return this.#guard(() => readPage(this.#db, filter, size, cursor, { most, last: this.#state.next - 1 }));
  }

  getMeta(name: string): string | undefined {
    return this.#guard(() => {
      const found = this.#statements.getMeta.get(name) as [Uint8Array] | undefined;
      return found === undefined ? undefined : textOf(found[0]);
    });
  }

  /** Writes the value into the database at once: the mark does not count it, so the WAL must not be its only copy. */
  setMeta(name: string, value: string): void {
    this.#guard(() => {
      this.#transaction(() => {
        this.#statements.setMeta.run(name, value);
        this.#statements.setMeta.run("sum", metaSumOf(this.#db));
      });
      this.#wal.checkpoint(this.#state.seq);
    });
  }

  emailKey(): Uint8Array {
    const key = Buffer.from(this.getMeta("email key") ?? "", "hex");
    if (key.length !== 32) throw new StoreError("corrupt", `the store in ${this.#folder} is damaged: no email key`);
    return new Uint8Array(key);
  }

  async apply(deltas: readonly Delta[]): Promise<Applied> {
    return this.commit(deltas, this.#now());
  }

  /** Yields tuples in the order they were written. One that is deleted and written again meanwhile may come twice. */
  async *read(): AsyncGenerator<Tuple> {
    // Loading the index finds a damaged file before any of its tuples are copied elsewhere.
    this.#guard(() => this.#index());
    for (let after = 0; ;) {
      const [last, rows] = this.#guard(() => readMany(this.#statements, after));
      if (last === null) return;
      for (const [, row] of rows) yield decodeTuple(row);
      after = last;
      await setImmediate();
    }
  }

  async changes(cursor: string | undefined, limit: number, type?: string): Promise<ChangePage> {
    return await readFeed(this.logRows, () => this.#state.seq, cursor, limit, type);
  }

  async cursorAt(time: number): Promise<string> {
    return await this.times.cursorAt(time, () => this.#state.seq);
  }

  checkLog(from: number, limit: number): number {
    return this.#guard(() => this.#log.check(from, limit, this.#state.seq));
  }

  async keep(): Promise<string | undefined> {
    this.#inPlace(() => this.#disk?.assertInPlace());
    return await this.#disk?.keep();
  }

  async copyTo(file: string): Promise<DatabaseCopy> {
    const disk = this.#disk;
    if (disk === undefined || this.#isCopying) throw new Error("the store is in memory, or is being copied already");
    this.#isCopying = true;
    try {
      // The checkpoint takes a separate turn.
      await setImmediate();
      this.#guard(() => this.#wal.beginCopy(this.#state.seq));
      return await disk.copyTo(file, {
        changedPages: () => this.#wal.changedPages(),
        assertOpen: () => this.#inPlace(() => disk.assertInPlace()),
        ownValues: () => this.#guard(() => valuesOfCopy(this.#db, this.#wal.checkpointedAt)),
      });
    } catch (error) {
      throw error instanceof Error && "code" in error ? faultOf(this.#folder, error) : error;
    } finally {
      this.#isCopying = false;
      this.#wal.endCopy();
    }
  }

  async close(): Promise<void> {
    if (!this.#db.open) return;
    this.#ended ??= new StoreError("unavailable", `the store in ${this.#folder} is closed`);
    closeDatabase(this.#db);
    await this.#disk?.close();
  }

  #find(key: TupleKey, hash: number): FoundRow | undefined {
    const rows = this.#index();
    let tuple: Tuple | undefined;
    let at = 0;
    const id = rows.find(hash, (row) => {
      const [body, time] = this.#statements.tuple.get(row) as [Uint8Array, number];
      at = time;
      tuple = decodeTuple(JSON.parse(textOf(body)) as TupleRow);
      return tuple.object === key.object && tuple.relation === key.relation && tuple.user === key.user;
    });
    return id === undefined || tuple === undefined ? undefined : { id, hash, tuple, at };
  }

  #index(): RowIndex {
    if (this.#rows === undefined) this.load(NOWHERE);
    return this.#rows as unknown as RowIndex;
  }

  #write(net: NetRows, deltas: readonly Part[], at: number): void {
    const { log, added, removed } = net;
    const { insertLog, deleteTuples, insertTuples, setState } = this.#statements;
    const state = stateAfter(this.#state, net, at);
    this.#transaction(() => {
      for (const [i, body] of log.entries()) {
        const seq = this.#state.seq + 1 + i;
        insertLog.run(seq, at, body, logSum(seq, at, body));
      }
      if (removed.size > 0) assertRows(deleteTuples.run(`[${[...removed.keys()].join(",")}]`).changes, removed.size);
      const rows = `[${added.map(({ body }) => body).join(",")}]`;
      if (added.length > 0) assertRows(insertTuples.run(this.#state.next, at, rows).changes, added.length);
      this.#ends.note(deltas, at);
      setState.run(state.seq, state.next, state.count, state.sum);
    });
    const rows = this.#rows as RowIndex;
    for (const { id, hash } of removed.values()) rows.delete(hash, id);
    added.forEach(({ hash }, i) => rows.add(hash, this.#state.next + i));
    this.#state = state;
    // The order matters: on disk, then counted, then acknowledged, and only while the files are still in place.
    this.#inPlace(() => this.#disk?.acknowledge(state.seq, state.events));
    this.#wal.committed(state.seq);
  }

  /** Runs a call that checks the store's files; if they were deleted or replaced, ends the store. */
  #inPlace(look: () => void): void {
    this.#guard(() => {
      try {
        look();
      } catch (error) {
        this.#ended = faultOf(this.#folder, error);
        throw this.#ended;
      }
    });
  }

  /**
   * Runs the body in a transaction. On a full disk nothing was written. If the commit fails for another reason, its
   * outcome is unknown until the file is read again, so the store ends.
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
      if (committing && (error as { code?: unknown }).code !== "SQLITE_FULL") this.#ended = fault;
      else if (this.#db.inTransaction) rollback.run();
      throw fault;
    }
  }

  #guard<T>(call: () => T): T {
    if (this.#ended !== undefined) throw this.#ended;
    try {
      return call();
    } catch (error) {
      throw error instanceof SyntaxError || "code" in (error as object) ? faultOf(this.#folder, error) : error;
    }
  }
}
