// The cycle memo of one evaluation: the path so far, and the outcomes found for one subject.
import { CYCLE, DENIED, FAULT, GRANTED, type Outcome } from "./outcome.ts";
import type { Failure } from "./question.ts";

/** An outcome found for a relation to an object. */
export interface Known {
  readonly outcome: Outcome;
  /** The reason, when the outcome is FAULT. */
  readonly failure: Failure | undefined;
  /** Whether the fault comes from the depth limit. If so, a shorter path may have another outcome. */
  readonly deep: boolean;
  readonly depth: number;
  /** Lowest place on the path whose outcome was assumed for this one; SURE when none was. */
  low: number;
}

/** A key on the path. */
interface Step {
  low: number;
  /** Length of `open`, and number of outcomes from the depth limit, when the step began. */
  readonly mark: number;
  readonly deepUses: number;
}

const SURE = Infinity;

/**
 * Remembers outcomes by (object, relation). A key that occurs again on its own path (a cycle) is assumed to have the
 * last outcome found for it, at first CYCLE. GRANTED and DENIED never depend on an assumption. Any other outcome that
 * does stays open until the assumed key is finished, and is evaluated again if the assumption proves wrong. Assumptions
 * only rise (CYCLE, then FAULT), so the work is polynomial. The result is the least fixpoint, whatever the order of the
 * questions.
 */
export class CycleMemo {
  private readonly path: Step[] = [];
  private readonly places = new Map<number, number>();
  private readonly known = new Map<number, Known>();
  /** Keys whose outcome in `known` depends on an assumption, oldest first. */
  private readonly open: number[] = [];
  /** Outcomes assumed for keys on a cycle instead of CYCLE. */
  private readonly raised = new Map<number, Known>();
  /** Keys on the path whose outcome was assumed. */
  private readonly assumed = new Set<number>();
  private deepUses = 0;

  /** Returns the outcome if it is known or the key is on the path. Otherwise returns undefined: call `leave` later. */
  enter(key: number, depth: number): Known | undefined {
    const place = this.places.get(key);
    if (place !== undefined) {
      this.assumed.add(key);
      return this.use(this.raised.get(key) ?? ON_PATH, place);
    }
    const known = this.known.get(key);
    if (known !== undefined && (!known.deep || depth >= known.depth)) return this.use(known, known.low);
    // A fault assumed on a longer path because of its depth may not occur on this shorter one.
    const raised = this.raised.get(key);
    if (raised !== undefined && raised.deep && depth < raised.depth) this.raised.delete(key);
    this.places.set(key, this.path.length);
    this.path.push({ low: SURE, mark: this.open.length, deepUses: this.deepUses });
    return undefined;
  }

  /** Notes that the depth limit was reached. */
  noteDeep(): void {
    this.deepUses++;
  }

  /** Takes the outcome of the key entered last and returns it, or undefined when the key must be evaluated again. */
  leave(key: number, depth: number, found: Outcome, failure: Failure | undefined): Outcome | undefined {
    const step = this.path.at(-1)!;
    const place = this.path.length - 1;
    const raised = this.raised.get(key);
    const outcome = raised !== undefined && found === CYCLE ? raised.outcome : found;
    const isSure = outcome === GRANTED || outcome === DENIED;
    const isOther = this.assumed.has(key) && outcome !== (raised?.outcome ?? CYCLE);
    if (isOther) this.forget(step.mark);
    const deep = outcome === FAULT && this.deepUses !== step.deepUses;
    const entry: Known = { outcome, failure: outcome === FAULT ? failure : undefined, deep, depth, low: SURE };
    if (isOther && !isSure) {
      this.raised.set(key, entry);
      return undefined;
    }

    this.path.pop();
    this.places.delete(key);
    this.assumed.delete(key);
    this.known.set(key, entry);
    if (isSure) return outcome;
    this.close(step, place);
    if (step.low < place) {
      entry.low = step.low;
      this.open.push(key);
      this.lean(step.low);
    }
    return outcome;
  }

  /** Keeps an outcome that depends on nothing on the path. */
  keep(key: number, outcome: Outcome): void {
    this.known.set(key, { outcome, failure: undefined, deep: false, depth: 0, low: SURE });
  }

  private use(known: Known, low: number): Known {
    if (known.deep) this.deepUses++;
    this.lean(low);
    return known;
  }

  private lean(low: number): void {
    const top = this.path.at(-1);
    if (top !== undefined && low < top.low) top.low = low;
  }

  /** Makes outcomes that depend on an ended step depend on its own assumption, or on none if that is not lower. */
  private close(step: Step, place: number): void {
    const rest = this.open.splice(step.mark);
    for (const key of rest) {
      const known = this.known.get(key);
      if (known === undefined || known.low === SURE) continue;
      if (known.low >= place) known.low = step.low < place ? step.low : SURE;
      if (known.low !== SURE) this.open.push(key);
    }
  }

  /** Forgets the open outcomes found since `mark`. */
  private forget(mark: number): void {
    for (const key of this.open.splice(mark)) {
      const known = this.known.get(key);
      if (known !== undefined && known.low !== SURE) this.known.delete(key);
    }
  }
}

const ON_PATH: Known = Object.freeze({ outcome: CYCLE, failure: undefined, deep: false, depth: 0, low: SURE });
