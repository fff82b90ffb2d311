// The bounds on the work of one question: the exception thrown beyond a bound, and the error that callers get.
import type { Parts } from "./parts.ts";
import { failure, type Failure } from "./question.ts";

/** The answer to a question that failed. */
type Failed = { readonly error: Failure };

const TOO_COMPLEX = "authorization_model_resolution_too_complex";

/** The failure of an outcome at the depth limit. */
export const TOO_DEEP: Failure = Object.freeze({
  code: TOO_COMPLEX,
  message: "Authorization Model resolution required too many rewrite rules to be resolved. "
    + "Check your authorization model for infinite recursion or too much nesting",
});

/** Thrown by an evaluation that takes more steps than it may. */
export class TooManySteps extends Error {
  constructor(most: number) {
    super(`the question takes more than ${most} steps: too many tuples depend on each other`);
  }
}

/** Counts the steps of questions that share one limit. */
export class Meter {
  steps = 0;
  readonly most: number;

  constructor(most: number) {
    this.most = most;
  }
}

/** Calls `answer`. If that takes too many steps, returns an error with OpenFGA's code for such questions. */
export function withinSteps<Answer>(answer: () => Answer): Answer | Failed {
  try {
    return answer();
  } catch (error) {
    return tooComplex(error);
  }
}

/** Does the same for an answer made in parts. */
export function* partsWithinSteps<Answer>(answer: () => Parts<Answer>): Parts<Answer | Failed> {
  try {
    return yield* answer();
  } catch (error) {
    return tooComplex(error);
  }
}

/**
 * Makes an answer without parts if that takes at most `atOnce` steps; otherwise starts again in parts. `maxSteps`: the
 * limit of the whole answer.
 */
export function* atOnceOrInParts<Answer extends object>(
  atOnce: number, maxSteps: number, whole: (maxSteps: number) => Answer | Failed, parts: () => Parts<Answer | Failed>,
): Parts<Answer | Failed> {
  const answer = whole(atOnce);
  if (atOnce === maxSteps || !("error" in answer) || answer.error.code !== TOO_COMPLEX) return answer;
  yield;
  return yield* parts();
}

/** Returns the answer for TooManySteps. Rethrows any other error. */
function tooComplex(error: unknown): Failed {
  if (error instanceof TooManySteps) return failure(TOO_COMPLEX, error.message);
  throw error;
}
