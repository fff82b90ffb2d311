// Reads the stored record of an event on its own: the facts of its text, in the order in which they are written.
import { recordText } from "../../src/ledger/event-record.ts";
import type { EventRecord } from "../../src/ledger/record-text.ts";
import type { Tuples } from "../../src/tuples/tuple-set.ts";

/** Returns an event's record in an org (or PLATFORM), if the event was applied there. */
export function recordOf(tuples: Tuples, event: string, org: string): EventRecord | undefined {
  const text = recordText(tuples, event, org);
  if (text === undefined) return undefined;
  const facts = text.split("|>");
  const fact = (place: number): string => facts[place] ?? "";
  const names = fact(9) === "" ? [] : fact(9).split(",");
  return {
    status: fact(0) as EventRecord["status"], type: fact(1), actor: fact(2) === "" ? undefined : fact(2),
    org: fact(3), at: Number(fact(5)), content: fact(6), writer: fact(8) === "" ? undefined : fact(8),
    rows: { names, total: fact(10) === "" ? names.length : Number(fact(10)) },
    source: plain(fact(11)), id: plain(fact(12)), marks: fact(13) === "" ? undefined : fact(13),
  };
}

/** The text of a fact in which a bar may stand. */
function plain(fact: string): string | undefined {
  return fact === "" ? undefined : fact.split("|.").join("|");
}
