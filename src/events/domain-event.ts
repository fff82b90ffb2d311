// An event on its way from the edge to its record: envelope, definition and payload as one value, parsed once.
import type { Continuation } from "../ledger/continuation.ts";
import type { Envelope } from "../ledger/envelope.ts";
import { eventObject, payloadWithoutAddress, withoutAddress } from "../ledger/event-record.ts";
import type { EventDefinition } from "./event.ts";
import { parsePayload, stepsToRead, type Payload } from "./payload.ts";
import { unknownType, type Refusal } from "./refusal.ts";
import { EVENTS } from "./table.ts";

/** A type of event and a payload. */
class ParsedEvent {
  /** Undefined for an unknown type. */
  readonly definition: EventDefinition<unknown> | undefined;
  readonly #type: string;
  readonly #data: unknown;
  #payload: Payload | Refusal | undefined;

  constructor(type: string, data: unknown, payload?: Payload | Refusal) {
    this.definition = EVENTS.get(type);
    this.#type = type;
    this.#data = data;
    this.#payload = payload;
  }

  /**
   * The payload with its defaults, or a refusal. The first use parses it, so that the work counts in the turn that
   * needs it: a batch may be too large to parse in one turn.
   */
  get payload(): Payload | Refusal {
    return this.#payload ??= this.definition === undefined ? unknownType(this.#type)
      : parsePayload(this.#data, this.definition);
  }
}

/**
 * An event as its sender sent it. An intake makes one per event and hands it on: to the queue, each decision, each
 * further write and the record.
 */
export class DomainEvent extends ParsedEvent {
  readonly envelope: Envelope;
  #steps: number | undefined;

  private constructor(envelope: Envelope, payload?: Payload | Refusal) {
    super(envelope.type, envelope.data, payload);
    this.envelope = envelope;
  }

  /** Returns the event of an envelope. */
  static sent(envelope: Envelope): DomainEvent {
    return new DomainEvent(envelope);
  }

  /** Returns the same event as an actor would send it. The payload is parsed once for all of them. */
  by(actor: string): DomainEvent {
    return new DomainEvent({ ...this.envelope, actor }, this.payload);
  }

  /** Number of steps that it takes to read and digest the event before it is decided. */
  get stepsToRead(): number {
    return this.#steps ??= stepsToRead(this.envelope);
  }

  /** True if a continuation is of this very event. Another sender may use the same source and id. */
  isOf({ event, type, data }: Continuation, emailHash: ((email: string) => string) | undefined): boolean {
    const { envelope, payload } = this;
    if (event !== eventObject(envelope) || type !== envelope.type || "refused" in payload) return false;
    const kept = withoutAddress(envelope, emailHash);
    return isEqual(data, kept.data) || isEqual(data, payloadWithoutAddress(kept, payload.data));
  }
}

/** An event that a continuation keeps, whoever sent it. The hash has replaced its email address. */
export class KeptEvent extends ParsedEvent {
  readonly #kept: Continuation;

  constructor(kept: Continuation) {
    super(kept.type, kept.data);
    this.#kept = kept;
  }

  /** True if a continuation is of this very event. */
  isOf({ event, type, data }: Continuation): boolean {
    return event === this.#kept.event && type === this.#kept.type && isEqual(data, this.#kept.data);
  }
}

/** True if two values are the same as JSON, in the order of their fields. */
function isEqual(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
