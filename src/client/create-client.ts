// The client of a Sideline server: sends events and asks questions. It needs fetch and nothing else of its platform.
import { sendAsOne, sendMany, sendOne, type SendOptions, type Sender } from "./sending.ts";
import type { EventData } from "./generated/event-data.ts";
import type { EventAttributes, EventType, Receipt, Refused, SidelineEvent } from "./events.ts";
import { historyOf, type History } from "./history.ts";
import { questionsOf, type Questions } from "./questions.ts";
import { TokenMemory } from "./token-memory.ts";
import { transportOf, type Sign, type TransportOptions } from "./transport.ts";

export type { ExplainedTuple, Explanation, MissingWay, Reason, TupleEvent } from "./explanation.ts";
export type { ChangedTuple, History, HistoryEvent, HistoryOptions } from "./history.ts";
export { SidelineError } from "./sideline-error.ts";
export type { EventData } from "./generated/event-data.ts";
export type { AthleteKey, PermissionKey } from "./generated/key-names.ts";
export type { Relations } from "./generated/relations.ts";
export type { EventAttributes, EventType, Receipt, Refused, SidelineEvent } from "./events.ts";
export type {
  AnyRelation, ObjectName, ObjectType, ObjectWith, Permissions, RelationOf, RelationOfType, UserName,
} from "./names.ts";
export type { ObjectsOptions, QuestionOptions, Questions } from "./questions.ts";
export type { SendOptions } from "./sending.ts";
export type { ErrorCode, Fault, ProblemCode, QuestionCode } from "./sideline-error.ts";
export type { Fetch, Sign } from "./transport.ts";

/** Options of a client. */
export interface ClientOptions extends TransportOptions {
  /** The CloudEvents source of events that name none, a URI reference. Default: `/app`. */
  readonly source?: string | undefined;
  /** Signs requests with events, where the server asks a source for signatures. Called for each attempt. */
  readonly sign?: Sign | undefined;
  /** With `sign`: the name of this sender in the server's key file. */
  readonly signedBy?: string | undefined;
}

/** A client of one Sideline server. It remembers the tokens of its events, so a process needs one client. */
export interface Client extends Questions, History {
  /**
   * Sends an event. Resolves once it is durable; rejects with a SidelineError where it was refused, or where no answer
   * came: then `error.event` names the event, which may be sent again under the same id.
   * Example:
   *     await client.send("note.shared", { note: "n1", user: "hana" }, { actor: "carl" });
   */
  send<Type extends EventType>(
    type: Type, data: EventData[Type], how: EventAttributes & SendOptions,
  ): Promise<Receipt>;
  /** Sends many events, in order. Each stands alone: the answer has a receipt or a refusal for each, in order. */
  sendAll(events: readonly SidelineEvent[], options?: SendOptions): Promise<(Receipt | Refused)[]>;
  /**
   * Sends events of one org in one request, which the server applies as a whole or not at all. Resolves to their
   * receipts, in order. Rejects with the SidelineError of the first event that was refused (`error.event`), or of the
   * batch. Where no answer came, send the same events again under the same ids: those applied before are `duplicate`.
   * Example:
   *     await client.sendTogether([
   *       { type: "member.deactivated", data: { org: "fc", user: "carl" }, actor: "olga", id: "41" },
   *       { type: "member.added", data: { org: "fc", user: "dora" }, actor: "olga", id: "42" },
   *     ]);
   */
  sendTogether(events: readonly SidelineEvent[], options?: SendOptions): Promise<Receipt[]>;
}

/**
 * Creates a client. Throws a TypeError for an address, a time-out or retries that are none.
 * Example:
 *     const client = createClient({ url: "http://127.0.0.1:8090" });
 */
export function createClient(options: ClientOptions): Client {
  const transport = transportOf(options);
  const tokens = new TokenMemory();
  const { source = "/app", sign, signedBy } = options;
  const sender: Sender = { transport, tokens, source, sign, signedBy };
  return {
    ...questionsOf(transport, tokens), ...historyOf(transport, tokens),
    send: async (type, data, { dryRun, signal, ...attributes }) =>
      sendOne(sender, { ...attributes, type, data } as SidelineEvent, { dryRun, signal }),
    sendAll: (events, how = {}) => sendMany(sender, events, how),
    sendTogether: (events, how = {}) => sendAsOne(sender, events, how),
  };
}
