// The last `sequence` that each org applied, for each source and subject.
import { canonical, digest } from "../tuples/digest.ts";
import { textOf, value } from "../domain/object-names.ts";
import type { Draft, Reader } from "../tuples/delta.ts";
import type { Envelope } from "./envelope.ts";
import { compareSequences } from "./sequence-order.ts";

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
