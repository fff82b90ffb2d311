// How far the feed was read, and from where a poll must read so that no Write committed since stays unseen.
import type { ServerClock } from "./server-clock.ts";

/** How long places that were read are remembered, in milliseconds. */
const REMEMBERED = 120_000;
/** How long clocks that were seen apart count as apart, in milliseconds. */
const APART_FOR = 600_000;
/** Clocks that are farther apart than before by so many milliseconds are news. */
const NEWS = 1_000;

/** Where a reading of the feed ended (a place, on OpenFGA's clock), and when; changes the feed told until then. */
interface End {
  readonly place: number;
  /** On the monotonic clock. */
  readonly at: number;
  readonly told: number;
}

/**
 * A Write gets its place in the feed when it begins and shows when it is committed. So a reading of the feed to its end
 * is not complete: a place behind that end may show a Write later. `from` gives the place that every Write begun in the
 * last so many milliseconds is behind. Where the clocks of OpenFGA's servers differ, or one went back, that place lies
 * farther back by as much. Times are of the monotonic clock.
 */
export class Places {
  readonly #clock: ServerClock;
  #ends: End[] = [];
  #told = 0;
  #newest = 0;
  /** The clock's offset when the feed was last read; at least this. */
  #offset = -Infinity;
  #apart = { by: 0, at: -Infinity };

  constructor(clock: ServerClock) {
    this.#clock = clock;
  }

  /** True before the first scan. */
  get isEmpty(): boolean {
    return this.#ends.length === 0;
  }

  /** How far the clocks of OpenFGA's servers are apart, or one went back, in milliseconds; 0: not that anybody saw. */
  get apart(): number {
    return performance.now() - this.#apart.at < APART_FOR ? this.#apart.by : 0;
  }

  /** When the oldest place that is remembered was read. */
  get oldest(): number {
    return this.#ends[0]?.at ?? -Infinity;
  }

  /** Begins again after a scan, which read the feed from one place to another: what it read is no proof of the rest. */
  begin(from: number, { end, asOf, told }: { end: number; asOf: number; told: number }): void {
    this.#ends = [{ place: from, at: -Infinity, told: this.#told }];
    this.read(end, asOf, told);
  }

  /** Takes in that the feed was read to a place, and that so many changes were new. */
  read(place: number, at: number, told: number): void {
    this.#told += told;
    this.#newest = Math.max(this.#newest, place);
    this.#ends.push({ place, at, told: this.#told });
    const keep = this.#ends.findLastIndex((end) => end.at <= at - REMEMBERED);
    if (keep > 0) this.#ends.splice(0, keep);
  }

  /** The place to read from, so that every Write begun since a time is read, and the changes told from there on. */
  from(since: number): { readonly place: number; readonly told: number; readonly at: number } {
    const found = this.#before(since);
    if (this.apart === 0) return { place: found.place, told: this.#told - found.told, at: found.at };
    const bounds = this.#clock.bounds();
    const now = bounds === undefined ? Infinity : bounds.least - (performance.now() - since);
    const place = Math.max(1, Math.floor(Math.min(found.place - this.apart, now)));
    const end = this.#ends.findLast((each) => each.place <= place) ?? this.#ends[0]!;
    return { place, told: this.#told - end.told, at: found.at };
  }

  /** True for a change told before. `last`: the place the feed was read to before. */
  get last(): number {
    return this.#ends.at(-1)?.place ?? 0;
  }

  /**
   * Compares OpenFGA's clock, as the answers since a time show it, with the newest place and with itself as it was when
   * the feed was last read. Returns by how much it is behind where that is more than was known; then Writes may have
   * been passed over.
   */
  newlyApart(since: number): number | undefined {
    const recent = this.#clock.bounds(since);
    const all = this.#clock.bounds();
    if (recent === undefined || all === undefined) return undefined;
    const now = performance.now();
    const by = Math.max(this.#newest - all.below, this.#offset - (recent.below - now), 0);
    this.#offset = recent.least - now;
    if (by === 0) return undefined;
    const known = this.apart;
    this.#apart = { by: Math.max(by, known), at: now };
    return by > known + NEWS ? by : undefined;
  }

  /** The newest end that was read before a time, or the oldest there is. */
  #before(time: number): End {
    const end = this.#ends.findLast(({ at }) => at <= time) ?? this.#ends[0];
    if (end === undefined) throw new Error("the store has not been read yet");
    return end;
  }
}
