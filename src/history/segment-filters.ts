// The filters of segments that are kept in memory: those of the newest segments, as many as fit.
import { FILTER_BYTES_KEPT } from "./history-limits.ts";
import type { KeyFilter } from "./key-filter.ts";

/**
 * Filters by the first row of their segment. Every search begins with the newest segments, and many end there. So a
 * filter that a newer segment displaced does not return: no search loads one filter in place of another.
 */
export class SegmentFilters {
  /** The size of each segment's filter, oldest first. */
  readonly #sizes: { readonly first: number; readonly bytes: number }[] = [];
  readonly #loaded = new Map<number, KeyFilter>();
  readonly #limit: number;
  /** Place in `#sizes` from which on filters may be kept, and the bytes of all of those. */
  #from = 0;
  #bytes = 0;

  /** `limit`: number of bytes that may be kept. */
  constructor(limit = FILTER_BYTES_KEPT) {
    this.#limit = limit;
  }

  /** Adds the next segment: its first row, and the bytes of its filter. */
  add(first: number, bytes: number): void {
    this.#sizes.push({ first, bytes });
    for (this.#bytes += bytes; this.#bytes > this.#limit; this.#from++) {
      const oldest = this.#sizes[this.#from]!;
      this.#bytes -= oldest.bytes;
      this.#loaded.delete(oldest.first);
    }
  }

  /** Removes the last segment. */
  drop(): void {
    const last = this.#sizes.pop();
    if (last === undefined) return;
    this.#loaded.delete(last.first);
    if (this.#from > this.#sizes.length) this.#from = this.#sizes.length;
    else this.#bytes -= last.bytes;
    for (; this.#from > 0; this.#from--) {
      const { bytes } = this.#sizes[this.#from - 1]!;
      if (this.#bytes + bytes > this.#limit) return;
      this.#bytes += bytes;
    }
  }

  /** Whether the filter of a segment is to be kept, and is not in memory yet. */
  lacks(first: number): boolean {
    return first >= (this.#sizes[this.#from]?.first ?? Infinity) && !this.#loaded.has(first);
  }

  /** Keeps the filter of a segment that lacks it. */
  keep(first: number, filter: KeyFilter): void {
    this.#loaded.set(first, filter);
  }

  /** Returns the filter of a segment, undefined where it is not in memory. */
  of(first: number): KeyFilter | undefined {
    return this.#loaded.get(first);
  }
}
