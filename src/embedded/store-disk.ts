// The folder of an open embedded store: writes the mark, checks that the files are in place, and copies the database.
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { copyDatabase, type CopySource, type DatabaseCopy } from "./store-copy.ts";
import { openMark, type LostEvents, type OpenedState } from "./lost-events.ts";
import type { Mark } from "./high-water-mark.ts";
import { StoreFiles } from "./opened-files.ts";

/** The folder of an open store. */
export class StoreDisk {
  /** The loss of acknowledged events that was accepted to open the store; undefined where there was none. */
  readonly lost: LostEvents | undefined;
  readonly #folder: string;
  readonly #mark: Mark;
  readonly #files: StoreFiles;
  /** Opened with the first copy. Closing it earlier than the database would release the lock of the database. */
  #source: number | undefined;
  #copying: Promise<unknown> | undefined;

  /** Throws a StoreError (`lost`) where acknowledged events are missing and the loss is not the accepted one. */
  constructor(folder: string, state: OpenedState, accepted: LostEvents | undefined) {
    this.#folder = folder;
    const { mark, lost } = openMark(folder, state, accepted);
    this.#mark = mark;
    this.lost = lost;
    this.#files = new StoreFiles(folder);
  }

  /**
   * Counts a commit that is on disk, before it is acknowledged. Throws a StoreError (`gone`) if the files are no longer
   * in place.
   */
  acknowledge(seq: number, events: number): void {
    this.#mark.write(seq, events);
    this.#files.assertInPlace();
  }

  /** Throws a StoreError (`gone`) where the files were deleted or replaced. */
  assertInPlace(): void {
    this.#files.assertInPlace();
  }

  /** Syncs the mark to disk. Returns the reason if it cannot be written. */
  async keep(): Promise<string | undefined> {
    await this.#mark.sync();
    return this.#mark.fault;
  }

  /** Copies the database's file to a new one. */
  copyTo(file: string, source: Omit<CopySource, "descriptor">): Promise<DatabaseCopy> {
    this.#source ??= openSync(join(this.#folder, "store.db"), "r");
    const copying = copyDatabase({ ...source, descriptor: this.#source }, file);
    this.#copying = copying.catch(() => undefined);
    return copying;
  }

  /** Waits for a running copy and closes the files; the database must be closed first. */
  async close(): Promise<void> {
    await this.#copying;
    if (this.#source !== undefined) closeSync(this.#source);
    await this.#mark.close();
  }
}
