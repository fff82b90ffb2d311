// Event bookkeeping: the record of each event, and the revision of each org.
import { canonical, digest } from "../tuples/digest.ts";
import { escaped, orgLedger, PLATFORM_LEDGER, textOf, value } from "../domain/object-names.ts";
import { onlyUserOf } from "../domain/state-view.ts";
import type { Delta, Draft, Reader } from "../tuples/delta.ts";
import type { Tuples } from "../tuples/tuple-set.ts";
import type { Tuple } from "../tuples/tuple.ts";
import { PLATFORM, type Envelope } from "./envelope.ts";
import { MAX_VALUE_LENGTH } from "../domain/event-limits.ts";
import { printMarker, readMarker, SEPARATOR, type EventRecord } from "./record-text.ts";

/** Digests by envelope. An envelope never changes, and an event is decided and looked up more than once. */
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

/**
 * Returns the object with the records of an event's source and id: one for each org that applied such an event.
 *
 * @example eventObject({ source: "/app", id: "1" }).length // 49
 */
export function eventObject(envelope: Pick<Envelope, "source" | "id">): string {
  return once(objects, envelope, () => `event:${digest(canonical([envelope.source, envelope.id]))}`);
}

/** Suffix of an address's hash while its event is pending. No hash ends in it. */
const KEPT_ADDRESS = "@kept";

/** Returns the event with its payload's email address replaced by the keyed hash, the only trace that is kept. */
export function withoutAddress(envelope: Envelope, emailHash: ((email: string) => string) | undefined): Envelope {
  const { data } = envelope;
  if (data === null || typeof data !== "object" || !("email" in data)) return envelope;
  const { email } = data;
  const kept = typeof email === "string" && emailHash !== undefined ? emailHash(email) + KEPT_ADDRESS : null;
  return { ...envelope, data: { ...data, email: kept } };
}

/** Returns a parsed payload with its address replaced as in the envelope that `withoutAddress` returned. */
export function payloadWithoutAddress({ data }: Envelope, payload: unknown): unknown {
  const isAddressed = data !== null && typeof data === "object" && "email" in data;
  return isAddressed ? { ...(payload as object), email: data.email } : payload;
}

/** Returns the hash of an address that `withoutAddress` replaced. */
export function keptHash(email: string): string {
  return email.slice(0, -KEPT_ADDRESS.length);
}

/**
 * Returns the digest of what makes two deliveries the same event: type, actor and data. The time is left out because
 * senders stamp each retry. Remove the address first (`withoutAddress`): a digest of an address could be guessed.
 */
export function contentOf(envelope: Envelope): string {
  const { type, actor, data } = envelope;
  return once(contents, envelope, () => digest(canonical([type, actor ?? null, data])));
}

/**
 * Returns the digest that earlier builds made of an event, which also covers its time: with their records, only a
 * redelivery with the original time is recognized. The two digests cover lists of different lengths, so they never
 * coincide.
 */
function formerContentOf(envelope: Envelope): string {
  const { type, actor, time, data } = envelope;
  return once(formerContents, envelope, () => digest(canonical([type, actor ?? null, time ?? null, data])));
}

/**
 * Returns the ledger of an org (or PLATFORM): the object that keeps the order of its events.
 *
 * @example ledgerOf("fc") // "ledger:org/fc"
 */
export function ledgerOf(org: string): string {
  return org === PLATFORM ? PLATFORM_LEDGER : orgLedger(org);
}

/** Returns the org (or PLATFORM) that a ledger belongs to. */
export function orgOfLedger(ledger: string): string {
  return ledger === PLATFORM_LEDGER ? PLATFORM : ledger.slice(orgLedger("").length);
}

/** Returns an org's current revision: the number of events in its order, 0 before the first. */
export function revisionOf(reader: Reader, org: string): number {
  const at = onlyUserOf(reader, ledgerOf(org), "at");
  return at === undefined ? 0 : Number(textOf(at));
}

const VALUE = value("");

/** Returns a record's text as stored; a key escapes some characters. Undefined for a tuple that is not Sideline's. */
function storedText(tuples: Tuples, event: string, user: string): string | undefined {
  if (user.startsWith(VALUE)) return user;
  const facts = tuples.get(event, "applied", user)?.condition?.context["facts"];
  return typeof facts === "string" ? facts : undefined;
}

/** Returns a predicate: true for the stored text of a record of an org (or PLATFORM). Most others are not parsed. */
function isOf(org: string): (stored: string) => boolean {
  const [inKey, inContext] = [escaped(org), org].map((name) => SEPARATOR + name + SEPARATOR) as [string, string];
  return (stored) => stored.includes(stored.startsWith(VALUE) ? inKey : inContext)
    && readMarker(plainText(stored)).org === org;
}

const plainText = (stored: string): string => (stored.startsWith(VALUE) ? textOf(stored) : stored);

/**
 * Returns the text of an event's record in an org (or PLATFORM), if the event was applied there. Each org that applied
 * an event with this source and id has a record. There may be very many; those of other orgs are skipped unread.
 */
export function recordText(tuples: Tuples, event: string, org: string): string | undefined {
  const keys = [eventInOrg(event, org), event];
  const isOwn = isOf(org);
  for (const user of tuples.users(event, "applied")) {
    const isKept = user.startsWith(VALUE) || keys.includes(user);
    const stored = isKept ? storedText(tuples, event, user) : undefined;
    if (stored !== undefined && isOwn(stored)) return plainText(stored);
  }
  return undefined;
}

/**
 * Finds what was already applied under an event's source and id. `same` is the record of an event with equal content,
 * in whichever org. Without one, `isTaken` is true if the org applied an event with other content. `isOnlyThere`: no
 * other org can have applied an event with this content.
 */
export function earlierDelivery(
  tuples: Tuples, envelope: Envelope, org: string, isOnlyThere: boolean,
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

/** Returns the object that stands for an event in one org, whatever the event's content. */
export function eventInOrg(event: string, org: string): string {
  return `event:${digest(canonical([org, event]))}`;
}

/**
 * Drafts the record of an event. `revision` is the org's revision after the event's first write.
 *
 * Where several sidecars write, the tuple's key does not depend on the event's content, and the facts are in the
 * condition's context: if two events of one org have the same id, the later write fails as a whole. A single process
 * decides its events one after the other. There the facts are in the key, which takes less memory, unless they are too
 * long for a key.
 */
export function putRecord(draft: Draft, event: string, m: EventRecord, revision: number): void {
  const facts = printMarker(m, revision);
  const inKey = value(facts);
  if (m.writer === undefined && inKey.length <= MAX_VALUE_LENGTH) draft.write(event, "applied", inKey);
  else draft.write(event, "applied", eventInOrg(event, m.org), { name: "recorded", context: { facts } });
}

/** Returns the text of the record that a delta writes, if it writes one. */
export function recordTextIn({ writes }: Delta): string | undefined {
  return recordTextsIn(writes)[0];
}

/** Returns the texts of the event records among tuples: "" for a record that is not Sideline's. */
export function recordTextsIn(tuples: readonly Tuple[]): string[] {
  return tuples.filter(({ object, relation }) => relation === "applied" && object.startsWith("event:"))
    .map(({ condition, user }) => {
      const facts = condition?.context["facts"];
      return typeof facts === "string" ? facts : user.startsWith("value:") ? textOf(user) : "";
    });
}

/** Drafts the next revision. This is the compare-and-swap: a write decided on an older revision fails as a whole. */
export function putRevision(draft: Draft, org: string, revision: number): void {
  draft.replace(ledgerOf(org), "at", value(String(revision)));
}
