// A batch of checks, answered in parts.
import type { Model } from "../model/rewrite.ts";
import type { TupleSet } from "../tuples/tuple-set.ts";
import { checkCounted } from "./evaluate.ts";
import { MAX_CHECK_STEPS, STEPS_PER_PART } from "./limits.ts";
import type { Parts } from "./parts.ts";
import type { CheckAnswer, CheckRequest } from "./question.ts";
import { Meter, withinSteps } from "./steps.ts";

/**
 * Answers checks in parts. Each check gets the same answer as on its own. A batch of usual size takes one part. The
 * tuples must not change until the last part.
 */
export function* checkAllInParts(
  model: Model, tuples: TupleSet, requests: readonly CheckRequest[],
  { maxSteps = MAX_CHECK_STEPS, stepsPerPart = STEPS_PER_PART } = {},
): Parts<CheckAnswer[]> {
  const answers: CheckAnswer[] = [];
  let taken = 0;
  for (const request of requests) {
    if (taken >= stepsPerPart) {
      yield;
      taken = 0;
    }
    const meter = new Meter(maxSteps);
    answers.push(withinSteps(() => checkCounted(model, tuples, request, meter)));
    taken += meter.steps;
  }
  return answers;
}
