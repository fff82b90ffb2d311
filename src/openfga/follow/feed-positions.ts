// Keeps how far the feed was read, and from where a poll must read to see every Write committed since.
import type { FeedEnd } from "./feed-reader.ts";
import { Covered, LOOK_BACK } from "./look-back.ts";
import type { ServerClock } from "./server-clock.ts";
import { CLOCKS_APART_FOR_MS, CLOCK_DISTANCE_REPORTED_MS, PLACES_REMEMBERED_MS } from "../openfga-limits.ts";

/** The place where a reading of the feed ended (on OpenFGA's clock), when, and the number of changes seen so far. */
interface End {
  readonly place: number;
  /** When the end was known, on the monotonic clock: a Write that begins later has no place before this one. */
  readonly at: number;
  readonly changes: number;
}

/**
 * A Write gets its place in the feed when it begins, and appears when it is committed. So a reading of the feed to its
 * end is not complete: a Write may later appear at a place before that end. `from` keeps this law, given that a Write
 * takes no longer than the look back to commit: a poll reads from a place P such that every Write begun before P was
 * committed before the last poll of such a look back began, so that poll saw it. The law holds whatever the time
 * between the two polls, since it counts back from the earlier one. Two cases break it: a look back longer than LONG,
 * and, in a store of very many changes, foreign Writes (MAX_CHANGES_READ_AGAIN). Where the clocks of OpenFGA's servers
 * differ, or one went back, P lies farther back by as much. Times are of the monotonic clock.
 */
export class FeedPositions {
  readonly #clock: ServerClock;
  #ends: End[] = [];
  #covered = new Covered(-Infinity);
  #changes = 0;
  #newest = 0;
  /** Least offset of the clock when the feed was last read. */
  #offset = -Infinity;
  #apart = { by: 0, at: -Infinity };

  constructor(clock: ServerClock) {
    this.#clock = clock;
  }

  /** True before the first scan. */
  get isEmpty(): boolean {
    return this.#ends.length === 0;
  }

  /** Distance seen between the clocks of OpenFGA's servers, or how far one went back, in milliseconds; 0: none. */
  get apart(): number {
    return performance.now() - this.#apart.at < CLOCKS_APART_FOR_MS ? this.#apart.by : 0;
  }

  /** When the oldest remembered place was read. */
  get oldest(): number {
    return this.#ends[0]?.at ?? -Infinity;
  }

  /**
   * Begins again after a scan that began at a time and read the feed from one place to another. No place before the
   * first is read again.
   */
  begin(began: number, { from, changes, ...end }: FeedEnd & { readonly from: number; readonly changes: number }): void {
    this.#ends = [{ place: from, at: -Infinity, changes: this.#changes }];
    this.#covered = new Covered(began);
    this.read(end, changes);
  }

  /** Records where a reading of the feed ended, and how many of its changes were new. */
  read({ end: place, asOf: at }: Pick<FeedEnd, "end" | "asOf">, changes: number): void {
    this.#changes += changes;
    this.#newest = Math.max(this.#newest, place);
    this.#ends.push({ place, at, changes: this.#changes });
    this.#forget(at - PLACES_REMEMBERED_MS);
  }

  /** Records that the replica has all of a reading with this look back that began at a time. */
  cover(lookBack: number, began: number): void {
    this.#covered.read(Math.min(lookBack, LOOK_BACK.long), began);
  }

  /** Returns the place to read from for a look back, when it was known, and the number of changes seen since. */
  from(lookBack: number): { readonly place: number; readonly changes: number; readonly at: number } {
    const proved = Math.min(lookBack, LOOK_BACK.long);
    const since = this.#covered.since(proved) - (lookBack - proved);
    const found = this.#before(since);
    if (this.apart === 0) return { place: found.place, changes: this.#changes - found.changes, at: found.at };
    const bounds = this.#clock.bounds();
    const now = bounds === undefined ? Infinity : bounds.least - (performance.now() - since);
    const place = Math.max(1, Math.floor(Math.min(found.place - this.apart, now)));
    const end = this.#ends.findLast((each) => each.place <= place) ?? this.#ends[0]!;
    return { place, changes: this.#changes - end.changes, at: found.at };
  }

  /**
   * Compares OpenFGA's clock, as its answers since a time show it, with the newest place in the feed and with its own
   * time at the last reading. Returns how far the clock is behind, in milliseconds, if that is farther than known
   * before: a reading may then have missed Writes.
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
    return by > known + CLOCK_DISTANCE_REPORTED_MS ? by : undefined;
  }

  /** Returns the newest end read before a time, or the oldest one. */
  #before(time: number): End {
    const end = this.#ends.findLast(({ at }) => at <= time) ?? this.#ends[0];
    if (end === undefined) throw new Error("the store has not been read yet");
    return end;
  }

  /** Forgets the ends older than a time, except the one that the longest look back needs. */
  #forget(time: number): void {
    const lastAt = (since: number): number => this.#ends.findLastIndex(({ at }) => at <= since);
    const [old, needed] = [lastAt(time), lastAt(this.#covered.since(LOOK_BACK.long))];
    if (needed < old) this.#ends.splice(needed + 1, old - needed - 1);
    this.#ends.splice(0, Math.min(needed, old));
  }
}
