// The state of one revision as events see it: its tuples, and what the model allows on them.
import { checkCounted } from "../checks/evaluate.ts";
import { MAX_CHECK_STEPS } from "../checks/limits.ts";
import { Meter } from "../checks/steps.ts";
import type { Model } from "../model/rewrite.ts";
import type { Reader } from "../tuples/delta.ts";
import type { TupleSet } from "../tuples/tuple-set.ts";
import type { Tuple } from "../tuples/tuple.ts";

/** One revision. Users are given by id; objects as `type:id`. */
export interface View {
  readonly tuples: TupleSet;
  /**
   * What the model answers for this user on this revision; an evaluation error is no. `assumed` tuples count on top for
   * this one question: what would the model answer if they were there? Throws TooManySteps where that takes more steps
   * than `meter` has left: nobody can tell then, and a no might grant something.
   */
  readonly allowed: (
    user: string, relation: string, object: string, assumed?: readonly Tuple[], meter?: Meter,
  ) => boolean;
}

/** The view of live tuples under a model, whose conditions see the time `now` tells (milliseconds since 1970). */
export function viewOf(model: Model, tuples: TupleSet, now: () => number): View {
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

/** The same view, in which all questions together have the steps of a meter. */
export function withinMeter(view: View, meter: Meter): View {
  return {
    ...view, allowed: (user, relation, object, assumed) => view.allowed(user, relation, object, assumed, meter),
  };
}

/** The one user of `object#relation`, where the state holds at most one. */
export function theUser(reader: Reader, object: string, relation: string): string | undefined {
  return reader.users(object, relation)[0];
}
