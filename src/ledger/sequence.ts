// The `sequence` of events: how two of them compare, and the last one applied for each org, source and subject.
import { canonical, digest } from "../tuples/digest.ts";
import { textOf, value } from "../domain/object-names.ts";
import type { Draft, Reader } from "../tuples/delta.ts";
import type { Envelope } from "./envelope.ts";

const DIGITS = /^[0-9]+$/;

/**
 * Compares two sequences: returns a negative number if `a` comes first, 0 if neither does. Two sequences of digits
 * compare as numbers, so leading zeros do not count; all others compare as text. The work is linear in their length.
 *
 * @example compareSequences("10", "9") > 0 // true
 */
export function compareSequences(a: string, b: string): number {
  if (!DIGITS.test(a) || !DIGITS.test(b)) return compareTexts(a, b);
  const [x, y] = [withoutZeros(a), withoutZeros(b)];
  return x.length === y.length ? compareTexts(x, y) : x.length - y.length;
}

function withoutZeros(digits: string): string {
  let from = 0;
  while (digits[from] === "0") from++;
  return digits.slice(from);
}

function compareTexts(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Returns the object that holds the last sequence an org applied from a source and subject. */
function streamOf(org: string, { source, subject }: Envelope): string {
  return `stream:${digest(canonical([org, source, subject ?? null]))}`;
}

/** Returns the object that earlier builds kept for a source and subject, shared by all orgs. */
function sharedStreamOf({ source, subject }: Envelope): string {
  return `stream:${digest(canonical([source, subject ?? null]))}`;
}

/**
 * True for an event whose `sequence` is not greater than the last one its org applied from the same source and subject.
 *
 * A stream from an earlier build does not say which org it was for. It counts for an org until that org has a stream of
 * its own: a late event must not be applied after a newer one from before the upgrade. The sender sees a wrong refusal,
 * but not a wrong order.
 */
export function isStale(reader: Reader, org: string, envelope: Envelope): boolean {
  const { sequence } = envelope;
  if (sequence === undefined) return false;
  const own = reader.users(streamOf(org, envelope), "last");
  const last = own.length > 0 ? own : reader.users(sharedStreamOf(envelope), "last");
  return last.some((applied) => compareSequences(sequence, textOf(applied)) <= 0);
}

/** Drafts an event's sequence as the last one its org applied from its source and subject. */
export function putSequence(draft: Draft, org: string, envelope: Envelope): void {
  if (envelope.sequence !== undefined) draft.replace(streamOf(org, envelope), "last", value(envelope.sequence));
}
