// A dry run of events: each is decided on the state that the ones before it would leave, and all of it is taken back.
import { countedView, MAX_STEPS_PER_TURN, type CountedView } from "../state/counted-view.ts";
import { value } from "../state/entity.ts";
import type { View } from "../state/view.ts";
import { sizeOf, type Delta } from "../tuples/delta.ts";
import { StagedDelta } from "../tuples/staged-delta.ts";
import type { TupleSet } from "../tuples/tuple-set.ts";
import { printTuple, type Tuple, type TupleKey } from "../tuples/tuple.ts";
import { become, orgOfEvent, resume, type Step, type Surroundings } from "./become.ts";
import { PLATFORM, type Envelope, type Receipt } from "./event.ts";
import { ledgerOf, revisionOf } from "./marker.ts";
import { stepsToRead } from "./payload.ts";
import { dryRunReceiptOf } from "./receipt.ts";
import { isRefusal, refuse, type Refusal } from "./refusal.ts";

/**
 * Maximum number of tuples that the events of one dry run may change, bookkeeping included. They are applied and taken
 * back in each turn of a long dry run, which takes about 1 µs a tuple.
 */
const MAX_TUPLES_PER_DRY_RUN = 20_000;
/** Tuples of one write: what one turn decides of an event that changes very many. */
const TUPLES_PER_WRITE = 500;
/** Steps that a tuple takes to be applied and taken back for the first time. */
const STEPS_PER_TUPLE = 10;
/** Tuples whose names are let go in one turn of the event loop. */
const TUPLES_RELEASED_PER_TURN = 20_000;
/**
 * Runs that begin again where an org that was decided on has moved meanwhile, so that all is decided on one revision of
 * each org. After that the newest state counts, as long as the events so far fit it.
 */
const MAX_STRICT_RUNS = 2;
/** Runs after which a dry run is refused. */
const MAX_RUNS = 6;

/** Whether a dry run may begin for the so-manieth time, counted from 1; else each of its events is `contested`. */
export function mayBegin(run: number): boolean {
  return run <= MAX_RUNS;
}

/** The answer to each event of a dry run that may not begin again. */
export function contested(): Refusal {
  return refuse("store_unavailable", "others keep changing what the events are about: send the same events again");
}

/** Most tuples of a dry run, and of one write of it. */
export interface RehearsalLimits {
  readonly all: number;
  readonly write: number;
}

const LIMITS: RehearsalLimits = { all: MAX_TUPLES_PER_DRY_RUN, write: TUPLES_PER_WRITE };

/** An event of which a write is tried out, and others are to come. */
interface Begun {
  readonly first: Step;
  /** Revision that its org really was at, and the one that the events before bring it to. */
  readonly present: number;
  readonly before: number;
  /** Number of deltas before its own. */
  readonly mark: number;
  /** What it changes so far, by tuple. */
  readonly writes: Map<string, Tuple>;
  readonly deletes: Map<string, TupleKey>;
}

/**
 * Events that are tried out one after the other on live tuples. Whoever uses it calls `suspend` before anybody else may
 * see the tuples, `proceed` before the next event, and `end` after the last `suspend`.
 */
export class Rehearsal {
  readonly #tuples: TupleSet;
  readonly #view: CountedView;
  readonly #around: Surroundings;
  readonly #limits: RehearsalLimits;
  readonly #deltas: StagedDelta[] = [];
  /** Revisions that the events so far would add to each org. */
  readonly #added = new Map<string, number>();
  /** Orgs that were decided on, refusals included, and the revision that each was at. */
  readonly #decidedOn = new Map<string, number>();
  #begun: Begun | undefined;
  /** Set by the first event that has no room: what follows may build on it, so nothing after it is tried out. */
  #isFull = false;
  #size = 0;
  #read = 0;

  /** Tries events out on the tuples of a view. `limits`: where a test needs small ones. */
  constructor(view: View, around: Surroundings, limits: RehearsalLimits = LIMITS) {
    this.#limits = limits;
    this.#tuples = view.tuples;
    this.#view = countedView(view);
    this.#around = { ...around, maxTuples: limits.write };
  }

  /** Steps of work so far. */
  get steps(): number {
    return this.#view.steps() + this.#read;
  }

  /** The org (or PLATFORM) in whose order an event would stand, after the ones before it. */
  orgOf(envelope: Envelope): string {
    return orgOfEvent(envelope, this.#view) ?? PLATFORM;
  }

  #decideOn(org: string): void {
    if (!this.#decidedOn.has(org)) this.#decidedOn.set(org, this.#present(org));
  }

  /** True while an event has had a write and needs another. */
  get isHalfway(): boolean {
    return this.#begun !== undefined;
  }

  /**
   * Decides one event, or its next write, on the state after the ones before it, and applies it unless it is the last.
   * Undefined while the event needs further writes: call again with the same event, in this turn or a later one.
   */
  take(envelope: Envelope, isLast = false): Receipt | Refusal | undefined {
    if (this.#isFull) return this.#tooLarge();
    this.#read += stepsToRead(envelope);
    if (this.#begun === undefined) this.#decideOn(this.orgOf(envelope));
    try {
      const step = this.#begun === undefined ? become(envelope, this.#view, this.#around)
        : resume(this.#begun.first.org, this.#view, this.#around);
      if (step === undefined) throw new Error(`an event lost its second write: ${envelope.type}`);
      return isRefusal(step) ? step : this.#takeStep(step, envelope, isLast);
    } catch (error) {
      this.#giveUp();
      throw error;
    }
  }

  #takeStep(step: Step, envelope: Envelope, isLast: boolean): Receipt | Refusal | undefined {
    const { delta } = step;
    const size = sizeOf(delta);
    if (this.#size + size > this.#limits.all) {
      this.#begun = undefined;
      this.#isFull = true;
      return this.#tooLarge();
    }
    const begun = this.#begun ?? this.#begin(step);
    this.#begun = begun;
    if (size > 0 && (step.more || !isLast)) this.#stage(step, envelope, begun);
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
    return { first, present, before, mark: this.#deltas.length, writes: new Map(), deletes: new Map() };
  }

  #stage({ delta, org, revision }: Step, { type }: Envelope, { present }: Begun): void {
    const staged = new StagedDelta(this.#tuples, withoutRevision(delta, org));
    if (!staged.apply()) throw new Error(`an event contradicts its own state: ${type}`);
    this.#deltas.push(staged);
    this.#size += sizeOf(delta);
    this.#read += STEPS_PER_TUPLE * sizeOf(delta);
    this.#move(org, revision - 1, revision);
    this.#added.set(org, revision - present);
  }

  /** Takes back what an event did that does not come to its end. */
  #giveUp(): void {
    if (this.#begun === undefined) return;
    const { first: { org }, present, before, mark } = this.#begun;
    this.#begun = undefined;
    for (const delta of this.#deltas.splice(mark).reverse()) {
      delta.undo();
      delta.end();
      this.#size -= delta.size;
    }
    this.#move(org, revisionOf(this.#tuples, org), before);
    this.#added.set(org, before - present);
  }

  /** Takes everything back. */
  suspend(): void {
    for (const [org, added] of this.#added) {
      const revision = revisionOf(this.#tuples, org);
      this.#move(org, revision, revision - added);
    }
    this.#undo(this.#deltas.length);
  }

  /**
   * Applies everything again, on top of the revisions that the orgs are at by now. False, and nothing is applied, where
   * the dry run must begin again: an org has moved in one of the first runs (`run` counts them from 1), an event that
   * has had a write would be decided on more than one revision of its org, or the tuples have changed so that an event
   * no longer fits them.
   */
  proceed(run: number): boolean {
    if (run <= MAX_STRICT_RUNS && this.#hasMoved()) return false;
    const begun = this.#begun;
    if (begun !== undefined && revisionOf(this.#tuples, begun.first.org) !== begun.present) return false;
    for (const [done, delta] of this.#deltas.entries()) {
      if (delta.apply()) continue;
      this.#undo(done);
      return false;
    }
    for (const [org, added] of this.#added) {
      const revision = revisionOf(this.#tuples, org);
      this.#move(org, revision, revision + added);
    }
    return true;
  }

  /** Lets go of what the events named, as much as a turn has room for. True once nothing is left. */
  end(): boolean {
    for (let released = 0; this.#deltas.length > 0 && released < TUPLES_RELEASED_PER_TURN;) {
      const delta = this.#deltas.pop()!;
      delta.end();
      released += delta.size;
    }
    return this.#deltas.length === 0;
  }

  /** Steps that the next turn has for new events: fewer, the more tuples it must first apply again. */
  get stepsPerTurn(): number {
    return MAX_STEPS_PER_TURN / 2 - Math.min(this.#size / 2, MAX_STEPS_PER_TURN / 4);
  }

  /** The revision that an org really is at, while everything is applied. */
  #present(org: string): number {
    return revisionOf(this.#tuples, org) - (this.#added.get(org) ?? 0);
  }

  #hasMoved(): boolean {
    return [...this.#decidedOn].some(([org, revision]) => revisionOf(this.#tuples, org) !== revision);
  }

  /** Moves an org from one revision to another; 0 is that of an org without events. */
  #move(org: string, from: number, to: number): void {
    const at = (revision: number): Tuple =>
      ({ object: ledgerOf(org), relation: "at", user: value(String(revision)) });
    if (from > 0) this.#tuples.delete(at(from));
    if (to > 0) this.#tuples.add(at(to));
  }

  #undo(count: number): void {
    for (let i = count - 1; i >= 0; i--) this.#deltas[i]!.undo();
  }
}

/** Adds a write to what an event changes. */
function note({ writes, deletes }: Begun, delta: Delta): void {
  for (const key of delta.deletes) {
    // What the event itself wrote before is as if it had never been.
    if (!writes.delete(printTuple(key))) deletes.set(printTuple(key), key);
  }
  for (const tuple of delta.writes) writes.set(printTuple(tuple), tuple);
}

/** A delta but for the step in the order of its org, which others may take meanwhile. */
function withoutRevision({ writes, deletes }: Delta, org: string): Delta {
  const ledger = ledgerOf(org);
  const isOther = ({ object, relation }: TupleKey): boolean => object !== ledger || relation !== "at";
  return { writes: writes.filter(isOther), deletes: deletes.filter(isOther) };
}
