// The port of a history: which events were applied and refused, newest first, in pages.
import type { RefusalCode } from "../events/refusal.ts";
import type { Tuple, TupleKey } from "../tuples/tuple.ts";

/** Whether an event was applied or refused. */
export const OUTCOMES = ["applied", "refused"] as const;

/** The events that a question asks for: those that match every given part. */
export interface HistoryFilter {
  readonly org?: string | undefined;
  /** Id of the actor, or of a user whom the event concerns. */
  readonly user?: string | undefined;
  /** `type:id` */
  readonly object?: string | undefined;
  readonly type?: string | undefined;
  /** Bounds of the time at which an event was stored, in milliseconds since 1970; `until` is excluded. */
  readonly since?: number | undefined;
  readonly until?: number | undefined;
  readonly outcome?: (typeof OUTCOMES)[number] | undefined;
}

/** An event that was applied or refused. Facts that the store lacks are null. */
export interface HistoryEvent {
  readonly type: string;
  /** Id of a user; null for the system. */
  readonly actor: string | null;
  readonly source: string | null;
  readonly id: string | null;
  /** Null for the platform's own events, and for refused ones about an unknown object. */
  readonly org: string | null;
  /** Place in the order of its org; null for a refused event. */
  readonly revision: number | null;
  /** When it happened (S13), and when it was stored: RFC 3339. */
  readonly time: string;
  readonly recorded: string;
  readonly outcome: (typeof OUTCOMES)[number];
  readonly code?: RefusalCode;
  /** The users and objects that the payload of a refused event names, as `type:id`; absent if none can be shown. */
  readonly about?: readonly string[];
  /** Tuples of access that the whole event wrote and deleted. */
  readonly changes: { readonly write: readonly Tuple[]; readonly delete: readonly TupleKey[] };
}

/** A page of events. `next` is the place after it; undefined where no event is left. */
export interface HistoryPage {
  readonly events: readonly HistoryEvent[];
  readonly next: string | undefined;
}

/** Reads the history of a store. */
export interface EventHistory {
  /**
   * Returns at most `size` events after a place (undefined: from the newest). A page may hold fewer, and even none,
   * while events are left. Pages neither repeat nor miss an event that was there when the first was read. Undefined for
   * a place that is not one of this history; "incomplete" while the history is still being read. Rejects if the store
   * cannot be read now.
   */
  page(
    filter: HistoryFilter, size: number, place: string | undefined,
  ): Promise<HistoryPage | "incomplete" | undefined>;
  /**
   * Since when refused events are kept, in milliseconds since 1970, where this process keeps its own; absent where the
   * store keeps them.
   */
  readonly refusedSince?: number;
}
