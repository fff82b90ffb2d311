// The refusal of events of an org whose ledger somebody wrote to.
import { refuse, type Refusal } from "../events/refusal.ts";

/** Nothing keeps events in order where somebody wrote to the ledger: two sidecars could decide at once. */
export function refuseDamaged(ledger: string, damage: string): Refusal {
  return refuse("store_unavailable",
    `somebody wrote to ${ledger} (${damage}): see sideline verify, then send the same event again`);
}
