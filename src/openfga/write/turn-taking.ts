// Turn taking of an org writer: pauses after its writes, so that the org's writer on another sidecar gets a turn.
import {
  ALONE_FOR_MS, AMONG_OTHERS_FOR_MS, LATELY_MS, LEAST_TURN_MS, LONE_WRITER_PAUSE_MS, MOST_TURN_MS, POLITE_FOR_MS,
} from "../openfga-limits.ts";

/** Decides when an org writer pauses. Times are in milliseconds on the monotonic clock. */
export class TurnTaking {
  #since = -Infinity;
  #lostAt = -Infinity;
  #isLosing = false;
  #turn = LEAST_TURN_MS;

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
    if (this.#isLosing) this.#turn = Math.min(Math.max(now - this.#lostAt, LEAST_TURN_MS), MOST_TURN_MS);
    this.#isLosing = false;
    if (now - this.#lostAt < POLITE_FOR_MS) return random * 2 * this.#turn;
    const often = now - othersAt < LATELY_MS ? AMONG_OTHERS_FOR_MS : ALONE_FOR_MS;
    if (now - this.#since < often) return 0;
    this.#since = now + LONE_WRITER_PAUSE_MS;
    return LONE_WRITER_PAUSE_MS;
  }
}
