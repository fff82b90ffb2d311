// A dry run of events: each is decided on the state that the events before it would leave, then everything is undone.
import { countedView, type CountedView } from "../domain/counted-view.ts";
import { value } from "../domain/object-names.ts";
import type { LiveView } from "../domain/state-view.ts";
import { sizeOf, type Delta } from "../tuples/delta.ts";
import { TentativeDeltas } from "../memory/tentative-deltas.ts";
import type { TupleSet } from "../tuples/tuple-set.ts";
import { printTuple, type Tuple, type TupleKey } from "../tuples/tuple.ts";
import { decideEvent, orgOfEvent, continueEvent, type Step, type Surroundings } from "./decide-event.ts";
import type { DomainEvent } from "./domain-event.ts";
import type { Receipt } from "./event.ts";
import { PLATFORM } from "../ledger/envelope.ts";
import { ledgerOf, revisionOf } from "../ledger/event-record.ts";
import { dryRunReceiptOf } from "./receipt.ts";
import { isRefusal, refuse, type Refusal } from "./refusal.ts";
import {
  DRY_RUN_TUPLES_PER_WRITE, MAX_DRY_RUNS, MAX_STEPS_PER_TURN, MAX_STRICT_RUNS, MAX_TUPLES_PER_DRY_RUN,
  TUPLES_RELEASED_PER_TURN,
} from "../domain/event-limits.ts";

/** True if a dry run may start run number `run`, counted from 1. If not, each of its events gets `contested`. */
export function mayBegin(run: number): boolean {
  return run <= MAX_DRY_RUNS;
}

/** Builds the refusal of each event of a dry run that may not start over again. */
export function contested(): Refusal {
  return refuse("store_unavailable", "other events keep changing the same orgs: send the same events again");
}

/** Builds the refusal of each event of a dry run whose caller has disconnected. */
export function abandoned(): Refusal {
  return refuse("store_unavailable", "the caller has disconnected: send the same events again");
}

/** Maximum number of tuples in a whole dry run (`all`) and in one of its writes (`write`). */
export interface DryRunLimits {
  readonly all: number;
  readonly write: number;
}

const LIMITS: DryRunLimits = { all: MAX_TUPLES_PER_DRY_RUN, write: DRY_RUN_TUPLES_PER_WRITE };

/** An event that has had a write and needs more. */
interface Begun {
  readonly first: Step;
  /** Actual revision of its org (`present`), and the revision after the events before it (`before`). */
  readonly present: number;
  readonly before: number;
  /** Number of deltas before its own, and of the tuples in them. */
  readonly mark: number;
  readonly size: number;
  /** Its changes so far, by printed tuple. */
  readonly writes: Map<string, Tuple>;
  readonly deletes: Map<string, TupleKey>;
}

/**
 * Tries events one after the other on live tuples. The caller must call `suspend` before anything else may see the
 * tuples, `proceed` before the next event, and `end` after the last `suspend`.
 */
export class DryRun {
  readonly #tuples: TupleSet;
  readonly #view: CountedView;
  readonly #around: Surroundings;
  readonly #limits: DryRunLimits;
  readonly #deltas: TentativeDeltas;
  /** Number of revisions that the events so far would add to each org. */
  readonly #added = new Map<string, number>();
  /** Revision of each org at the time of its first decision, refusals included. */
  readonly #decidedOn = new Map<string, number>();
  #begun: Begun | undefined;
  /** Set by the first event that does not fit. Later events may depend on it, so none of them is tried. */
  #isFull = false;
  #size = 0;
  #read = 0;

  /** Creates a dry run on the tuples of a view. Tests pass smaller `limits`. */
  constructor(view: LiveView, around: Surroundings, limits: DryRunLimits = LIMITS) {
    this.#limits = limits;
    this.#tuples = view.tuples;
    this.#deltas = new TentativeDeltas(view.tuples);
    this.#view = countedView(view);
    this.#around = { ...around, maxTuples: limits.write };
  }

  /** Number of steps of work so far. */
  get steps(): number {
    return this.#view.steps() + this.#deltas.steps + this.#read;
  }

  /** Returns the org (or PLATFORM) in whose order an event would stand after the events before it. */
  orgOf(event: DomainEvent): string {
    return orgOfEvent(event, this.#view) ?? PLATFORM;
  }

  #decideOn(org: string): void {
    if (!this.#decidedOn.has(org)) this.#decidedOn.set(org, this.#present(org));
  }

  /** True while an event has had a write and needs another. */
  get isHalfway(): boolean {
    return this.#begun !== undefined;
  }

  /**
   * Decides one event, or its next write, on the state after the events before it, and applies it unless it is the
   * last. Returns undefined while the event needs further writes: call again with the same event, now or in a later
   * turn.
   */
  decide(event: DomainEvent, isLast = false): Receipt | Refusal | undefined {
    if (this.#isFull) return this.#tooLarge();
    this.#read += event.stepsToRead;
    if (this.#begun === undefined) this.#decideOn(this.orgOf(event));
    try {
      const step = this.#begun === undefined ? decideEvent(event, this.#view, this.#around)
        : continueEvent(this.#begun.first.org, this.#view, this.#around, event);
      if (step === undefined) throw new Error(`the next write of an event is missing: ${event.envelope.type}`);
      return isRefusal(step) ? step : this.#addStep(step, event, isLast);
    } catch (error) {
      this.#giveUp();
      throw error;
    }
  }

  #addStep(step: Step, { envelope }: DomainEvent, isLast: boolean): Receipt | Refusal | undefined {
    const { delta } = step;
    const size = sizeOf(delta);
    if (this.#size + size > this.#limits.all) {
      this.#begun = undefined;
      this.#isFull = true;
      return this.#tooLarge();
    }
    const begun = this.#begun ?? this.#begin(step);
    this.#begun = begun;
    if (size > 0 && (step.more || !isLast)) this.#stage(step, begun);
    note(begun, delta);
    if (step.more) return undefined;
    this.#begun = undefined;
    const whole = { writes: [...begun.writes.values()], deletes: [...begun.deletes.values()] };
    return dryRunReceiptOf(envelope, { ...begun.first, delta: whole }, begun.present);
  }

  #tooLarge(): Refusal {
    const most = this.#limits.all;
    return refuse("batch_too_large", `a dry run changes at most ${most} tuples: send fewer events, or smaller ones`);
  }

  #begin(first: Step): Begun {
    const before = revisionOf(this.#tuples, first.org);
    const present = this.#present(first.org);
    const mark = this.#deltas.count;
    return { first, present, before, mark, size: this.#size, writes: new Map(), deletes: new Map() };
  }

  #stage({ delta, org, revision }: Step, { present }: Begun): void {
    this.#deltas.apply(withoutRevision(delta, org));
    this.#size += sizeOf(delta);
    this.#move(org, revision - 1, revision);
    this.#added.set(org, revision - present);
  }

  /** Undoes the writes of an event that cannot be completed. */
  #giveUp(): void {
    if (this.#begun === undefined) return;
    const { first: { org }, present, before, mark, size } = this.#begun;
    this.#begun = undefined;
    this.#deltas.undoTo(mark);
    this.#size = size;
    this.#move(org, revisionOf(this.#tuples, org), before);
    this.#added.set(org, before - present);
  }

  /** Undoes everything. */
  suspend(): void {
    for (const [org, added] of this.#added) {
      const revision = revisionOf(this.#tuples, org);
      this.#move(org, revision, revision - added);
    }
    this.#deltas.suspend();
  }

  /**
   * Applies everything again, on top of the current revisions of the orgs. Returns false, with nothing applied, if the
   * dry run must start over: an org has moved during one of the first runs (`run` counts from 1), an event that has had
   * a write would be decided on more than one revision of its org, or an event no longer fits the changed tuples.
   */
  proceed(run: number): boolean {
    if (run <= MAX_STRICT_RUNS && this.#hasMoved()) return false;
    const begun = this.#begun;
    if (begun !== undefined && revisionOf(this.#tuples, begun.first.org) !== begun.present) return false;
    if (!this.#deltas.resume()) return false;
    for (const [org, added] of this.#added) {
      const revision = revisionOf(this.#tuples, org);
      this.#move(org, revision, revision + added);
    }
    return true;
  }

  /** Releases the names that the events use, as many as fit into a turn. Returns true once nothing is left. */
  end(): boolean {
    return this.#deltas.release(TUPLES_RELEASED_PER_TURN);
  }

  /** Number of steps that the next turn has for new events: the more tuples it must apply again, the fewer. */
  get stepsPerTurn(): number {
    return MAX_STEPS_PER_TURN / 2 - Math.min(this.#size / 2, MAX_STEPS_PER_TURN / 4);
  }

  /** Returns the actual revision of an org while everything is applied. */
  #present(org: string): number {
    return revisionOf(this.#tuples, org) - (this.#added.get(org) ?? 0);
  }

  #hasMoved(): boolean {
    return [...this.#decidedOn].some(([org, revision]) => revisionOf(this.#tuples, org) !== revision);
  }

  /** Moves an org from one revision to another. An org without events is at 0. */
  #move(org: string, from: number, to: number): void {
    const at = (revision: number): Tuple =>
      ({ object: ledgerOf(org), relation: "at", user: value(String(revision)) });
    if (from > 0) this.#tuples.delete(at(from));
    if (to > 0) this.#tuples.add(at(to));
  }
}

/** Adds a write to the changes of an event. */
function note({ writes, deletes }: Begun, delta: Delta): void {
  for (const key of delta.deletes) {
    // Deleting a tuple that the event itself wrote earlier only cancels that write.
    if (!writes.delete(printTuple(key))) deletes.set(printTuple(key), key);
  }
  for (const tuple of delta.writes) writes.set(printTuple(tuple), tuple);
}

/** Returns a delta without its org's revision, which other events may change in the meantime. */
function withoutRevision({ writes, deletes }: Delta, org: string): Delta {
  const ledger = ledgerOf(org);
  const isOther = ({ object, relation }: TupleKey): boolean => object !== ledger || relation !== "at";
  return { writes: writes.filter(isOther), deletes: deletes.filter(isOther) };
}
