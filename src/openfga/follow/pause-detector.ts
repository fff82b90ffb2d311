// Detects pauses of this process, so that no question is answered from the state before a pause.
import { setTimeout as sleep } from "node:timers/promises";
import { ageOf, instant, type Instant } from "../two-clocks.ts";
import { LONGEST_BEAT_MS, LONGEST_WAIT_AFTER_PAUSE_MS, SHORTEST_PAUSE_MS } from "../openfga-limits.ts";

/** Dependencies of a pause detector. */
export interface PauseDetectorParts {
  /** The time without a beat, in milliseconds, that counts as a pause. */
  readonly longest: number;
  /** Brings the state up to date after a pause; the caller reports that through `completeAt`. */
  readonly wake: () => Promise<void>;
  /** Called at each beat. */
  readonly beaten: () => void;
  /** How long questions wait after a pause, in milliseconds; default LONGEST_WAIT_AFTER_PAUSE_MS. */
  readonly wait?: number | undefined;
}

/** Beats by a timer, which stops while the process is paused or the machine is suspended. */
export class PauseDetector {
  readonly #longest: number;
  readonly #parts: PauseDetectorParts;
  readonly #timer: NodeJS.Timeout;
  #beat: Instant = instant();
  /** When the last pause was noticed, on the monotonic clock; undefined once the state is newer than the pause. */
  #wokeAt: number | undefined;
  #waking: Promise<void> | undefined;

  constructor(parts: PauseDetectorParts) {
    this.#parts = parts;
    this.#longest = Math.max(parts.longest, SHORTEST_PAUSE_MS);
    this.#timer = setInterval(() => {
      this.#look();
      this.#beat = instant();
      parts.beaten();
    }, Math.min(this.#longest / 4, LONGEST_BEAT_MS));
    this.#timer.unref();
  }

  /**
   * Resolves when the state is up to date again, or the longest wait is over; undefined where there is nothing to wait
   * for. Requests that arrived during a pause are read before any timer runs, so every question reads this first.
   */
  get waking(): Promise<void> | undefined {
    this.#look();
    return this.#waking;
  }

  /** True after a pause that `waking` noticed, until the state is up to date: no answer may be given before that. */
  get isBehind(): boolean {
    return this.#wokeAt !== undefined;
  }

  /** Records that the state has everything from before a time on the monotonic clock. */
  completeAt(at: number): void {
    if (this.#wokeAt !== undefined && at >= this.#wokeAt) this.#wokeAt = undefined;
  }

  /** Stops the beats. */
  stop(): void {
    clearInterval(this.#timer);
  }

  /** Notices a pause since the last beat and starts to wake. */
  #look(): void {
    if (ageOf(this.#beat) <= this.#longest) return;
    this.#beat = instant();
    this.#wokeAt = performance.now();
    const { wake, wait = LONGEST_WAIT_AFTER_PAUSE_MS } = this.#parts;
    const waking = Promise.race([wake().catch(() => undefined), sleep(wait, undefined, { ref: false })]);
    const done = waking.finally(() => {
      if (this.#waking === done) this.#waking = undefined;
    });
    this.#waking = done;
  }
}
