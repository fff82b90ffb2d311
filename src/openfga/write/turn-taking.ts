// Turn taking of an org writer: pauses after its writes, so that the org's writer on another sidecar gets a turn.

/**
 * How long after a lost race an org writer pauses after each of its writes, in milliseconds. A winner can write again
 * at once, while the losers must first read what it wrote, and would lose every race.
 */
const POLITE_MS = 3_000;
/**
 * Bounds, in milliseconds, on the time from a lost race to the next one won, which is about the time the other writer
 * needs as well. A polite pause is random, up to twice that time.
 */
const MIN_TURN_MS = 20;
const MAX_TURN_MS = 150;
/**
 * An org writer that is never idle and never loses pauses for PAUSE_MS now and then, in case another loses every race:
 * more often where other sidecars wrote lately, and always before an event is given up. All in milliseconds.
 */
export const PAUSE_MS = 160;
const ALONE_MS = 6_000;
const AMONG_OTHERS_MS = 1_000;
const LATELY_MS = 600_000;

/** Decides when an org writer pauses. Times are in milliseconds on the monotonic clock. */
export class TurnTaking {
  #since = -Infinity;
  #lostAt = -Infinity;
  #isLosing = false;
  #turn = MIN_TURN_MS;

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
    if (this.#isLosing) this.#turn = Math.min(Math.max(now - this.#lostAt, MIN_TURN_MS), MAX_TURN_MS);
    this.#isLosing = false;
    if (now - this.#lostAt < POLITE_MS) return random * 2 * this.#turn;
    const often = now - othersAt < LATELY_MS ? AMONG_OTHERS_MS : ALONE_MS;
    if (now - this.#since < often) return 0;
    this.#since = now + PAUSE_MS;
    return PAUSE_MS;
  }
}
