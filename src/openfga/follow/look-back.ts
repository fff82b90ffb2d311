// How far back readings of the change feed look, and the last reading for each look back.
import { WRITE_TIMEOUT_MS } from "../openfga-limits.ts";

/**
 * How far back a poll looks, in milliseconds. A change gets its place in the feed when its Write begins, and appears
 * when it commits; a reader that has passed the place meanwhile would never see it. SHORT covers a Write of a healthy
 * server. WRITTEN covers every Write that was acknowledged to its sender. LONG covers more than twice the 3 s after
 * which OpenFGA ends a Write. LONGEST serves to find the Write that a gap shows to be missing, and proves nothing.
 */
export const LOOK_BACK = {
  shortest: 100, short: 1_500, written: WRITE_TIMEOUT_MS + 2_000, long: 15_000, longest: 60_000,
} as const;

/**
 * The last reading of the feed for each look back: when it began, or where the feed ended then. All readings rest on
 * this law: given that a Write takes no longer than `lookBack` to commit, a Write that the reading did not see was
 * committed after the reading began, so the Write began at `since(lookBack)` or later. A reading that begins with the
 * place of that time misses nothing, however long ago the reading before it was.
 */
export class Covered {
  /** Readings with a shorter look back are later. */
  #readings: readonly { readonly lookBack: number; readonly began: number }[];

  /** `began`: when a reading began that saw every Write, however slow. */
  constructor(began: number) {
    this.#readings = [{ lookBack: Infinity, began }];
  }

  /** Records a reading that is fully in the replica. */
  read(lookBack: number, began: number): void {
    this.#readings = [...this.#readings.filter((each) => each.lookBack > lookBack), { lookBack, began }];
  }

  /** Returns the earliest time at which a Write could begin that was not read and commits within `lookBack`. */
  since(lookBack: number): number {
    return this.#readings.findLast((each) => each.lookBack >= lookBack)!.began - lookBack;
  }
}
