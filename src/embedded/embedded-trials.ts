// Dry runs on the embedded store: tried out on the live state a turn at a time, and taken back before each turn ends.
import type { Envelope, Receipt } from "../events/event.ts";
import { ledgerOf } from "../events/marker.ts";
import { refuse, type Refusal } from "../events/refusal.ts";
import { contested, mayBegin, Rehearsal } from "../events/rehearsal.ts";
import { theUser } from "../state/view.ts";
import { aroundOf, type EmbeddedParts } from "./embedded-group.ts";
import type { Answer } from "./embedded-queue.ts";

/** Events that wait to be tried out together. */
interface Trial {
  readonly envelopes: readonly Envelope[];
  readonly begin: () => Rehearsal;
  rehearsal: Rehearsal;
  /** The rehearsal before, where the dry run began again, until it has let go of everything. */
  ended: Rehearsal | undefined;
  readonly outcomes: (Receipt | Refusal)[];
  readonly answers: readonly Answer[];
  /** How often it has begun. */
  runs: number;
  /** The org whose event that has begun the next one waits for. */
  waitsFor: string | undefined;
}

/** The dry runs that wait, one after the other. */
export class Trials {
  readonly #parts: EmbeddedParts;
  readonly #trials: Trial[] = [];

  constructor(parts: EmbeddedParts) {
    this.#parts = parts;
  }

  /** Whether there is one to go on with. */
  get hasWork(): boolean {
    return this.#trials.length > 0;
  }

  push(envelopes: readonly Envelope[], system: boolean, answers: readonly Answer[]): void {
    const { view, now } = this.#parts;
    const begin = (): Rehearsal => new Rehearsal(view, aroundOf(this.#parts, system, now()));
    this.#trials.push({
      envelopes, begin, rehearsal: begin(), ended: undefined, outcomes: [], answers, runs: 1, waitsFor: undefined,
    });
  }

  /**
   * Tries out as many events as a turn has room for, and takes them back before it ends: questions see none of them.
   * Events are applied in between. Where one changes what a dry run was decided on, the dry run begins again. `goesOn`
   * tells whether the event of an org that has begun gets its further writes now.
   */
  proceed(goesOn: (org: string) => boolean): void {
    const [trial] = this.#trials;
    if (trial === undefined || trial.ended?.end() === false) return;
    const { envelopes, rehearsal, outcomes, answers } = trial;
    trial.ended = undefined;
    if (outcomes.length === envelopes.length) {
      if (rehearsal.end()) this.#trials.shift();
      return;
    }
    if (this.#mustWait(trial.waitsFor, goesOn)) return;
    const end = rehearsal.steps + rehearsal.stepsPerTurn;
    if (!rehearsal.proceed(trial.runs)) return this.#beginAgain(trial);
    try {
      while (outcomes.length < envelopes.length && rehearsal.steps < end) {
        const envelope = envelopes[outcomes.length]!;
        // What is unfinished halfway through an event is that event itself.
        if (!rehearsal.isHalfway) {
          trial.waitsFor = rehearsal.orgOf(envelope);
          if (this.#mustWait(trial.waitsFor, goesOn)) break;
        }
        const outcome = this.#tryOrGiveUp(rehearsal, envelope, outcomes.length === envelopes.length - 1);
        if (outcome !== undefined) outcomes.push(outcome);
      }
    } finally {
      rehearsal.suspend();
    }
    if (outcomes.length < envelopes.length) return;
    for (const [i, answer] of answers.entries()) answer(outcomes[i]!);
  }

  /** True while an org has an event that gets further writes now: the next one is decided on the state after these. */
  #mustWait(org: string | undefined, goesOn: (org: string) => boolean): boolean {
    return org !== undefined && this.#isUnfinished(org) && goesOn(org);
  }

  #isUnfinished(org: string): boolean {
    return theUser(this.#parts.view.tuples, ledgerOf(org), "pending") !== undefined;
  }

  #beginAgain(trial: Trial): void {
    trial.ended = trial.rehearsal;
    trial.rehearsal = trial.begin();
    trial.outcomes.length = 0;
    trial.waitsFor = undefined;
    if (mayBegin(++trial.runs)) return;
    trial.outcomes.push(...trial.envelopes.map(contested));
    for (const [i, answer] of trial.answers.entries()) answer(trial.outcomes[i]!);
  }

  /** The outcome of an event; undefined while it needs further writes. */
  #tryOrGiveUp(rehearsal: Rehearsal, envelope: Envelope, isLast: boolean): Receipt | Refusal | undefined {
    if (!rehearsal.isHalfway && this.#isUnfinished(rehearsal.orgOf(envelope))) {
      return refuse("store_unavailable", "an event before it could not be finished: send the same event again later");
    }
    try {
      return rehearsal.take(envelope, isLast);
    } catch (error) {
      this.#parts.failed(error);
      return refuse("store_unavailable", "the event could not be decided");
    }
  }
}
