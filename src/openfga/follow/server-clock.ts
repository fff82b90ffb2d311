// OpenFGA's clock as its answers show it: places in the feed are compared with it, never with this process's own.

/** What one answer says. Milliseconds; `offset` is OpenFGA's time less the monotonic clock's. */
interface Sample {
  readonly at: number;
  /** The offset is at least this: the answer was written before it came. */
  readonly least: number;
  /** The offset is below this: the answer was written after it was asked for, in the second that its `Date` names. */
  readonly below: number;
}

/** A `Date` names a whole second. */
const SECOND = 1_000;
/** Answers of the last so many milliseconds count: several servers behind one address answer in turn. */
const WINDOW = 60_000;
/** One sample of each server is enough: samples within so many milliseconds are joined. */
const SLOT = 1_000;

/** Bounds of OpenFGA's present time, in whole milliseconds since 1970. */
export interface Bounds {
  /** The clock of the server that is farthest behind is at this or later. */
  readonly least: number;
  /** And before this. */
  readonly below: number;
}

/**
 * Bounds the present time of the OpenFGA server whose clock is farthest behind, by the `Date` of the answers of the
 * last minute. Places in the feed are such times: a Write that begins now has a place of `least` or later.
 */
export class ServerClock {
  #samples: Sample[] = [];

  /** Takes in the `Date` of an answer that just came. `asked`: when it was asked for, on the monotonic clock. */
  note(date: string | undefined, asked: number): void {
    const time = date === undefined ? NaN : Date.parse(date);
    if (Number.isNaN(time)) return;
    const now = performance.now();
    const sample = { at: now, least: time - now, below: time + SECOND - asked };
    const last = this.#samples.at(-1);
    if (last === undefined || now - last.at >= SLOT) {
      this.#samples.push(sample);
      while (this.#samples[0]!.at < now - WINDOW) this.#samples.shift();
      return;
    }
    const { least, below } = last;
    this.#samples[this.#samples.length - 1] =
      { at: last.at, least: Math.min(least, sample.least), below: Math.min(below, sample.below) };
  }

  /** Bounds by the answers that came since a time of the monotonic clock; undefined where none told a `Date`. */
  bounds(since = -Infinity): Bounds | undefined {
    const some = this.#samples.filter(({ at }) => at >= since - SLOT);
    if (some.length === 0) return undefined;
    const now = performance.now();
    return {
      least: Math.floor(Math.min(...some.map(({ least }) => least)) + now),
      below: Math.ceil(Math.min(...some.map(({ below }) => below)) + now),
    };
  }
}
