// A dry run that also answers who would gain or lose access.
import type { Receipt } from "../events/event.ts";
import { contested, mayBegin } from "../events/dry-run.ts";
import { accessOf } from "../sidecar/access-of.ts";
import type { Sidecar } from "../sidecar/sidecar.ts";
import type { RefusedBatch } from "./all-or-none.ts";
import { problemOf, type Problem } from "./problem.ts";

/** The outcomes of the events of a request in order, or the problem of an atomic batch. */
type Decided = readonly (Receipt | Problem)[] | RefusedBatch;

/**
 * Decides a dry run and adds what its events would change together, before the first against after the last, to the
 * last receipt. If the state has moved in between, the dry run is decided again. Without a receipt, nothing is added.
 * Rejects with ClientGone once `isGone` returns true.
 */
export async function withAccess(
  sidecar: Pick<Sidecar, "lock" | "model" | "tuples" | "now">, decide: () => Promise<Decided>, isGone: () => boolean,
): Promise<Decided> {
  let decided: Decided = [];
  for (let run = 1; mayBegin(run); run++) {
    decided = await decide();
    if ("problem" in decided) return decided;
    const receipts = decided.filter(isReceipt);
    const last = receipts.at(-1);
    if (last === undefined) return decided;
    const access = await accessOf(sidecar, receipts, run, {}, isGone);
    if (access === undefined) continue;
    return decided.map((outcome) => (outcome === last ? { ...last, access } : outcome));
  }
  return decided.map((outcome) => (isReceipt(outcome) ? problemOf(contested()) : outcome));
}

function isReceipt(outcome: Receipt | Problem): outcome is Receipt {
  return !("code" in outcome);
}
