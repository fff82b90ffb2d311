// Counts since the start, as plain numbers, reported by GET /metrics: counting in prom-client takes 1.2 µs each time.
import type { Checker } from "../checks/checker.ts";
import type { CheckAnswer } from "../checks/question.ts";
import type { Receipt } from "../events/event.ts";
import type { Problem } from "./problem.ts";

/** Upper bounds of the histogram of durations, in seconds. */
export const DURATION_BOUNDS = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
] as const;

/** Counts of the requests of one route. */
class RouteCounts {
  /** Requests by the status of their answer. */
  readonly statuses = new Map<number, number>();
  /** Requests by the first bound that is not below their duration; the last entry counts those above every bound. */
  readonly durations: number[] = new Array<number>(DURATION_BOUNDS.length + 1).fill(0);
  /** Sum of all durations, in seconds. */
  seconds = 0;

  /** Counts a request by its status and its duration in milliseconds. */
  add(status: number, milliseconds: number): void {
    const seconds = milliseconds / 1000;
    let place = 0;
    while (place < DURATION_BOUNDS.length && seconds > DURATION_BOUNDS[place]!) place++;
    this.durations[place]!++;
    this.seconds += seconds;
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1);
  }
}

/** All counts of the process. */
export class Counts {
  /** Checks by their answer, those of a batch one by one; `unavailable` counts those the store could not answer. */
  readonly checks = { allowed: 0, denied: 0, failed: 0, unavailable: 0 };
  /** Events by outcome: a receipt's status, `dry_run`, or the code of a problem. */
  readonly events = new Map<string, number>();
  /** Requests by `<method> <path>` of their route. */
  readonly routes = new Map<string, RouteCounts>();

  /** Returns the counts of a route. */
  route(name: string): RouteCounts {
    const there = this.routes.get(name);
    if (there !== undefined) return there;
    const made = new RouteCounts();
    this.routes.set(name, made);
    return made;
  }

  /** Counts the outcome of an event. */
  event(outcome: Receipt | Problem): void {
    const name = "code" in outcome ? outcome.code : outcome.dry_run === true ? "dry_run" : outcome.status;
    this.events.set(name, (this.events.get(name) ?? 0) + 1);
  }

  /** Wraps a checker so that its checks are counted. */
  counting(checker: Checker): Checker {
    return {
      check: (request, freshness) => {
        try {
          const answer = checker.check(request, freshness);
          return answer instanceof Promise ? answer.then(this.#answered, this.#unavailable) : this.#answered(answer);
        } catch (error) {
          return this.#unavailable(error);
        }
      },
      checkAll: (requests, freshness) => {
        const answered = (answers: readonly CheckAnswer[]): readonly CheckAnswer[] => answers.map(this.#answered);
        const unavailable = (error: unknown): never => {
          this.checks.unavailable += requests.length - 1;
          return this.#unavailable(error);
        };
        try {
          const answers = checker.checkAll(requests, freshness);
          return answers instanceof Promise ? answers.then(answered, unavailable) : answered(answers);
        } catch (error) {
          return unavailable(error);
        }
      },
      listObjects: checker.listObjects.bind(checker), objectPage: checker.objectPage.bind(checker),
      listUsers: checker.listUsers.bind(checker), expand: checker.expand.bind(checker),
      read: checker.read.bind(checker), state: checker.state.bind(checker),
    };
  }

  readonly #answered = (answer: CheckAnswer): CheckAnswer => {
    if ("error" in answer) this.checks.failed++;
    else if (answer.allowed) this.checks.allowed++;
    else this.checks.denied++;
    return answer;
  };

  readonly #unavailable = (error: unknown): never => {
    this.checks.unavailable++;
    throw error;
  };
}
