// Refuses events of an org whose ledger is damaged by a foreign Write.
import { refuse, type Refusal } from "../events/refusal.ts";

/** Refuses an event, since nothing keeps events of a damaged ledger in order: two sidecars could decide at once. */
export function refuseDamaged(ledger: string, damage: string): Refusal {
  return refuse("store_unavailable",
    `another program changed ${ledger} (${damage}): run sideline verify, then send the same event again`);
}
