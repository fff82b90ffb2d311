// How far back readings of the change feed look, and which of them was the last to look back so far.
import { WRITE_TIMEOUT } from "./client.ts";

/**
 * How far back a poll looks, in milliseconds. A change gets its place in the feed when its Write begins, and shows when
 * it commits; a reader that has passed the place meanwhile would never see it. SHORT covers a Write of a healthy
 * server, WRITTEN every one that was acknowledged to whoever sent it, LONG the 3 s after which OpenFGA ends one, twice
 * and more. LONGEST serves to find what a gap shows to be missing, and proves nothing.
 */
export const LOOK_BACK = {
  shortest: 100, short: 1_500, written: WRITE_TIMEOUT + 2_000, long: 15_000, longest: 60_000,
} as const;

/**
 * The last reading of the feed that looked back so far, for each such length: when it began, or where the feed ended
 * then. The law of all readings hangs on it. Given that a Write takes no longer than `lookBack` to commit, what that
 * reading did not see was committed after the reading began, so it began at `since(lookBack)` or later. A reading that
 * begins with the place of that time misses nothing, however long ago the one before it was.
 */
export class Covered {
  /** Those that look back less are later. */
  #readings: readonly { readonly lookBack: number; readonly began: number }[];

  /** `began`: when all was read, however slow. */
  constructor(began: number) {
    this.#readings = [{ lookBack: Infinity, began }];
  }

  /** Takes in a reading all of which is in the replica. */
  read(lookBack: number, began: number): void {
    this.#readings = [...this.#readings.filter((each) => each.lookBack > lookBack), { lookBack, began }];
  }

  /** A Write that was not read, and takes no longer than `lookBack` to commit, began then or later. */
  since(lookBack: number): number {
    return this.#readings.findLast((each) => each.lookBack >= lookBack)!.began - lookBack;
  }
}
