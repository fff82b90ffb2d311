// Writes refused events to disk in the background, about once a second: a crash loses the last ones.
import { setImmediate as nextTurn } from "node:timers/promises";
import type { RefusedEvent, RefusedEvents } from "../history/refused-events.ts";
import type { RefusedTable } from "./refused-table.ts";
import { REFUSED_EVENTS_WRITTEN_AT_A_TIME, REFUSED_WRITE_INTERVAL_MS } from "./embedded-limits.ts";

/** Everything that the log depends on. */
export interface RefusedLogParts {
  readonly table: RefusedTable;
  readonly refused: RefusedEvents;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly failed: (error: unknown) => void;
}

/** Refused events on their way to disk. */
export class RefusedLog {
  readonly #parts: RefusedLogParts;
  #waiting: RefusedEvent[] = [];
  /** Number of the oldest event on disk, as far as this process knows. */
  #first = 1;
  #timer: NodeJS.Timeout | undefined;
  #isWriting = false;

  constructor(parts: RefusedLogParts) {
    this.#parts = parts;
  }

  /** Reads the events on disk, in turns of the event loop. Leaves out damaged ones; their numbers stay in use. */
  async load(): Promise<void> {
    const { table, refused, failed } = this.#parts;
    const damaged: SyntaxError[] = [];
    try {
      refused.continueAfter(table.last);
      for (const events of table.read()) {
        for (const event of events) {
          if (event instanceof SyntaxError) damaged.push(event);
          else refused.add(event);
        }
        await nextTurn();
      }
    } catch (error) {
      failed(error);
    }
    if (damaged.length > 0) failed(new Error(`${damaged.length} refused events are left out`, { cause: damaged[0] }));
  }

  /** Begins to write. */
  start(): void {
    this.#timer = setInterval(() => void this.#writeAll(), REFUSED_WRITE_INTERVAL_MS).unref();
  }

  /** Writes what waits, and stops. */
  stop(): void {
    clearInterval(this.#timer);
    while (this.#write());
  }

  /** Adds an event to be written. */
  readonly add = (event: RefusedEvent): void => void this.#waiting.push(event);

  async #writeAll(): Promise<void> {
    if (this.#isWriting) return;
    this.#isWriting = true;
    while (this.#write()) await nextTurn();
    this.#isWriting = false;
  }

  /**
   * Writes some events, and deletes those that are no longer kept. Returns false where nothing is left to do, and after
   * a failure: then the rest is tried with the next write.
   */
  #write(): boolean {
    const { table, refused, now, failed } = this.#parts;
    refused.expire(now());
    const { first } = refused;
    if (this.#waiting[0] !== undefined && this.#waiting[0].number < first) {
      this.#waiting = this.#waiting.filter(({ number }) => number >= first);
    }
    if (this.#waiting.length === 0 && first === this.#first) return false;
    const some = this.#waiting.slice(0, REFUSED_EVENTS_WRITTEN_AT_A_TIME);
    try {
      table.append(some, first);
    } catch (error) {
      failed(error);
      return false;
    }
    this.#first = first;
    this.#waiting = this.#waiting.slice(some.length);
    return this.#waiting.length > 0;
  }
}
