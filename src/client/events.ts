// Events as an app sends them, and the CloudEvents that they become: the id is made once, before the first attempt.
import type { EventData } from "./generated/event-data.ts";
import type { SidelineError } from "./sideline-error.ts";

/** A type of event. */
export type EventType = keyof EventData;

/** Whose word an event is, and its attributes. */
export interface EventAttributes {
  /**
   * Id of the user who does it. The event applies only if the policy lets that user. `null`: the event is the system's
   * own word, which nobody checks and which needs an API key with the scope `events:system`.
   */
  readonly actor: string | null;
  /** Unique among the events of the source. Default: a random UUID. An outbox row's id makes a resend harmless. */
  readonly id?: string | undefined;
  /** The sender, a URI reference. Default: the client's. */
  readonly source?: string | undefined;
  /** With `sequence`: whose order the sequence is. */
  readonly subject?: string | undefined;
  /** An event whose sequence is not greater than the last one of its source and subject is `stale_event`. */
  readonly sequence?: string | undefined;
  /** When it happened. It counts for the system's own events only, and never for later than now. */
  readonly time?: Date | string | undefined;
}

/** An event of a type, with its payload. */
export type SidelineEvent<Type extends EventType = EventType> = {
  readonly [Each in Type]: EventAttributes & { readonly type: Each; readonly data: EventData[Each] };
}[Type];

/** An event that was applied, was unchanged or is a duplicate. */
export interface Receipt {
  readonly id: string;
  readonly source: string;
  readonly type: EventType;
  /** `unchanged`: all of it held already. `duplicate`: it was applied before, such as by the first of two attempts. */
  readonly status: "applied" | "unchanged" | "duplicate";
  /** A question that carries it sees the event. The client remembers it by itself. */
  readonly token: string;
  /** Number of access tuples written and deleted; 0 in a duplicate. */
  readonly written: number;
  readonly deleted: number;
  /** The relationship rows started, promoted or ended, such as `coaching:ada.carl`; 100 at most. */
  readonly rows?: readonly string[];
  /** Number of all such rows where `rows` does not name all of them. */
  readonly rows_total?: number;
  readonly dry_run?: true;
  /** The tuples that a dry run would write and delete. */
  readonly changes?: { readonly write: readonly TupleKey[]; readonly delete: readonly TupleKey[] };
  /**
   * With `dryRun: "access"`: the access that people would gain or lose. For many events, the last receipt of a request
   * has it, for all of that request. `complete` is false if entries are missing: there are more than 10,000.
   */
  readonly access?: {
    readonly gained: readonly TupleKey[]; readonly lost: readonly TupleKey[]; readonly complete: boolean;
  };
}

/** A relationship tuple. */
interface TupleKey {
  readonly user: string;
  readonly relation: string;
  readonly object: string;
}

/** The outcome of one event of a batch that was not applied. */
export interface Refused {
  readonly status: "refused";
  readonly id: string;
  readonly source: string;
  readonly type: EventType;
  /** Why; `error.isFinal` says whether the same event, under the same id, may be sent again. */
  readonly error: SidelineError;
}

/** An event in the structured mode of CloudEvents. */
export interface CloudEvent {
  readonly id: string;
  readonly source: string;
  readonly type: EventType;
}

/** Returns an event as a CloudEvent. Throws a TypeError for an event without an actor that is not `null`. */
export function cloudEventOf(event: SidelineEvent, source: string): CloudEvent {
  const { type, data, actor, id, subject, sequence, time } = event;
  if (actor !== null && (typeof actor !== "string" || actor === "")) {
    throw new TypeError("actor is the id of a user, or null for the system's own word");
  }
  return {
    ...{ specversion: "1.0", datacontenttype: "application/json" },
    id: id ?? crypto.randomUUID(), source: event.source ?? source, type,
    ...(actor === null ? {} : { actor }), ...(subject === undefined ? {} : { subject }),
    ...(sequence === undefined ? {} : { sequence }),
    ...(time === undefined ? {} : { time: typeof time === "string" ? time : time.toISOString() }), ...{ data },
  };
}
