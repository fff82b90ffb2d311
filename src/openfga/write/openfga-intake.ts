// Takes in events on OpenFGA: one writer per org, so that an event waits only for events of its own org.
import { setImmediate as nextTurn } from "node:timers/promises";
import { orgOfEvent, type Surroundings } from "../../events/decide-event.ts";
import type { Intake, Receipt, Submission } from "../../events/event.ts";
import { PLATFORM, type Envelope } from "../../ledger/envelope.ts";
import { stepsToRead } from "../../events/payload.ts";
import { refuse, type Refusal } from "../../events/refusal.ts";
import type { Waiting } from "./write-batch.ts";
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
  readonly #lanes = new Map<string, OrgWriter>();
  /** Resolves when every event taken in so far is answered. */
  #answered: Promise<unknown> = Promise.resolve();
  /** Resolves when the next event may look up its org. */
  #gate: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(parts: IntakeParts) {
    this.#parts = parts;
  }

  submit(envelope: Envelope, { system, dryRun }: Submission): Promise<Receipt | Refusal> {
    return dryRun ? this.#tryOut([envelope], system)[0]! : this.#take(envelope, system);
  }

  #take(envelope: Envelope, system: boolean): Promise<Receipt | Refusal> {
    if (this.#closed) return Promise.resolve(refuse("store_unavailable", "the server is stopping"));
    const arrived = performance.now();
    const before = this.#answered;
    const looked = this.#gate.then(() => this.#orgOnceKnown(envelope, before));
    this.#gate = looked.catch(() => undefined);
    const answered = looked.then((org) => new Promise<Receipt | Refusal>((answer, fail) => {
      this.#enter({ envelope, system, arrived, answer, fail, sent: new Map(), steps: [], moves: 0 }, org);
    }));
    this.#answered = Promise.allSettled([before, answered]);
    return answered;
  }

  /**
   * Hands consecutive events of one org to its writer together. An event of another org, or about an object the replica
   * does not know, waits for all events before it, and the next waits for it: org writers keep no order among
   * themselves.
   */
  submitAll(envelopes: readonly Envelope[], { system, dryRun }: Submission): Promise<Receipt | Refusal>[] {
    if (dryRun) return this.#tryOut(envelopes, system);
    let steps = 0;
    let inFlight: Promise<unknown> = Promise.resolve();
    let lane: string | undefined;
    let began: Promise<unknown> = Promise.resolve();
    return envelopes.map((envelope) => {
      const outcome = began.then(async () => {
        if (steps >= MAX_STEPS_PER_TURN) {
          await nextTurn();
          steps = 0;
        }
        steps += stepsToRead(envelope);
        if (lane === undefined || orgOfEvent(envelope, this.#parts.view) !== lane) {
          await inFlight;
          lane = orgOfEvent(envelope, this.#parts.view);
        }
        const answered = this.#take(envelope, system);
        inFlight = Promise.allSettled([inFlight, answered]);
        return { answered };
      });
      began = outcome;
      return outcome.then(({ answered }) => answered);
    });
  }

  /** Tries events once every earlier event is answered. The outcomes arrive together. */
  #tryOut(envelopes: readonly Envelope[], system: boolean): Promise<Receipt | Refusal>[] {
    const { view, follower, revisionOf, failed, giveUpAfter } = this.#parts;
    const outcomes = this.#answered.then(() => {
      if (this.#closed) return envelopes.map(() => refuse("store_unavailable", "the server is stopping"));
      const { lock } = follower.replica;
      const parts = { view, follower, lock, revisionOf, failed, giveUpAfter, finish: this.finish.bind(this) };
      return runDry(envelopes, this.#around(system), parts);
    });
    return envelopes.map(async (_, i) => (await outcomes)[i]!);
  }

  /**
   * Returns the org of an event. Where the replica does not know the event's object, an earlier event may be about to
   * make it: the earlier events are then answered first, and later ones wait.
   */
  async #orgOnceKnown(envelope: Envelope, before: Promise<unknown>): Promise<string> {
    const known = orgOfEvent(envelope, this.#parts.view);
    if (known !== undefined) return known;
    await before;
    return orgOfEvent(envelope, this.#parts.view) ?? PLATFORM;
  }

  /** Refuses new events from now on. Those already waiting are still answered. */
  close(): void {
    this.#closed = true;
  }

  /** Finishes the event of an org that has not had all of its writes, unless the org's writer is at work. */
  finish(org: string): void {
    if (this.#closed) return;
    const lane = this.#laneOf(org);
    lane.finish(() => this.#dropIdle(org, lane));
  }

  #enter(waiting: Waiting, org: string): void {
    const lane = this.#laneOf(org);
    lane.push(waiting, () => this.#dropIdle(org, lane));
  }

  #laneOf(org: string): OrgWriter {
    let lane = this.#lanes.get(org);
    if (lane === undefined) {
      lane = new OrgWriter(org, {
        ...this.#parts, around: this.#around.bind(this), move: (moved, to) => this.#move(moved, to),
      });
      this.#lanes.set(org, lane);
    }
    return lane;
  }

  #dropIdle(org: string, lane: OrgWriter): void {
    if (this.#lanes.get(org) === lane && lane.idle) this.#lanes.delete(org);
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
