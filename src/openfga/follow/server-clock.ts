// OpenFGA's clock as its answers show it. Places in the feed are compared with it, never with this process's clock.
import { CLOCK_SAMPLES_COUNT_FOR_MS, CLOCK_SAMPLES_JOINED_MS } from "../openfga-limits.ts";

/** Bounds from one answer, in milliseconds; `offset` is OpenFGA's time minus the monotonic clock's. */
interface Sample {
  readonly at: number;
  /** The offset is at least this: the answer was written before it arrived. */
  readonly least: number;
  /** The offset is below this: the answer was written after the request, within the second named by its `Date`. */
  readonly below: number;
}

/** Resolution of a `Date`, in milliseconds: a whole second. */
const SECOND = 1_000;

/** Bounds of OpenFGA's present time, in whole milliseconds since 1970. */
export interface Bounds {
  /** Lower bound: the clock of the server farthest behind shows this or later. */
  readonly least: number;
  /** Upper bound: it shows a time before this. */
  readonly below: number;
}

/**
 * Bounds the present time of the OpenFGA server whose clock is farthest behind, by the `Date` of the answers of the
 * last minute. Places in the feed are such times: a Write that begins now has a place of `least` or later.
 */
export class ServerClock {
  #samples: Sample[] = [];

  /** Records the `Date` of an answer that just arrived. `asked`: when it was requested, on the monotonic clock. */
  note(date: string | undefined, asked: number): void {
    const time = date === undefined ? NaN : Date.parse(date);
    if (Number.isNaN(time)) return;
    const now = performance.now();
    const sample = { at: now, least: time - now, below: time + SECOND - asked };
    const last = this.#samples.at(-1);
    if (last === undefined || now - last.at >= CLOCK_SAMPLES_JOINED_MS) {
      this.#samples.push(sample);
      while (this.#samples[0]!.at < now - CLOCK_SAMPLES_COUNT_FOR_MS) this.#samples.shift();
      return;
    }
    const { least, below } = last;
    this.#samples[this.#samples.length - 1] =
      { at: last.at, least: Math.min(least, sample.least), below: Math.min(below, sample.below) };
  }

  /** Returns bounds from the answers since a time on the monotonic clock; undefined where none had a `Date`. */
  bounds(since = -Infinity): Bounds | undefined {
    const some = this.#samples.filter(({ at }) => at >= since - CLOCK_SAMPLES_JOINED_MS);
    if (some.length === 0) return undefined;
    const now = performance.now();
    return {
      least: Math.floor(Math.min(...some.map(({ least }) => least)) + now),
      below: Math.ceil(Math.min(...some.map(({ below }) => below)) + now),
    };
  }
}
