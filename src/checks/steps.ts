// The bound on the work of one question: what is thrown when it is passed, and the error that callers get.
import { failure, type Failure } from "./question.ts";

/** Thrown out of an evaluation that takes more steps than it may. */
export class TooManySteps extends Error {
  constructor(most: number) {
    super(`the question takes more than ${most} steps: too many tuples lead to each other`);
  }
}

/** Calls `answer`; where that takes too many steps the answer is an error with OpenFGA's code for such questions. */
export function withinSteps<Answer>(answer: () => Answer): Answer | { readonly error: Failure } {
  try {
    return answer();
  } catch (error) {
    if (error instanceof TooManySteps) return failure("authorization_model_resolution_too_complex", error.message);
    throw error;
  }
}
