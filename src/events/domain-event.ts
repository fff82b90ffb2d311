// An event on its way from the edge to its record: envelope, definition and payload as one value, parsed once.
import type { Envelope } from "../ledger/envelope.ts";
import type { EventDefinition } from "./event.ts";
import { parsePayload, stepsToRead, type Payload } from "./payload.ts";
import { unknownType, type Refusal } from "./refusal.ts";
import { EVENTS } from "./table.ts";

/**
 * An event as a sender sent it, or as the store kept it for its further writes. An intake makes one per event and hands
 * it on: to the queue, each decision, each further write and the record.
 */
export class DomainEvent {
  readonly envelope: Envelope;
  /** Undefined for an unknown type. */
  readonly definition: EventDefinition<unknown> | undefined;
  /** True for an event from a continuation: the hash has replaced its email address. */
  readonly isKept: boolean;
  #payload: Payload | Refusal | undefined;
  #steps: number | undefined;

  private constructor(envelope: Envelope, isKept: boolean) {
    this.envelope = envelope;
    this.definition = EVENTS.get(envelope.type);
    this.isKept = isKept;
  }

  /** Returns an event as its sender sent it. */
  static sent(envelope: Envelope): DomainEvent {
    return new DomainEvent(envelope, false);
  }

  /** Returns an event as a continuation keeps it. */
  static kept(envelope: Envelope): DomainEvent {
    return new DomainEvent(envelope, true);
  }

  /**
   * The payload with its defaults, or a refusal. The first use parses it, so that the work counts in the turn that
   * needs it: a batch may be too large to parse in one turn.
   */
  get payload(): Payload | Refusal {
    return this.#payload ??= this.definition === undefined ? unknownType(this.envelope.type)
      : parsePayload(this.envelope, this.definition);
  }

  /** Number of steps that it takes to read and digest the event before it is decided. */
  get stepsToRead(): number {
    return this.#steps ??= stepsToRead(this.envelope);
  }
}
