// Answers checks and lists as of a moment of the past.
import { check } from "../checks/evaluate.ts";
import type { Moment } from "../checks/checker.ts";
import { listObjectsInParts } from "../checks/list-objects.ts";
import { listUsersInParts } from "../checks/list-users.ts";
import type { Parts } from "../checks/parts.ts";
import type {
  CheckAnswer, CheckRequest, Failure, ListObjectsAnswer, ListObjectsRequest, ListUsersAnswer, ListUsersRequest,
  ObjectPageAnswer, ObjectPageRequest,
} from "../checks/question.ts";
import type { PastStates } from "../history/past-states.ts";
import type { Model } from "../model/rewrite.ts";
import type { TupleSet } from "../tuples/tuple-set.ts";
import { typeOf } from "../tuples/tuple.ts";
import type { ServerTime } from "./server-time.ts";
import { PAST_STEPS_PER_PART } from "./sidecar-limits.ts";
import { SortedObjects } from "./sorted-objects.ts";

/** A part whose reads take more than a turn begins the whole list again: most parts of this size do not. */
const PAST_PARTS = { atOnce: PAST_STEPS_PER_PART, stepsPerPart: PAST_STEPS_PER_PART };

/** The states of the past that questions are answered from. */
export interface PastAnswers extends Pick<PastStates, "answer"> {
  /** As PastStates does. Resolves to "incomplete" until the log has been read that the past is known from. */
  readonly momentOf: (text: string) => Promise<Moment | Failure | "incomplete">;
}

/** The questions of a checker, with a moment in place of the freshness. */
export class PastChecker {
  readonly #model: Model;
  readonly #time: ServerTime;
  readonly #past: PastAnswers;

  constructor(model: Model, time: ServerTime, past: PastAnswers) {
    this.#model = model;
    this.#time = time;
    this.#past = past;
  }

  /** Answers a check. */
  check(request: CheckRequest, moment: Moment): Promise<CheckAnswer> {
    const timed = this.#time.into(request, typeOf(request.object), moment.at);
    const model = this.#model;
    return this.#past.answer(moment, function* ({ tuples }): Parts<CheckAnswer> {
      return check(model, tuples, timed);
    });
  }

  /** Answers checks in their order, each with the answer that it gets alone. */
  async checkAll(requests: readonly CheckRequest[], moment: Moment): Promise<readonly CheckAnswer[]> {
    const timed = requests.map((request) => this.#time.into(request, typeOf(request.object), moment.at));
    const model = this.#model;
    const answers: CheckAnswer[] = [];
    // Answers stay when the work begins again in another turn.
    const all = await this.#past.answer(moment, function* ({ tuples }): Parts<undefined> {
      while (answers.length < timed.length) {
        answers.push(check(model, tuples, timed[answers.length]!));
        yield;
      }
      return undefined;
    });
    return all === undefined ? answers : requests.map(() => all);
  }

  /** Answers a list of objects. */
  listObjects(request: ListObjectsRequest, moment: Moment): Promise<ListObjectsAnswer> {
    const timed = this.#time.into(request, request.type, moment.at);
    return this.#past.answer(moment, ({ tuples }) => listObjectsInParts(this.#model, tuples, timed, PAST_PARTS));
  }

  /** Answers a page of a list of objects, sorted. */
  objectPage(request: ObjectPageRequest, moment: Moment): Promise<ObjectPageAnswer> {
    const { user, relation, type } = request;
    const timed = this.#time.into<ListObjectsRequest>({ user, relation, type }, type, moment.at);
    return this.#past.answer(moment, ({ tuples }) => pageOf(this.#model, tuples, timed, request));
  }

  /** Answers a list of users. */
  listUsers(request: ListUsersRequest, moment: Moment): Promise<ListUsersAnswer> {
    const timed = this.#time.into(request, typeOf(request.object), moment.at);
    return this.#past.answer(moment, ({ tuples }) => listUsersInParts(this.#model, tuples, timed, PAST_PARTS));
  }
}

/** A list of the past is made for each page: its ids end with the question. */
function pageOf(
  model: Model, tuples: TupleSet, question: ListObjectsRequest, request: ObjectPageRequest,
): Parts<ObjectPageAnswer> {
  return new SortedObjects(model, { lists: 0, objects: 0 }, PAST_PARTS).page(tuples, question, request);
}
