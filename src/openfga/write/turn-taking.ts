// The pace of a lane: pauses after its writes, so that a lane of the same org on another sidecar gets a turn, too.

/**
 * Whoever took a turn can write again at once; the others must read what it wrote first, and would lose every race. So
 * after a lost race a lane is polite for so long, in milliseconds: it pauses after each write of its own.
 */
const POLITE_FOR = 3_000;
/**
 * A polite pause is a random part of twice the time from a lost race to the next one won: what the other needs, too.
 * That time counts as so much at least and at most, in milliseconds.
 */
const LEAST_TURN = 20;
const MOST_TURN = 150;
/**
 * A lane that is never idle and never loses pauses for PAUSE now and then, in case another loses all the time: sooner
 * where other sidecars were seen to write lately, and in any case before an event is given up. All in milliseconds.
 */
export const PAUSE = 160;
const ALONE_FOR = 6_000;
const AMONG_OTHERS_FOR = 1_000;
const LATELY = 600_000;

/** Times are in milliseconds on the monotonic clock. */
export class TurnTaking {
  #since = -Infinity;
  #lostAt = -Infinity;
  #isLosing = false;
  #turn = LEAST_TURN;

  /** The lane begins, after it had nothing to do. */
  begin(now: number): void {
    this.#since = now;
  }

  /** A race was lost. */
  lost(now: number): void {
    this.#since = this.#lostAt = now;
    this.#isLosing = true;
  }

  /**
   * A write was taken. Returns how long to pause before the next, in milliseconds. `othersAt`: when another sidecar was
   * last seen to write, whichever org; `random`: 0..1.
   */
  won(now: number, othersAt: number, random: number): number {
    if (this.#isLosing) this.#turn = Math.min(Math.max(now - this.#lostAt, LEAST_TURN), MOST_TURN);
    this.#isLosing = false;
    if (now - this.#lostAt < POLITE_FOR) return random * 2 * this.#turn;
    const often = now - othersAt < LATELY ? AMONG_OTHERS_FOR : ALONE_FOR;
    if (now - this.#since < often) return 0;
    this.#since = now + PAUSE;
    return PAUSE;
  }
}
