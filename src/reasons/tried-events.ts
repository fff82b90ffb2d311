// The events of one explanation that are tried, each read once however many ways to a yes it stands in.
import { DomainEvent } from "../events/domain-event.ts";
import type { LikelyEvent } from "./likely-events.ts";

/** An event that is tried. Two with the same type and payload are the same object. */
export interface TriedEvent extends LikelyEvent {
  /** Place in the order of their first use. */
  readonly number: number;
  /** The event as the system would send it. */
  readonly sent: DomainEvent;
}

/** The events of one explanation. */
export class TriedEvents {
  readonly #known = new Map<string, TriedEvent>();

  /** Returns the event that is tried for a guess. */
  of({ type, data }: LikelyEvent): TriedEvent {
    const text = type + JSON.stringify(data);
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const sent = DomainEvent.sent({ source: "/explain", id: "trial", type, data });
    const event = { type, data, number: this.#known.size, sent };
    this.#known.set(text, event);
    return event;
  }
}

/** Compares sequences so that those with the same first events stand together. */
export function compareSequences(one: readonly TriedEvent[], other: readonly TriedEvent[]): number {
  for (let i = 0; i < one.length && i < other.length; i++) {
    const difference = one[i]!.number - other[i]!.number;
    if (difference !== 0) return difference;
  }
  return one.length - other.length;
}
