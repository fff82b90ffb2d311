// Keeps the order of a batch across failures of the store: once one of its events failed for now, the later ones do.
import type { Receipt } from "./event.ts";
import { isRefusal, refuse, type Refusal } from "./refusal.ts";

/**
 * The fate of a batch. Its sender sends an event again that failed for now. Had a later event of the batch been applied
 * in between, the older event would come after it, and could undo what it did: a revocation, say.
 */
export class BatchFate {
  #hasFailed = false;

  /** Returns the refusal of an event whose batch has failed; undefined if it may be decided. */
  get refusal(): Refusal | undefined {
    return this.#hasFailed
      ? refuse("store_unavailable", "an earlier event of the batch was not applied: send both again, in this order")
      : undefined;
  }

  /** Notes the outcome of one of the batch's events. */
  note(outcome: Receipt | Refusal): void {
    this.#hasFailed ||= isRefusal(outcome) && outcome.refused === "store_unavailable";
  }

  /** Notes that an event of the batch ended with an error. */
  fail(): void {
    this.#hasFailed = true;
  }
}
