// Ends a part of an explanation after some steps and some time, so that short work does not rest after each piece.
import type { Parts } from "../checks/parts.ts";
import { MS_PER_REASON_PART, STEPS_PER_REASON_PART } from "./reasons-limits.ts";

/** The size of a part: it takes at least `steps`, and at least `ms` milliseconds by a clock. */
export interface PartSize {
  readonly steps: number;
  readonly ms: number;
  readonly now: () => number;
}

const WITHOUT_CLOCK: PartSize = { steps: STEPS_PER_REASON_PART, ms: 0, now: () => 0 };

/** Parts of the size that the limits set. `now`: a clock in milliseconds. */
export function partsBy(now: () => number): PartSize {
  return { steps: STEPS_PER_REASON_PART, ms: MS_PER_REASON_PART, now };
}

/** Counts the steps of one explanation. A part exceeds its size by its last piece of work, such as one trial. */
export class Pace {
  readonly #size: PartSize;
  #steps = 0;
  #began: number;

  constructor(size = WITHOUT_CLOCK) {
    this.#size = size;
    this.#began = size.now();
  }

  /** Counts steps of work. */
  add(steps: number): void {
    this.#steps += steps;
  }

  /** True once the part has taken its steps and its time. */
  get isDue(): boolean {
    const { steps, ms, now } = this.#size;
    return this.#steps >= steps && now() - this.#began >= ms;
  }

  /** Ends the part if it is due. */
  *rest(): Parts<undefined> {
    if (!this.isDue) return undefined;
    yield;
    this.#steps = 0;
    this.#began = this.#size.now();
    return undefined;
  }
}
