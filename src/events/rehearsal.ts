// A dry run of events: each is decided on the state that the ones before it would leave, and all of it is taken back.
import { countedView, type CountedView } from "../state/counted-view.ts";
import type { View } from "../state/view.ts";
import { applyDelta, invertDelta, isEmpty, sizeOf, type Delta } from "../tuples/delta.ts";
import type { TupleSet } from "../tuples/tuple-set.ts";
import { become, type Surroundings } from "./become.ts";
import type { Envelope, Receipt } from "./event.ts";
import { revisionOf } from "./marker.ts";
import { stepsToRead } from "./payload.ts";
import { dryRunReceiptOf } from "./receipt.ts";
import { isRefusal, refuse, type Refusal } from "./refusal.ts";

/**
 * Maximum number of tuples that the events of one dry run may change. They are applied again for each turn of a long
 * dry run, which takes about 1.5 µs a tuple.
 */
export const MAX_TUPLES_PER_DRY_RUN = 20_000;

/**
 * Events that are tried out one after the other on live tuples. Whoever uses it calls `suspend` before anybody else may
 * see the tuples, and `proceed` before the next event.
 */
export class Rehearsal {
  readonly #tuples: TupleSet;
  readonly #view: CountedView;
  readonly #around: Surroundings;
  readonly #deltas: Delta[] = [];
  readonly #inverses: Delta[] = [];
  /** Revisions that the events so far would add to each org. */
  readonly #added = new Map<string, number>();
  #size = 0;
  #read = 0;

  /** Tries events out on the tuples of a view; an event is one step, however many writes it would need. */
  constructor(view: View, around: Surroundings) {
    this.#tuples = view.tuples;
    this.#view = countedView(view);
    this.#around = { ...around, maxTuples: Infinity };
  }

  /** Steps of work so far. */
  get steps(): number {
    return this.#view.steps() + this.#read;
  }

  /** Decides one event on the state after the ones before it, and applies it. */
  take(envelope: Envelope): Receipt | Refusal {
    this.#read += stepsToRead(envelope);
    const step = become(envelope, this.#view, this.#around);
    if (isRefusal(step)) return step;
    const size = sizeOf(step.delta);
    if (size > 0 && this.#deltas.length > 0 && this.#size + size > MAX_TUPLES_PER_DRY_RUN) {
      return refuse("batch_too_large", `a dry run changes at most ${MAX_TUPLES_PER_DRY_RUN} tuples: send fewer events`);
    }
    const { org, delta } = step;
    const present = revisionOf(this.#tuples, org) - (this.#added.get(org) ?? 0);
    if (!isEmpty(delta)) {
      this.#inverses.push(invertDelta(this.#tuples, delta));
      applyDelta(this.#view.tuples, delta);
      this.#deltas.push(delta);
      this.#size += size;
      this.#added.set(org, step.revision - present);
    }
    return dryRunReceiptOf(envelope, step, present);
  }

  /** Takes everything back. */
  suspend(): void {
    this.#undo(this.#inverses.length);
  }

  /**
   * Applies everything again. False, and nothing is applied, where the tuples have changed so that an event no longer
   * fits them: then the dry run must begin again.
   */
  proceed(): boolean {
    for (const [done, delta] of this.#deltas.entries()) {
      const inverse = applyWhereItFits(this.#tuples, delta);
      if (inverse === undefined) {
        this.#undo(done);
        return false;
      }
      this.#inverses[done] = inverse;
    }
    return true;
  }

  #undo(count: number): void {
    for (let i = count - 1; i >= 0; i--) applyDelta(this.#tuples, this.#inverses[i]!);
  }
}

/** Applies a delta and returns its inverse. Undefined, and nothing is applied, where a tuple is not as it expects. */
function applyWhereItFits(tuples: TupleSet, delta: Delta): Delta | undefined {
  const { writes, deletes } = delta;
  const inverse = invertDelta(tuples, delta);
  let deleted = 0;
  while (deleted < deletes.length && tuples.delete(deletes[deleted]!)) deleted++;
  let written = 0;
  if (deleted === deletes.length) while (written < writes.length && tuples.add(writes[written]!)) written++;
  if (deleted === deletes.length && written === writes.length) return inverse;
  for (const tuple of writes.slice(0, written)) tuples.delete(tuple);
  for (const tuple of inverse.writes.slice(0, deleted)) tuples.add(tuple);
  return undefined;
}
