// Events on the embedded store: those that arrive together share a transaction, and answers come after the sync.
import { become, resume, type Step, type Surroundings } from "../events/become.ts";
import type { Envelope, Intake, Receipt, Submission } from "../events/event.ts";
import { receiptOf } from "../events/receipt.ts";
import { isRefusal, refuse, type Refusal } from "../events/refusal.ts";
import type { View } from "../state/view.ts";
import { applyDelta, invertDelta, isEmpty, type Delta } from "../tuples/delta.ts";
import type { EmbeddedStore } from "../tuples/embedded-store.ts";
import { isStoreFull } from "../tuples/embedded-store-error.ts";

/** Most events that share one transaction; the next ones wait for the next. */
export const MAX_EVENTS_PER_COMMIT = 256;

/** What the intake works with. `view` is the live state: its tuples change as events are applied. */
export interface EmbeddedParts {
  readonly view: View;
  readonly store: Pick<EmbeddedStore, "commit">;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly emailHash: (email: string) => string;
  /** A transaction failed and was taken back from the memory. */
  readonly failed: (error: unknown) => void;
  /** Memory and disk differ: nothing may be answered any more. */
  readonly broken: (why: string) => void;
  readonly maxTuples?: number;
}

interface Waiting {
  readonly envelope: Envelope;
  readonly submission: Submission;
  readonly answer: (outcome: Receipt | Refusal) => void;
}

/** Takes events in, decides them one after the other on the state in memory, and answers when they are on disk. */
export class EmbeddedIntake implements Intake {
  readonly #parts: EmbeddedParts;
  #queue: Waiting[] = [];
  #scheduled = false;

  constructor(parts: EmbeddedParts) {
    this.#parts = parts;
  }

  submit(envelope: Envelope, submission: Submission): Promise<Receipt | Refusal> {
    return new Promise((answer) => {
      this.#queue.push({ envelope, submission, answer });
      this.#schedule();
    });
  }

  /** One queue is the order of all. */
  submitAll(envelopes: readonly Envelope[], submission: Submission): Promise<Receipt | Refusal>[] {
    return envelopes.map((envelope) => this.submit(envelope, submission));
  }

  /**
   * Finishes the events that had not had all of their writes when the process ended. Returns how many.
   * `orgs` are the ids of the ledgers to look at. Throws when the store refuses.
   */
  finishPending(orgs: readonly string[]): number {
    const done = new Group(this.#parts);
    const finished = orgs.filter((org) => done.finish(org));
    const failure = done.commit();
    if (failure !== undefined) throw new Error(failure);
    return finished.length;
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    // What arrives in this turn of the event loop shares the transaction of the next.
    setImmediate(() => {
      this.#scheduled = false;
      this.#flush(this.#queue.splice(0, MAX_EVENTS_PER_COMMIT));
      if (this.#queue.length > 0) this.#schedule();
    });
  }

  /** Decides, applies and commits in one turn: no question is answered in between, so none sees what is not on disk. */
  #flush(waiting: readonly Waiting[]): void {
    const group = new Group(this.#parts);
    const outcomes = waiting.map(({ envelope, submission }) => group.takeOrGiveUp(envelope, submission));
    const failure = group.commit();
    waiting.forEach(({ answer }, i) => {
      const outcome = outcomes[i];
      if (outcome === undefined) throw new Error("an event without an outcome");
      answer(failure === undefined ? outcome : refuse("store_unavailable", failure));
    });
  }
}

/** Events that share one transaction. */
class Group {
  readonly #parts: EmbeddedParts;
  readonly #at: number;
  readonly #deltas: Delta[] = [];
  readonly #inverses: Delta[] = [];

  constructor(parts: EmbeddedParts) {
    this.#parts = parts;
    this.#at = parts.now();
  }

  #around(system: boolean): Surroundings {
    const { emailHash, maxTuples } = this.#parts;
    const around = { system, clock: this.#at, emailHash };
    return maxTuples === undefined ? around : { ...around, maxTuples };
  }

  /** `take`; an event that breaks an invariant is taken back and refused, and those beside it go on. */
  takeOrGiveUp(envelope: Envelope, submission: Submission): Receipt | Refusal {
    const mark = this.#deltas.length;
    try {
      return this.take(envelope, submission);
    } catch (error) {
      this.#undoTo(mark);
      this.#parts.failed(error);
      return refuse("store_unavailable", "the event could not be decided");
    }
  }

  /** Decides an event on the state after the ones before it, and applies it to the memory. */
  take(envelope: Envelope, submission: Submission): Receipt | Refusal {
    const mark = this.#deltas.length;
    const around = this.#around(submission.system);
    const steps: Step[] = [];
    let step: Step | Refusal | undefined = become(envelope, this.#parts.view, around);
    while (step !== undefined) {
      if (isRefusal(step)) return step;
      steps.push(step);
      this.#apply(step.delta);
      step = step.more ? resume(step.org, this.#parts.view, around) : undefined;
    }
    if (submission.dryRun) this.#undoTo(mark);
    return receiptOf(envelope, steps, submission.dryRun);
  }

  /** Finishes the pending event of an org. False where there is none. */
  finish(org: string): boolean {
    const around = this.#around(true);
    let step = resume(org, this.#parts.view, around);
    if (step === undefined) return false;
    for (; step !== undefined; step = resume(org, this.#parts.view, around)) this.#apply(step.delta);
    return true;
  }

  /** Writes all deltas in one transaction; when that fails, takes them back from the memory and says why. */
  commit(): string | undefined {
    if (this.#deltas.length === 0) return undefined;
    try {
      const applied = this.#parts.store.commit(this.#deltas, this.#at);
      if (applied.ok) return undefined;
      this.#parts.broken(`memory and disk differ at ${applied.conflict}`);
      return "the store is not as expected";
    } catch (error) {
      this.#undoTo(0);
      this.#parts.failed(error);
      return isStoreFull(error) ? "the store cannot be written: the disk is full" : "the store cannot be written";
    }
  }

  #apply(delta: Delta): void {
    if (isEmpty(delta)) return;
    const { tuples } = this.#parts.view;
    this.#inverses.push(invertDelta(tuples, delta));
    applyDelta(tuples, delta);
    this.#deltas.push(delta);
  }

  #undoTo(mark: number): void {
    while (this.#deltas.length > mark) {
      this.#deltas.pop();
      const inverse = this.#inverses.pop();
      if (inverse !== undefined) applyDelta(this.#parts.view.tuples, inverse);
    }
  }
}
