// The progress of long work on standard error: one line that is rewritten on a terminal, else a line every few seconds.
import { PROGRESS_INTERVAL_MS, PROGRESS_REFRESH_MS } from "./command-limits.ts";

/** The part of standard error that the progress needs. */
interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** Shows how far a command is. Other lines on standard error go through it, so that they do not mix. */
export class ProgressLine {
  readonly #to: Terminal;
  readonly #now: () => number;
  #last: number;
  #isShown = false;

  /** `now` returns milliseconds. Short work shows nothing where standard error is no terminal. */
  constructor(to: Terminal = process.stderr, now: () => number = () => performance.now()) {
    this.#to = to;
    this.#now = now;
    this.#last = to.isTTY === true ? Number.NEGATIVE_INFINITY : now();
  }

  /** Shows the text that `text` returns, unless one was shown a moment ago. */
  show(text: () => string): void {
    const isTerminal = this.#to.isTTY === true;
    const now = this.#now();
    if (now - this.#last < (isTerminal ? PROGRESS_REFRESH_MS : PROGRESS_INTERVAL_MS)) return;
    this.#last = now;
    if (!isTerminal) {
      this.#to.write(`${text()}\n`);
      return;
    }
    this.#to.write(`\r\x1b[K${text().slice(0, Math.max(1, (this.#to.columns ?? 80) - 1))}`);
    this.#isShown = true;
  }

  /** Prints a line that stays. */
  note(line: string): void {
    this.clear();
    this.#to.write(`${line}\n`);
  }

  /** Removes the progress line from a terminal. */
  clear(): void {
    if (this.#isShown) this.#to.write("\r\x1b[K");
    this.#isShown = false;
  }
}

/** Prints a number with separators: `332,400`. */
export function printNumber(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}
