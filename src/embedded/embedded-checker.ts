// Answers questions on the embedded store: runs the evaluator over the tuples in memory, which are always the newest.
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Answer, Freshness, ReadAnswer, StoredTuple } from "../checks/checker.ts";
import { failure, type Failure } from "../checks/question.ts";
import { revisionOf } from "../ledger/event-record.ts";
import { indexOf } from "../memory/indexed-tuple-set.ts";
import { UNKNOWN_POSITION } from "../ledger/revision-token.ts";
import type { PastAnswers } from "../sidecar/past-checker.ts";
import { StateLock, type Release } from "../sidecar/state-lock.ts";
import { TupleChecker } from "../sidecar/tuple-checker.ts";
import type { Model } from "../model/rewrite.ts";
import type { EmbeddedStore } from "./embedded-store.ts";
import type { TupleFilter, TupleSet } from "../tuples/tuple-set.ts";

/** Maximum number of tuples that a page looks at in one turn of the event loop: about 10 ms. */
const TUPLES_PER_TURN = 50_000;

/** Evaluates in this process. The tuples it reads include every event that this server acknowledged. */
export class EmbeddedChecker extends TupleChecker {
  readonly #tuples: TupleSet;
  readonly #store: Pick<EmbeddedStore, "page">;
  readonly #lock: StateLock;

  /** `lock` keeps the tuples unchanged while a page, a list or a batch is built over several turns. */
  constructor(
    model: Model, tuples: TupleSet, store: Pick<EmbeddedStore, "page">, now: () => number,
    lock: StateLock = new StateLock(), past?: PastAnswers,
  ) {
    super(model, now, lock, past);
    this.#lock = lock;
    this.#tuples = tuples;
    this.#store = store;
  }

  protected override tuples(): TupleSet {
    return this.#tuples;
  }

  /** Refuses a position of another installation, or from before this store was restored from a copy. */
  protected override refresh({ positions }: Freshness): Failure | undefined {
    const isAhead = positions.some(({ org, revision }) => revision > revisionOf(this.#tuples, org));
    return isAhead ? UNKNOWN_POSITION : undefined;
  }

  override read(
    filter: TupleFilter, pageSize: number, cursor: string, freshness: Freshness,
  ): Answer<ReadAnswer> {
    const unknown = this.refresh(freshness);
    if (unknown !== undefined) return { error: unknown };
    if (cursor === "" && this.#hasNone(filter)) return { tuples: [], cursor: "" };
    const page = this.#store.page(filter, pageSize, cursor, TUPLES_PER_TURN);
    if (page === undefined) return failure("validation_error", "Invalid continuation token");
    return page.cursor === "" || page.tuples.length === pageSize ? page : this.#readOn(filter, pageSize, cursor);
  }

  /** True where no tuple has the object or the user of a filter: a page of these would scan the whole store. */
  #hasNone({ object, user }: TupleFilter): boolean {
    const index = indexOf(this.#tuples);
    if (object !== undefined && !index.hasObject(index.findNamed(object))) return true;
    return user !== undefined && index.names.find(user) === 0;
  }

  /** Reads a page when few tuples match the filter: scans the store over several turns. */
  async #readOn(filter: TupleFilter, pageSize: number, cursor: string): Promise<ReadAnswer> {
    const release = await new Promise<Release>((done) => this.#lock.hold(done));
    try {
      const tuples: StoredTuple[] = [];
      for (let at = cursor; ; await nextTurn()) {
        const page = this.#store.page(filter, pageSize - tuples.length, at, TUPLES_PER_TURN);
        if (page === undefined) throw new Error(`the store does not take its own cursor ${at}`);
        tuples.push(...page.tuples);
        at = page.cursor;
        if (at === "" || tuples.length === pageSize) return { tuples, cursor: at };
      }
    } finally {
      // Releases in a separate turn, which then belongs to the events that waited.
      setImmediate(release);
    }
  }
}
