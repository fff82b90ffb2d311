// The pulse of this process: shows that it stood still, so that no question is answered from the state before.
import { setTimeout as sleep } from "node:timers/promises";
import { ageOf, instant, type Instant } from "./instant.ts";

/** A process whose timers were late by less is not called paused, in milliseconds. */
const SHORTEST_PAUSE = 500;
/** Longest time between two beats, in milliseconds. */
const LONGEST_BEAT = 500;
/** Longest time that questions wait for the state after a pause, in milliseconds: then its age decides. */
const LONGEST_WAIT = 5_000;

/** Beats by a timer. While the process is paused, or the machine suspended, it does not. */
export class Pulse {
  readonly #longest: number;
  readonly #wake: () => Promise<void>;
  readonly #timer: NodeJS.Timeout;
  #beat: Instant = instant();
  #waking: Promise<void> | undefined;

  /**
   * `longest`: the time without a beat, in milliseconds, that counts as a pause. `wake` brings the state up to date
   * after one. `beaten` is called at each beat.
   */
  constructor(longest: number, wake: () => Promise<void>, beaten: () => void) {
    this.#longest = Math.max(longest, SHORTEST_PAUSE);
    this.#wake = wake;
    this.#timer = setInterval(() => {
      this.#look();
      beaten();
    }, Math.min(this.#longest / 4, LONGEST_BEAT));
    this.#timer.unref();
  }

  /**
   * Resolves when the state is up to date again; undefined where the process did not stand still. Requests that waited
   * during a pause are read before any timer runs, so every question looks here first.
   */
  get waking(): Promise<void> | undefined {
    if (this.#waking === undefined && ageOf(this.#beat) > this.#longest) this.#look();
    return this.#waking;
  }

  /** Ends the beats. */
  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const paused = ageOf(this.#beat) > this.#longest;
    this.#beat = instant();
    if (!paused) return;
    const waking = Promise.race([this.#wake().catch(() => undefined), sleep(LONGEST_WAIT, undefined, { ref: false })]);
    const done = waking.finally(() => {
      if (this.#waking === done) this.#waking = undefined;
    });
    this.#waking = done;
  }
}
