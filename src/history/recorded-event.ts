// The event that a row of a log belongs to, as its record in the row describes it.
import { shownActor } from "../events/kept-names.ts";
import { recordTextsIn } from "../ledger/event-record.ts";
import { readRecord } from "../ledger/record-text.ts";
import type { TupleEvent } from "../reasons/tuple-origins.ts";
import type { Tuple } from "../tuples/tuple.ts";

/** Returns the event whose record is among tuples that were written; undefined if there is none. */
export function recordedEvent(writes: readonly Tuple[]): TupleEvent | undefined {
  const [text] = recordTextsIn(writes);
  if (text === undefined || text === "") return undefined;
  const { record: { type, actor, source = null, id = null, at }, revision } = readRecord(text);
  return { type, actor: shownActor(actor), source, id, time: new Date(at).toISOString(), revision };
}
