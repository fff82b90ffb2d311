// The embedded store: tuples in one SQLite file of one process, each acknowledged delta on disk.
import { setImmediate } from "node:timers/promises";
import { sizeOf, type Delta } from "./delta.ts";
import { closeDatabase, faultOf, openDatabase, StoreError, type Connection } from "./embedded-store-file.ts";
import { readFeed, type LogRow } from "./embedded-store-feed.ts";
import { hashKey, hashTuple, RowIndex } from "./embedded-store-index.ts";
import { prepare, readPage, type Statements, type TuplePage } from "./embedded-store-sql.ts";
import { decodeTuple, encodeDelta, encodeTuple, textOfKey, type DeltaRow,
  type TupleRow } from "./embedded-store-rows.ts";
import { MAX_TUPLES_PER_DELTA, type Applied, type ChangePage, type Store } from "./store.ts";
import type { TupleFilter, TupleSet } from "./tuple-set.ts";
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
  load(into: Pick<TupleSet, "add">): number;
  /**
   * At most `size` tuples that agree with a filter, after a cursor ("": from the beginning), oldest first. Undefined
   * on a cursor that is none. Reads the whole file at worst: about 0.1 s per million tuples.
   */
  page(filter: TupleFilter, size: number, cursor: string): TuplePage | undefined;
  /** A small value kept with the tuples, such as the id of the model. */
  getMeta(name: string): string | undefined;
  /** Keeps a small value: on disk when it returns. */
  setMeta(name: string, value: string): void;
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

const APPLIED: Applied = { ok: true };

/** The one row of `state`; `sum` is unsigned, 32 bits. */
interface State {
  readonly seq: number;
  readonly next: number;
  readonly count: number;
  readonly sum: number;
}

/** A row of `tuples`, found. */
interface Found {
  readonly id: number;
  readonly tuple: Tuple;
}

/** What a group of deltas comes to: tuples to add by key, and rows to take out by id. */
interface Net {
  readonly added: Map<string, Tuple>;
  readonly removed: Map<number, Tuple>;
}

class SqliteStore implements EmbeddedStore {
  readonly #folder: string;
  readonly #now: () => number;
  readonly #db: Connection;
  readonly #statements: Statements;
  readonly #seed: number;
  #state: State;
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
  }

  commit(deltas: readonly Delta[], at: number): Applied {
    return this.#guard(() => {
      const changing = deltas.filter((delta) => sizeOf(delta) > 0);
      changing.forEach(assertSound);
      if (changing.length === 0) return APPLIED;
      const net: Net = { added: new Map(), removed: new Map() };
      for (const delta of changing) {
        const conflict = this.#fold(delta, net);
        if (conflict !== undefined) return { ok: false, conflict: printTuple(conflict) };
      }
      this.#write(changing, at, net);
      return APPLIED;
    });
  }

  load(into: Pick<TupleSet, "add">): number {
    return this.#guard(() => {
      this.#rows = this.#scan((tuple) => {
        if (!into.add(tuple)) throw new Error(`the set to load into holds ${printTuple(tuple)} already`);
      });
      return this.#state.count;
    });
  }

  page(filter: TupleFilter, size: number, cursor: string): TuplePage | undefined {
    return this.#guard(() => readPage(this.#db, filter, size, cursor));
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

  async close(): Promise<void> {
    if (!this.#db.open) return;
    this.#ended ??= `the store in ${this.#folder} is closed`;
    closeDatabase(this.#db);
  }

  /** Adds one delta to what the group comes to, or tells the tuple that is not as the delta expects. */
  #fold(delta: Delta, { added, removed }: Net): TupleKey | undefined {
    for (const key of delta.deletes) {
      if (added.delete(textOfKey(key))) continue;
      const found = this.#find(key);
      if (found === undefined || removed.has(found.id)) return key;
      removed.set(found.id, found.tuple);
    }
    for (const tuple of delta.writes) {
      const key = textOfKey(tuple);
      if (added.has(key)) return tuple;
      const found = this.#find(tuple);
      if (found !== undefined && !removed.has(found.id)) return tuple;
      added.set(key, tuple);
    }
    return undefined;
  }

  #find(key: TupleKey): Found | undefined {
    this.#rows ??= this.#scan(() => {});
    let tuple: Tuple | undefined;
    const id = this.#rows.find(hashKey(this.#seed, key), (row) => {
      const [body] = this.#statements.tuple.get(row) as [string];
      tuple = decodeTuple(JSON.parse(body) as TupleRow);
      return tuple.object === key.object && tuple.relation === key.relation && tuple.user === key.user;
    });
    return id === undefined || tuple === undefined ? undefined : { id, tuple };
  }

  #write(deltas: readonly Delta[], at: number, { added, removed }: Net): void {
    const { insertLog, deleteTuples, insertTuples, setState } = this.#statements;
    const tuples = [...added.values()];
    const state = this.#after(deltas.length, tuples, removed);
    this.#transaction(() => {
      deltas.forEach((delta, i) => insertLog.run(this.#state.seq + 1 + i, at, encodeDelta(delta)));
      if (removed.size > 0) assertRows(deleteTuples.run(JSON.stringify([...removed.keys()])).changes, removed.size);
      const rows = `[${tuples.map(encodeTuple).join(",")}]`;
      if (tuples.length > 0) assertRows(insertTuples.run(this.#state.next, at, rows).changes, tuples.length);
      setState.run(state.seq, state.next, state.count, state.sum);
    });
    const rows = this.#rows as RowIndex;
    for (const [id, tuple] of removed) rows.delete(hashKey(this.#seed, tuple), id);
    tuples.forEach((tuple, i) => rows.add(hashKey(this.#seed, tuple), this.#state.next + i));
    this.#state = state;
  }

  #after(deltas: number, added: readonly Tuple[], removed: ReadonlyMap<number, Tuple>): State {
    let sum = this.#state.sum;
    for (const tuple of added) sum = (sum + hashTuple(this.#seed, tuple)) >>> 0;
    for (const tuple of removed.values()) sum = (sum - hashTuple(this.#seed, tuple)) >>> 0;
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
  #scan(each: (tuple: Tuple) => void): RowIndex {
    const rows = new RowIndex(this.#state.count);
    let sum = 0;
    for (let after = 0; ;) {
      const [last, page] = this.#many(after);
      if (last === null) break;
      for (const [id, row] of page) {
        const tuple = decodeTuple(row);
        sum = (sum + hashTuple(this.#seed, tuple)) >>> 0;
        rows.add(hashKey(this.#seed, tuple), id);
        each(tuple);
      }
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

function assertSound(delta: Delta): void {
  const size = sizeOf(delta);
  if (size > MAX_TUPLES_PER_DELTA) throw new Error(`a delta holds ${MAX_TUPLES_PER_DELTA} tuples at most, not ${size}`);
  const keys = new Set<string>();
  for (const key of [...delta.deletes, ...delta.writes]) {
    const text = textOfKey(key);
    if (keys.has(text)) throw new Error(`twice in one delta: ${printTuple(key)}`);
    keys.add(text);
  }
}

function assertRows(changed: number, expected: number): void {
  if (changed !== expected) throw new Error(`${changed} rows changed, not ${expected}`);
}
