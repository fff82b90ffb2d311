// Events on the embedded store: those that arrive together share a transaction, and answers come after the sync.
import type { Step } from "../events/become.ts";
import type { Envelope, Intake, Receipt, Submission } from "../events/event.ts";
import { receiptOf } from "../events/receipt.ts";
import { refuse, type Refusal } from "../events/refusal.ts";
import { Rehearsal } from "../events/rehearsal.ts";
import { StateLock } from "../events/state-lock.ts";
import {
  aroundOf, Group, isUnfinished, type EmbeddedParts, type Sent, type Unfinished,
} from "./embedded-group.ts";

/** Most events that share one transaction; the next ones wait for the next. */
export const MAX_EVENTS_PER_COMMIT = 256;
/** Runs after which a dry run is refused: others keep changing what it is about. */
const MAX_RUNS = 6;

type Answer = (outcome: Receipt | Refusal) => void;

/** An event that waits to be decided. */
interface Waiting extends Sent {
  readonly answer: Answer;
}

/** An event of which a write is on disk, and others are to come before any other event is decided. */
interface Begun extends Unfinished {
  readonly envelope: Envelope;
  /** Undefined once it was answered that the store cannot be written. */
  readonly answer: Answer | undefined;
}

/** Events that wait to be tried out together. */
interface Trial {
  readonly envelopes: readonly Envelope[];
  readonly begin: () => Rehearsal;
  rehearsal: Rehearsal;
  /** The rehearsal before, where the dry run began again, until it has let go of everything. */
  ended: Rehearsal | undefined;
  readonly outcomes: (Receipt | Refusal)[];
  readonly answers: readonly Answer[];
  runs: number;
}

/** Takes events in, decides them one after the other on the state in memory, and answers when they are on disk. */
export class EmbeddedIntake implements Intake {
  readonly #parts: EmbeddedParts;
  readonly #lock: StateLock;
  #queue: Waiting[] = [];
  #begun: Begun | undefined;
  readonly #trials: Trial[] = [];
  #isTrialNext = false;
  #scheduled = false;

  /** While somebody holds the lock, no event is decided. */
  constructor(parts: EmbeddedParts, lock: StateLock = new StateLock()) {
    this.#parts = parts;
    this.#lock = lock;
  }

  async submit(envelope: Envelope, submission: Submission): Promise<Receipt | Refusal> {
    return this.submitAll([envelope], submission)[0]!;
  }

  /** One queue is the order of all events; dry runs have one of their own. */
  submitAll(envelopes: readonly Envelope[], { system, dryRun }: Submission): Promise<Receipt | Refusal>[] {
    const answers: Answer[] = [];
    const promises = envelopes.map(() => new Promise<Receipt | Refusal>((answer) => answers.push(answer)));
    if (!dryRun) {
      for (const [i, envelope] of envelopes.entries()) this.#queue.push({ envelope, system, answer: answers[i]! });
    } else if (envelopes.length > 0) {
      const begin = (): Rehearsal =>
        new Rehearsal(this.#parts.view, aroundOf(this.#parts, system, this.#parts.now()));
      this.#trials.push({ envelopes, begin, rehearsal: begin(), ended: undefined, outcomes: [], answers, runs: 1 });
    }
    this.#schedule();
    return promises;
  }

  /**
   * Finishes the events that had not had all of their writes when the process ended. Returns how many.
   * `orgs` are the ids of the ledgers to look at. Throws when the store refuses.
   */
  finishPending(orgs: readonly string[]): number {
    const done = new Group(this.#parts);
    const finished = orgs.filter((org) => {
      const step = done.resume(org);
      for (let more = step?.more; more === true;) more = done.resume(org)?.more;
      return step !== undefined;
    });
    const failure = done.commit();
    if (failure !== undefined) throw new Error(failure);
    return finished.length;
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    // What arrives in this turn of the event loop shares the transaction of the next.
    setImmediate(() => this.#lock.change(() => {
      this.#scheduled = false;
      const [trial] = this.#trials;
      // Turns alternate: neither a long dry run nor a stream of events keeps the other waiting.
      const isTrial = trial !== undefined && (this.#queue.length === 0 || this.#isTrialNext);
      if (this.#begun?.answer !== undefined) this.#continue(this.#begun);
      else {
        this.#isTrialNext = !isTrial;
        if (isTrial) this.#rehearse(trial);
        else if (this.#queue.length > 0) this.#flush();
      }
      const isBusy = this.#queue.length > 0 || this.#trials.length > 0 || this.#begun?.answer !== undefined;
      if (isBusy) this.#schedule();
    }));
  }

  /** Decides, applies and commits in one turn: no question is answered in between, so none sees what is not on disk. */
  #flush(): void {
    if (this.#begun !== undefined) return this.#continue(this.#begun);
    const group = new Group(this.#parts);
    const decided: { readonly waiting: Waiting; readonly outcome: Receipt | Refusal | Unfinished }[] = [];
    for (const waiting of this.#queue) {
      if (decided.length === MAX_EVENTS_PER_COMMIT || group.isFull) break;
      const outcome = group.takeOrGiveUp(waiting);
      decided.push({ waiting, outcome });
      if (isUnfinished(outcome)) break;
    }
    this.#queue.splice(0, decided.length);
    const failure = group.commit();
    for (const { waiting: { envelope, answer }, outcome } of decided) {
      if (failure !== undefined) answer(refuse("store_unavailable", failure));
      else if (isUnfinished(outcome)) this.#begun = { ...outcome, envelope, answer };
      else answer(outcome);
    }
  }

  /** The next write of an event that has begun. Where the disk takes none, the events that wait are refused as well. */
  #continue(begun: Begun): void {
    const { envelope, org, steps, answer } = begun;
    const group = new Group(this.#parts);
    let step: Step | undefined;
    try {
      step = group.resume(org);
    } catch (error) {
      // Its org takes no event until somebody looks; the others do.
      this.#begun = undefined;
      this.#parts.failed(error);
      return answer?.(refuse("store_unavailable", "the event could not be finished"));
    }
    const failure = group.commit();
    if (failure !== undefined) {
      this.#begun = { ...begun, answer: undefined };
      answer?.(refuse("store_unavailable", failure));
      for (const waiting of this.#queue.splice(0)) waiting.answer(refuse("store_unavailable", failure));
      return;
    }
    const done = step === undefined ? steps : [...steps, step];
    this.#begun = step?.more === true ? { ...begun, steps: done } : undefined;
    if (this.#begun === undefined) answer?.(receiptOf(envelope, done));
  }

  /**
   * Tries out as many events as a turn has room for, and takes them back before it ends: questions see none of them.
   * Events are applied in between. Where one changes what a dry run has built on, the dry run begins again.
   */
  #rehearse(trial: Trial): void {
    const { envelopes, rehearsal, outcomes, answers } = trial;
    if (trial.ended?.end() === false) return;
    trial.ended = undefined;
    if (outcomes.length === envelopes.length) {
      if (rehearsal.end()) this.#trials.shift();
      return;
    }
    const end = rehearsal.steps + rehearsal.stepsPerTurn;
    if (!rehearsal.proceed()) return this.#beginAgain(trial);
    try {
      while (outcomes.length < envelopes.length && rehearsal.steps < end) {
        const isLast = outcomes.length === envelopes.length - 1;
        const outcome = this.#tryOrGiveUp(rehearsal, envelopes[outcomes.length]!, isLast);
        if (outcome !== undefined) outcomes.push(outcome);
      }
    } finally {
      rehearsal.suspend();
    }
    if (outcomes.length < envelopes.length) return;
    for (const [i, answer] of answers.entries()) answer(outcomes[i]!);
  }

  #beginAgain(trial: Trial): void {
    trial.ended = trial.rehearsal;
    trial.rehearsal = trial.begin();
    trial.outcomes.length = 0;
    if (++trial.runs <= MAX_RUNS) return;
    const why = "others keep changing what the events are about: send the same events again";
    for (const answer of trial.answers) answer(refuse("store_unavailable", why));
    trial.outcomes.push(...trial.envelopes.map(() => refuse("store_unavailable", why)));
  }

  #tryOrGiveUp(rehearsal: Rehearsal, envelope: Envelope, isLast: boolean): Receipt | Refusal | undefined {
    try {
      return rehearsal.take(envelope, isLast);
    } catch (error) {
      this.#parts.failed(error);
      return refuse("store_unavailable", "the event could not be decided");
    }
  }
}
