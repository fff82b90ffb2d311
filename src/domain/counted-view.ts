// A view that counts the work done on it. The count bounds a turn of the event loop on any machine.
import { MAX_CHECK_STEPS } from "../checks/limits.ts";
import { Meter } from "../checks/steps.ts";
import type { TupleFilter, Tuples } from "../tuples/tuple-set.ts";
import type { Tuple, TupleKey } from "../tuples/tuple.ts";
import type { View } from "./state-view.ts";
import { STEPS_PER_LIST_PART } from "./event-limits.ts";

/** Steps added for each question to the model, on top of its own. A step is about 0.1 to 0.3 µs of work. */
const STEPS_PER_CHECK = 20;
/** Steps added for each look-up, on top of one per tuple found. */
const STEPS_PER_LOOKUP = 5;
/** Steps for adding or deleting a tuple. */
const STEPS_PER_CHANGE = 5;

/** A view with a counter. */
export interface CountedView extends View {
  /** Returns the number of steps so far. */
  readonly steps: () => number;
}

/** Returns true, once per part, when the present part of a list is long enough. */
export type PartMeter = () => boolean;

/** Returns the part meter of a list, which measures by the steps counted so far. */
export function partMeterOf(steps: () => number): PartMeter {
  let end = steps() + STEPS_PER_LIST_PART;
  return () => {
    if (steps() < end) return false;
    end = steps() + STEPS_PER_LIST_PART;
    return true;
  };
}

/** Wraps a view to count look-ups, tuples found, tuples changed, and questions to the model. */
export function countedView(view: View): CountedView {
  const tuples = new CountedTuples(view.tuples);
  return {
    ...view, tuples, steps: () => tuples.steps,
    allowed: (user, relation, object, assumed, meter = new Meter(MAX_CHECK_STEPS)) => {
      const before = meter.steps;
      try {
        return view.allowed(user, relation, object, assumed, meter);
      } finally {
        tuples.steps += STEPS_PER_CHECK + meter.steps - before;
      }
    },
  };
}

/** A set that counts look-ups, tuples found and tuples changed. */
export class CountedTuples implements Tuples {
  steps = 0;
  readonly #tuples: Tuples;

  constructor(tuples: Tuples) {
    this.#tuples = tuples;
  }

  get size(): number {
    return this.#tuples.size;
  }

  add(tuple: Tuple): boolean {
    this.steps += STEPS_PER_CHANGE;
    return this.#tuples.add(tuple);
  }

  delete(key: TupleKey): boolean {
    this.steps += STEPS_PER_CHANGE;
    return this.#tuples.delete(key);
  }

  has(object: string, relation: string, user: string): boolean {
    this.steps += STEPS_PER_LOOKUP;
    return this.#tuples.has(object, relation, user);
  }

  get(object: string, relation: string, user: string): Tuple | undefined {
    this.steps += STEPS_PER_LOOKUP;
    return this.#tuples.get(object, relation, user);
  }

  users(object: string, relation: string): string[] {
    const found = this.#tuples.users(object, relation);
    this.steps += STEPS_PER_LOOKUP + found.length;
    return found;
  }

  objects(type: string, relation: string, user: string): string[] {
    const found = this.#tuples.objects(type, relation, user);
    this.steps += STEPS_PER_LOOKUP + found.length;
    return found;
  }

  *read(filter: TupleFilter): Iterable<Tuple> {
    this.steps += STEPS_PER_LOOKUP;
    for (const tuple of this.#tuples.read(filter)) {
      this.steps++;
      yield tuple;
    }
  }
}
