// Dry runs on the embedded store: each turn applies events to the live state and takes them back before it ends.
import type { DomainEvent } from "../events/domain-event.ts";
import type { Receipt, Submission } from "../events/event.ts";
import { refuse, type Refusal } from "../events/refusal.ts";
import { abandoned, contested, mayBegin, DryRun } from "../events/dry-run.ts";
import { aroundOf, type EmbeddedParts } from "./embedded-group.ts";
import { unfinishedOf } from "../ledger/continuation.ts";
import type { Answer } from "./event-queue.ts";

/** Events of one dry run that wait to be decided together. */
interface Trial {
  readonly events: readonly DomainEvent[];
  readonly begin: () => DryRun;
  readonly isGone: Submission["isGone"];
  dryRun: DryRun;
  /** The dry run before a restart, until all of its changes are taken back. */
  ended: DryRun | undefined;
  readonly outcomes: (Receipt | Refusal)[];
  readonly answers: readonly Answer[];
  /** Number of runs begun so far. */
  runs: number;
  /** The org whose unfinished event must get its further writes before the next event is decided. */
  waitsFor: string | undefined;
}

/** The queue of dry runs, run one after the other. */
export class Trials {
  readonly #parts: EmbeddedParts;
  #trials: Trial[] = [];

  constructor(parts: EmbeddedParts) {
    this.#parts = parts;
  }

  /** Whether a dry run waits. */
  get hasWork(): boolean {
    return this.#trials.length > 0;
  }

  push(events: readonly DomainEvent[], { system, isGone }: Submission, answers: readonly Answer[]): void {
    const { view, now } = this.#parts;
    const begin = (): DryRun => new DryRun(view, aroundOf(this.#parts, system, now()));
    this.#trials.push({
      events, begin, isGone, dryRun: begin(), ended: undefined, outcomes: [], answers, runs: 1, waitsFor: undefined,
    });
  }

  /**
   * Decides as many events as the turn has room for, and takes their changes back before the turn ends, so that no
   * question sees them. Real events are applied between turns. If one changes something a dry run was decided on, the
   * dry run starts over; if its caller has disconnected, it ends. `isActive` returns whether the unfinished event of an
   * org gets its further writes now.
   */
  proceed(isActive: (org: string) => boolean): void {
    this.#dropGone();
    const [trial] = this.#trials;
    if (trial === undefined || trial.ended?.end() === false) return;
    const { events, dryRun, outcomes } = trial;
    trial.ended = undefined;
    if (outcomes.length === events.length) {
      if (dryRun.end()) this.#trials.shift();
      return;
    }
    if (this.#mustWait(trial.waitsFor, isActive)) return;
    const end = dryRun.steps + dryRun.stepsPerTurn;
    if (!dryRun.proceed(trial.runs)) return this.#beginAgain(trial);
    try {
      while (outcomes.length < events.length && dryRun.steps < end) {
        const event = events[outcomes.length]!;
        // Halfway through an event, the continuation in the state belongs to that event itself.
        if (!dryRun.isHalfway) {
          trial.waitsFor = dryRun.orgOf(event);
          if (this.#mustWait(trial.waitsFor, isActive)) break;
        }
        const outcome = this.#tryOrGiveUp(dryRun, event, outcomes.length === events.length - 1);
        if (outcome !== undefined) outcomes.push(outcome);
      }
    } finally {
      dryRun.suspend();
    }
    if (outcomes.length === events.length) answerAll(trial);
  }

  /**
   * Ends the dry runs whose callers have disconnected. The first one may have begun: its changes are released in later
   * turns.
   */
  #dropGone(): void {
    const [first] = this.#trials;
    this.#trials = this.#trials.filter((trial) => {
      if (trial.outcomes.length === trial.events.length || trial.isGone?.() !== true) return true;
      trial.outcomes.push(...trial.events.slice(trial.outcomes.length).map(abandoned));
      answerAll(trial);
      return trial === first;
    });
  }

  /** True while an org's unfinished event gets further writes: the next event is decided on the state after them. */
  #mustWait(org: string | undefined, isActive: (org: string) => boolean): boolean {
    return org !== undefined && this.#isUnfinished(org) && isActive(org);
  }

  #isUnfinished(org: string): boolean {
    return unfinishedOf(this.#parts.view.tuples, org) !== undefined;
  }

  #beginAgain(trial: Trial): void {
    trial.ended = trial.dryRun;
    trial.dryRun = trial.begin();
    trial.outcomes.length = 0;
    trial.waitsFor = undefined;
    if (mayBegin(++trial.runs)) return;
    trial.outcomes.push(...trial.events.map(contested));
    answerAll(trial);
  }

  /** Returns the outcome of an event; undefined while it needs further writes. */
  #tryOrGiveUp(dryRun: DryRun, event: DomainEvent, isLast: boolean): Receipt | Refusal | undefined {
    if (!dryRun.isHalfway && this.#isUnfinished(dryRun.orgOf(event))) {
      return refuse("store_unavailable", "an earlier event of the org is not finished: send this one again later");
    }
    try {
      return dryRun.decide(event, isLast);
    } catch (error) {
      this.#parts.failed(error);
      return refuse("store_unavailable", "the event could not be decided");
    }
  }
}

function answerAll({ answers, outcomes }: Trial): void {
  for (const [i, answer] of answers.entries()) answer(outcomes[i]!);
}
