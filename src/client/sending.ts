// Sends events: one by one, or many in batches that the server takes.
import { cloudEventOf, type CloudEvent, type Receipt, type Refused, type SidelineEvent } from "./events.ts";
import { MAX_BYTES_PER_REQUEST, MAX_EVENTS_PER_REQUEST } from "./generated/request-limits.ts";
import { errorOfAnswer, misfit, recordOf, SidelineError } from "./sideline-error.ts";
import type { TokenMemory } from "./token-memory.ts";
import type { Outgoing, Sign, Transport } from "./transport.ts";

/** Options of sending. */
export interface SendOptions {
  /**
   * Judges the event and answers the changes that it would make, without making them. `access`: also who would gain or
   * lose which access; this needs an API key with the scope `read`.
   */
  readonly dryRun?: boolean | "access" | undefined;
  /**
   * Ends the request, and with it the retries. The promise then rejects with the reason of the signal, and the fate of
   * the events is unknown: give them ids of your own to send them again.
   */
  readonly signal?: AbortSignal | undefined;
}

/** Content type of several events in one request. */
const BATCH_TYPE = "application/cloudevents-batch+json";

/** The server that events are sent to, and how. */
export interface Sender {
  readonly transport: Transport;
  readonly tokens: TokenMemory;
  readonly source: string;
  readonly sign: Sign | undefined;
  readonly signedBy: string | undefined;
}

/** Sends one event. Rejects with a SidelineError that names the event where it was not applied. */
export async function sendOne(sender: Sender, event: SidelineEvent, options: SendOptions): Promise<Receipt> {
  const made = cloudEventOf(event, sender.source);
  const { id, source } = made;
  try {
    const request = requestOf(sender, JSON.stringify(made), "application/cloudevents+json", id, options);
    return readReceipt(await sender.transport.request(request), made, sender.tokens);
  } catch (error) {
    throw error instanceof SidelineError ? withEvent(error, { id, source }, true) : error;
  }
}

/**
 * Sends many events, in order, in as many requests as needed. Returns a receipt or a refusal for each, in order; each
 * event stands alone. Where a whole request fails, or an event fails for now, all that follow and were not applied are
 * refused with that error: an event that is sent again later must not come after one that stood behind it.
 */
export async function sendMany(
  sender: Sender, events: readonly SidelineEvent[], options: SendOptions,
): Promise<(Receipt | Refused)[]> {
  const made = events.map((event) => cloudEventOf(event, sender.source));
  const outcomes = new Map<CloudEvent, Receipt | Refused>();
  for (const batch of batchesOf(made)) {
    const failure = await sendBatch(sender, batch, outcomes, options);
    if (failure === undefined) continue;
    for (const event of made) if (!outcomes.has(event)) outcomes.set(event, refusedBy(failure, event, false));
    break;
  }
  return made.map((event) => outcomes.get(event)!);
}

/**
 * Sends events of one org that the server applies as a whole or not at all. Returns their receipts, in order. Rejects
 * with the error of the first event that was refused, or of the batch; nothing was applied then, unless no answer came.
 */
export async function sendAsOne(
  sender: Sender, events: readonly SidelineEvent[], options: SendOptions,
): Promise<Receipt[]> {
  if (events.length === 0) return [];
  const made = events.map((event) => cloudEventOf(event, sender.source));
  const body = JSON.stringify(made);
  try {
    const request = requestOf(sender, body, BATCH_TYPE, crypto.randomUUID(), { ...options, atomic: true });
    const answers = await sender.transport.request(request);
    if (!Array.isArray(answers) || answers.length !== made.length) throw misfit("receipt for each event");
    return made.map((event, i) => readReceipt((answers as unknown[])[i], event, sender.tokens));
  } catch (error) {
    if (!(error instanceof SidelineError) || error.event === undefined) throw error;
    throw withEvent(error, error.event, true);
  }
}

/**
 * Sends a batch, and again its events from the first one on that failed for now, but for those that were applied. Fills
 * in the outcomes; returns the error of a request that failed as a whole, or of an event that failed to the end.
 */
async function sendBatch(
  sender: Sender, batch: readonly CloudEvent[], outcomes: Map<CloudEvent, Receipt | Refused>, options: SendOptions,
): Promise<SidelineError | undefined> {
  const { transport, tokens } = sender;
  let left = batch;
  for (let attempt = 0; left.length > 0 && attempt <= transport.retries; attempt++) {
    if (attempt > 0) await transport.pause(attempt - 1, options.signal);
    const texts = left.map((event) => JSON.stringify(event));
    const request = requestOf(sender, `[${texts.join(",")}]`, BATCH_TYPE, crypto.randomUUID(), options);
    let answers: unknown;
    try {
      answers = await transport.request(request);
      if (!Array.isArray(answers) || answers.length !== left.length) throw misfit("outcome for each event");
    } catch (error) {
      if (error instanceof SidelineError) return error;
      throw error;
    }
    for (const [i, event] of left.entries()) {
      outcomes.set(event, outcomeOf((answers as unknown[])[i], event, tokens));
    }
    left = eventsToRepeat(left, outcomes);
  }
  const [failed, ...behind] = left;
  // Perhaps refused only for want of the event before them: the server has not judged them.
  for (const event of behind) outcomes.delete(event);
  const outcome = failed === undefined ? undefined : outcomes.get(failed);
  return outcome?.status === "refused" ? outcome.error : undefined;
}

/**
 * Returns the events to send again: those that failed for now, and those after them that were refused, perhaps for want
 * of an event before them. A refused event leaves no mark, so it may be sent again.
 */
function eventsToRepeat(
  events: readonly CloudEvent[], outcomes: ReadonlyMap<CloudEvent, Receipt | Refused>,
): readonly CloudEvent[] {
  const refused = events.flatMap((event) => {
    const outcome = outcomes.get(event);
    return outcome?.status === "refused" ? [{ event, isFinal: outcome.error.isFinal }] : [];
  });
  const first = refused.findIndex(({ isFinal }) => !isFinal);
  return first < 0 ? [] : refused.slice(first).map(({ event }) => event);
}

function requestOf(
  { sign, signedBy }: Sender, body: string, type: string, id: string,
  { dryRun = false, atomic = false, signal }: SendOptions & { readonly atomic?: boolean },
): Outgoing {
  const query = [
    ...(atomic ? ["atomic=true"] : []),
    ...(dryRun === false ? [] : [`dry_run=${String(dryRun)}`]),
    ...(signedBy === undefined ? [] : [`signed_by=${encodeURIComponent(signedBy)}`]),
  ].join("&");
  return {
    path: query === "" ? "/events" : `/events?${query}`, body, signal, headers: { "content-type": type },
    sign: sign === undefined ? undefined : () => sign({ id, body }),
  };
}

/** Cuts events into batches that the server takes. An event that is too large alone is sent alone, and refused. */
function batchesOf(events: readonly CloudEvent[]): CloudEvent[][] {
  const encoder = new TextEncoder();
  const batches: CloudEvent[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const event of events) {
    // One byte more for the comma or the bracket before the event; the last bracket is one more.
    const own = encoder.encode(JSON.stringify(event)).length + 1;
    const last = batches.at(-1);
    if (last === undefined || last.length >= MAX_EVENTS_PER_REQUEST || bytes + own + 1 > MAX_BYTES_PER_REQUEST) {
      batches.push([event]);
      bytes = own;
    } else {
      last.push(event);
      bytes += own;
    }
  }
  return batches;
}

function outcomeOf(answer: unknown, event: CloudEvent, tokens: TokenMemory): Receipt | Refused {
  const { status } = recordOf(answer);
  try {
    if (typeof status === "number") throw errorOfAnswer(status, answer, undefined);
    return readReceipt(answer, event, tokens);
  } catch (error) {
    return refusedBy(error as SidelineError, event, true);
  }
}

/** Reads the receipt of an event, and remembers its token. */
function readReceipt(answer: unknown, { id, source }: CloudEvent, tokens: TokenMemory): Receipt {
  const receipt = recordOf(answer);
  const isIts = receipt["id"] === id && receipt["source"] === source && typeof receipt["token"] === "string";
  if (!isIts || !["applied", "unchanged", "duplicate"].includes(String(receipt["status"]))) throw misfit("receipt");
  tokens.remember(receipt["token"] as string);
  return receipt as unknown as Receipt;
}

function refusedBy(error: SidelineError, { id, source, type }: CloudEvent, isAnswered: boolean): Refused {
  return { status: "refused", id, source, type, error: withEvent(error, { id, source }, isAnswered) };
}

/** Returns the error as that of an event. `isAnswered`: it is the server's answer to this event alone. */
function withEvent(
  error: SidelineError, event: { readonly id: string; readonly source: string }, isAnswered: boolean,
): SidelineError {
  const { code, detail, status, faults, retryAfter, cause } = error;
  return new SidelineError(code, detail, {
    status, faults, retryAfter, event, isAnswered, cause,
  });
}
