// The embedded store's write-ahead log: folded into the database a few mebibytes at a time, also while that is copied.
import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import { CHECKPOINT_PAGES, type Connection } from "./embedded-store-file.ts";
import type { Statements } from "./embedded-store-sql.ts";

/** Bytes of the log at which it is folded in while the database is copied; otherwise SQLite sees to that. */
const MAX_LOG_BYTES = CHECKPOINT_PAGES * 4096;

/** Bytes of the log's header, where the size of a page stands at 8, and of the header of each of its pages. */
const HEADER_BYTES = 32;
const PAGE_SIZE = 8;
const FRAME_HEADER_BYTES = 24;

/** What a copy of the database must read again: pages by their number, from 1. */
export interface ChangedPages {
  /** Bytes of a page. */
  readonly size: number;
  readonly numbers: Set<number>;
}

/** The log of an open store. */
export class WriteAheadLog {
  readonly #db: Connection;
  readonly #fold: Statements["fold"];
  readonly #file: string;
  /** While the database is copied: what was folded in since the copy began, and may have been read before. */
  #changed: Set<number> | undefined;
  #pageSize = 4096;
  #fault: unknown;
  /** The newest row of the store's log of deltas when the write-ahead log was folded in last. */
  #foldedAt = 0;

  constructor(db: Connection, { fold }: Pick<Statements, "fold">, file: string) {
    this.#db = db;
    this.#fold = fold;
    this.#file = file;
  }

  get foldedAt(): number {
    return this.#foldedAt;
  }

  /** Folds the log into the database, and leaves it empty. `seq`: number of the newest row of the log of deltas. */
  fold(seq: number): void {
    if (this.#changed !== undefined) this.#noteChanges(this.#changed);
    const [busy] = this.#fold.get() as [number];
    if (busy !== 0) throw new Error("the write-ahead log could not be folded into the database");
    this.#foldedAt = seq;
  }

  /** To be called after a commit. A log that cannot be folded in ends the copy: the commit is on disk all the same. */
  committed(seq: number): void {
    if (this.#changed === undefined || this.#fault !== undefined) return;
    try {
      if (statSync(this.#file).size >= MAX_LOG_BYTES) this.fold(seq);
    } catch (error) {
      this.#fault = error;
    }
  }

  /** From here on the database's file changes by `fold` alone. */
  beginCopy(seq: number): void {
    this.#db.exec("pragma wal_autocheckpoint = 0");
    this.fold(seq);
    this.#changed = new Set();
    this.#fault = undefined;
  }

  /** The pages that were folded in since the copy began; whoever reads one anew takes it out. Throws after a fault. */
  changedPages(): ChangedPages {
    if (this.#fault !== undefined) throw this.#fault;
    return { size: this.#pageSize, numbers: this.#changed ?? new Set() };
  }

  endCopy(): void {
    this.#changed = undefined;
    if (this.#db.open) this.#db.exec(`pragma wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
  }

  /** Takes down which pages stand in the log. It was empty after the last time, so all of them are new. */
  #noteChanges(changed: Set<number>): void {
    const log = openSync(this.#file, "r");
    try {
      const header = Buffer.alloc(HEADER_BYTES);
      if (readSync(log, header, 0, HEADER_BYTES, 0) < HEADER_BYTES) return;
      this.#pageSize = header.readUInt32BE(PAGE_SIZE);
      const { size } = fstatSync(log);
      const number = Buffer.alloc(4);
      for (let at = HEADER_BYTES; at < size; at += FRAME_HEADER_BYTES + this.#pageSize) {
        readSync(log, number, 0, number.length, at);
        changed.add(number.readUInt32BE());
      }
    } finally {
      closeSync(log);
    }
  }
}
