// Events on the embedded store: those that arrive together share a transaction, and answers come after the sync.
import { become, resume, type Step, type Surroundings } from "../events/become.ts";
import type { Envelope, Intake, Receipt, Submission } from "../events/event.ts";
import { stepsToRead } from "../events/payload.ts";
import { receiptOf } from "../events/receipt.ts";
import { isRefusal, refuse, type Refusal } from "../events/refusal.ts";
import { Rehearsal } from "../events/rehearsal.ts";
import { StateLock } from "../events/state-lock.ts";
import { countedView, MAX_STEPS_PER_TURN, type CountedView } from "../state/counted-view.ts";
import type { View } from "../state/view.ts";
import { applyDelta, invertDelta, isEmpty, sizeOf, type Delta } from "../tuples/delta.ts";
import type { EmbeddedStore } from "../tuples/embedded-store.ts";
import { isStoreFull } from "../tuples/embedded-store-error.ts";
import { MAX_TUPLES_PER_DELTA } from "../tuples/store.ts";

/** Most events that share one transaction; the next ones wait for the next. */
export const MAX_EVENTS_PER_COMMIT = 256;
/** Steps that a tuple takes to be written to disk. */
const STEPS_PER_TUPLE_WRITTEN = 60;

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
  /** Tuples of one write; by default an event has one write, however many tuples it needs. */
  readonly maxTuples?: number;
}

/** Runs after which a dry run is refused: others keep changing what it is about. */
const MAX_RUNS = 6;

type Answer = (outcome: Receipt | Refusal) => void;

/** An event that waits to be decided. */
interface Waiting {
  readonly envelope: Envelope;
  readonly system: boolean;
  readonly answer: Answer;
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
    const finished = orgs.filter((org) => done.finish(org));
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
      this.#isTrialNext = !isTrial;
      if (isTrial) this.#rehearse(trial);
      else if (this.#queue.length > 0) this.#flush();
      if (this.#queue.length > 0 || this.#trials.length > 0) this.#schedule();
    }));
  }

  /** Decides, applies and commits in one turn: no question is answered in between, so none sees what is not on disk. */
  #flush(): void {
    const group = new Group(this.#parts);
    const decided: { readonly answer: Answer; readonly outcome: Receipt | Refusal }[] = [];
    for (const waiting of this.#queue) {
      if (decided.length === MAX_EVENTS_PER_COMMIT || group.isFull) break;
      decided.push({ answer: waiting.answer, outcome: group.takeOrGiveUp(waiting) });
    }
    this.#queue.splice(0, decided.length);
    const failure = group.commit();
    for (const { answer, outcome } of decided) {
      answer(failure === undefined ? outcome : refuse("store_unavailable", failure));
    }
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
        outcomes.push(this.#tryOrGiveUp(rehearsal, envelopes[outcomes.length]!, isLast));
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

  #tryOrGiveUp(rehearsal: Rehearsal, envelope: Envelope, isLast: boolean): Receipt | Refusal {
    try {
      return rehearsal.take(envelope, isLast);
    } catch (error) {
      this.#parts.failed(error);
      return refuse("store_unavailable", "the event could not be decided");
    }
  }
}

function aroundOf({ emailHash, maxTuples = Infinity }: EmbeddedParts, system: boolean, clock: number): Surroundings {
  return { system, clock, emailHash, maxTuples };
}

/** Events that share one transaction. */
class Group {
  readonly #parts: EmbeddedParts;
  readonly #at: number;
  readonly #view: CountedView;
  readonly #deltas: Delta[] = [];
  readonly #inverses: Delta[] = [];
  /** Steps of work that the view does not count. */
  #steps = 0;

  constructor(parts: EmbeddedParts) {
    this.#parts = parts;
    this.#at = parts.now();
    this.#view = countedView(parts.view);
  }

  /** True once the turn has no room for another event. */
  get isFull(): boolean {
    return this.#view.steps() + this.#steps >= MAX_STEPS_PER_TURN;
  }

  /** `take`; an event that breaks an invariant is taken back and refused, and the others continue. */
  takeOrGiveUp(waiting: Waiting): Receipt | Refusal {
    const mark = this.#deltas.length;
    try {
      return this.take(waiting);
    } catch (error) {
      this.#undoTo(mark);
      this.#parts.failed(error);
      return refuse("store_unavailable", "the event could not be decided");
    }
  }

  /** Decides an event on the state after the ones before it, and applies it to the memory. */
  take({ envelope, system }: Waiting): Receipt | Refusal {
    this.#steps += stepsToRead(envelope);
    const around = aroundOf(this.#parts, system, this.#at);
    const steps: Step[] = [];
    let step: Step | Refusal | undefined = become(envelope, this.#view, around);
    while (step !== undefined) {
      if (isRefusal(step)) return step;
      steps.push(step);
      this.#apply(step.delta);
      step = step.more ? resume(step.org, this.#view, around) : undefined;
    }
    return receiptOf(envelope, steps);
  }

  /** Finishes the pending event of an org. False where there is none. */
  finish(org: string): boolean {
    const around = aroundOf(this.#parts, true, this.#at);
    let step = resume(org, this.#view, around);
    if (step === undefined) return false;
    for (; step !== undefined; step = resume(org, this.#view, around)) this.#apply(step.delta);
    return true;
  }

  /** Writes all deltas in one transaction; when that fails, takes them back from the memory and says why. */
  commit(): string | undefined {
    if (this.#deltas.length === 0) return undefined;
    try {
      const applied = this.#parts.store.commit(this.#deltas.flatMap(inParts), this.#at);
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
    const { tuples } = this.#view;
    this.#inverses.push(invertDelta(tuples, delta));
    applyDelta(tuples, delta);
    this.#deltas.push(delta);
    this.#steps += STEPS_PER_TUPLE_WRITTEN * sizeOf(delta);
  }

  #undoTo(mark: number): void {
    while (this.#deltas.length > mark) {
      this.#deltas.pop();
      const inverse = this.#inverses.pop();
      if (inverse !== undefined) applyDelta(this.#parts.view.tuples, inverse);
    }
  }
}

/** A delta in parts that the store takes, to be committed together; itself where it is small. */
function inParts(delta: Delta): Delta[] {
  if (sizeOf(delta) <= MAX_TUPLES_PER_DELTA) return [delta];
  const parts: Delta[] = [];
  for (let i = 0; i < delta.deletes.length; i += MAX_TUPLES_PER_DELTA) {
    parts.push({ writes: [], deletes: delta.deletes.slice(i, i + MAX_TUPLES_PER_DELTA) });
  }
  for (let i = 0; i < delta.writes.length; i += MAX_TUPLES_PER_DELTA) {
    parts.push({ writes: delta.writes.slice(i, i + MAX_TUPLES_PER_DELTA), deletes: [] });
  }
  return parts;
}
