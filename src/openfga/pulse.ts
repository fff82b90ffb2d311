// The pulse of this process: shows that it stood still, so that no question is answered from the state before.
import { setTimeout as sleep } from "node:timers/promises";
import { ageOf, instant, type Instant } from "./instant.ts";

/** A process whose timers were late by less is not called paused, in milliseconds. */
const SHORTEST_PAUSE = 500;
/** Longest time between two beats, in milliseconds. */
const LONGEST_BEAT = 500;
/** Longest time that questions wait for the state after a pause, in milliseconds; those after that are refused. */
const LONGEST_WAIT = 5_000;

/** What a pulse works with. */
export interface PulseParts {
  /** The time without a beat, in milliseconds, that counts as a pause. */
  readonly longest: number;
  /** Brings the state up to date after a pause; `settled` is told when it is. */
  readonly wake: () => Promise<void>;
  /** Called at each beat. */
  readonly beaten: () => void;
  /** How long questions wait after a pause, in milliseconds; default LONGEST_WAIT. */
  readonly wait?: number | undefined;
}

/** Beats by a timer. While the process is paused, or the machine suspended, it does not. */
export class Pulse {
  readonly #longest: number;
  readonly #parts: PulseParts;
  readonly #timer: NodeJS.Timeout;
  #beat: Instant = instant();
  /** When the last pause was noticed, on the monotonic clock, while the state may be the one before it. */
  #wokeAt: number | undefined;
  #waking: Promise<void> | undefined;

  constructor(parts: PulseParts) {
    this.#parts = parts;
    this.#longest = Math.max(parts.longest, SHORTEST_PAUSE);
    this.#timer = setInterval(() => {
      this.#look();
      this.#beat = instant();
      parts.beaten();
    }, Math.min(this.#longest / 4, LONGEST_BEAT));
    this.#timer.unref();
  }

  /**
   * Resolves when the state is up to date again, or nobody is to wait any longer; undefined where nobody has to.
   * Requests that waited during a pause are read before any timer runs, so every question looks here first.
   */
  get waking(): Promise<void> | undefined {
    this.#look();
    return this.#waking;
  }

  /** True after a pause, as `waking` noticed it, until the state is up to date: till then nothing is told of it. */
  get isBehind(): boolean {
    return this.#wokeAt !== undefined;
  }

  /** Takes in that the state has everything from before a time of the monotonic clock. */
  settled(at: number): void {
    if (this.#wokeAt !== undefined && at >= this.#wokeAt) this.#wokeAt = undefined;
  }

  /** Ends the beats. */
  stop(): void {
    clearInterval(this.#timer);
  }

  /** Notices a pause. */
  #look(): void {
    if (ageOf(this.#beat) <= this.#longest) return;
    this.#beat = instant();
    this.#wokeAt = performance.now();
    const { wake, wait = LONGEST_WAIT } = this.#parts;
    const waking = Promise.race([wake().catch(() => undefined), sleep(wait, undefined, { ref: false })]);
    const done = waking.finally(() => {
      if (this.#waking === done) this.#waking = undefined;
    });
    this.#waking = done;
  }
}
