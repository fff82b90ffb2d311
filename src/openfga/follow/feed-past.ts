// The past of a store on OpenFGA: answers as of a change of its log, found by the index of the log.
import type { Moment } from "../../checks/checker.ts";
import type { Failure } from "../../checks/question.ts";
import type { IndexedLog } from "../../history/indexed-log.ts";
import type { PastRow } from "../../history/log-row.ts";
import { PastStates, type PastLog } from "../../history/past-states.ts";
import { RowEvents } from "../../history/row-events.ts";
import { readTimestamp } from "../../model/conditions/instant.ts";
import type { Model } from "../../model/rewrite.ts";
import type { PastAnswers } from "../../sidecar/past-checker.ts";
import type { EventLog, EventRow } from "./event-log.ts";

/** Everything that the past depends on. */
export interface FeedPastParts {
  readonly model: Model;
  readonly events: EventLog;
  readonly index: IndexedLog<EventRow>;
  /** The seed of its keys. */
  readonly seed: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Whether the feed has been read from its beginning. */
  readonly isComplete: () => boolean;
  /** Throws while the log lacks changes that the feed is known to have. */
  readonly check: () => void;
  /** Brings the log up to everything that was acknowledged before the call. Rejects if OpenFGA cannot be read. */
  readonly catchUp: () => Promise<void>;
}

/** Answers from the log alone, so that an answer belongs to one place in the feed. */
export class FeedPast implements PastAnswers {
  readonly answer: PastAnswers["answer"];
  readonly #parts: FeedPastParts;
  readonly #states: PastStates;

  constructor(parts: FeedPastParts) {
    const { model, events, index, seed, now } = parts;
    const past: PastLog = {
      log: index, seed,
      row: (seq) => events.read(seq, 1).map(pastRowOf)[0],
      numberAt: async (time) => events.firstSince(time + 1) - 1,
      recordedAt: async (seq) => events.latestUpTo(seq),
      eventOf: new RowEvents({ log: events.read, index, seed }).eventOf,
    };
    this.#parts = parts;
    this.#states = new PastStates(model, events.tuples, past, now);
    this.answer = (moment, begin) => this.#states.answer(moment, begin);
  }

  /** As PastStates does. A time needs every event that was acknowledged before the call. */
  async momentOf(text: string): Promise<Moment | Failure | "incomplete"> {
    const { isComplete, check, catchUp } = this.#parts;
    if (!isComplete()) return "incomplete";
    check();
    if (readTimestamp(text) === undefined) {
      const moment = await this.#states.momentOf(text);
      if (!("code" in moment)) return moment;
    }
    await catchUp();
    check();
    return await this.#states.momentOf(text);
  }
}

/** Returns a row of the log as questions about the past read it. */
export function pastRowOf({ seq, at, deletes, writes }: EventRow): PastRow {
  return [seq, at, [
    deletes.map(({ object, relation, user }) => [object, relation, user]),
    writes.map(({ object, relation, user, condition }) => (condition === undefined
      ? [object, relation, user] : [object, relation, user, condition.name, condition.context])),
  ]];
}
