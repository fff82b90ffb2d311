// Watches the embedded store's disk and log: looks at them every second and reports to /readyz and /metrics.
import { statfsSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import { counterOf, gaugeOf, type Part } from "../sidecar/sidecar.ts";
import { isStoreFull, StoreError } from "./store-error.ts";
import type { EmbeddedStore } from "./embedded-store.ts";
import type { ChangePage, Store } from "../tuples/store.ts";
import { FOLDER_LOOK_INTERVAL_MS, LOG_CHECK_IDLE_FACTOR, LOG_ROWS_CHECKED_PER_TURN } from "./embedded-limits.ts";

/** Everything that the watch depends on. */
export interface Watched {
  readonly store: EmbeddedStore;
  readonly folder: string;
  readonly log: Pick<Logger, "error" | "info">;
  /** Ends the process: nothing this store returns may be acknowledged from then on. */
  readonly fatal: (why: string) => void;
}

/** A store whose writes and reads of changes are observed for faults. */
export class StoreWatch {
  readonly #watched: Watched;
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;
  #writeFault: { readonly isFull: boolean; readonly freeBytes: number } | undefined;
  #writeFaults = 0;
  #markFault: string | undefined;
  /** Free bytes that this process may write; -1: not known. */
  #freeBytes = -1;
  #checked = 0;
  #isLogDamaged = false;

  constructor(watched: Watched) {
    this.#watched = watched;
  }

  /** Starts watching. */
  start(): void {
    if (this.#watched.folder !== ":memory:") {
      this.#timer = setInterval(() => void this.look(), FOLDER_LOOK_INTERVAL_MS).unref();
      void this.look();
    }
    void this.#checkLog();
  }

  /** Stops watching. */
  stop(): void {
    this.#isStopped = true;
    clearInterval(this.#timer);
  }

  /** Commits as the store does; a success clears the write fault. */
  readonly commit: EmbeddedStore["commit"] = (deltas, at) => {
    const applied = this.#watched.store.commit(deltas, at);
    this.#writeFault = undefined;
    return applied;
  };

  /** Reads changes as the store does, and notes damage. */
  readonly changes: Store["changes"] = async (cursor, limit, type): Promise<ChangePage> => {
    try {
      return await this.#watched.store.changes(cursor, limit, type);
    } catch (error) {
      this.#noteDamage(error);
      throw error;
    }
  };

  /** Notes that events were not written. A full disk may recover; if the store has ended, ends the process. */
  failed(error: unknown): void {
    const { store, log, fatal } = this.#watched;
    log.error({ err: error }, "events were not written");
    if (!(error instanceof StoreError)) return;
    this.#writeFaults++;
    this.#writeFault = { isFull: isStoreFull(error), freeBytes: freeBytesOf(this.#watched.folder) };
    try {
      store.getMeta("store id");
    } catch (ended) {
      fatal(ended instanceof Error ? ended.message : String(ended));
    }
  }

  /** Checks the folder once. */
  async look(): Promise<void> {
    const { store, folder, fatal } = this.#watched;
    try {
      this.#markFault = await store.keep();
    } catch (error) {
      if (!this.#isStopped) fatal(error instanceof Error ? error.message : String(error));
      return;
    }
    this.#freeBytes = freeBytesOf(folder);
    // Without events no write is retried, so more free space than at the fault also clears it.
    if (this.#writeFault?.isFull === true && this.#freeBytes > this.#writeFault.freeBytes) this.#writeFault = undefined;
  }

  /** Returns the parts of /readyz. They do not keep the sidecar from being ready: checks are answered from memory. */
  parts(): Part[] {
    return this.#watched.folder === ":memory:" ? [this.#logPart()] : [this.#diskPart(), this.#logPart()];
  }

  #diskPart(): Part {
    const isFull = this.#writeFault?.isFull === true;
    const detail = isFull ? "the disk is full: events are refused until there is room"
      : this.#writeFault !== undefined ? "events cannot be written: the log has the reason"
        : this.#markFault !== undefined ? "store.mark cannot be written: the loss of events may go unnoticed"
          : this.#freeBytes < 0 ? "no event was refused" : `no event was refused, ${this.#freeBytes} bytes free`;
    const figures = [
      gaugeOf("full", "1 while events are refused because the disk is full.", Number(isFull)),
      gaugeOf("free_bytes", "Free bytes in the store's folder; -1 if unknown.", this.#freeBytes),
      counterOf("write_failures_total", "Number of times that events could not be written.", this.#writeFaults),
    ];
    return { name: "disk", ready: this.#writeFault === undefined && this.#markFault === undefined, detail, figures };
  }

  #logPart(): Part {
    const { lastDelta } = this.#watched.store;
    const checked = Math.min(this.#checked, lastDelta);
    const figures = [
      gaugeOf("damaged", "1 after a damaged entry was found in the change log.", Number(this.#isLogDamaged)),
      gaugeOf("checked_changes", "Number of changes from before this start that were checked.", checked),
    ];
    const detail = this.#isLogDamaged
      ? "the change log is damaged: later changes cannot be read; checks are not affected; restore a backup"
      : `${checked} changes from before this start were checked`;
    return { name: "log", ready: !this.#isLogDamaged, detail, figures };
  }

  #noteDamage(error: unknown): void {
    if (this.#isLogDamaged || !(error instanceof StoreError) || error.fault !== "corrupt") return;
    this.#isLogDamaged = true;
    this.#watched.log.error({ err: error }, "the change log is damaged: restore a backup");
  }

  /**
   * Checks the rows that the log had at the start, a few at a time. Later rows are checked when they are read. The
   * index of times takes each part of them then: questions about times need the same rows.
   */
  async #checkLog(): Promise<void> {
    const { store } = this.#watched;
    const last = store.lastDelta;
    for (let from = 1; from <= last && !this.#isStopped;) {
      const began = performance.now();
      try {
        from = store.checkLog(from, LOG_ROWS_CHECKED_PER_TURN);
        if (from > 1) await store.times.latestUpTo(from - 1);
      } catch (error) {
        this.#noteDamage(error);
        return;
      }
      this.#checked = Math.min(from - 1, last);
      await sleep(LOG_CHECK_IDLE_FACTOR * (performance.now() - began), undefined, { ref: false });
    }
  }
}

/** Returns the bytes that may still be written in a folder; -1: not known. */
function freeBytesOf(folder: string): number {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return -1;
  }
}
