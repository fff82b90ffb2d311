// A move of the exploration: an event that somebody sends, or a wait until open invitations have expired.
import { DomainEvent } from "../../src/events/domain-event.ts";
import { continueEvent, decideEvent } from "../../src/events/decide-event.ts";
import { EVENTS } from "../../src/events/table.ts";

/** An event of the alphabet. Without an actor, the system sends it. */
export interface Move {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly actor?: string;
  /** Attributes that are usually those of a new event at the present time. */
  readonly attributes?: { readonly id?: string; readonly sequence?: string; readonly time?: string };
  /** True if its caller may not act as the system. */
  readonly untrusted?: true;
}

/** The type of the move that lets a month pass, longer than an invitation is valid. */
export const WAIT = "(a month passes)";

/** How long a wait is, in milliseconds. */
export const MONTH_MS = 31 * 24 * 60 * 60 * 1000;

/** The code of the events: the real one, or one whose guards can be switched off. */
export interface EventCode {
  readonly DomainEvent: Pick<typeof DomainEvent, "sent">;
  readonly decideEvent: typeof decideEvent;
  readonly continueEvent: typeof continueEvent;
  readonly EVENTS: typeof EVENTS;
}

/** The code of `src/events`. */
export const REAL: EventCode = { DomainEvent, decideEvent, continueEvent, EVENTS };

/** The move as one line of a trace. */
export function printMove({ type, data, actor, attributes, untrusted }: Move): string {
  if (type === WAIT) return WAIT;
  const more = attributes === undefined ? "" : ` ${JSON.stringify(attributes)}`;
  return `${type} ${JSON.stringify(data)} by ${actor ?? (untrusted === true ? "nobody" : "the system")}${more}`;
}
