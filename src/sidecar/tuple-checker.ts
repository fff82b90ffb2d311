// Answers questions from the tuples in memory: the core of the checkers of both stores.
import type { Answer, Checker, Freshness, Moment, ReadAnswer, StateAnswer } from "../checks/checker.ts";
import { checkAllInParts } from "../checks/batch.ts";
import { check } from "../checks/evaluate.ts";
import { expand } from "../checks/expand.ts";
import { listObjectsInParts } from "../checks/list-objects.ts";
import { listUsersInParts } from "../checks/list-users.ts";
import type {
  CheckAnswer, CheckRequest, ExpandAnswer, ExpandRequest, Failure, ListObjectsAnswer, ListObjectsRequest,
  ListUsersAnswer, ListUsersRequest, ObjectPageAnswer, ObjectPageRequest,
} from "../checks/question.ts";
import type { Parts } from "../checks/parts.ts";
import type { Model } from "../model/rewrite.ts";
import type { TupleFilter, TupleSet } from "../tuples/tuple-set.ts";
import { typeOf } from "../tuples/tuple.ts";
import { PastChecker, type PastAnswers } from "./past-checker.ts";
import { ServerTime } from "./server-time.ts";
import { SortedObjects } from "./sorted-objects.ts";
import type { StateLock } from "./state-lock.ts";
import { inTurns, onOneState } from "./turns.ts";

/**
 * A checker that evaluates in this process. A subclass supplies the tuples, keeps them fresh, and reads pages of its
 * store.
 */
export abstract class TupleChecker implements Checker {
  readonly #model: Model;
  readonly #time: ServerTime;
  readonly #lock: StateLock;
  readonly #sorted: SortedObjects;
  readonly #past: PastChecker | undefined;

  /**
   * `lock` keeps the tuples unchanged while a list or a batch is built over several turns. `now` returns milliseconds
   * since 1970. `past` answers questions with a moment; without it there must be none.
   */
  constructor(model: Model, now: () => number, lock: StateLock, past?: PastAnswers) {
    this.#model = model;
    this.#time = new ServerTime(model, now);
    this.#lock = lock;
    this.#sorted = new SortedObjects(model);
    this.#past = past === undefined ? undefined : new PastChecker(model, this.#time, past);
  }

  /** Returns the tuples in memory. Throws if they are too old to answer from. */
  protected abstract tuples(): TupleSet;

  /**
   * Makes the tuples as fresh as an answer needs. Returns nothing if they are, or the refusal of a position that the
   * store does not have; a promise of it if that takes a wait. Throws if the store cannot be asked.
   */
  protected abstract refresh(freshness: Freshness): Answer<Failure | undefined>;

  abstract read(
    filter: TupleFilter, pageSize: number, cursor: string, freshness: Freshness,
  ): Answer<ReadAnswer>;

  /** Called with each check that was answered from memory, as it was evaluated, and with its answer. */
  protected answered(_request: CheckRequest, _answer: CheckAnswer): void {
    // Most stores have nothing to compare the answer with.
  }

  check(request: CheckRequest, freshness: Freshness): Answer<CheckAnswer> {
    if (freshness.moment !== undefined) return this.#asOf(freshness.moment).check(request, freshness.moment);
    const fault = this.refresh(freshness);
    if (fault === undefined) return this.checkNow(request);
    return whenFresh(fault, () => this.checkNow(request), errorOf);
  }

  checkAll(requests: readonly CheckRequest[], freshness: Freshness): Answer<readonly CheckAnswer[]> {
    if (freshness.moment !== undefined) return this.#asOf(freshness.moment).checkAll(requests, freshness.moment);
    return whenFresh(this.refresh(freshness), () => this.checkAllNow(requests), (fault) => refuseAll(requests, fault));
  }

  listObjects(request: ListObjectsRequest, freshness: Freshness): Answer<ListObjectsAnswer> {
    if (freshness.moment !== undefined) return this.#asOf(freshness.moment).listObjects(request, freshness.moment);
    return whenFresh(this.refresh(freshness), () => {
      const [tuples, timed] = [this.tuples(), this.#time.into(request, request.type)];
      return this.#inTurns(tuples, () => listObjectsInParts(this.#model, tuples, timed));
    }, errorOf);
  }

  objectPage(request: ObjectPageRequest, freshness: Freshness): Answer<ObjectPageAnswer> {
    if (freshness.moment !== undefined) return this.#asOf(freshness.moment).objectPage(request, freshness.moment);
    return whenFresh(this.refresh(freshness), () => {
      const { user, relation, type } = request;
      const tuples = this.tuples();
      const question = this.#time.into<ListObjectsRequest>({ user, relation, type }, type);
      return this.#inTurns(tuples, () => this.#sorted.page(tuples, question, request));
    }, errorOf);
  }

  listUsers(request: ListUsersRequest, freshness: Freshness): Answer<ListUsersAnswer> {
    if (freshness.moment !== undefined) return this.#asOf(freshness.moment).listUsers(request, freshness.moment);
    return whenFresh(this.refresh(freshness), () => {
      const [tuples, timed] = [this.tuples(), this.#time.into(request, typeOf(request.object))];
      return this.#inTurns(tuples, () => listUsersInParts(this.#model, tuples, timed));
    }, errorOf);
  }

  expand(request: ExpandRequest, freshness: Freshness): Answer<ExpandAnswer> {
    return whenFresh(this.refresh(freshness), () => expand(this.#model, this.tuples(), request), errorOf);
  }

  state(freshness: Freshness): Answer<StateAnswer> {
    return whenFresh<StateAnswer>(this.refresh(freshness), () => ({ tuples: this.tuples() }), errorOf);
  }

  #inTurns<T>(tuples: TupleSet, begin: () => Parts<T>): Answer<T> {
    return inTurns(() => onOneState(tuples, begin()), this.#lock, setImmediate);
  }

  #asOf(moment: Moment): PastChecker {
    if (this.#past === undefined) throw new Error(`this store has no past, such as row ${moment.number}`);
    return this.#past;
  }

  /** Returns a check with the server's time in its context, where a condition can decide it. */
  protected timed(request: CheckRequest): CheckRequest {
    return this.#time.into(request, typeOf(request.object));
  }

  /** Answers a check from the tuples as they are. */
  protected checkNow(request: CheckRequest): CheckAnswer {
    const timed = this.timed(request);
    const answer = check(this.#model, this.tuples(), timed);
    this.answered(timed, answer);
    return answer;
  }

  /** Answers checks from the tuples as they are, all of one revision. */
  protected checkAllNow(requests: readonly CheckRequest[]): Answer<readonly CheckAnswer[]> {
    const tuples = this.tuples();
    const timed = requests.map((request) => this.timed(request));
    const report = (answers: readonly CheckAnswer[]): readonly CheckAnswer[] => {
      timed.forEach((request, i) => this.answered(request, answers[i]!));
      return answers;
    };
    const answers = this.#inTurns(tuples, () => checkAllInParts(this.#model, tuples, timed));
    return answers instanceof Promise ? answers.then(report) : report(answers);
  }
}

/** Answers each of several checks with one fault. */
export function refuseAll(requests: readonly CheckRequest[], fault: Failure): readonly CheckAnswer[] {
  return requests.map(() => errorOf(fault));
}

/** Answers once the tuples are fresh, or returns the refusal. */
function whenFresh<T>(
  fault: Answer<Failure | undefined>, answer: () => Answer<T>, refuse: (fault: Failure) => T,
): Answer<T> {
  if (fault === undefined) return answer();
  if (!(fault instanceof Promise)) return refuse(fault);
  return fault.then((late) => (late === undefined ? answer() : refuse(late)));
}

function errorOf(error: Failure): { readonly error: Failure } {
  return { error };
}
