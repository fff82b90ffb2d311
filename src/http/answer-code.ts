// The code of a refusal, kept with its answer: the log names it without reading the answer's body.

const CODES = new WeakMap<Response, string>();

/** Keeps the code of a refusal with its answer. Returns the answer. */
export function withCode(response: Response, code: string): Response {
  CODES.set(response, code);
  return response;
}

/** Returns the code of an answer that refuses; undefined for any other. */
export function codeOf(response: Response): string | undefined {
  return CODES.get(response);
}
