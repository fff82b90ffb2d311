// The bounds on the work of one question: what is thrown when one is passed, and the error that callers get.
import type { Parts } from "./parts.ts";
import { failure, type Failure } from "./question.ts";

/** The answer to a question that failed. */
type Failed = { readonly error: Failure };

const TOO_COMPLEX = "authorization_model_resolution_too_complex";

/** What an outcome beyond the depth limit comes from. */
export const TOO_DEEP: Failure = Object.freeze({
  code: TOO_COMPLEX,
  message: "Authorization Model resolution required too many rewrite rules to be resolved. "
    + "Check your authorization model for infinite recursion or too much nesting",
});

/** Thrown out of an evaluation that takes more steps than it may. */
export class TooManySteps extends Error {
  constructor(most: number) {
    super(`the question takes more than ${most} steps: too many tuples lead to each other`);
  }
}

/** Counts the steps of questions that may take so many together. */
export class Meter {
  steps = 0;
  readonly most: number;

  constructor(most: number) {
    this.most = most;
  }
}

/** Calls `answer`; where that takes too many steps the answer is an error with OpenFGA's code for such questions. */
export function withinSteps<Answer>(answer: () => Answer): Answer | Failed {
  try {
    return answer();
  } catch (error) {
    return tooComplex(error);
  }
}

/** The same for an answer that is made in parts. */
export function* partsWithinSteps<Answer>(answer: () => Parts<Answer>): Parts<Answer | Failed> {
  try {
    return yield* answer();
  } catch (error) {
    return tooComplex(error);
  }
}

/**
 * An answer made at once where that takes no more than so many steps, else begun again in parts. `maxSteps`: how many
 * the answer may take at all.
 */
export function* atOnceOrInParts<Answer extends object>(
  atOnce: number, maxSteps: number, whole: (maxSteps: number) => Answer | Failed, parts: () => Parts<Answer | Failed>,
): Parts<Answer | Failed> {
  const answer = whole(atOnce);
  if (atOnce === maxSteps || !("error" in answer) || answer.error.code !== TOO_COMPLEX) return answer;
  yield;
  return yield* parts();
}

/** The answer for TooManySteps; throws any other error again. */
function tooComplex(error: unknown): Failed {
  if (error instanceof TooManySteps) return failure(TOO_COMPLEX, error.message);
  throw error;
}
