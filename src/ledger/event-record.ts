// Bookkeeping of events: the marker of each one, the order of an org's events, pending chains.
import { z } from "zod";
import { canonical, digest } from "../tuples/digest.ts";
import { escaped, orgLedger, PLATFORM_LEDGER, textOf, value } from "../domain/object-names.ts";
import { onlyUserOf } from "../domain/state-view.ts";
import type { Delta, Draft, Reader } from "../tuples/delta.ts";
import type { TupleSet } from "../tuples/tuple-set.ts";
import type { Tuple } from "../tuples/tuple.ts";
import { PLATFORM, type Envelope } from "./envelope.ts";
import { NO_ROWS, type TouchedRows } from "../domain/touched-rows.ts";

/** What the marker of an event tells: enough for a redelivery, and for an audit trail. */
export interface EventRecord {
  readonly status: "applied" | "unchanged";
  readonly type: string;
  readonly actor: string | undefined;
  /** Org whose order it stands in, or PLATFORM. */
  readonly org: string;
  /** Who wrote it, where several sidecars may: of an event that two decide alike one has the receipt. */
  readonly writer?: string | undefined;
  /** Milliseconds since 1970 at which it happened (S13). */
  readonly at: number;
  /** Digest of what the event says: distinguishes a redelivery from an id used twice. */
  readonly content: string;
  /** The relationship rows it started, promoted or ended. */
  readonly rows: TouchedRows;
}

/** Digests of envelopes, which never change: an event is decided more than once, and asked about in between. */
const objects = new WeakMap<object, string>();
const contents = new WeakMap<object, string>();
const formerContents = new WeakMap<object, string>();

function once(kept: WeakMap<object, string>, envelope: object, make: () => string): string {
  const known = kept.get(envelope);
  if (known !== undefined) return known;
  const made = make();
  kept.set(envelope, made);
  return made;
}

/** The object with the markers of an event's source and id: one of each org that applied an event with them. */
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
 * Digest of what makes two deliveries the same event: type, actor and data. Not the time, since senders stamp a retry
 * again. The event must be without address, as a digest of an address could be guessed.
 */
export function contentOf(envelope: Envelope): string {
  const { type, actor, data } = envelope;
  return once(contents, envelope, () => digest(canonical([type, actor ?? null, data])));
}

/**
 * The digest that earlier builds made of an event, of its time as well: their markers recognize a redelivery with its
 * first time. The two digests are of lists of different lengths, so neither passes for the other.
 */
function formerContentOf(envelope: Envelope): string {
  const { type, actor, time, data } = envelope;
  return once(formerContents, envelope, () => digest(canonical([type, actor ?? null, time ?? null, data])));
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
  const at = onlyUserOf(reader, ledgerOf(org), "at");
  return at === undefined ? 0 : Number(textOf(at));
}

const VALUE = value("");

/** The text of a marker as it is stored: in a key some characters are escaped. Undefined where it is not Sideline's. */
function storedText(tuples: TupleSet, event: string, user: string): string | undefined {
  if (user.startsWith(VALUE)) return user;
  const facts = tuples.get(event, "applied", user)?.condition?.context["facts"];
  return typeof facts === "string" ? facts : undefined;
}

/** Tells the stored texts of markers of an org (or PLATFORM) from those of others, most of them unread. */
function isOf(org: string): (stored: string) => boolean {
  const [inKey, inContext] = [escaped(org), org].map((name) => SEPARATOR + name + SEPARATOR) as [string, string];
  return (stored) => stored.includes(stored.startsWith(VALUE) ? inKey : inContext)
    && readMarker(plainText(stored)).org === org;
}

const plainText = (stored: string): string => (stored.startsWith(VALUE) ? textOf(stored) : stored);

/**
 * The text of the marker of an event in an org (or PLATFORM), if it was applied there. Each org that applied an event
 * of this source and id has one: there may be very many, and those of others are passed over unread.
 */
export function recordText(tuples: TupleSet, event: string, org: string): string | undefined {
  const keys = [eventInOrg(event, org), event];
  const isOwn = isOf(org);
  for (const user of tuples.users(event, "applied")) {
    const isKept = user.startsWith(VALUE) || keys.includes(user);
    const stored = isKept ? storedText(tuples, event, user) : undefined;
    if (stored !== undefined && isOwn(stored)) return plainText(stored);
  }
  return undefined;
}

/** The marker of an event in an org (or PLATFORM), if it was applied there. */
export function recordOf(tuples: TupleSet, event: string, org: string): EventRecord | undefined {
  const text = recordText(tuples, event, org);
  return text === undefined ? undefined : readMarker(text);
}

/**
 * What was applied of an event's source and id: `same`, the marker of an event of equal content, whichever org has it;
 * or else whether the org applied another one. `isOnlyThere`: no other org can have applied an event of this content.
 */
export function earlierDelivery(
  tuples: TupleSet, envelope: Envelope, org: string, isOnlyThere: boolean,
): { readonly same: EventRecord | undefined; readonly isTaken: boolean } {
  const event = eventObject(envelope);
  const users = tuples.users(event, "applied");
  if (users.length === 0) return { same: undefined, isTaken: false };
  const keys = [eventInOrg(event, org), event];
  const contents = [contentOf(envelope), formerContentOf(envelope)];
  const isOwn = isOf(org);
  let isTaken = false;
  for (const user of users) {
    const isPassedOver = isOnlyThere && !user.startsWith(VALUE) && !keys.includes(user);
    const stored = isPassedOver ? undefined : storedText(tuples, event, user);
    if (stored === undefined) continue;
    if (contents.some((content) => stored.includes(content))) {
      const marker = readMarker(plainText(stored));
      if (contents.includes(marker.content)) return { same: marker, isTaken: false };
    }
    isTaken ||= isOwn(stored);
  }
  return { same: undefined, isTaken };
}

function readMarker(text: string): EventRecord {
  const [status, type, actor, org, , at, content, , writer = "", rows = "", total = ""] = text.split(SEPARATOR);
  const names = rows === "" ? [] : rows.split(",");
  return {
    status: status as EventRecord["status"], type: type ?? "", actor: actor === "" ? undefined : actor,
    org: org ?? "", at: Number(at), content: content ?? "", writer: writer === "" ? undefined : writer,
    rows: names.length === 0 ? NO_ROWS : { names, total: total === "" ? names.length : Number(total) },
  };
}

/** Stands between the facts of a marker; no id, type or digest holds it. A comma, which no id holds, between rows. */
const SEPARATOR = "|>";

/**
 * The facts of a marker as one text, without what is empty at its end. The revision is that of the event's first write:
 * by it the texts of two attempts differ, of which one may have failed (src/openfga). An earlier build put a word in
 * the eighth place where an event needed several writes.
 */
function printMarker(m: EventRecord, revision: number): string {
  const { names, total } = m.rows;
  const facts = [
    m.status, m.type, m.actor ?? "", m.org, String(revision), String(m.at), m.content, "", m.writer ?? "",
    names.join(","), total > names.length ? String(total) : "",
  ];
  while (facts.at(-1) === "") facts.pop();
  return facts.join(SEPARATOR);
}

/** The object that stands for an event in one org, whatever the event says. */
export function eventInOrg(event: string, org: string): string {
  return `event:${digest(canonical([org, event]))}`;
}

/** Longest marker kept as a value, in characters: OpenFGA takes users of 512 bytes at most. */
const MAX_VALUE_LENGTH = 400;

/**
 * Drafts the marker of an event, whose first write brings its org to a revision. Where several sidecars write, its key
 * is the same whatever the event says, and the facts stand in the condition's context: of two events with one id in one
 * org the later write fails as a whole. One process alone decides its events one after the other; there the facts stand
 * in the key, which takes less memory, unless they are too long for one.
 */
export function putRecord(draft: Draft, event: string, m: EventRecord, revision: number): void {
  const facts = printMarker(m, revision);
  const inKey = value(facts);
  if (m.writer === undefined && inKey.length <= MAX_VALUE_LENGTH) draft.write(event, "applied", inKey);
  else draft.write(event, "applied", eventInOrg(event, m.org), { name: "recorded", context: { facts } });
}

/** The text of the marker a delta writes, if it writes one. */
export function recordTextIn({ writes }: Delta): string | undefined {
  return recordTextsIn(writes)[0];
}

/** The texts of the markers among tuples; that of one which is not Sideline's is empty. */
export function recordTextsIn(tuples: readonly Tuple[]): string[] {
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

/** Characters of a pending event's payload in one tuple. */
const PAYLOAD_CHUNK = 150;

const stored = z.object({ envelope: z.custom<Envelope>(), now: z.number(), left: z.string().default("") });

/** An event that needs more writes than it had, the time it happens at, and how far its writes came. */
export type Continuation = z.infer<typeof stored>;

/**
 * Drafts that an event needs more writes than it had: who finds it finishes it before anything else in the org. Its
 * payload stands on the event in this org: events of two orgs may have one id. Said again, what changed is drafted.
 */
export function putContinuation(draft: Draft, event: string, org: string, { envelope, now, left }: Continuation): void {
  const self = onlyUserOf(draft, ledgerOf(org), "pending") ?? eventInOrg(event, org);
  draft.write(ledgerOf(org), "pending", self);
  // Earlier builds know no `left`: they begin again from the start, and come to the same.
  const text = JSON.stringify({ envelope, now, ...(left !== "" && { left }) });
  draft.clear(self, "payload");
  for (let i = 0, at = 0; at < text.length; i++) {
    const end = at + PAYLOAD_CHUNK + (isHalf(text.charCodeAt(at + PAYLOAD_CHUNK - 1)) ? 1 : 0);
    draft.write(self, "payload", value(`${i}:${text.slice(at, end)}`));
    at = end;
  }
}

/** True for the first half of a character, which a chunk must not end with. */
function isHalf(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff;
}

/** True while an event has not had all of its writes in an org; earlier builds named it by `eventObject`. */
export function hasContinuation(reader: Reader, org: string, envelope: Envelope): boolean {
  const event = eventObject(envelope);
  return [eventInOrg(event, org), event].some((named) => reader.has(ledgerOf(org), "pending", named));
}

/** The event of an org that has not had all of its writes. */
export function continuationOf(reader: Reader, org: string): Continuation | undefined {
  const event = onlyUserOf(reader, ledgerOf(org), "pending");
  if (event === undefined) return undefined;
  const chunks = reader.users(event, "payload").map((chunk) => {
    const text = textOf(chunk);
    const colon = text.indexOf(":");
    return { index: Number(text.slice(0, colon)), text: text.slice(colon + 1) };
  });
  chunks.sort((a, b) => a.index - b.index);
  return stored.parse(JSON.parse(chunks.map((chunk) => chunk.text).join("")));
}

/** Drafts that the pending event of an org is finished. */
export function dropContinuation(draft: Draft, org: string): void {
  const event = onlyUserOf(draft, ledgerOf(org), "pending");
  if (event !== undefined) draft.remove(ledgerOf(org), "pending", event).clear(event, "payload");
}
