// Contextual tuples: a small index in front of the stored one, for the duration of one question.
import { tupleRefusal } from "../model/admits.ts";
import { Budget } from "../model/conditions/condition-budget.ts";
import type { Model } from "../model/rewrite.ts";
import { TupleIndex } from "../memory/tuple-index.ts";
import type { Tuple } from "../tuples/tuple.ts";
import { MAX_CONTEXTUAL_WORK } from "./limits.ts";
import { endOf, type Parts } from "./parts.ts";
import type { Failure, FailureCode } from "./question.ts";

/** Number of entries in the small index: enough for MAX_CONTEXTUAL_TUPLES without growing. */
const CAPACITY = 128;

/**
 * Returns the reason why these tuples must not be used, or undefined. `conditionCode` is the code for an invalid
 * condition, which differs between OpenFGA's endpoints. `budget` must be new: it counts the work on their conditions.
 */
export function contextualFailure(
  model: Model, tuples: readonly Tuple[] | undefined, conditionCode: FailureCode, budget = new Budget(),
): Failure | undefined {
  if (tuples === undefined) return undefined;
  for (const tuple of tuples) {
    const refusal = tupleRefusal(model, tuple, false, budget);
    if (budget.work > MAX_CONTEXTUAL_WORK) {
      const message = `reading the conditions of the contextual tuples takes more than ${MAX_CONTEXTUAL_WORK} steps`;
      return { code: conditionCode, message };
    }
    if (refusal === undefined) continue;
    const message = `Invalid tuple '${tuple.object}#${tuple.relation}@${tuple.user}'. Reason: ${refusal.message}`;
    return { code: refusal.part === "condition" ? conditionCode : "invalid_tuple", message };
  }
  return undefined;
}

/** Answers a question over the contextual tuples followed by the stored ones. The stored tuples do not change. */
export function withContextual<Answer>(
  stored: TupleIndex, tuples: readonly Tuple[] | undefined, answer: (index: TupleIndex) => Answer,
): Answer {
  if (tuples === undefined || tuples.length === 0) return answer(stored);
  return endOf(partsWithContextual(stored, tuples, function* (index) {
    return answer(index);
  }));
}

/** Does the same for an answer made in parts. The stored tuples must not change until the last part. */
export function* partsWithContextual<Answer>(
  stored: TupleIndex, tuples: readonly Tuple[] | undefined, answer: (index: TupleIndex) => Parts<Answer>,
): Parts<Answer> {
  if (tuples === undefined || tuples.length === 0) return yield* answer(stored);
  const index = new TupleIndex(stored.names, stored, CAPACITY);
  try {
    for (const tuple of tuples) index.insert(tuple);
    return yield* answer(index);
  } finally {
    index.end();
  }
}
