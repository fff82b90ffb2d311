// Answers questions on the embedded store: runs the evaluator over the tuples in memory, which are always the newest.
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Checker, Freshness, ReadAnswer, StateAnswer, StoredTuple } from "../checks/checker.ts";
import { checkAllInParts } from "../checks/batch.ts";
import { check } from "../checks/evaluate.ts";
import { expand } from "../checks/expand.ts";
import { listObjectsInParts } from "../checks/list-objects.ts";
import { listUsersInParts } from "../checks/list-users.ts";
import type {
  CheckAnswer, CheckRequest, ExpandAnswer, ExpandRequest, Failure, ListObjectsAnswer, ListObjectsRequest,
  ListUsersAnswer, ListUsersRequest,
} from "../checks/question.ts";
import { failure } from "../checks/question.ts";
import { revisionOf } from "../ledger/event-record.ts";
import { StateLock, type Release } from "../sidecar/state-lock.ts";
import { readToken } from "../ledger/revision-token.ts";
import { inTurns } from "../sidecar/turns.ts";
import type { Model } from "../model/rewrite.ts";
import type { EmbeddedStore } from "./embedded-store.ts";
import type { TupleFilter, TupleSet } from "../tuples/tuple-set.ts";
import { typeOf } from "../tuples/tuple.ts";

/** Maximum number of tuples that a page looks at in one turn of the event loop: about 10 ms. */
const TUPLES_PER_TURN = 50_000;

type Context = Readonly<Record<string, unknown>>;

/** Evaluates in this process. The tuples it reads include every event that this server acknowledged. */
export class EmbeddedChecker implements Checker {
  readonly #model: Model;
  readonly #tuples: TupleSet;
  readonly #store: Pick<EmbeddedStore, "page">;
  readonly #now: () => number;
  readonly #lock: StateLock;
  /** Types with a relation that can reach a condition; only their checks need the time. */
  readonly #timed: ReadonlySet<string>;
  #clock = { at: -1, context: {} as Context };

  /** `lock` keeps the tuples unchanged while a page, a list or a batch is built over several turns. */
  constructor(
    model: Model, tuples: TupleSet, store: Pick<EmbeddedStore, "page">, now: () => number,
    lock: StateLock = new StateLock(),
  ) {
    this.#lock = lock;
    this.#model = model;
    this.#tuples = tuples;
    this.#store = store;
    this.#now = now;
    const timed = [...model.types.values()].filter((type) => [...type.relations.values()].some((r) => r.risky));
    this.#timed = new Set(timed.map((type) => type.name));
  }

  check(request: CheckRequest, freshness: Freshness): CheckAnswer {
    const ahead = this.#ahead(freshness);
    if (ahead !== undefined) return { error: ahead };
    return check(this.#model, this.#tuples, this.#timely(request, typeOf(request.object)));
  }

  checkAll(
    requests: readonly CheckRequest[], freshness: Freshness,
  ): readonly CheckAnswer[] | Promise<readonly CheckAnswer[]> {
    const ahead = this.#ahead(freshness);
    if (ahead !== undefined) return requests.map(() => ({ error: ahead }));
    const timely = requests.map((request) => this.#timely(request, typeOf(request.object)));
    return inTurns(() => checkAllInParts(this.#model, this.#tuples, timely), this.#lock, setImmediate);
  }

  listObjects(
    request: ListObjectsRequest, freshness: Freshness,
  ): ListObjectsAnswer | Promise<ListObjectsAnswer> {
    const ahead = this.#ahead(freshness);
    if (ahead !== undefined) return { error: ahead };
    const timely = this.#timely(request, request.type);
    return inTurns(() => listObjectsInParts(this.#model, this.#tuples, timely), this.#lock, setImmediate);
  }

  listUsers(request: ListUsersRequest, freshness: Freshness): ListUsersAnswer | Promise<ListUsersAnswer> {
    const ahead = this.#ahead(freshness);
    if (ahead !== undefined) return { error: ahead };
    const timely = this.#timely(request, typeOf(request.object));
    return inTurns(() => listUsersInParts(this.#model, this.#tuples, timely), this.#lock, setImmediate);
  }

  expand(request: ExpandRequest, freshness: Freshness): ExpandAnswer {
    const ahead = this.#ahead(freshness);
    return ahead === undefined ? expand(this.#model, this.#tuples, request) : { error: ahead };
  }

  read(
    filter: TupleFilter, pageSize: number, cursor: string, freshness: Freshness,
  ): ReadAnswer | Promise<ReadAnswer> {
    const ahead = this.#ahead(freshness);
    if (ahead !== undefined) return { error: ahead };
    const page = this.#store.page(filter, pageSize, cursor, TUPLES_PER_TURN);
    if (page === undefined) return failure("validation_error", "Invalid continuation token");
    return page.cursor === "" || page.tuples.length === pageSize ? page : this.#readOn(filter, pageSize, cursor);
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

  state(freshness: Freshness): StateAnswer {
    const ahead = this.#ahead(freshness);
    return ahead === undefined ? { tuples: this.#tuples } : { error: ahead };
  }

  /** Sets the time of the context to the server's clock, whatever the caller sent. */
  #timely<R extends { readonly context?: Context | undefined }>(request: R, type: string): R {
    if (request.context === undefined && !this.#timed.has(type)) return request;
    const at = this.#now();
    if (at !== this.#clock.at) this.#clock = { at, context: { current_time: new Date(at).toISOString() } };
    return { ...request, context: { ...request.context, ...this.#clock.context } };
  }

  /**
   * Refuses a token of a state this server has not seen: one of another installation, or one issued before this store
   * was restored from a copy.
   */
  #ahead(freshness: Freshness): Failure | undefined {
    if (freshness.token === undefined) return undefined;
    const position = readToken(freshness.token);
    if (position === undefined) return failure("validation_error", "Sideline-Token is not a token").error;
    return position.revision <= revisionOf(this.#tuples, position.org) ? undefined
      : failure("validation_error", "Sideline-Token is of a state this server has not seen").error;
  }
}
