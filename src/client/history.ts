// The history: the applied and the refused events of a server, newest first, as one iterable over all pages.
import type { EventType } from "./events.ts";
import type { QuestionOptions } from "./questions.ts";
import { misfit, recordOf } from "./sideline-error.ts";
import { combined, type TokenMemory } from "./token-memory.ts";
import type { Transport } from "./transport.ts";

/** A tuple that an event wrote or deleted. */
export interface ChangedTuple {
  readonly user: string;
  readonly relation: string;
  readonly object: string;
  readonly condition?: { readonly name: string; readonly context: object };
}

/** An event of the history. Null: the store does not know it. */
export interface HistoryEvent {
  readonly type: string;
  /** Null for the system's own event. An id that looks like an email address is masked. */
  readonly actor: string | null;
  readonly source: string | null;
  readonly id: string | null;
  /** Null for the platform's events, and for refused ones about an unknown object. */
  readonly org: string | null;
  /** Place in the order of its org; null for a refused event. */
  readonly revision: number | null;
  /** When it happened, in RFC 3339. */
  readonly time: string;
  /** When it was stored, in RFC 3339. */
  readonly recorded: string;
  readonly outcome: "applied" | "refused";
  /** Why it was refused. */
  readonly code?: string;
  /**
   * The users and objects that a refused event names, as `type:id`. Names that look like email addresses and the ids of
   * invites are left out.
   */
  readonly about?: readonly string[];
  /** The tuples of access that it changed. */
  readonly changes: { readonly write: readonly ChangedTuple[]; readonly delete: readonly ChangedTuple[] };
}

/** The events to list: those that match every given part. */
export interface HistoryOptions extends QuestionOptions {
  /** Without an org, the key needs the scope `admin` as well as `read`. */
  readonly org?: string | undefined;
  /** Id of a user who sent it, or whom it concerns. */
  readonly user?: string | undefined;
  /** An object that it concerns, `type:id`. */
  readonly object?: string | undefined;
  readonly type?: EventType | undefined;
  /** Keeps events stored at this time or later. */
  readonly since?: Date | string | undefined;
  /** Keeps events stored before this time. */
  readonly until?: Date | string | undefined;
  readonly outcome?: "applied" | "refused" | undefined;
  /** Number of events in one answer of the server, 1 to 1,000. Default: 100. */
  readonly pageSize?: number | undefined;
}

/** The history of a server. */
export interface History {
  /**
   * Lists applied and refused events, newest first. Each page is asked for when the loop comes to it; events that
   * arrive meanwhile are not listed. It names people, so it needs a key with the scope `read`.
   * Example:
   *     for await (const event of client.history({ org: "fc", user: "carl" })) show(event);
   */
  history(options?: HistoryOptions): AsyncIterableIterator<HistoryEvent>;
}

/** Returns the history that is read over a transport. */
export function historyOf(transport: Transport, tokens: TokenMemory): History {
  return { history: (options = {}) => eventsOf(transport, tokens, options) };
}

async function* eventsOf(
  { request }: Transport, tokens: TokenMemory, options: HistoryOptions,
): AsyncIterableIterator<HistoryEvent> {
  const { token = [], signal, since, until, pageSize, ...filter } = options;
  const own = typeof token === "string" ? [token] : token;
  const sent = combined(own.filter((each) => each !== ""),
    tokens.tokensFor(filter.org === undefined ? undefined : `org:${filter.org}`));
  const headers = sent === undefined ? {} : { "sideline-token": sent };
  const query = new URLSearchParams();
  const fields = { ...filter, since: textOf(since), until: textOf(until), page_size: pageSize?.toString() };
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) query.set(name, value);
  let next = "";
  do {
    if (next !== "") query.set("continuation_token", next);
    const page = recordOf(await request({ path: `/history?${query}`, headers, signal }));
    const { events, continuation_token: following } = page;
    // A list that ends too early looks complete, so an answer without the field is none.
    if (typeof following !== "string" || (following !== "" && following === next)) throw misfit("continuation_token");
    if (!Array.isArray(events)) throw misfit("events");
    yield* events as HistoryEvent[];
    next = following;
  } while (next !== "");
}

function textOf(time: Date | string | undefined): string | undefined {
  return time instanceof Date ? time.toISOString() : time;
}
