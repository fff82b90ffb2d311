// The memory of one evaluation of recursive relations: the path so far, and what is settled already.
import { CYCLE, DENIED, FAULT, GRANTED, type Outcome } from "./outcome.ts";

interface Settled {
  readonly outcome: Outcome;
  readonly depth: number;
}

/**
 * Every (object, relation) is evaluated once. A no that was reached by assuming no for something on the path (a cycle)
 * holds only while that assumption does: it is forgotten when the assumed one turns out granted, or faulty.
 */
export class Memo {
  /** Keys being evaluated, outermost first, each with the length of `provisional` when it was entered. */
  private readonly path: { readonly key: number; readonly mark: number }[] = [];
  private readonly settled = new Map<number, Settled>();
  private readonly provisional: number[] = [];

  /** The outcome, when it is known or the key is on the path; else undefined, and `leave` must follow. */
  enter(key: number, depth: number): Outcome | undefined {
    for (const step of this.path) if (step.key === key) return CYCLE;
    const known = this.settled.get(key);
    // A fault may be owed to depth alone, so it does not hold for a shorter path.
    if (known !== undefined && (known.outcome !== FAULT || depth >= known.depth)) return known.outcome;
    this.path.push({ key, mark: this.provisional.length });
    return undefined;
  }

  /** Settles the outcome of the key entered last. */
  leave(key: number, depth: number, outcome: Outcome): Outcome {
    const { mark } = this.path.pop()!;
    if (outcome === GRANTED || outcome === FAULT) {
      for (const stale of this.provisional.splice(mark)) this.settled.delete(stale);
    }
    this.settled.set(key, { outcome, depth });
    if (outcome !== GRANTED && outcome !== DENIED) this.provisional.push(key);
    return outcome;
  }
}
