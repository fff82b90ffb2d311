// From a step to the receipt its sender gets.
import { accessOf, type Step } from "./become.ts";
import type { Envelope, Receipt } from "./event.ts";
import { makeToken, type Position } from "./token.ts";

/** Where the order of a step's org stands without it: a duplicate is no step further. */
function before({ org, revision, status }: Step): Position {
  return { org, revision: status === "duplicate" ? revision : revision - 1 };
}

/** The receipt of an event after all of its steps; counts and changes are of tuples of access, bookkeeping left out. */
export function receiptOf(envelope: Envelope, steps: readonly Step[], dryRun: boolean): Receipt {
  const first = steps[0];
  const last = steps.at(-1);
  if (first === undefined || last === undefined) throw new Error("a receipt of no step");
  const access = steps.map((step) => accessOf(step.delta));
  const write = access.flatMap((delta) => delta.writes);
  const remove = access.flatMap((delta) => delta.deletes);
  const { id, source, type } = envelope;
  const receipt: Receipt = {
    id, source, type, status: first.status, token: makeToken(dryRun ? before(first) : last),
    written: write.length, deleted: remove.length,
  };
  return dryRun ? { ...receipt, dry_run: true, changes: { write, delete: remove } } : receipt;
}
