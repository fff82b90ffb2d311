// Events of the embedded store that share one transaction: decided one after the other, committed all or none.
import { become, orgOfEvent, resume, type Step, type Surroundings } from "../events/become.ts";
import type { Envelope, Receipt } from "../events/event.ts";
import { isPending } from "../events/marker.ts";
import { stepsToRead } from "../events/payload.ts";
import { receiptOf } from "../events/receipt.ts";
import { isRefusal, refuse, type Refusal } from "../events/refusal.ts";
import { countedView, MAX_STEPS_PER_TURN, type CountedView } from "../state/counted-view.ts";
import type { View } from "../state/view.ts";
import { applyDelta, invertDelta, isEmpty, sizeOf, type Delta } from "../tuples/delta.ts";
import type { EmbeddedStore } from "../tuples/embedded-store.ts";
import { isStoreFull } from "../tuples/embedded-store-error.ts";
import type { Part } from "../tuples/embedded-store-net.ts";
import { MAX_TUPLES_PER_DELTA } from "../tuples/store.ts";
import type { TupleSet } from "../tuples/tuple-set.ts";
import { printTuple } from "../tuples/tuple.ts";

/** Steps that a tuple takes to be written to disk. */
const STEPS_PER_TUPLE_WRITTEN = 60;
/** Steps that it takes to look for an event's org, beside its look-ups. */
const STEPS_PER_LOOK = 10;

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

/** A redelivery of an event that has not had all of its writes: it is answered after these. */
export interface Behind {
  /** The org whose event is to be finished first. */
  readonly behind: string;
}

/** True for an event that has to wait for the one that it repeats. */
export function isBehind(outcome: Receipt | Refusal | Unfinished | Behind): outcome is Behind {
  return "behind" in outcome;
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
  readonly #applied: AppliedDelta[] = [];
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

  /** True where nothing was applied. */
  get isEmpty(): boolean {
    return this.#applied.length === 0;
  }

  /**
   * The org in whose order an event would stand; undefined where the state does not have what it is about. `isRead`: it
   * was asked for before, so that the payload was read.
   */
  orgOf(envelope: Envelope, isRead: boolean): string | undefined {
    this.#steps += STEPS_PER_LOOK + (isRead ? 0 : stepsToRead(envelope));
    return orgOfEvent(envelope, this.#view);
  }

  /** `take`; an event that breaks an invariant is taken back and refused, and the others continue. */
  takeOrGiveUp(sent: Sent): Receipt | Refusal | Unfinished | Behind {
    const mark = this.#applied.length;
    try {
      return this.take(sent);
    } catch (error) {
      this.#undoTo(mark);
      this.#parts.failed(error);
      return refuse("store_unavailable", "the event could not be decided");
    }
  }

  /** Decides an event on the state after the ones before it, and applies its first write to the memory. */
  take({ envelope, system }: Sent): Receipt | Refusal | Unfinished | Behind {
    this.#steps += stepsToRead(envelope);
    const step = become(envelope, this.#view, aroundOf(this.#parts, system, this.#at));
    if (isRefusal(step)) return step;
    const { status, org } = step;
    if (status === "duplicate" && isPending(this.#view.tuples, org, envelope)) return { behind: org };
    this.#apply(step);
    return step.more ? { org: step.org, steps: [step] } : receiptOf(envelope, [step]);
  }

  /** Applies the next write of the event of an org that has not had all of them. Undefined where there is none. */
  resume(org: string): Step | undefined {
    const step = resume(org, this.#view, aroundOf(this.#parts, true, this.#at));
    if (step !== undefined) this.#apply(step);
    return step;
  }

  /** Writes all deltas in one transaction; when that fails, takes them back from the memory and says why. */
  commit(): string | undefined {
    if (this.isEmpty) return undefined;
    try {
      const committed = this.#parts.store.commit(this.#applied.flatMap(inParts), this.#at);
      if (committed.ok) return undefined;
      this.#parts.broken(`memory and disk differ at ${committed.conflict}`);
      return "the store is not as expected";
    } catch (error) {
      this.#undoTo(0);
      this.#parts.failed(error);
      return isStoreFull(error) ? "the store cannot be written: the disk is full" : "the store cannot be written";
    }
  }

  #apply({ delta, more }: Step): void {
    if (isEmpty(delta)) return;
    const { tuples } = this.#view;
    const inverse = invertDelta(tuples, delta);
    applyWhole(tuples, delta, inverse);
    this.#applied.push({ delta, inverse, more });
    this.#steps += STEPS_PER_TUPLE_WRITTEN * sizeOf(delta);
  }

  #undoTo(mark: number): void {
    for (const { inverse } of this.#applied.splice(mark).reverse()) applyDelta(this.#parts.view.tuples, inverse);
  }
}

/** A write of an event in the memory, and what takes it back. */
interface AppliedDelta {
  readonly delta: Delta;
  readonly inverse: Delta;
  /** The event has further writes. */
  readonly more: boolean;
}

/** Applies a delta, all of it or nothing: throws where a tuple is not as the delta expects. */
function applyWhole(tuples: TupleSet, { deletes, writes }: Delta, inverse: Delta): void {
  const missing = deletes.findIndex((key) => !tuples.delete(key));
  const there = missing >= 0 ? 0 : writes.findIndex((tuple) => !tuples.add(tuple));
  if (missing < 0 && there < 0) return;
  for (const key of inverse.deletes.slice(0, there)) tuples.delete(key);
  for (const tuple of missing < 0 ? inverse.writes : inverse.writes.slice(0, missing)) tuples.add(tuple);
  const odd = missing < 0 ? writes[there]! : deletes[missing]!;
  throw new Error(`a tuple is not as the event expects: ${printTuple(odd)}`);
}

/** A write of an event in parts that the store takes, to be committed together; itself where it is small. */
function inParts({ delta, more }: AppliedDelta): Part[] {
  if (sizeOf(delta) <= MAX_TUPLES_PER_DELTA) return [{ ...delta, more }];
  const parts: Part[] = [];
  for (let i = 0; i < delta.deletes.length; i += MAX_TUPLES_PER_DELTA) {
    parts.push({ writes: [], deletes: delta.deletes.slice(i, i + MAX_TUPLES_PER_DELTA), more: true });
  }
  for (let i = 0; i < delta.writes.length; i += MAX_TUPLES_PER_DELTA) {
    parts.push({ writes: delta.writes.slice(i, i + MAX_TUPLES_PER_DELTA), deletes: [], more: true });
  }
  return [...parts.slice(0, -1), { ...parts.at(-1)!, more }];
}
