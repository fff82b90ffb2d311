// The intake of events on the embedded store: events that arrive together share a transaction; answers follow the sync.
import { orgOfEvent, type Step } from "../events/decide-event.ts";
import { BatchFate } from "../events/batch-fate.ts";
import { DomainEvent } from "../events/domain-event.ts";
import type { AtomicRefusal, Intake, Receipt, Submission } from "../events/event.ts";
import type { Envelope } from "../ledger/envelope.ts";
import { receiptOf } from "../events/receipt.ts";
import { isRefusal, refuse, type Refusal } from "../events/refusal.ts";
import { StateLock } from "../sidecar/state-lock.ts";
import { Group, isBehind, isUnfinished, type EmbeddedParts, type Unfinished } from "./embedded-group.ts";
import { AtomicQueue } from "./atomic-queue.ts";
import { EventQueue, type Answer, type Waiting } from "./event-queue.ts";
import { Trials } from "./dry-run-queue.ts";
import { MAX_EVENTS_PER_COMMIT } from "./embedded-limits.ts";

/** An event with a write on disk and more to come, before any other event of its org is decided. */
interface Begun extends Unfinished {
  /** Receives the outcome. Undefined once it has received the refusal of a halt, and where no caller waits. */
  readonly answer: ((end: readonly Step[] | Refusal) => void) | undefined;
  /** Why the event is halted: the disk refused a write, or the event can no longer be decided. */
  readonly halt: "disk" | "fault" | undefined;
}

/** The kinds of work that a turn of the event loop can do. */
type Kind = "events" | "batch" | "write" | "dry run" | "dry batch";

/** Takes events in, decides them one after the other on the state in memory, and answers once they are on disk. */
export class EmbeddedIntake implements Intake {
  readonly #parts: EmbeddedParts;
  readonly #lock: StateLock;
  readonly #queue = new EventQueue();
  readonly #trials: Trials;
  readonly #batches: AtomicQueue;
  /** The dry runs of atomic batches: a batch that is applied never waits behind them. */
  readonly #dryBatches: AtomicQueue;
  /** Unfinished events by org. The active ones take turns: one that had a turn moves to the end. */
  readonly #begun = new Map<string, Begun>();
  /**
   * Kinds of turns; the one whose last turn is longest ago comes first. In this order a dry run comes between two long
   * events of its org.
   */
  readonly #kinds: Kind[] = ["events", "batch", "write", "dry run", "dry batch"];
  #scheduled = false;
  /** Number of events taken in. */
  #taken = 0;

  /** While another holder has the lock, no event is decided. */
  constructor(parts: EmbeddedParts, lock: StateLock = new StateLock()) {
    this.#parts = parts;
    this.#lock = lock;
    this.#trials = new Trials(parts);
    this.#batches = new AtomicQueue(parts);
    this.#dryBatches = new AtomicQueue(parts);
  }

  async submit(envelope: Envelope, submission: Submission): Promise<Receipt | Refusal> {
    return this.submitAll([envelope], submission)[0]!;
  }

  /** Queues all events in one order; dry runs have a separate queue. */
  submitAll(envelopes: readonly Envelope[], submission: Submission): Promise<Receipt | Refusal>[] {
    const { system, dryRun } = submission;
    const answers: Answer[] = [];
    const promises = envelopes.map(() => new Promise<Receipt | Refusal>((answer) => answers.push(answer)));
    const events = envelopes.map(DomainEvent.sent);
    if (dryRun && events.length > 0) this.#trials.push(events, submission, answers);
    else {
      const batch = new BatchFate();
      for (const [i, event] of events.entries()) {
        const number = ++this.#taken;
        const answer = (outcome: Receipt | Refusal): void => {
          batch.note(outcome, () => orgOfEvent(event, this.#parts.view));
          answers[i]!(outcome);
        };
        this.#queue.push({ event, system, answer, batch, number, wasLookedAt: false });
      }
    }
    this.#schedule();
    return promises;
  }

  submitTogether(envelopes: readonly Envelope[], submission: Submission): Promise<readonly Receipt[] | AtomicRefusal> {
    return new Promise((answer) => {
      const queue = submission.dryRun ? this.#dryBatches : this.#batches;
      queue.push(envelopes.map(DomainEvent.sent), submission, answer);
      this.#schedule();
    });
  }

  /**
   * Finishes the events that had not had all of their writes when the process ended, each write in its own turn.
   * Resolves to the number finished: one that cannot be written or decided now is tried again when an event arrives for
   * its org. `orgs` are the ids of the ledgers to look at.
   */
  async finishContinuations(orgs: readonly string[]): Promise<number> {
    const ends = orgs.map((org) => new Promise<readonly Step[] | Refusal>((answer) =>
      this.#begin({ org, steps: [], answer, halt: undefined })));
    this.#schedule();
    return (await Promise.all(ends)).filter((end) => !isRefusal(end) && end.length > 0).length;
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    // Events that arrive in this turn of the event loop share the transaction of the next.
    setImmediate(() => this.#lock.change(() => {
      this.#scheduled = false;
      const kind = this.#kinds.find((each) => this.#hasWork(each));
      if (kind === undefined) return;
      this.#kinds.push(...this.#kinds.splice(this.#kinds.indexOf(kind), 1));
      this.#doNext(kind);
      if (this.#kinds.some((each) => this.#hasWork(each))) this.#schedule();
    }));
  }

  /** Whether a kind of work waits. Turns alternate between kinds, so no amount of one keeps another waiting. */
  #hasWork(kind: Kind): boolean {
    if (kind === "events") return this.#queue.hasWork;
    if (kind === "batch") return this.#batches.hasWork;
    if (kind === "dry batch") return this.#dryBatches.hasWork;
    return kind === "dry run" ? this.#trials.hasWork : this.#nextWrite() !== undefined;
  }

  #doNext(kind: Kind): void {
    if (kind === "events") this.#flush();
    else if (kind === "batch" || kind === "dry batch") {
      const queue = kind === "batch" ? this.#batches : this.#dryBatches;
      queue.proceed((org, again) => this.#finish(org, again), () => this.#retry());
    }
    else if (kind === "dry run") this.#trials.proceed((org) => this.#isActive(org));
    else this.#write(this.#nextWrite()!);
  }

  /**
   * Decides, applies and commits in one turn: no question is answered in between, so none sees a tuple not yet on disk.
   */
  #flush(): void {
    const group = new Group(this.#parts);
    const decided: { readonly waiting: Waiting; readonly outcome: Receipt | Refusal | Unfinished }[] = [];
    const orgOf = (waiting: Waiting): string | undefined => {
      const isRead = waiting.wasLookedAt;
      waiting.wasLookedAt = true;
      return group.orgOf(waiting.event, isRead);
    };
    for (const waiting of this.#queue.next({ orgOf, isFull: () => group.isFull })) {
      const refusal = waiting.batch.refusalIn(() => group.orgOf(waiting.event, true));
      if (refusal !== undefined) {
        waiting.answer(refusal);
        continue;
      }
      const outcome = group.decideOrRefuse(waiting);
      if (isBehind(outcome)) {
        this.#holdBehind(waiting, outcome.behind);
        continue;
      }
      if (!isUnfinished(outcome)) waiting.batch.note(outcome, () => group.orgOf(waiting.event, true));
      decided.push({ waiting, outcome });
      if (isUnfinished(outcome) || decided.length === MAX_EVENTS_PER_COMMIT || group.isFull) break;
    }
    const failure = group.commit();
    for (const { waiting, outcome } of decided) {
      if (failure !== undefined) waiting.answer(refuse("store_unavailable", failure));
      else if (isUnfinished(outcome)) this.#beginWith(waiting, outcome);
      else waiting.answer(outcome);
    }
    if (failure === undefined && !group.isEmpty) this.#retry();
  }

  /** Holds a redelivery back until the event it repeats has had all of its writes. */
  #holdBehind(waiting: Waiting, org: string): void {
    if (!this.#begun.has(org)) this.#begin({ org, steps: [], answer: undefined, halt: undefined });
    this.#queue.hold(waiting, org);
  }

  /** Makes the unfinished event of an org continue. Returns false where it is halted, unless `again` is true. */
  #finish(org: string, again: boolean): boolean {
    const begun = this.#begun.get(org);
    if (begun === undefined) this.#begin({ org, steps: [], answer: undefined, halt: undefined });
    else if (begun.halt !== undefined && !again) return false;
    else if (begun.halt !== undefined) this.#activate(begun);
    return true;
  }

  #activate(begun: Begun): void {
    this.#begun.set(begun.org, { ...begun, halt: undefined });
    this.#queue.halt(begun.org, false);
  }

  #beginWith(waiting: Waiting, { org, steps }: Unfinished): void {
    const { event: { envelope } } = waiting;
    const answer = (end: readonly Step[] | Refusal): void =>
      waiting.answer(isRefusal(end) ? end : receiptOf(envelope, end));
    this.#begin({ org, steps, answer, halt: undefined }, waiting);
  }

  #begin(begun: Begun, waiting?: Waiting): void {
    this.#begun.set(begun.org, begun);
    this.#queue.begin(begun.org, waiting);
  }

  #isActive(org: string): boolean {
    const begun = this.#begun.get(org);
    return begun !== undefined && begun.halt === undefined;
  }

  /** Returns an unfinished event that is active, or that is halted while an event waits for it. */
  #nextWrite(): Begun | undefined {
    for (const begun of this.#begun.values()) {
      if (begun.halt === undefined || this.#queue.isAwaited(begun.org)) return begun;
    }
    return undefined;
  }

  /** Makes the next write of an unfinished event. If that fails, refuses the events that wait for it. */
  #write(begun: Begun): void {
    const { org, steps, answer } = begun;
    this.#begun.delete(org);
    const group = new Group(this.#parts);
    let step: Step | undefined;
    try {
      step = group.continueOrg(org, steps.at(-1)?.event);
    } catch (error) {
      this.#parts.failed(error);
      return this.#halt(begun, "fault", "an earlier event of the org could not be finished");
    }
    const failure = group.commit();
    if (failure !== undefined) return this.#halt(begun, "disk", failure);
    const done = step === undefined ? steps : [...steps, step];
    this.#queue.halt(org, false);
    this.#retry();
    if (step?.more === true) {
      this.#begun.set(org, { ...begun, steps: done, halt: undefined });
      return;
    }
    this.#queue.end(org);
    answer?.(done);
  }

  /** Halts an unfinished event. Its org takes no event until it continues; other orgs do. */
  #halt(begun: Begun, halt: "disk" | "fault", why: string): void {
    const { org, answer } = begun;
    this.#begun.set(org, { ...begun, answer: undefined, halt });
    this.#queue.halt(org, true);
    answer?.(refuse("store_unavailable", why));
    for (const waiting of this.#queue.dropAwaiting(org)) waiting.answer(refuse("store_unavailable", why));
  }

  /** Reactivates the events that were halted because the disk refused a write: it now takes writes. */
  #retry(): void {
    for (const begun of this.#begun.values()) {
      if (begun.halt === "disk") this.#activate(begun);
    }
  }
}
