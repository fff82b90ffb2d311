// Events of the embedded store that share one transaction: decided one after the other, committed all or none.
import { become, resume, type Step, type Surroundings } from "../events/become.ts";
import type { Envelope, Receipt } from "../events/event.ts";
import { stepsToRead } from "../events/payload.ts";
import { receiptOf } from "../events/receipt.ts";
import { isRefusal, refuse, type Refusal } from "../events/refusal.ts";
import { countedView, MAX_STEPS_PER_TURN, type CountedView } from "../state/counted-view.ts";
import type { View } from "../state/view.ts";
import { applyDelta, invertDelta, isEmpty, sizeOf, type Delta } from "../tuples/delta.ts";
import type { EmbeddedStore } from "../tuples/embedded-store.ts";
import { isStoreFull } from "../tuples/embedded-store-error.ts";
import { MAX_TUPLES_PER_DELTA } from "../tuples/store.ts";

/** Steps that a tuple takes to be written to disk. */
const STEPS_PER_TUPLE_WRITTEN = 60;

/**
 * Tuples of one write of an event; what needs more has several, each in a turn of the event loop and a transaction of
 * its own, as on OpenFGA. About 10 ms. Most events need less than a tenth of it.
 */
const MAX_TUPLES_PER_WRITE = 500;

/** What the intake works with. `view` is the live state: its tuples change as events are applied. */
export interface EmbeddedParts {
  readonly view: View;
  readonly store: Pick<EmbeddedStore, "commit">;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly emailHash: (email: string) => string;
  /** A transaction failed and was taken back from the memory. */
  readonly failed: (error: unknown) => void;
  /** Memory and disk differ: nothing may be answered any more. */
  readonly broken: (why: string) => void;
  /** Tuples of one write; MAX_TUPLES_PER_WRITE unless a test says otherwise. */
  readonly maxTuples?: number;
}

/** An event as it came in. */
export interface Sent {
  readonly envelope: Envelope;
  readonly system: boolean;
}

/** An event that needs further writes: the next one is that of `resume`. */
export interface Unfinished {
  readonly org: string;
  readonly steps: readonly Step[];
}

/** True for an event that needs further writes. */
export function isUnfinished(outcome: Receipt | Refusal | Unfinished): outcome is Unfinished {
  return "steps" in outcome;
}

/** What an event is decided with. */
export function aroundOf(
  { emailHash, maxTuples = MAX_TUPLES_PER_WRITE }: EmbeddedParts, system: boolean, clock: number,
): Surroundings {
  return { system, clock, emailHash, maxTuples };
}

/** Events that share one transaction. */
export class Group {
  readonly #parts: EmbeddedParts;
  readonly #at: number;
  readonly #view: CountedView;
  readonly #deltas: Delta[] = [];
  readonly #inverses: Delta[] = [];
  /** Steps of work that the view does not count. */
  #steps = 0;

  constructor(parts: EmbeddedParts) {
    this.#parts = parts;
    this.#at = parts.now();
    this.#view = countedView(parts.view);
  }

  /** True once the turn has no room for another event. */
  get isFull(): boolean {
    return this.#view.steps() + this.#steps >= MAX_STEPS_PER_TURN;
  }

  /** `take`; an event that breaks an invariant is taken back and refused, and the others continue. */
  takeOrGiveUp(sent: Sent): Receipt | Refusal | Unfinished {
    const mark = this.#deltas.length;
    try {
      return this.take(sent);
    } catch (error) {
      this.#undoTo(mark);
      this.#parts.failed(error);
      return refuse("store_unavailable", "the event could not be decided");
    }
  }

  /** Decides an event on the state after the ones before it, and applies its first write to the memory. */
  take({ envelope, system }: Sent): Receipt | Refusal | Unfinished {
    this.#steps += stepsToRead(envelope);
    const step = become(envelope, this.#view, aroundOf(this.#parts, system, this.#at));
    if (isRefusal(step)) return step;
    this.#apply(step.delta);
    return step.more ? { org: step.org, steps: [step] } : receiptOf(envelope, [step]);
  }

  /** Applies the next write of the event of an org that has not had all of them. Undefined where there is none. */
  resume(org: string): Step | undefined {
    const step = resume(org, this.#view, aroundOf(this.#parts, true, this.#at));
    if (step !== undefined) this.#apply(step.delta);
    return step;
  }

  /** Writes all deltas in one transaction; when that fails, takes them back from the memory and says why. */
  commit(): string | undefined {
    if (this.#deltas.length === 0) return undefined;
    try {
      const applied = this.#parts.store.commit(this.#deltas.flatMap(inParts), this.#at);
      if (applied.ok) return undefined;
      this.#parts.broken(`memory and disk differ at ${applied.conflict}`);
      return "the store is not as expected";
    } catch (error) {
      this.#undoTo(0);
      this.#parts.failed(error);
      return isStoreFull(error) ? "the store cannot be written: the disk is full" : "the store cannot be written";
    }
  }

  #apply(delta: Delta): void {
    if (isEmpty(delta)) return;
    const { tuples } = this.#view;
    this.#inverses.push(invertDelta(tuples, delta));
    applyDelta(tuples, delta);
    this.#deltas.push(delta);
    this.#steps += STEPS_PER_TUPLE_WRITTEN * sizeOf(delta);
  }

  #undoTo(mark: number): void {
    while (this.#deltas.length > mark) {
      this.#deltas.pop();
      const inverse = this.#inverses.pop();
      if (inverse !== undefined) applyDelta(this.#parts.view.tuples, inverse);
    }
  }
}

/** A delta in parts that the store takes, to be committed together; itself where it is small. */
function inParts(delta: Delta): Delta[] {
  if (sizeOf(delta) <= MAX_TUPLES_PER_DELTA) return [delta];
  const parts: Delta[] = [];
  for (let i = 0; i < delta.deletes.length; i += MAX_TUPLES_PER_DELTA) {
    parts.push({ writes: [], deletes: delta.deletes.slice(i, i + MAX_TUPLES_PER_DELTA) });
  }
  for (let i = 0; i < delta.writes.length; i += MAX_TUPLES_PER_DELTA) {
    parts.push({ writes: delta.writes.slice(i, i + MAX_TUPLES_PER_DELTA), deletes: [] });
  }
  return parts;
}
