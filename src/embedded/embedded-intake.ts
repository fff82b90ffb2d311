// Events on the embedded store: those that arrive together share a transaction, and answers come after the sync.
import type { Step } from "../events/become.ts";
import type { Envelope, Intake, Receipt, Submission } from "../events/event.ts";
import { receiptOf } from "../events/receipt.ts";
import { isRefusal, refuse, type Refusal } from "../events/refusal.ts";
import { StateLock } from "../events/state-lock.ts";
import { Group, isBehind, isUnfinished, type EmbeddedParts, type Unfinished } from "./embedded-group.ts";
import { EventQueue, type Answer, type Waiting } from "./embedded-queue.ts";
import { Trials } from "./embedded-trials.ts";

/** Most events that share one transaction; the next ones wait for the next. */
export const MAX_EVENTS_PER_COMMIT = 256;

/** An event of which a write is on disk, and others are to come before any other event of its org is decided. */
interface Begun extends Unfinished {
  /** Told how it ended; undefined once it was told that it is at a halt, and where nobody waits for it. */
  readonly answer: ((end: readonly Step[] | Refusal) => void) | undefined;
  /** Why it does not go on: the disk took no write, or it cannot be decided any more. */
  readonly halt: "disk" | "fault" | undefined;
}

/** What a turn of the event loop can be for. */
type Kind = "events" | "dry run" | "write";

/** Takes events in, decides them one after the other on the state in memory, and answers when they are on disk. */
export class EmbeddedIntake implements Intake {
  readonly #parts: EmbeddedParts;
  readonly #lock: StateLock;
  readonly #queue = new EventQueue();
  readonly #trials: Trials;
  /** By their org. Those that go on take turns: whoever had one stands at the end. */
  readonly #begun = new Map<string, Begun>();
  /** The kind of turn that was longest ago comes first. */
  readonly #kinds: Kind[] = ["events", "dry run", "write"];
  #scheduled = false;
  /** Number of events taken in. */
  #taken = 0;

  /** While somebody holds the lock, no event is decided. */
  constructor(parts: EmbeddedParts, lock: StateLock = new StateLock()) {
    this.#parts = parts;
    this.#lock = lock;
    this.#trials = new Trials(parts);
  }

  async submit(envelope: Envelope, submission: Submission): Promise<Receipt | Refusal> {
    return this.submitAll([envelope], submission)[0]!;
  }

  /** One queue is the order of all events; dry runs have one of their own. */
  submitAll(envelopes: readonly Envelope[], { system, dryRun }: Submission): Promise<Receipt | Refusal>[] {
    const answers: Answer[] = [];
    const promises = envelopes.map(() => new Promise<Receipt | Refusal>((answer) => answers.push(answer)));
    if (dryRun && envelopes.length > 0) this.#trials.push(envelopes, system, answers);
    else for (const [i, envelope] of envelopes.entries()) {
      const number = ++this.#taken;
      this.#queue.push({ envelope, system, answer: answers[i]!, batch: envelopes, number, wasLookedAt: false });
    }
    this.#schedule();
    return promises;
  }

  /**
   * Finishes the events that had not had all of their writes when the process ended, each write in a turn of its own.
   * Resolves to how many were finished: one that cannot be written or decided now is tried again when an event comes
   * for its org. `orgs` are the ids of the ledgers to look at.
   */
  async finishPending(orgs: readonly string[]): Promise<number> {
    const ends = orgs.map((org) => new Promise<readonly Step[] | Refusal>((answer) =>
      this.#begin({ org, steps: [], answer, halt: undefined })));
    this.#schedule();
    return (await Promise.all(ends)).filter((end) => !isRefusal(end) && end.length > 0).length;
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    // What arrives in this turn of the event loop shares the transaction of the next.
    setImmediate(() => this.#lock.change(() => {
      this.#scheduled = false;
      const kind = this.#kinds.find((each) => this.#hasWork(each));
      if (kind === undefined) return;
      this.#kinds.push(...this.#kinds.splice(this.#kinds.indexOf(kind), 1));
      this.#take(kind);
      if (this.#kinds.some((each) => this.#hasWork(each))) this.#schedule();
    }));
  }

  /** Turns alternate: no kind of work keeps another waiting, however much there is of it. */
  #hasWork(kind: Kind): boolean {
    if (kind === "events") return this.#queue.hasWork;
    return kind === "dry run" ? this.#trials.hasWork : this.#nextWrite() !== undefined;
  }

  #take(kind: Kind): void {
    if (kind === "events") this.#flush();
    else if (kind === "dry run") this.#trials.proceed((org) => this.#goesOn(org));
    else this.#write(this.#nextWrite()!);
  }

  /** Decides, applies and commits in one turn: no question is answered in between, so none sees what is not on disk. */
  #flush(): void {
    const group = new Group(this.#parts);
    const decided: { readonly waiting: Waiting; readonly outcome: Receipt | Refusal | Unfinished }[] = [];
    const orgOf = (waiting: Waiting): string | undefined => {
      const isRead = waiting.wasLookedAt;
      waiting.wasLookedAt = true;
      return group.orgOf(waiting.envelope, isRead);
    };
    for (const waiting of this.#queue.next({ orgOf, isFull: () => group.isFull })) {
      const outcome = group.takeOrGiveUp(waiting);
      if (isBehind(outcome)) {
        this.#holdBehind(waiting, outcome.behind);
        continue;
      }
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

  /** Holds a redelivery back until the event that it repeats has had all of its writes. */
  #holdBehind(waiting: Waiting, org: string): void {
    if (!this.#begun.has(org)) this.#begin({ org, steps: [], answer: undefined, halt: undefined });
    this.#queue.hold(waiting, org);
  }

  #beginWith(waiting: Waiting, { org, steps }: Unfinished): void {
    const { envelope } = waiting;
    const answer = (end: readonly Step[] | Refusal): void =>
      waiting.answer(isRefusal(end) ? end : receiptOf(envelope, end));
    this.#begin({ org, steps, answer, halt: undefined }, waiting);
  }

  #begin(begun: Begun, waiting?: Waiting): void {
    this.#begun.set(begun.org, begun);
    this.#queue.begin(begun.org, waiting);
  }

  #goesOn(org: string): boolean {
    const begun = this.#begun.get(org);
    return begun !== undefined && begun.halt === undefined;
  }

  /** One that goes on, or is at a halt while an event waits for it. */
  #nextWrite(): Begun | undefined {
    for (const begun of this.#begun.values()) {
      if (begun.halt === undefined || this.#queue.isAwaited(begun.org)) return begun;
    }
    return undefined;
  }

  /** The next write of an event that has begun. Where there can be none, the events that wait for it are refused. */
  #write(begun: Begun): void {
    const { org, steps, answer } = begun;
    this.#begun.delete(org);
    const group = new Group(this.#parts);
    let step: Step | undefined;
    try {
      step = group.resume(org);
    } catch (error) {
      this.#parts.failed(error);
      return this.#halt(begun, "fault", "an event of the org could not be finished");
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

  /** Its org takes no event until it goes on; the others do. */
  #halt(begun: Begun, halt: "disk" | "fault", why: string): void {
    const { org, answer } = begun;
    this.#begun.set(org, { ...begun, answer: undefined, halt });
    this.#queue.halt(org, true);
    answer?.(refuse("store_unavailable", why));
    for (const waiting of this.#queue.dropAwaiting(org)) waiting.answer(refuse("store_unavailable", why));
  }

  /** The disk takes writes: what was at a halt since it took none goes on. */
  #retry(): void {
    for (const [org, begun] of this.#begun) {
      if (begun.halt !== "disk") continue;
      this.#begun.set(org, { ...begun, halt: undefined });
      this.#queue.halt(org, false);
    }
  }
}
