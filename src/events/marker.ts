// Bookkeeping of events: the marker of each one, the order of an org's events, sequences of a source, pending chains.
import { z } from "zod";
import { canonical, digest } from "../state/digest.ts";
import { orgLedger, PLATFORM_LEDGER, textOf, value } from "../state/entity.ts";
import { theUser } from "../state/view.ts";
import type { Delta, Draft, Reader } from "../tuples/delta.ts";
import type { TupleSet } from "../tuples/tuple-set.ts";
import type { Tuple } from "../tuples/tuple.ts";
import { PLATFORM, type Envelope } from "./event.ts";

/** What the marker of an event tells: enough for a redelivery, and for an audit trail. */
export interface Marker {
  readonly status: "applied" | "unchanged";
  readonly type: string;
  readonly actor: string | undefined;
  /** Org whose order it stands in, or PLATFORM. */
  readonly org: string;
  /** Of its first write, where it needed several. */
  readonly revision: number;
  readonly several: boolean;
  /** Who wrote it, where several sidecars may: of an event that two decide alike one has the receipt. */
  readonly writer?: string | undefined;
  /** Milliseconds since 1970 at which it happened (S13). */
  readonly at: number;
  /** Of type, actor, time and data: tells a redelivery from an id used twice. */
  readonly content: string;
}

/** Digests of envelopes, which never change: an event is decided more than once, and asked about in between. */
const objects = new WeakMap<object, string>();
const contents = new WeakMap<object, string>();

function once(kept: WeakMap<object, string>, envelope: object, make: () => string): string {
  const known = kept.get(envelope);
  if (known !== undefined) return known;
  const made = make();
  kept.set(envelope, made);
  return made;
}

/** The object an event's marker stands on. */
export function eventObject(envelope: Pick<Envelope, "source" | "id">): string {
  return once(objects, envelope, () => `event:${digest(canonical([envelope.source, envelope.id]))}`);
}

/** What an address is kept as while its event is pending: the hash with this behind it, which no hash ends in. */
const KEPT_ADDRESS = "@kept";

/** The event with a hash where its payload has an email address: nothing of an address is kept but its keyed hash. */
export function withoutAddress(envelope: Envelope, emailHash: ((email: string) => string) | undefined): Envelope {
  const { data } = envelope;
  if (data === null || typeof data !== "object" || !("email" in data)) return envelope;
  const { email } = data;
  const kept = typeof email === "string" && emailHash !== undefined ? emailHash(email) + KEPT_ADDRESS : null;
  return { ...envelope, data: { ...data, email: kept } };
}

/** The hash of an address kept by `withoutAddress`. */
export function keptHash(email: string): string {
  return email.slice(0, -KEPT_ADDRESS.length);
}

/**
 * Digest of what makes two deliveries the same event: type, actor, time and data. To be taken of an event without
 * address: a digest of one could be guessed.
 */
export function contentOf(envelope: Envelope): string {
  const { type, actor, time, data } = envelope;
  return once(contents, envelope, () => digest(canonical([type, actor ?? null, time ?? null, data])));
}

/** The object that keeps the order of an org's events. */
export function ledgerOf(org: string): string {
  return org === PLATFORM ? PLATFORM_LEDGER : orgLedger(org);
}

/** The org (or PLATFORM) whose events' order a ledger keeps. */
export function orgOfLedger(ledger: string): string {
  return ledger === PLATFORM_LEDGER ? PLATFORM : ledger.slice(orgLedger("").length);
}

/** The revision an org is at: the number of events in its order; 0 before the first. */
export function revisionOf(reader: Reader, org: string): number {
  const at = theUser(reader, ledgerOf(org), "at");
  return at === undefined ? 0 : Number(textOf(at));
}

/** The text of an event's marker, if it was applied. */
export function markerText(tuples: TupleSet, event: string): string | undefined {
  const kept = tuples.get(event, "applied", event)?.condition?.context["facts"];
  if (typeof kept === "string") return kept;
  const inKey = theUser(tuples, event, "applied");
  return inKey === undefined ? undefined : textOf(inKey);
}

/** The marker of an event, if it was applied. */
export function markerOf(tuples: TupleSet, event: string): Marker | undefined {
  const text = markerText(tuples, event);
  if (text === undefined) return undefined;
  const [status, type, actor, org, revision, at, content, several, writer] = text.split("|>");
  return {
    status: status as Marker["status"], type: type ?? "", actor: actor === "" ? undefined : actor,
    org: org ?? "", revision: Number(revision), at: Number(at), content: content ?? "",
    several: several === "several", writer,
  };
}

/**
 * Drafts the marker of an event. Where several sidecars write, its key is the same whatever the event says, and that
 * stands in the condition's context: of two events with one id the later write fails as a whole, in whichever org. One
 * process alone decides its events one after the other; there the facts are in the key, which takes less memory.
 */
export function putMarker(draft: Draft, event: string, m: Marker): void {
  const fields = [m.status, m.type, m.actor ?? "", m.org, String(m.revision), String(m.at), m.content];
  if (m.writer === undefined) {
    draft.write(event, "applied", value([...fields, ...(m.several ? ["several"] : [])].join("|>")));
    return;
  }
  const facts = [...fields, m.several ? "several" : "", m.writer].join("|>");
  draft.write(event, "applied", event, { name: "recorded", context: { facts } });
}

/** The text of the marker a delta writes, if it writes one. */
export function markerIn({ writes }: Delta): string | undefined {
  return markersIn(writes)[0];
}

/** The texts of the markers among tuples; that of one which is not Sideline's is empty. */
export function markersIn(tuples: readonly Tuple[]): string[] {
  return tuples.filter(({ object, relation }) => relation === "applied" && object.startsWith("event:"))
    .map(({ condition, user }) => {
      const facts = condition?.context["facts"];
      return typeof facts === "string" ? facts : user.startsWith("value:") ? textOf(user) : "";
    });
}

/** Drafts the next revision: the compare-and-swap that makes whoever decided on an older one fail as a whole. */
export function putRevision(draft: Draft, org: string, revision: number): void {
  draft.replace(ledgerOf(org), "at", value(String(revision)));
}

const streamOf = (e: Envelope): string => `stream:${digest(canonical([e.source, e.subject ?? null]))}`;

/** True for an event whose `sequence` is not greater, as a string, than the last one of its source and subject. */
export function isStale(reader: Reader, envelope: Envelope): boolean {
  const { sequence } = envelope;
  if (sequence === undefined) return false;
  // Two orgs that had the first events of a stream at once have left two.
  return reader.users(streamOf(envelope), "last").some((last) => sequence <= textOf(last));
}

/** Drafts the sequence of an event as the last one of its source and subject. */
export function putSequence(draft: Draft, envelope: Envelope): void {
  if (envelope.sequence !== undefined) draft.replace(streamOf(envelope), "last", value(envelope.sequence));
}

/** Characters of a pending event's payload in one tuple. */
const PAYLOAD_CHUNK = 150;

const stored = z.object({ envelope: z.custom<Envelope>(), now: z.number() });

/** Drafts that an event needs more writes than it had: who finds it finishes it before anything else in the org. */
export function putPending(draft: Draft, event: string, org: string, envelope: Envelope, now: number): void {
  draft.write(ledgerOf(org), "pending", event);
  const text = JSON.stringify({ envelope, now });
  for (let i = 0; i * PAYLOAD_CHUNK < text.length; i++) {
    draft.write(event, "payload", value(`${i}:${text.slice(i * PAYLOAD_CHUNK, (i + 1) * PAYLOAD_CHUNK)}`));
  }
}

/** The event of an org that has not had all of its writes, and the time it happens at. */
export function pendingOf(reader: Reader, org: string): { envelope: Envelope; now: number } | undefined {
  const event = theUser(reader, ledgerOf(org), "pending");
  if (event === undefined) return undefined;
  const chunks = reader.users(event, "payload").map((chunk) => {
    const text = textOf(chunk);
    const colon = text.indexOf(":");
    return { index: Number(text.slice(0, colon)), text: text.slice(colon + 1) };
  });
  chunks.sort((a, b) => a.index - b.index);
  return stored.parse(JSON.parse(chunks.map((chunk) => chunk.text).join("")));
}

/** Drafts that a pending event is finished. */
export function dropPending(draft: Draft, event: string, org: string): void {
  draft.remove(ledgerOf(org), "pending", event).clear(event, "payload");
}
