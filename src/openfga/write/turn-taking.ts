// Turn taking of an org writer: pauses after its writes, so that the org's writer on another sidecar gets a turn.

/**
 * How long after a lost race an org writer pauses after each of its writes, in milliseconds. A winner can write again
 * at once, while the losers must first read what it wrote, and would lose every race.
 */
const POLITE_FOR = 3_000;
/**
 * Bounds, in milliseconds, on the time from a lost race to the next one won, which is about the time the other writer
 * needs as well. A polite pause is random, up to twice that time.
 */
const LEAST_TURN = 20;
const MOST_TURN = 150;
/**
 * An org writer that is never idle and never loses pauses for PAUSE now and then, in case another loses every race:
 * more often where other sidecars wrote lately, and always before an event is given up. All in milliseconds.
 */
export const PAUSE = 160;
const ALONE_FOR = 6_000;
const AMONG_OTHERS_FOR = 1_000;
const LATELY = 600_000;

/** Decides when an org writer pauses. Times are in milliseconds on the monotonic clock. */
export class TurnTaking {
  #since = -Infinity;
  #lostAt = -Infinity;
  #isLosing = false;
  #turn = LEAST_TURN;

  /** Records that the writer starts after being idle. */
  begin(now: number): void {
    this.#since = now;
  }

  /** Records a lost race. */
  lost(now: number): void {
    this.#since = this.#lostAt = now;
    this.#isLosing = true;
  }

  /**
   * Records a write that was taken. Returns the pause before the next write, in milliseconds. `othersAt`: when another
   * sidecar was last seen to write, in any org; `random`: 0..1.
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
