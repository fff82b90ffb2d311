// The history of a log: its events and the refused ones as one list, newest first, found by the index of the log.
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { sizeOf } from "../tuples/delta.ts";
import type { Tuples } from "../tuples/tuple-set.ts";
import type { EventHistory, HistoryEvent, HistoryFilter, HistoryPage } from "./event-history.ts";
import { keysOfFilter, partKey } from "./event-keys.ts";
import { Candidates, type RowRange } from "./candidates.ts";
import type { IndexedLog } from "./indexed-log.ts";
import { stepAt, type LogDelta, type LoggedStep, type ReadLog } from "./log-delta.ts";
import { applied, concernedBy, EventChanges, eventOf, namesAsked, type LoggedEvent } from "./logged-event.ts";
import {
  keepNamesWith, refused, refusedFilter, type RefusedEvent, type RefusedEvents,
} from "./refused-events.ts";
import {
  HISTORY_MS_PER_TURN, HISTORY_STEPS_PER_TURN, INDEX_WAIT_MS, MAX_EVENTS_LOOKED_AT, MAX_TUPLES_PER_PAGE,
  REFUSED_EVENTS_PER_STEP, ROWS_READ_TOGETHER, TUPLES_PER_HISTORY_STEP,
} from "./history-limits.ts";
import type { PostingIndex } from "./posting-index.ts";

/** A log and everything that belongs to its history. */
export interface HistoryParts {
  readonly log: ReadLog;
  /** Reads the rows with some numbers, the highest first: at once, or each when it is asked for. */
  readonly some: (numbers: readonly number[]) => Iterable<LogDelta>;
  /** Number of the newest row. */
  readonly last: () => number;
  /** Resolves to the number of the first row stored at a time (milliseconds since 1970) or later. */
  readonly firstSince: (time: number) => Promise<number>;
  /** Resolves to the latest time of the rows up to one: times of storing never go back. */
  readonly recordedAt: (seq: number) => Promise<number>;
  readonly index: Pick<IndexedLog<unknown>, "whole" | "faulty">;
  /** The seed of the index's keys. */
  readonly seed: number;
  readonly refused: RefusedEvents;
  /** The present state. */
  readonly tuples: Tuples;
  readonly now: () => number;
  /** Keyed hash of an address. */
  readonly emailHash: ((address: string) => string) | undefined;
  /** Prints and reads places, where other processes must read them as well. */
  readonly places?: {
    readonly print: (place: HistoryPlace) => string;
    readonly read: (text: string) => HistoryPlace | undefined;
  };
}

/** A place in both lists: the number of a row of the log, and of a refused event, that were shown last. */
export interface HistoryPlace {
  readonly below: number;
  readonly refusedBelow: number;
}

/** The history of a log. */
export class LogHistory implements EventHistory {
  readonly #parts: HistoryParts;

  constructor(parts: HistoryParts) {
    this.#parts = parts;
  }

  async page(filter: HistoryFilter, size: number, place: string | undefined): Promise<HistoryPage | undefined> {
    const { places = NUMBERS } = this.#parts;
    const from = place === undefined ? this.#newest() : places.read(place);
    if (from === undefined) return undefined;
    const page = new Page(this.#parts, filter, from, size, await this.#indexInTime());
    await page.fill();
    return { events: page.events, next: page.next === undefined ? undefined : places.print(page.next) };
  }

  #newest(): HistoryPlace {
    return { below: this.#parts.last() + 1, refusedBelow: this.#parts.refused.next };
  }

  /** Resolves to the index if it is complete, or soon is. While it is made, the log is searched without it. */
  #indexInTime(): Promise<PostingIndex | undefined> {
    const { index } = this.#parts;
    return Promise.race([index.whole(), sleep(INDEX_WAIT_MS, undefined, { ref: false })]);
  }
}

/** A page that is being made. */
class Page {
  readonly events: HistoryEvent[] = [];
  readonly #parts: HistoryParts;
  readonly #filter: HistoryFilter;
  readonly #size: number;
  readonly #index: PostingIndex | undefined;
  #place: HistoryPlace;
  #isEnd = false;
  #tuples = 0;
  #lookedAt = 0;
  #steps = 0;
  /** When this turn of the event loop has had enough time. */
  #turnEnds = 0;

  constructor(
    parts: HistoryParts, filter: HistoryFilter, from: HistoryPlace, size: number, index: PostingIndex | undefined,
  ) {
    this.#parts = parts;
    this.#filter = filter;
    this.#place = from;
    this.#size = size;
    this.#index = index;
  }

  /** The place after the page; undefined at the end. */
  get next(): HistoryPlace | undefined {
    return this.#isEnd ? undefined : this.#place;
  }

  async fill(): Promise<void> {
    this.#turnEnds = performance.now() + HISTORY_MS_PER_TURN;
    const found = this.#applied();
    const refusals = this.#refused();
    let [event, refusal] = [(await found.next()).value, (await refusals.next()).value];
    while (event !== undefined || refusal !== undefined) {
      if (event === "too many" || this.#isFull()) return;
      // A refused event comes after the row that was the newest when it was refused.
      if (event === undefined || (refusal !== undefined && refusal.after >= event.seq)) {
        this.#show(refused(refusal!), { ...this.#place, refusedBelow: refusal!.number });
        refusal = (await refusals.next()).value;
      } else {
        const recordedAt = await this.#parts.recordedAt(event.seq);
        this.#show(applied(event, await this.#changesOf(event), recordedAt), { ...this.#place, below: event.seq });
        event = (await found.next()).value;
      }
      await this.#turn();
    }
    this.#isEnd = true;
  }

  #isFull(): boolean {
    return this.events.length === this.#size || this.#tuples >= MAX_TUPLES_PER_PAGE;
  }

  #show(event: HistoryEvent, place: HistoryPlace): void {
    this.events.push(event);
    this.#tuples += event.changes.write.length + event.changes.delete.length;
    this.#place = place;
  }

  async *#refused(): AsyncGenerator<RefusedEvent, undefined> {
    const { refused: kept, now, emailHash } = this.#parts;
    if (this.#filter.outcome === "applied") return undefined;
    kept.expire(now());
    const isAsked = refusedFilter(this.#filter, keepNamesWith(emailHash));
    let left = REFUSED_EVENTS_PER_STEP;
    for (const event of kept.newest(this.#place.refusedBelow)) {
      if (isAsked(event)) yield event;
      if (--left > 0) continue;
      await this.#turn();
      left = REFUSED_EVENTS_PER_STEP;
    }
    return undefined;
  }

  /** Yields the applied events that are asked for, newest first. Ends early where it looked at too many. */
  async *#applied(): AsyncGenerator<LoggedEvent, undefined | "too many"> {
    const { outcome, since, until } = this.#filter;
    if (outcome === "refused") return undefined;
    const { firstSince, last, seed } = this.#parts;
    const above = since === undefined ? 0 : await firstSince(since) - 1;
    const below = Math.min(this.#place.below, until === undefined ? last() + 1 : await firstSince(until));
    const rows = this.#rows(keysOfFilter(seed, this.#filter), { below, above });
    for (let row = await rows.next(); row.done !== true; row = await rows.next()) {
      if (this.#lookedAt++ === MAX_EVENTS_LOOKED_AT) {
        this.#place = { ...this.#place, below: row.value.seq + 1 };
        return "too many";
      }
      const event = await this.#eventAt(row.value);
      if (event !== undefined && await this.#isAsked(event)) yield event;
    }
    return undefined;
  }

  /** Yields the rows that may have some keys, newest first. */
  async *#rows(keys: readonly number[], range: RowRange): AsyncGenerator<LogDelta, void> {
    const { index, some } = this.#parts;
    const candidates = new Candidates(this.#index, keys, range, (error) => index.faulty(error));
    for (;;) {
      const numbers = candidates.take(HISTORY_STEPS_PER_TURN);
      if (numbers === undefined) return;
      for (let i = 0; i < numbers.length; i += ROWS_READ_TOGETHER) {
        for (const row of some(numbers.slice(i, i + ROWS_READ_TOGETHER))) {
          yield row;
          await this.#turn();
        }
      }
      if (numbers.length === 0) await this.#nextTurn();
    }
  }

  /** Resolves to the event that a row completes; undefined for any other row. */
  async #eventAt(row: LogDelta): Promise<LoggedEvent | undefined> {
    const step = stepAt(this.#parts.log, row);
    if (step === undefined || (step.begins && !step.ends)) return undefined;
    return eventOf(step.ends ? [...await this.#stepsBefore(step), step] : [step]);
  }

  /** Resolves to the earlier writes of an event, in order. */
  async #stepsBefore({ org, seq }: LoggedStep): Promise<LoggedStep[]> {
    const steps: LoggedStep[] = [];
    for await (const row of this.#rows([partKey(this.#parts.seed, org)], { below: seq, above: 0 })) {
      const step = stepAt(this.#parts.log, row);
      if (step?.org !== org) continue;
      const isOfAnother = step.ends || (step.marked !== undefined && !step.begins);
      if (isOfAnother) break;
      steps.unshift(step);
      if (step.begins) break;
    }
    return steps;
  }

  /** Resolves to whether an event concerns all that the question asks for. */
  async #isAsked({ record, steps }: LoggedEvent): Promise<boolean> {
    let names = namesAsked(record, this.#filter);
    for (let i = 0; names !== undefined && names.length > 0 && i < steps.length; i++) {
      const concerned = concernedBy(steps[i]!, this.#parts.tuples);
      names = names.filter((name) => !concerned.has(name));
      await this.#turn(sizeOf(steps[i]!) / TUPLES_PER_HISTORY_STEP);
    }
    return names?.length === 0;
  }

  async #changesOf({ steps }: LoggedEvent): Promise<HistoryEvent["changes"]> {
    const changes = new EventChanges();
    for (const step of steps) {
      changes.add(step);
      await this.#turn(sizeOf(step) / TUPLES_PER_HISTORY_STEP);
    }
    return changes.sum;
  }

  /** Counts some steps of work; waits for the next turn of the event loop once this one had enough steps or time. */
  async #turn(steps = 1): Promise<void> {
    this.#steps += steps;
    if (this.#steps < HISTORY_STEPS_PER_TURN && performance.now() < this.#turnEnds) return;
    await this.#nextTurn();
  }

  async #nextTurn(): Promise<void> {
    await nextTurn();
    this.#steps = 0;
    this.#turnEnds = performance.now() + HISTORY_MS_PER_TURN;
  }
}

/** Places by their numbers alone. */
const NUMBERS: NonNullable<HistoryParts["places"]> = {
  print: ({ below, refusedBelow }) => `${below}.${refusedBelow}`,
  read: (text) => {
    const parts = /^(\d{1,15})\.(\d{1,15})$/.exec(text);
    return parts === null ? undefined : { below: Number(parts[1]), refusedBelow: Number(parts[2]) };
  },
};
