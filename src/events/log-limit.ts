// Limits the lines of a log that a lasting fault would fill.

/** Milliseconds that a limit holds for. */
const MINUTE = 60_000;

/** Lets a number of lines a minute through, and counts the others. `clock` tells milliseconds and never goes back. */
export class LogLimit {
  readonly #most: number;
  readonly #clock: () => number;
  #since = -Infinity;
  #lines = 0;
  #left = 0;

  constructor(most: number, clock: () => number) {
    this.#most = most;
    this.#clock = clock;
  }

  /** Writes a line by `log` where there is room, with the number of lines left out since the last one. */
  write(log: (leftOut: { readonly left_out?: number }) => void): void {
    const now = this.#clock();
    if (now - this.#since >= MINUTE) [this.#since, this.#lines] = [now, 0];
    if (this.#lines >= this.#most) {
      this.#left++;
      return;
    }
    this.#lines++;
    log(this.#left === 0 ? {} : { left_out: this.#left });
    this.#left = 0;
  }
}
