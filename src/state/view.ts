// The state of one revision as events see it: its tuples, and what the model allows on them.
import { check } from "../checks/evaluate.ts";
import type { Model } from "../model/rewrite.ts";
import type { Reader } from "../tuples/delta.ts";
import type { TupleSet } from "../tuples/tuple-set.ts";

/** One revision. Users are given by id; objects as `type:id`. */
export interface View {
  readonly tuples: TupleSet;
  /** What the model answers for this user on this revision; an evaluation error is no. */
  readonly allowed: (user: string, relation: string, object: string) => boolean;
}

/** The view of live tuples under a model, whose conditions see the time `now` tells (milliseconds since 1970). */
export function viewOf(model: Model, tuples: TupleSet, now: () => number): View {
  return {
    tuples,
    allowed: (user, relation, object) => {
      const context = { current_time: new Date(now()).toISOString() };
      const answer = check(model, tuples, { user: `user:${user}`, relation, object, context });
      return "allowed" in answer && answer.allowed;
    },
  };
}

/** The one user of `object#relation`, where the state holds at most one. */
export function theUser(reader: Reader, object: string, relation: string): string | undefined {
  return reader.users(object, relation)[0];
}
