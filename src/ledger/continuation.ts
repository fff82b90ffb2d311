// Continuations: what the store keeps of an event that needs further writes, so that any sidecar can finish it.
import { z } from "zod";
import { MAX_WHOLE_CHUNKS, PAYLOAD_CHUNK_LENGTH } from "../domain/event-limits.ts";
import { onlyUserOf } from "../domain/state-view.ts";
import { textOf, value } from "../domain/object-names.ts";
import { MAX_USER_BYTES } from "../tuples/field-sizes.ts";
import type { Draft, Reader } from "../tuples/delta.ts";
import type { Envelope } from "./envelope.ts";
import { eventInOrg, eventObject, ledgerOf } from "./event-record.ts";

/** An event that needs further writes, the time at which it happens, and how far its writes have come. */
export interface Continuation {
  /** Object of its records (`eventObject`). */
  readonly event: string;
  readonly type: string;
  /** The payload as its schema returned it, with an address replaced by its hash. */
  readonly data: unknown;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** The `left` of the last write; "" before the first. */
  readonly left: string;
  /** The event as sent. Undefined for a later write of an event whose envelope is long. */
  readonly envelope?: Envelope | undefined;
}

const progress = { now: z.number(), left: z.string().default("") };
const whole = z.object({ envelope: z.custom<Envelope>((given) => typeof given === "object"), ...progress });
const short = z.object({ event: z.string(), type: z.string(), data: z.unknown(), ...progress });
const stored = z.union([whole, short]);


/**
 * Drafts the continuation of an event that needs further writes: any sidecar that finds it finishes it before anything
 * else in the org. The payload is kept on the event's object in this org, since events of two orgs may have the same
 * id. Where the org has a continuation already, only the changes are drafted.
 */
export function putContinuation(draft: Draft, org: string, continuation: Continuation): void {
  const self = unfinishedOf(draft, org) ?? eventInOrg(continuation.event, org);
  draft.write(ledgerOf(org), "pending", self).clear(self, "payload");
  for (const chunk of chunksOf(continuation)) draft.write(self, "payload", chunk);
}

/**
 * Returns the users that hold a continuation. An envelope may have 64 KiB, in characters that take more bytes in a
 * user; a long one is not kept. The payload of an event that can need several writes is ASCII: ids, hats, the hash of
 * an address, and at most one override for each athlete key, which is under 2 KiB. Earlier builds finish only events
 * that are kept whole. They do not know `left`: they start over and reach the same result.
 */
function chunksOf({ event, type, data, now, left, envelope }: Continuation): string[] {
  const far = { now, ...(left !== "" && { left }) };
  const kept = envelope === undefined ? [] : cut(JSON.stringify({ envelope, ...far }));
  const isKept = kept.length > 0 && kept.length <= MAX_WHOLE_CHUNKS && kept.every(isShort);
  return isKept ? kept : cut(JSON.stringify({ event, type, data, ...far }));
}

function isShort(user: string): boolean {
  return new TextEncoder().encode(user).length <= MAX_USER_BYTES;
}

/** Cuts a text into numbered `value` users. */
function cut(text: string): string[] {
  const chunks: string[] = [];
  for (let at = 0; at < text.length;) {
    const end = at + PAYLOAD_CHUNK_LENGTH + (isHalf(text.charCodeAt(at + PAYLOAD_CHUNK_LENGTH - 1)) ? 1 : 0);
    chunks.push(value(`${chunks.length}:${text.slice(at, end)}`));
    at = end;
  }
  return chunks;
}

/** True for the first half of a surrogate pair. A chunk must not end with it. */
function isHalf(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}

/** Returns the object of the event of an org (or PLATFORM) that still needs writes; undefined if none does. */
export function unfinishedOf(reader: Reader, org: string): string | undefined {
  return onlyUserOf(reader, ledgerOf(org), "pending");
}

/** True while this event still needs writes in an org. Earlier builds named the event by `eventObject`. */
export function hasContinuation(reader: Reader, org: string, envelope: Envelope): boolean {
  const event = eventObject(envelope);
  return [eventInOrg(event, org), event].some((named) => reader.has(ledgerOf(org), "pending", named));
}

/** Returns the continuation of an org: its event that still needs writes, if any. */
export function continuationOf(reader: Reader, org: string): Continuation | undefined {
  const event = unfinishedOf(reader, org);
  if (event === undefined) return undefined;
  const chunks = reader.users(event, "payload").map((chunk) => {
    const text = textOf(chunk);
    const colon = text.indexOf(":");
    return { index: Number(text.slice(0, colon)), text: text.slice(colon + 1) };
  });
  chunks.sort((a, b) => a.index - b.index);
  const kept = stored.parse(JSON.parse(chunks.map((chunk) => chunk.text).join("")));
  if (!("envelope" in kept)) return kept;
  const { type, data } = kept.envelope;
  return { event: eventObject(kept.envelope), type, data, ...kept };
}

/** Drafts the end of an org's continuation: its pending event is finished. */
export function dropContinuation(draft: Draft, org: string): void {
  const event = unfinishedOf(draft, org);
  if (event !== undefined) draft.remove(ledgerOf(org), "pending", event).clear(event, "payload");
}
