// An intake that keeps the events it refuses, for the history.
import { kindOf } from "../domain/members.ts";
import { orgOfEvent, timeOf } from "../events/decide-event.ts";
import { DomainEvent } from "../events/domain-event.ts";
import type { AtomicRefusal, Intake, Receipt, Submission } from "../events/event.ts";
import { keptName } from "../events/kept-names.ts";
import { isRefusal, maskAddresses, REFUSAL_STATUS, type Refusal } from "../events/refusal.ts";
import { PLATFORM, type Envelope } from "../ledger/envelope.ts";
import type { View } from "../domain/state-view.ts";
import { keepNamesWith, namesIn, type RefusedEvent, type RefusedEvents } from "./refused-events.ts";

/** Statuses of the refusals that are kept: those that depend on the state. */
const KEPT_STATUSES: ReadonlySet<number> = new Set([403, 404, 409]);

/** Everything that the intake depends on. */
export interface RefusedIntakeParts {
  readonly intake: Intake;
  readonly refused: RefusedEvents;
  readonly view: View;
  /** Number of the newest row of the log. */
  readonly last: () => number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Keyed hash of an address; without one, an actor whose id looks like an address is kept as a mask. */
  readonly emailHash: ((address: string) => string) | undefined;
  /** Called with each event that is kept. */
  readonly kept?: (event: RefusedEvent) => void;
}

/** Submits events to another intake, and keeps those that it refuses. Dry runs leave nothing. */
export class RefusedIntake implements Intake {
  readonly #parts: RefusedIntakeParts;

  constructor(parts: RefusedIntakeParts) {
    this.#parts = parts;
  }

  submit(envelope: Envelope, submission: Submission): Promise<Receipt | Refusal> {
    return this.#watched(envelope, submission, this.#parts.intake.submit(envelope, submission));
  }

  submitAll(envelopes: readonly Envelope[], submission: Submission): readonly Promise<Receipt | Refusal>[] {
    const outcomes = this.#parts.intake.submitAll(envelopes, submission);
    return outcomes.map((outcome, i) => this.#watched(envelopes[i]!, submission, outcome));
  }

  async submitTogether(
    envelopes: readonly Envelope[], submission: Submission,
  ): Promise<readonly Receipt[] | AtomicRefusal> {
    const outcome = await this.#parts.intake.submitTogether(envelopes, submission);
    if ("refusal" in outcome && outcome.index !== undefined && !submission.dryRun) {
      this.#keep(envelopes[outcome.index]!, outcome.refusal);
    }
    return outcome;
  }

  #watched(
    envelope: Envelope, { dryRun }: Submission, outcome: Promise<Receipt | Refusal>,
  ): Promise<Receipt | Refusal> {
    return dryRun ? outcome : outcome.then((ended) => {
      if (isRefusal(ended)) this.#keep(envelope, ended);
      return ended;
    });
  }

  #keep(envelope: Envelope, { refused: code }: Refusal): void {
    if (!KEPT_STATUSES.has(REFUSAL_STATUS[code])) return;
    const { refused, view, last, now, emailHash, kept } = this.#parts;
    const { type, actor = null, source, id } = envelope;
    const keep = keepNamesWith(emailHash);
    const isHashed = actor !== null && maskAddresses(actor) !== actor;
    const sent = DomainEvent.sent(envelope);
    const org = orgOfEvent(sent, view);
    const hasOrg = org !== undefined && org !== PLATFORM && kindOf(view.tuples, org) !== undefined;
    const at = now();
    const event: RefusedEvent = {
      number: refused.next, after: last(), type, isHashed, source: keptName(source), id: keptName(id), code,
      actor: actor === null ? null : keep(actor), org: hasOrg ? org : null,
      about: "data" in sent.payload ? namesIn(sent.payload.data, keep) : [], time: timeOf(envelope, at), at,
    };
    refused.add(event);
    kept?.(event);
  }
}
