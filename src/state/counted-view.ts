// A view that counts the work done on it: what bounds a turn of the event loop, whatever the machine.
import { MAX_CHECK_STEPS } from "../checks/limits.ts";
import { Meter } from "../checks/steps.ts";
import type { TupleFilter, TupleSet } from "../tuples/tuple-set.ts";
import type { Tuple, TupleKey } from "../tuples/tuple.ts";
import type { View } from "./view.ts";

/**
 * Steps of work after which a turn of the event loop takes no further event, so that others are answered in between.
 * About 10 ms; a turn may take 50 ms at most.
 */
export const MAX_STEPS_PER_TURN = 60_000;
/** Steps that a question to the model counts as, besides its own. A step is about 0.1 to 0.3 µs of work. */
const STEPS_PER_CHECK = 10;
/** Steps that a look-up counts as, besides one for each tuple it finds. */
const STEPS_PER_LOOKUP = 5;
/** Steps that adding or deleting a tuple counts as. */
const STEPS_PER_CHANGE = 5;

/** A view with a counter. */
export interface CountedView extends View {
  /** Steps so far. */
  readonly steps: () => number;
}

/** Steps of one part of a long list: 1 to 3 ms. */
const STEPS_PER_PART = 10_000;

/** Whether the part of a list that is made is long enough: true once for each part. */
export type Pace = () => boolean;

/** The pace of a list by the steps taken so far. */
export function paceOf(steps: () => number): Pace {
  let end = steps() + STEPS_PER_PART;
  return () => {
    if (steps() < end) return false;
    end = steps() + STEPS_PER_PART;
    return true;
  };
}

/** A view of the same state that counts look-ups, tuples found, tuples changed, and questions to the model. */
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
export class CountedTuples implements TupleSet {
  steps = 0;
  readonly #tuples: TupleSet;

  constructor(tuples: TupleSet) {
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
