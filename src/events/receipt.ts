// Builds the receipt of an event from its steps.
import { accessOf, type Step } from "./decide-event.ts";
import type { Receipt } from "./event.ts";
import { makeToken } from "../ledger/revision-token.ts";
import type { TouchedRows } from "../domain/touched-rows.ts";

/** Returns the receipt of an event after all of its steps. It counts access tuples only, not bookkeeping. */
export function receiptOf(steps: readonly Step[]): Receipt {
  const first = steps[0];
  const last = steps.at(-1);
  if (first === undefined || last === undefined) throw new Error("a receipt of no step");
  const access = steps.map((step) => accessOf(step.delta));
  const written = access.reduce((sum, { writes }) => sum + writes.length, 0);
  const deleted = access.reduce((sum, { deletes }) => sum + deletes.length, 0);
  return receipt(first, last.revision, written, deleted);
}

/** Returns the receipt of an event in a dry run, from its only step. `revision` is the actual revision of its org. */
export function dryRunReceiptOf(step: Step, revision: number): Receipt {
  const { writes, deletes } = accessOf(step.delta);
  const would = receipt(step, revision, writes.length, deletes.length);
  return { ...would, dry_run: true, changes: { write: writes, delete: deletes } };
}

function receipt(
  { event, status, org, rows }: Step, revision: number, written: number, deleted: number,
): Receipt {
  const { id, source, type } = event.envelope;
  return { id, source, type, status, token: makeToken({ org, revision }), written, deleted, ...rowsIn(rows) };
}

function rowsIn({ names, total }: TouchedRows): Pick<Receipt, "rows" | "rows_total"> {
  if (total === 0) return {};
  return total > names.length ? { rows: names, rows_total: total } : { rows: names };
}
