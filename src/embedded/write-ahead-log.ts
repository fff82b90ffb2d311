// The embedded store's write-ahead log: checkpoints it a few mebibytes at a time, even during a copy.
import { closeSync, fstatSync, openSync, readSync, statSync } from "node:fs";
import type { Connection } from "./store-file.ts";
import type { Statements } from "./store-sql.ts";
import { CHECKPOINT_PAGES } from "./embedded-limits.ts";

/** Length of the log in bytes at which it is checkpointed during a copy; at other times SQLite does that. */
const MAX_LOG_BYTES = CHECKPOINT_PAGES * 4096;

/** Sizes in the log, in bytes: its header, which has the page size at offset 8, and the header of each page. */
const HEADER_BYTES = 32;
const PAGE_SIZE = 8;
const FRAME_HEADER_BYTES = 24;

/** The pages that a copy of the database must read again, by their number, from 1. */
export interface ChangedPages {
  /** Size of a page, in bytes. */
  readonly size: number;
  readonly numbers: Set<number>;
}

/** The log of an open store. */
export class WriteAheadLog {
  readonly #db: Connection;
  readonly #checkpoint: Statements["checkpoint"];
  readonly #file: string;
  /** During a copy: pages checkpointed since it began, which the copy may have read before. */
  #changed: Set<number> | undefined;
  #pageSize = 4096;
  #fault: unknown;
  /** The newest row of the store's log of deltas when the write-ahead log was last checkpointed. */
  #checkpointedAt = 0;

  constructor(db: Connection, { checkpoint }: Pick<Statements, "checkpoint">, file: string) {
    this.#db = db;
    this.#checkpoint = checkpoint;
    this.#file = file;
  }

  get checkpointedAt(): number {
    return this.#checkpointedAt;
  }

  /** Writes the log into the database and empties it. `seq`: number of the newest row of the log of deltas. */
  checkpoint(seq: number): void {
    if (this.#changed !== undefined) this.#noteChanges(this.#changed);
    const [busy] = this.#checkpoint.get() as [number];
    if (busy !== 0) throw new Error("the write-ahead log could not be written to the database");
    this.#checkpointedAt = seq;
  }

  /** Handles the end of a commit. If the checkpoint fails, the copy ends; the commit stays on disk. */
  committed(seq: number): void {
    if (this.#changed === undefined || this.#fault !== undefined) return;
    try {
      if (statSync(this.#file).size >= MAX_LOG_BYTES) this.checkpoint(seq);
    } catch (error) {
      this.#fault = error;
    }
  }

  /** Starts tracking for a copy: from here on only `checkpoint` changes the database's file. */
  beginCopy(seq: number): void {
    this.#db.exec("pragma wal_autocheckpoint = 0");
    this.checkpoint(seq);
    this.#changed = new Set();
    this.#fault = undefined;
  }

  /**
   * Returns the pages written since the copy began; a reader removes each page it reads again. Throws after a fault.
   */
  changedPages(): ChangedPages {
    if (this.#fault !== undefined) throw this.#fault;
    return { size: this.#pageSize, numbers: this.#changed ?? new Set() };
  }

  endCopy(): void {
    this.#changed = undefined;
    if (this.#db.open) this.#db.exec(`pragma wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
  }

  /** Notes the pages in the log. The last checkpoint left the log empty, so all of them are new. */
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
