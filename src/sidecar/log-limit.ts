// Limits how many lines a lasting fault can log.

/** Period of a limit, in milliseconds. */
const MINUTE = 60_000;

/** Passes at most `most` lines a minute and counts the rest. `clock` returns milliseconds and never runs backwards. */
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

  /** Calls `log` unless the limit is reached, with the number of lines left out since the last call. */
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
