// Takes in events on OpenFGA: one writer per org, so that an event waits only for events of its own org.
import { setImmediate as nextTurn } from "node:timers/promises";
import { orgOfEvent, type Surroundings } from "../../events/decide-event.ts";
import { BatchFate } from "../../events/batch-fate.ts";
import { DomainEvent } from "../../events/domain-event.ts";
import type { AtomicRefusal, Intake, Receipt, Submission } from "../../events/event.ts";
import { PLATFORM, type Envelope } from "../../ledger/envelope.ts";
import { isRefusal, refuse, type Refusal } from "../../events/refusal.ts";
import type { Waiting } from "./waiting-event.ts";
import { OrgWriter, type OrgWriterParts } from "./org-writer.ts";
import { runDry } from "./openfga-dry-run.ts";
import { MAX_STEPS_PER_TURN } from "../../domain/event-limits.ts";
import { MAX_MOVES } from "../openfga-limits.ts";

/** Dependencies of the intake. */
export interface IntakeParts extends Omit<OrgWriterParts, "move" | "around"> {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly emailHash: ((email: string) => string) | undefined;
  /** A name unique to this sidecar. */
  readonly writer: string;
  /** Maximum number of tuples per write; a test may set less than OpenFGA's limit. */
  readonly maxTuples?: number | undefined;
}

/** Takes in events and sends each to the writer of its org. */
export class OpenfgaIntake implements Intake {
  readonly #parts: IntakeParts;
  readonly #writers = new Map<string, OrgWriter>();
  /** Resolves when every event taken in so far is answered. Holds none of their answers. */
  #answered: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(parts: IntakeParts) {
    this.#parts = parts;
  }

  submit(envelope: Envelope, submission: Submission): Promise<Receipt | Refusal> {
    const event = DomainEvent.sent(envelope);
    const { system, dryRun } = submission;
    return dryRun ? this.#tryOut([event], submission)[0]! : this.#accept(event, system);
  }

  #accept(event: DomainEvent, system: boolean, batch = new BatchFate()): Promise<Receipt | Refusal> {
    if (this.#closed) return Promise.resolve(refuse("store_unavailable", "the server is stopping"));
    const orgOf = (): string | undefined => orgOfEvent(event, this.#parts.view);
    return this.#await<Receipt | Refusal>((answer, fail) => ({
      ...waitingFor(event, system), batch,
      answer: (outcome) => {
        batch.note(outcome, orgOf);
        answer(outcome);
      },
      fail: (error) => {
        batch.fail(orgOf());
        fail(error);
      },
    }));
  }

  submitTogether(
    envelopes: readonly Envelope[], { system, dryRun }: Submission,
  ): Promise<readonly Receipt[] | AtomicRefusal> {
    const events = envelopes.map(DomainEvent.sent);
    const [first] = events;
    if (first === undefined) return Promise.resolve([]);
    const refusedAs = (refusal: Refusal): AtomicRefusal => ({ index: undefined, refusal });
    if (this.#closed) return Promise.resolve(refusedAs(refuse("store_unavailable", "the server is stopping")));
    return this.#await<readonly Receipt[] | AtomicRefusal>((answer, fail) => ({
      ...waitingFor(first, system), fail, together: { events, dryRun, answer },
      answer: (outcome) => {
        if (!isRefusal(outcome)) throw new Error("an atomic batch has a receipt for each of its events");
        answer(refusedAs(outcome));
      },
    }));
  }

  /** Hands an event to the writer of its org, and notes it among the events that later ones may wait for. */
  #await<T>(makeWaiting: (answer: (outcome: T) => void, fail: (error: unknown) => void) => Waiting): Promise<T> {
    const before = this.#answered;
    const answered = new Promise<T>((answer, fail) => {
      const waiting = makeWaiting(answer, fail);
      const org = orgOfEvent(waiting.event, this.#parts.view);
      if (org !== undefined) this.#enter(waiting, org);
      else void this.#enterOnceKnown(waiting, before).catch(fail);
    });
    this.#answered = Promise.allSettled([before, answered]).then(() => undefined);
    return answered;
  }

  /**
   * Sends an event about an object that the replica does not know to the writer of its org. An earlier event may be
   * about to make the object, so the earlier events are answered first. Later ones do not wait: as long as one org's
   * event is retried, anybody could hold up the events of all orgs by naming an object that does not exist.
   */
  async #enterOnceKnown(waiting: Waiting, before: Promise<void>): Promise<void> {
    await before;
    this.#enter(waiting, orgOfEvent(waiting.event, this.#parts.view) ?? PLATFORM);
  }

  /**
   * Hands consecutive events of one org to its writer together. An event of another org, or about an object the replica
   * does not know, waits for all events before it, and the next waits for it: org writers keep no order among
   * themselves.
   */
  submitAll(envelopes: readonly Envelope[], submission: Submission): Promise<Receipt | Refusal>[] {
    const events = envelopes.map(DomainEvent.sent);
    const { system, dryRun } = submission;
    if (dryRun) return this.#tryOut(events, submission);
    let steps = 0;
    let inFlight: Promise<unknown> = Promise.resolve();
    let lastOrg: string | undefined;
    let began: Promise<unknown> = Promise.resolve();
    const batch = new BatchFate();
    return events.map((event) => {
      const outcome = began.then(async () => {
        if (steps >= MAX_STEPS_PER_TURN) {
          await nextTurn();
          steps = 0;
        }
        steps += event.stepsToRead;
        if (lastOrg === undefined || orgOfEvent(event, this.#parts.view) !== lastOrg) {
          await inFlight;
          lastOrg = orgOfEvent(event, this.#parts.view);
        }
        const refusal = batch.refusalIn(() => lastOrg);
        const answered = refusal === undefined ? this.#accept(event, system, batch) : Promise.resolve(refusal);
        inFlight = Promise.allSettled([inFlight, answered]);
        return { answered };
      });
      began = outcome;
      return outcome.then(({ answered }) => answered);
    });
  }

  /** Tries events once every earlier event is answered. The outcomes arrive together. */
  #tryOut(events: readonly DomainEvent[], { system, isGone }: Submission): Promise<Receipt | Refusal>[] {
    const { view, follower, revisionOf, failed, giveUpAfter } = this.#parts;
    const outcomes = this.#answered.then(() => {
      if (this.#closed) return events.map(() => refuse("store_unavailable", "the server is stopping"));
      const { lock } = follower.replica;
      const finish = this.finish.bind(this);
      const parts = { view, follower, lock, revisionOf, failed, giveUpAfter, finish, isGone };
      return runDry(events, this.#around(system), parts);
    });
    return events.map(async (_, i) => (await outcomes)[i]!);
  }

  /** Refuses new events from now on. Those already waiting are still answered. */
  close(): void {
    this.#closed = true;
  }

  /** Finishes the event of an org that has not had all of its writes, unless the org's writer is at work. */
  finish(org: string): void {
    if (this.#closed) return;
    const writer = this.#writerOf(org);
    writer.finish(() => this.#dropIdle(org, writer));
  }

  #enter(waiting: Waiting, org: string): void {
    const writer = this.#writerOf(org);
    writer.push(waiting, () => this.#dropIdle(org, writer));
  }

  #writerOf(org: string): OrgWriter {
    let writer = this.#writers.get(org);
    if (writer === undefined) {
      writer = new OrgWriter(org, {
        ...this.#parts, around: this.#around.bind(this), move: (moved, to) => this.#move(moved, to),
      });
      this.#writers.set(org, writer);
    }
    return writer;
  }

  #dropIdle(org: string, writer: OrgWriter): void {
    if (this.#writers.get(org) === writer && writer.idle) this.#writers.delete(org);
  }

  #move(waiting: Waiting, org: string): void {
    waiting.moves++;
    if (waiting.moves <= MAX_MOVES) this.#enter(waiting, org);
    else waiting.answer(refuse("store_unavailable", "the org of the event keeps changing: send the same event again"));
  }

  #around(system: boolean): Surroundings {
    const { now, emailHash, maxTuples, writer } = this.#parts;
    const around = { system, clock: now(), emailHash, writer };
    return maxTuples === undefined ? around : { ...around, maxTuples };
  }
}

/** Returns an event that begins to wait now, without its answer. */
function waitingFor(event: DomainEvent, system: boolean): Omit<Waiting, "answer" | "fail"> {
  return { event, system, arrived: performance.now(), sent: new Map(), steps: [], moves: 0 };
}
