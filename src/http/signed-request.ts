// Requests with a signature in place of an API key: the parts that no signature covers are refused.
import type { Context } from "hono";
import type { Mode } from "./cloud-event.ts";
import { answerProblem, problem, type Problem } from "./problem.ts";

/** Parameter that names the sender whose signature a request has. */
export const SIGNED_BY = "signed_by";

/** Fault of a signature that no secret of the sender makes. */
export const NO_MATCH = "webhook-signature does not match the id, the time and the body";

/**
 * Returns the problem of a signed request whose meaning also depends on something that its signature does not cover:
 * whoever holds such a request could otherwise change that, and turn a dry run into a write.
 */
export function unsignedPart(c: Context, mode: Mode | undefined): Problem | undefined {
  const other = Object.keys(c.req.queries()).find((name) => name !== SIGNED_BY);
  if (other !== undefined) {
    return problem("invalid_request", `a signed request has no parameter but ${SIGNED_BY}: a signature covers none`);
  }
  if (mode !== "binary") return undefined;
  return problem("unsupported_media_type", "a signature does not cover ce- headers: send a signed event structured");
}

/** Answers a request that is not signed as it must be. */
export function answerUnsigned(detail: string): Response {
  return answerProblem(problem("unauthenticated", detail), { "www-authenticate": 'Bearer realm="sideline"' });
}
