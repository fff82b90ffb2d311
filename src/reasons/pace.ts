// Ends a part of an explanation after some number of steps, so that short work does not rest after each piece.
import type { Parts } from "../checks/parts.ts";
import { STEPS_PER_REASON_PART } from "./reasons-limits.ts";

/** Counts the steps of one explanation. A part exceeds them by its last piece of work at most, such as one trial. */
export class Pace {
  readonly #stepsPerPart: number;
  #steps = 0;

  constructor(stepsPerPart = STEPS_PER_REASON_PART) {
    this.#stepsPerPart = stepsPerPart;
  }

  /** Counts steps of work. */
  add(steps: number): void {
    this.#steps += steps;
  }

  /** True once the part has taken its steps. */
  get isDue(): boolean {
    return this.#steps >= this.#stepsPerPart;
  }

  /** Ends the part if it is due. */
  *rest(): Parts<undefined> {
    if (!this.isDue) return undefined;
    this.#steps = 0;
    yield;
    return undefined;
  }
}
