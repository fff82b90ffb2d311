// The events behind the tuples of the embedded store, found by the index of its log, or else by the times of tuples.
import type { PastStates } from "../history/past-states.ts";
import type { RowEvents } from "../history/row-events.ts";
import type { TupleEvent, TupleOrigins } from "../reasons/tuple-origins.ts";
import type { TupleKey } from "../tuples/tuple.ts";
import {
  LOG_TIMES_KEPT, MAX_TUPLES_OF_A_KEPT_ROW, ORIGIN_ROWS_AT_A_TIME, ORIGIN_ROWS_KEPT, ROWS_READ_FOR_AN_EVENT,
} from "./embedded-limits.ts";
import type { EmbeddedStore } from "./embedded-store.ts";
import type { DeltaRow, TupleRow } from "./row-text.ts";
import type { LogRow } from "./store-feed.ts";

/** The parts of a store that the search needs. */
type SearchedStore = Pick<EmbeddedStore, "rowTimes" | "logRows" | "logTimes" | "lastDelta">;

/**
 * Looks up events by the index. Where it is not complete, by the time of a tuple: a binary search of the log, which is
 * in the order of its times unless a clock stepped back. An event that is not found is unknown.
 */
export class StoreOrigins implements TupleOrigins {
  readonly #store: SearchedStore;
  readonly #states: Pick<PastStates, "originNow">;
  readonly #rowEvents: Pick<RowEvents, "eventOf">;
  readonly #times = new Map<number, number>();
  readonly #rows = new Map<number, LogRow>();

  constructor(store: SearchedStore, states: Pick<PastStates, "originNow">, rowEvents: Pick<RowEvents, "eventOf">) {
    this.#store = store;
    this.#states = states;
    this.#rowEvents = rowEvents;
  }

  readonly writtenBy = (key: TupleKey): TupleEvent | undefined => {
    const found = this.#states.originNow((origins) => origins.writtenBy(key));
    if (found !== undefined) return found.event;
    const at = this.#store.rowTimes.writtenAt(key);
    return at === undefined ? undefined : this.#find(at, ([, writes]) => writes.some((row) => isOf(row, key)));
  };

  readonly endedBy = (key: TupleKey): TupleEvent | undefined => {
    const found = this.#states.originNow((origins) => origins.endedBy(key));
    if (found !== undefined) return found.event;
    // The table of ends has rows, athletes and teams only.
    const at = this.#store.rowTimes.endedAt(key.object);
    return at === undefined ? undefined : this.#find(at, ([deletes]) => deletes.some((row) => isOf(row, key)));
  };

  /** Returns the event of the delta of a time for which a test is true. */
  #find(at: number, isSought: (delta: DeltaRow) => boolean): TupleEvent | undefined {
    const first = this.#firstSince(at);
    // Most events are found in the first row of their time. Rows can be long.
    for (let [from, count] = [first, 1]; from < first + ROWS_READ_FOR_AN_EVENT;) {
      const rows = this.#rowsFrom(from, count);
      for (const row of rows) {
        if (row[1] !== at) return undefined;
        if (isSought(row[2])) return this.#rowEvents.eventOf(row[0]);
      }
      if (rows.length < count) return undefined;
      from += count;
      count = Math.min(2 * count, ORIGIN_ROWS_AT_A_TIME);
    }
    return undefined;
  }

  /** Reads rows, and keeps small ones: the tuples of one answer often come from the same few events. */
  #rowsFrom(from: number, count: number): readonly LogRow[] {
    const known: LogRow[] = [];
    while (known.length < count) {
      const row = this.#rows.get(from + known.length);
      if (row === undefined) break;
      known.push(row);
    }
    if (known.length === count) return known;
    const rows = this.#store.logRows(from, count);
    if (this.#rows.size >= ORIGIN_ROWS_KEPT) this.#rows.clear();
    for (const row of rows) {
      const [, , [deletes, writes]] = row;
      if (deletes.length + writes.length <= MAX_TUPLES_OF_A_KEPT_ROW) this.#rows.set(row[0], row);
    }
    return rows;
  }

  #firstSince(at: number): number {
    let [low, high] = [1, this.#store.lastDelta];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#timeOf(middle) < at) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #timeOf(seq: number): number {
    const known = this.#times.get(seq);
    if (known !== undefined) return known;
    const at = this.#store.logTimes.latest(seq, 1)?.[1] ?? Infinity;
    if (this.#times.size >= LOG_TIMES_KEPT) this.#times.clear();
    this.#times.set(seq, at);
    return at;
  }
}

function isOf([object, relation, user]: TupleRow, key: TupleKey): boolean {
  return object === key.object && relation === key.relation && user === key.user;
}
