// States of the past: which moment a time or a token names, and answers to questions as of that moment.
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import type { Moment } from "../checks/checker.ts";
import type { Parts } from "../checks/parts.ts";
import { failure, type Failure } from "../checks/question.ts";
import { value } from "../domain/object-names.ts";
import type { RowTimes } from "../domain/relationships.ts";
import { ledgerOf } from "../ledger/event-record.ts";
import { readTokens } from "../ledger/revision-token.ts";
import { createReadTupleSet } from "../memory/indexed-tuple-set.ts";
import type { UserKind } from "../memory/entity-names.ts";
import type { EntityKinds } from "../memory/read-index.ts";
import type { RelationSymbol } from "../memory/symbols.ts";
import { readTimestamp } from "../model/conditions/instant.ts";
import type { Model } from "../model/rewrite.ts";
import type { TupleEvent, TupleOrigins } from "../reasons/tuple-origins.ts";
import { STORE_ERROR } from "../tuples/store.ts";
import type { TupleSet } from "../tuples/tuple-set.ts";
import { AsOfTuples, TooManyReads, TurnOver, type PastGround } from "./as-of-tuples.ts";
import { MAX_PAST_FAULTS, MAX_PAST_RESTARTS, PAST_INDEX_WAIT_MS } from "./history-limits.ts";
import { IndexBehind, type IndexedLog } from "./indexed-log.ts";
import { KeptRows } from "./kept-rows.ts";
import { keyOfTuple, type PastRow } from "./log-row.ts";
import { pastTimes } from "./past-times.ts";

/** A log of a store, and the facts about its rows. */
export interface PastLog {
  readonly log: Pick<IndexedLog<PastRow>, "whole" | "follow" | "faulty">;
  /** The seed of the keys of its index. */
  readonly seed: number;
  /** How long a question waits for the index, in milliseconds; default: PAST_INDEX_WAIT_MS. */
  readonly waitMs?: number;
  /** Returns a row; undefined if the log has no such row. Throws if it cannot be read. */
  readonly row: (seq: number) => PastRow | undefined;
  /** Resolves to the number of the last row that was recorded at a time or before it; 0 if none was. */
  readonly numberAt: (time: number) => Promise<number>;
  /** Resolves to the time at which a row was recorded: the latest time of the log up to it, which never goes back. */
  readonly recordedAt: (seq: number) => Promise<number>;
  /** Returns the event that a row belongs to; undefined if that is not known. */
  readonly eventOf: (seq: number) => TupleEvent | undefined;
}

/** The state as of a moment. */
export interface PastState {
  readonly tuples: TupleSet;
  readonly times: RowTimes;
  readonly origins: TupleOrigins;
}

/** Thrown where the past cannot be read now: the index is not complete, or the log is damaged. */
class PastUnavailable extends Error {
  override readonly name = "PastUnavailable";
  /** Answered as a failure of the store. */
  readonly code = STORE_ERROR;
}

/** Answers questions as of moments of one store. */
export class PastStates {
  readonly #kinds: EntityKinds;
  readonly #past: PastLog;
  readonly #ground: PastGround;
  readonly #now: () => number;

  /** `live`: the present tuples. `now` returns milliseconds since 1970. */
  constructor(model: Model, live: TupleSet, past: PastLog, now: () => number) {
    this.#kinds = kindsOf(model);
    this.#past = past;
    this.#now = now;
    this.#ground = { live, rows: new KeptRows(past.row), index: () => past.log.follow(), seed: past.seed };
  }

  /**
   * Resolves to the moment that a text names: an RFC 3339 time, or the token of an event, just after which the moment
   * is. Resolves to a failure for another text, for a time before the first event, for one whose millisecond is not
   * over (an event may still be recorded in it), and for an event that the store lacks. Rejects if the store cannot be
   * read.
   */
  async momentOf(text: string): Promise<Moment | Failure> {
    const time = readTimestamp(text)?.milliseconds;
    if (time === undefined) return await this.#momentOfToken(text);
    const at = Math.floor(time);
    if (at >= Math.floor(this.#now())) {
      return fault("the time is ahead of the server's clock, or its millisecond is not over yet");
    }
    const number = await this.#past.numberAt(at);
    return number === 0 ? fault("the time is before the first event of this store") : { number, at };
  }

  /**
   * Answers a question as of a moment, in turns of the event loop. `begin` is called again when the reads of one turn
   * are used up: what was read is kept. Rejects where the past cannot be read.
   */
  async answer<T>(moment: Moment, begin: (state: PastState) => Parts<T>): Promise<T | { readonly error: Failure }> {
    await this.#whole();
    const tuples = new AsOfTuples(this.#ground, moment.number);
    const state: PastState = {
      tuples: createReadTupleSet(tuples, this.#kinds),
      times: pastTimes(tuples), origins: this.#originsOf(tuples),
    };
    for (let work = begin(state), faults = 0, restarts = 0; ; tuples.beginTurn()) {
      try {
        const part = work.next();
        if (part.done === true) return part.value;
        await nextTurn();
      } catch (error) {
        if (error instanceof TurnOver || error instanceof IndexBehind) restarts++;
        if (error instanceof TooManyReads || restarts > MAX_PAST_RESTARTS) {
          return failure("authorization_model_resolution_too_complex", "the answer takes too many reads of the past");
        }
        if (!(error instanceof TurnOver)) {
          const isFault = !(error instanceof IndexBehind);
          if (isFault && (!this.#past.log.faulty(error) || ++faults > MAX_PAST_FAULTS)) throw error;
        }
        await nextTurn();
        if (!(error instanceof TurnOver)) await this.#whole();
        work = begin(state);
      }
    }
  }

  /**
   * Looks up the event behind a present tuple, in this turn of the event loop. Undefined where the index cannot be read
   * now.
   */
  originNow(look: (origins: TupleOrigins) => TupleEvent | undefined): { readonly event?: TupleEvent } | undefined {
    try {
      const { last } = this.#ground.index();
      const event = look(this.#originsOf(new AsOfTuples(this.#ground, last, { msPerTurn: Infinity })));
      return event === undefined ? {} : { event };
    } catch (error) {
      if (error instanceof IndexBehind || this.#past.log.faulty(error)) return undefined;
      throw error;
    }
  }

  async #momentOfToken(text: string): Promise<Moment | Failure> {
    const positions = readTokens(text);
    if ("code" in positions || positions.length !== 1) {
      return fault("it must be an RFC 3339 time, or the token of one event, unchanged");
    }
    const { org, revision } = positions[0]!;
    const number = await this.#reading(() => this.#rowOf(ledgerOf(org), value(String(revision))));
    if (number === undefined) {
      return fault("this store does not have the token's event: the token is from another installation, or the store "
        + "was restored from an older copy");
    }
    return { number, at: await this.#past.recordedAt(number) };
  }

  /**
   * Returns the number of the row that moved a ledger to a revision. A large write has several rows: the revision is
   * written after all tuples of access, and an event of several writes has the revision of its last one.
   */
  #rowOf(ledger: string, revision: string): number | undefined {
    const { rows, index, seed } = this.#ground;
    const moves = (seq: number): boolean => rows.get(seq).changes
      .some(({ isWrite, relation, object, user }) =>
        isWrite && relation === "at" && object === ledger && user === revision);
    for (const seq of index().newest(keyOfTuple(seed, ledger, "at", revision))) if (moves(seq)) return seq;
    return undefined;
  }

  #originsOf(tuples: AsOfTuples): TupleOrigins {
    const eventOf = (change: { readonly row: PastRow } | undefined): TupleEvent | undefined =>
      (change === undefined ? undefined : this.#past.eventOf(change.row[0]));
    return {
      writtenBy: ({ object, relation, user }) => eventOf(tuples.lastWrite(object, relation, user)),
      endedBy: ({ object, relation, user }) => eventOf(tuples.lastDelete(object, relation, user)),
    };
  }

  /** Runs a short read of the index. After a fault of the index, and where it is behind, runs it again. */
  async #reading<T>(read: () => T): Promise<T> {
    for (let faults = 0; ; ) {
      await this.#whole();
      try {
        return read();
      } catch (error) {
        if (error instanceof IndexBehind) continue;
        if (!this.#past.log.faulty(error) || ++faults > MAX_PAST_FAULTS) throw error;
      }
    }
  }

  /** Waits until the index has every row of the log. */
  async #whole(): Promise<void> {
    const tooLong = new AbortController();
    const late = sleep(this.#past.waitMs ?? PAST_INDEX_WAIT_MS, "late", { signal: tooLong.signal });
    late.catch(() => undefined);
    const index = await Promise.race([this.#past.log.whole(), late]);
    tooLong.abort();
    if (index === "late") throw new PastUnavailable("the index of the past is not complete yet: try again later");
    if (index === undefined) throw new PastUnavailable("the index of the past cannot be read now");
  }
}

/** Returns the types and relations of the tuples of a model. */
function kindsOf(model: Model): EntityKinds {
  const byKind = new Map<UserKind, RelationSymbol[]>();
  for (const relation of model.relations) {
    for (const kind of relation.conditions.keys()) {
      const relations = byKind.get(kind);
      if (relations === undefined) byKind.set(kind, [relation.symbol]);
      else relations.push(relation.symbol);
    }
  }
  return { types: [...model.types.keys()], relationsOfUser: (kind) => byKind.get(kind) ?? [] };
}

function fault(message: string): Failure {
  return { code: "validation_error", message: `Sideline-As-Of: ${message}` };
}
