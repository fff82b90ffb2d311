// The event that a row of a log belongs to: found by the record in its write, or in the first write of the event.
import { shownActor } from "../events/kept-names.ts";
import type { TupleEvent } from "../reasons/tuple-origins.ts";
import { partKey } from "./event-keys.ts";
import { PARTS_READ_FOR_AN_EVENT, ROW_EVENTS_KEPT } from "./history-limits.ts";
import type { IndexedLog } from "./indexed-log.ts";
import { stepAt, stepOf, type LoggedStep, type ReadLog } from "./log-delta.ts";

/** A log with its index. */
export interface RowEventParts {
  readonly log: ReadLog;
  readonly index: Pick<IndexedLog<unknown>, "ready" | "faulty">;
  /** The seed of the index's keys. */
  readonly seed: number;
}

/** Finds the events of rows. */
export class RowEvents {
  readonly #parts: RowEventParts;
  /** By row. The event of a row does not change. */
  readonly #known = new Map<number, TupleEvent>();

  constructor(parts: RowEventParts) {
    this.#parts = parts;
  }

  /** Returns the event of a row; undefined for a row of no event, and where its first write is too far back. */
  readonly eventOf = (seq: number): TupleEvent | undefined => {
    const known = this.#known.get(seq);
    if (known !== undefined) return known;
    const found = this.#find(seq);
    if (this.#known.size >= ROW_EVENTS_KEPT) this.#known.clear();
    if (found !== undefined) this.#known.set(seq, found);
    return found;
  };

  #find(seq: number): TupleEvent | undefined {
    const step = stepOf(this.#parts.log, seq);
    if (step === undefined || step.begins || step.marked !== undefined) return shown(step);
    let left = PARTS_READ_FOR_AN_EVENT;
    for (const number of this.#partsBefore(step)) {
      if (left-- === 0) return undefined;
      const [row] = this.#parts.log(number, 1);
      const before = row === undefined ? undefined : stepAt(this.#parts.log, row);
      if (before?.org !== step.org) continue;
      if (before.begins) return shown(before);
      if (before.ends || before.marked !== undefined) return undefined;
    }
    return undefined;
  }

  /** Yields the rows that may be earlier writes of an event, newest first: by the index, or else all rows. */
  *#partsBefore({ org, seq }: LoggedStep): Generator<number, void> {
    const { index, seed } = this.#parts;
    let below = seq;
    try {
      const ready = index.ready();
      for (const number of ready?.newest(partKey(seed, org), seq) ?? []) {
        below = number;
        yield number;
      }
      if (ready !== undefined) return;
    } catch (error) {
      if (!index.faulty(error)) throw error;
    }
    while (below > 1) yield --below;
  }
}

function shown(step: LoggedStep | undefined): TupleEvent | undefined {
  if (step?.marked === undefined) return undefined;
  const { record: { type, actor, source = null, id = null, at }, revision } = step.marked;
  return { type, actor: shownActor(actor), source, id, time: new Date(at).toISOString(), revision };
}
