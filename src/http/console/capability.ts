// Kinds of answers that not every server gives, such as those of an earlier time, found by asking.
import { CAPABILITY_ASKED_AGAIN_MS } from "./console-limits.ts";

/** A kind of answer that a server may or may not give. A yes is remembered for good, a no for a while. */
export class Capability {
  #answer: Promise<boolean> | undefined;
  #asked = 0;

  /** Returns whether the server has it, at a time in milliseconds since 1970; `ask` finds out. */
  async has(now: number, ask: () => Promise<boolean>): Promise<boolean> {
    if (this.#answer !== undefined && (now - this.#asked < CAPABILITY_ASKED_AGAIN_MS || await this.#answer)) {
      return this.#answer;
    }
    this.#asked = now;
    this.#answer = ask();
    return this.#answer;
  }
}
