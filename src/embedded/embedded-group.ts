// A group of events of the embedded store that share one transaction: decided in order, committed all or none.
import { decideTogether, type Behind } from "../events/atomic-batch.ts";
import { decideEvent, orgOfEvent, continueEvent, type Step, type Surroundings } from "../events/decide-event.ts";
import type { DomainEvent } from "../events/domain-event.ts";
import type { AtomicRefusal, Receipt } from "../events/event.ts";
import { hasContinuation } from "../ledger/continuation.ts";
import { receiptOf } from "../events/receipt.ts";
import { isRefusal, refuse, type Refusal } from "../events/refusal.ts";
import { countedView, type CountedView } from "../domain/counted-view.ts";
import { MAX_STEPS_PER_ATOMIC_BATCH, MAX_STEPS_PER_TURN } from "../domain/event-limits.ts";
import type { LiveView } from "../domain/state-view.ts";
import { isEmpty, sizeOf } from "../tuples/delta.ts";
import { TentativeDeltas } from "../memory/tentative-deltas.ts";
import { MAX_TUPLES_PER_ATOMIC_BATCH, MAX_TUPLES_PER_WRITE } from "./embedded-limits.ts";
import type { EmbeddedStore } from "./embedded-store.ts";
import { isStoreFull } from "./store-error.ts";
import type { Part } from "./stored-row-changes.ts";
import { MAX_TUPLES_PER_DELTA } from "../tuples/store.ts";

/** Steps counted for each tuple written to disk. */
const STEPS_PER_TUPLE_WRITTEN = 60;
/** Steps counted for finding the org of an event, in addition to its look-ups. */
const STEPS_PER_LOOK = 10;

/** Everything that the intake depends on. `view` is the live state: its tuples change as events are applied. */
export interface EmbeddedParts {
  readonly view: LiveView;
  readonly store: Pick<EmbeddedStore, "commit">;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly emailHash: (email: string) => string;
  /** Called when a transaction failed and its changes were taken back from memory. */
  readonly failed: (error: unknown) => void;
  /** Called when memory and disk differ: nothing may be answered from then on. */
  readonly broken: (why: string) => void;
  /** Maximum number of tuples in one write; MAX_TUPLES_PER_WRITE unless a test sets it. */
  readonly maxTuples?: number;
  /** Limits of an atomic batch, unless a test sets them. */
  readonly atomicLimits?: { readonly tuples: number; readonly steps: number };
}

const ATOMIC_LIMITS = { tuples: MAX_TUPLES_PER_ATOMIC_BATCH, steps: MAX_STEPS_PER_ATOMIC_BATCH };

/** An event as it was received. */
export interface Sent {
  readonly event: DomainEvent;
  readonly system: boolean;
}

/** An event that needs further writes; `resume` makes the next one. */
export interface Unfinished {
  readonly org: string;
  readonly steps: readonly Step[];
}

/** True for a redelivery that has to wait for the event it repeats. */
export function isBehind(
  outcome: Receipt | Refusal | Unfinished | AtomicRefusal | readonly Step[] | Behind,
): outcome is Behind {
  return "behind" in outcome;
}

/** True for an event that needs further writes. */
export function isUnfinished(outcome: Receipt | Refusal | Unfinished): outcome is Unfinished {
  return "steps" in outcome;
}

/** Returns the surroundings an event is decided with. */
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
  readonly #deltas: TentativeDeltas;
  /** The writes whose deltas are applied, in order. */
  readonly #applied: Step[] = [];
  /** Steps of work that the view does not count. */
  #steps = 0;

  constructor(parts: EmbeddedParts) {
    this.#parts = parts;
    this.#at = parts.now();
    this.#view = countedView(parts.view);
    this.#deltas = new TentativeDeltas(parts.view.tuples);
  }

  /** True once the turn has no room for another event. */
  get isFull(): boolean {
    return this.#stepsSoFar >= MAX_STEPS_PER_TURN;
  }

  get #stepsSoFar(): number {
    return this.#view.steps() + this.#deltas.steps + this.#steps;
  }

  /** True if nothing was applied. */
  get isEmpty(): boolean {
    return this.#applied.length === 0;
  }

  /**
   * Returns the org whose order an event belongs to; undefined if the state lacks the thing the event is about.
   * `isRead`: the org was looked up before, so the payload has already been read.
   */
  orgOf(event: DomainEvent, isRead: boolean): string | undefined {
    this.#steps += STEPS_PER_LOOK + (isRead ? 0 : event.stepsToRead);
    return orgOfEvent(event, this.#view);
  }

  /** Runs `take`; if the event breaks an invariant, takes it back and refuses it. The other events continue. */
  decideOrRefuse(sent: Sent): Receipt | Refusal | Unfinished | Behind {
    const mark = this.#applied.length;
    try {
      return this.decide(sent);
    } catch (error) {
      this.#undoTo(mark);
      this.#parts.failed(error);
      return refuse("store_unavailable", "the event could not be decided");
    }
  }

  /** Decides an event on the state after the previous events, and applies its first write to memory. */
  decide({ event, system }: Sent): Receipt | Refusal | Unfinished | Behind {
    this.#steps += event.stepsToRead;
    const step = decideEvent(event, this.#view, aroundOf(this.#parts, system, this.#at));
    if (isRefusal(step)) return step;
    const { status, org } = step;
    if (status === "duplicate" && hasContinuation(this.#view.tuples, org, event.envelope)) return { behind: org };
    this.#apply(step);
    return step.more ? { org: step.org, steps: [step] } : receiptOf(event.envelope, [step]);
  }

  /** Decides events as a whole and applies all of them to memory, or none. The group must be empty. */
  decideTogether(events: readonly DomainEvent[], system: boolean): readonly Step[] | AtomicRefusal | Behind {
    const { tuples, steps } = this.#parts.atomicLimits ?? ATOMIC_LIMITS;
    let size = 0;
    const apply = (step: Step, event: DomainEvent): Refusal | undefined => {
      size += sizeOf(step.delta);
      this.#steps += STEPS_PER_LOOK + event.stepsToRead;
      if (size > tuples) return refuse("batch_too_large", `an atomic batch changes at most ${tuples} tuples`);
      if (this.#stepsSoFar > steps) return refuse("batch_too_large", `deciding the batch takes over ${steps} steps`);
      this.#apply(step);
      return undefined;
    };
    const decided = decideTogether(events, this.#view, aroundOf(this.#parts, system, this.#at), apply);
    if ("refusal" in decided || isBehind(decided)) this.undo();
    return decided;
  }

  /** Takes everything back from memory. */
  undo(): void {
    this.#undoTo(0);
  }

  /**
   * Applies the next write of an org's unfinished event. Returns undefined where there is none. `known`: the event, if
   * this process made an earlier write of it.
   */
  continueOrg(org: string, known?: Step["event"]): Step | undefined {
    const step = continueEvent(org, this.#view, aroundOf(this.#parts, true, this.#at), known);
    if (step !== undefined) this.#apply(step);
    return step;
  }

  /** Writes all deltas in one transaction. If that fails, takes them back from memory and returns the reason. */
  commit(): string | undefined {
    if (this.isEmpty) return undefined;
    try {
      const committed = this.#parts.store.commit(this.#applied.flatMap(inParts), this.#at);
      this.#deltas.release();
      if (committed.ok) return undefined;
      this.#parts.broken(`memory and disk differ at ${committed.conflict}`);
      return "the store on disk differs from the state in memory";
    } catch (error) {
      this.#undoTo(0);
      this.#parts.failed(error);
      return isStoreFull(error) ? "the store cannot be written: the disk is full" : "the store cannot be written";
    }
  }

  #apply(step: Step): void {
    if (isEmpty(step.delta)) return;
    this.#deltas.apply(step.delta);
    this.#applied.push(step);
    this.#steps += STEPS_PER_TUPLE_WRITTEN * sizeOf(step.delta);
  }

  #undoTo(mark: number): void {
    this.#deltas.undoTo(mark);
    this.#applied.length = mark;
  }
}

/**
 * Splits a write of an event into parts of a size the store accepts, to be committed together; a small one stays whole.
 */
function inParts({ delta, more }: Step): Part[] {
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
