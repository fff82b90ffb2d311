// The event that a row of a log belongs to: found by the record in its write, or in the first write of the event.
import { shownActor } from "../events/kept-names.ts";
import type { TupleEvent } from "../reasons/tuple-origins.ts";
import { partKey } from "./event-keys.ts";
import {
  MAX_ROWS_PER_STEP, PARTS_READ_FOR_AN_EVENT, ROW_EVENTS_KEPT, ROWS_READ_WITHOUT_INDEX,
} from "./history-limits.ts";
import type { IndexedLog } from "./indexed-log.ts";
import { stepAt, stepOf, type LoggedStep, type ReadLog } from "./log-delta.ts";
import type { PostingIndex } from "./posting-index.ts";

/** A log with its index. */
export interface RowEventParts {
  readonly log: ReadLog;
  readonly index: Pick<IndexedLog<unknown>, "ready" | "faulty">;
  /** The seed of the index's keys. */
  readonly seed: number;
}

/** The event of a row, if one was found; `isFinal`: a later search would find no other. */
interface Found {
  readonly event: TupleEvent | undefined;
  readonly isFinal: boolean;
}

/** Finds the events of rows. */
export class RowEvents {
  readonly #parts: RowEventParts;
  /** By row, undefined for a row without an event that can be found. The event of a row does not change. */
  readonly #known = new Map<number, TupleEvent | undefined>();
  /** Rows whose event was not found without the index. */
  readonly #missed = new Set<number>();

  constructor(parts: RowEventParts) {
    this.#parts = parts;
  }

  /** Returns the event of a row; undefined for a row of no event, and where its first write is too far back. */
  readonly eventOf = (seq: number): TupleEvent | undefined => {
    if (this.#known.has(seq)) return this.#known.get(seq);
    if (this.#missed.has(seq) && this.#index() === undefined) return undefined;
    const { event, isFinal } = this.#find(seq);
    if (isFinal) keep(this.#known).set(seq, event);
    return event;
  };

  #find(seq: number): Found {
    const { log, index, seed } = this.#parts;
    const step = stepOf(log, seq);
    // The row that moves the revision may still be written.
    if (step === undefined) return { event: undefined, isFinal: log(seq + MAX_ROWS_PER_STEP, 1).length > 0 };
    if (step.begins || step.marked !== undefined) return { event: shown(step), isFinal: true };
    const ready = this.#index();
    try {
      if (ready !== undefined) {
        const numbers = ready.newest(partKey(seed, step.org), step.seq);
        return { event: this.#begunBefore(step, numbers, PARTS_READ_FOR_AN_EVENT, Infinity), isFinal: true };
      }
    } catch (error) {
      if (!index.faulty(error)) throw error;
    }
    const event = this.#begunBefore(step, rowsBelow(step.seq), Infinity, ROWS_READ_WITHOUT_INDEX);
    if (event === undefined) keep(this.#missed).add(seq);
    return { event, isFinal: event !== undefined };
  }

  /**
   * Returns the event that a write continues. `numbers`: rows that may be its earlier writes, newest first. `parts` and
   * `rows`: how many of them are looked at, and after how many rows read the search ends.
   */
  #begunBefore({ org }: LoggedStep, numbers: Iterable<number>, parts: number, rows: number): TupleEvent | undefined {
    let [partsLeft, rowsLeft] = [parts, rows];
    const log: ReadLog = (from, limit) => {
      const read = this.#parts.log(from, limit);
      rowsLeft -= read.length;
      return read;
    };
    for (const number of numbers) {
      if (partsLeft-- === 0 || rowsLeft <= 0) return undefined;
      const [row] = log(number, 1);
      const before = row === undefined ? undefined : stepAt(log, row);
      if (before?.org !== org) continue;
      if (before.begins) return shown(before);
      if (before.ends || before.marked !== undefined) return undefined;
    }
    return undefined;
  }

  /** The index, if it has every row. */
  #index(): PostingIndex | undefined {
    const { index } = this.#parts;
    try {
      return index.ready();
    } catch (error) {
      if (!index.faulty(error)) throw error;
      return undefined;
    }
  }
}

function* rowsBelow(seq: number): Generator<number, void> {
  for (let below = seq; below > 1;) yield --below;
}

/** Returns the rows that are kept, with room for one more. */
function keep<Kept extends Map<number, unknown> | Set<number>>(rows: Kept): Kept {
  if (rows.size >= ROW_EVENTS_KEPT) rows.clear();
  return rows;
}

function shown(step: LoggedStep | undefined): TupleEvent | undefined {
  if (step?.marked === undefined) return undefined;
  const { record: { type, actor, source = null, id = null, at }, revision } = step.marked;
  return { type, actor: shownActor(actor), source, id, time: new Date(at).toISOString(), revision };
}
