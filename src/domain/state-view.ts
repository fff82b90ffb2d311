// The state of one revision as events see it: its tuples, and the model's answers on them.
import { checkCounted } from "../checks/evaluate.ts";
import { MAX_CHECK_STEPS } from "../checks/limits.ts";
import { Meter } from "../checks/steps.ts";
import type { Model } from "../model/rewrite.ts";
import type { Reader } from "../tuples/delta.ts";
import type { Tuples, TupleSet } from "../tuples/tuple-set.ts";
import type { Tuple } from "../tuples/tuple.ts";

/** One revision. Users are given by id, objects as `type:id`. */
export interface View {
  readonly tuples: Tuples;
  /**
   * Returns the model's answer for this user on this revision; an evaluation error counts as no. `assumed` tuples count
   * as present for this one question. Throws TooManySteps if the check needs more steps than `meter` has left: the
   * answer is then unknown, and a no might grant something.
   */
  readonly allowed: (
    user: string, relation: string, object: string, assumed?: readonly Tuple[], meter?: Meter,
  ) => boolean;
}

/** A view of a set itself, not of a wrapper around it: only on a set can a delta be staged. */
export interface LiveView extends View {
  readonly tuples: TupleSet;
}

/** Returns the view of live tuples under a model. Its conditions see the time `now()` (milliseconds since 1970). */
export function viewOf(model: Model, tuples: TupleSet, now: () => number): LiveView {
  return {
    tuples,
    allowed: (user, relation, object, assumed, meter = new Meter(MAX_CHECK_STEPS)) => {
      const context = { current_time: new Date(now()).toISOString() };
      const question = { user: `user:${user}`, relation, object, context, contextualTuples: assumed };
      const answer = checkCounted(model, tuples, question, meter);
      return "allowed" in answer && answer.allowed;
    },
  };
}

/** Returns the same view, in which all questions share the steps of one meter. */
export function withinMeter(view: View, meter: Meter): View {
  return {
    ...view, allowed: (user, relation, object, assumed) => view.allowed(user, relation, object, assumed, meter),
  };
}

/**
 * Returns the user of `object#relation`, of which the state holds at most one.
 *
 * @example
 * const tuples = createTupleSet();
 * tuples.add({ object: "coaching:c", relation: "coach", user: "user:ann" });
 * onlyUserOf(tuples, "coaching:c", "coach") // "user:ann"
 */
export function onlyUserOf(reader: Reader, object: string, relation: string): string | undefined {
  return reader.users(object, relation)[0];
}
