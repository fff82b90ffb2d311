// Keeps the order of a batch across failures of the store: once an event failed for now, later ones of its org do.
import type { Receipt } from "./event.ts";
import { isRefusal, refuse, type Refusal } from "./refusal.ts";

/**
 * The fate of a batch. Its sender sends an event again that failed for now. Had a later event of the same org been
 * applied in between, the older event would come after it, and could undo what it did: a revocation, say. Events of
 * other orgs are decided, unless it is unknown of which org an event is.
 */
export class BatchFate {
  /** Orgs of the events that failed; undefined stands for an unknown org. */
  readonly #failed = new Set<string | undefined>();

  /** Returns the refusal of an event whose org has a failed one before it. `orgOf` is called only after a failure. */
  refusalIn(orgOf: () => string | undefined): Refusal | undefined {
    if (this.#failed.size === 0) return undefined;
    const org = orgOf();
    const mayDecide = org !== undefined && !this.#failed.has(org) && !this.#failed.has(undefined);
    return mayDecide ? undefined
      : refuse("store_unavailable", "an earlier event of the batch was not applied: send both again, in this order");
  }

  /** Notes the outcome of one of the batch's events. `orgOf` is called only for a failure. */
  note(outcome: Receipt | Refusal, orgOf: () => string | undefined): void {
    if (isRefusal(outcome) && outcome.refused === "store_unavailable") this.fail(orgOf());
  }

  /** Notes that an event of an org ended with an error. */
  fail(org: string | undefined): void {
    this.#failed.add(org);
  }
}
