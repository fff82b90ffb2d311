// Records of events as tuples.
import { NO_ROWS } from "../../src/domain/touched-rows.ts";
import { printMarker, type EventRecord } from "../../src/ledger/record-text.ts";
import type { Tuple } from "../../src/tuples/tuple.ts";

/** Returns the record of an event of the org fc. */
export function recordOf(id: string, revision: number, more: Partial<EventRecord> = {}): Tuple {
  const record: EventRecord = {
    status: "applied", type: "member.added", actor: undefined, org: "fc", at: 0, content: "c", rows: NO_ROWS,
    writer: "w", id, ...more,
  };
  const condition = { name: "recorded", context: { facts: printMarker(record, revision) } };
  return { object: `event:${id}`, relation: "applied", user: `event:${id}-fc`, condition };
}
