// Problem details (RFC 9457): the one table of codes, statuses and titles outside the OpenFGA API.
import { withCode } from "./answer-code.ts";
import { REFUSAL_STATUS, type PayloadError, type Refusal } from "../events/refusal.ts";

/** Statuses of the problems that are not refusals of an event. */
const REQUEST_STATUS = {
  invalid_request: 400,
  unauthenticated: 401,
  scope_missing: 403,
  source_not_allowed: 403,
  origin_not_allowed: 403,
  not_found: 404,
  method_not_allowed: 405,
  body_too_large: 413,
  unsupported_media_type: 415,
  wrong_host: 421,
  backup_running: 409,
  too_many_events: 429,
  internal_error: 500,
  not_supported: 501,
} as const;

/** Every code of a problem, with its HTTP status. */
export const PROBLEM_STATUS = { ...REFUSAL_STATUS, ...REQUEST_STATUS } as const;

export type ProblemCode = keyof typeof PROBLEM_STATUS;

/** Seconds after which a client may send a temporarily refused request again. */
const RETRY_AFTER_SECONDS = "1";

/** The members of a problem. `type` is a URI reference; `type` and `title` never change for a code. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ProblemCode;
  readonly detail: string;
  readonly errors?: readonly PayloadError[];
  /** Index (from 0), id and source of the event at fault in an atomic batch. */
  readonly index?: number;
  readonly id?: string;
  readonly source?: string;
}

/** Returns the title of a code: `Wrong org` for `wrong_org`. */
export function titleOf(code: ProblemCode): string {
  return code.charAt(0).toUpperCase() + code.slice(1).replaceAll("_", " ");
}

/** Builds a problem. `detail` is a sentence for a person. */
export function problem(code: ProblemCode, detail: string, errors?: readonly PayloadError[]): Problem {
  const known = { type: `/problems/${code}`, title: titleOf(code), status: PROBLEM_STATUS[code], code, detail };
  return errors === undefined ? known : { ...known, errors };
}

/** Returns the problem that reports a refusal. */
export function problemOf(refusal: Refusal): Problem {
  return problem(refusal.refused, refusal.detail, refusal.errors);
}

/** Answers with a problem; `headers` are added to those of the answer. */
export function answerProblem(body: Problem, headers: Readonly<Record<string, string>> = {}): Response {
  const { status } = body;
  const retry = status === 503 || status === 429 ? { "retry-after": RETRY_AFTER_SECONDS } : {};
  const all = { "content-type": "application/problem+json", ...retry, ...headers };
  return withCode(new Response(JSON.stringify(body), { status, headers: all }), body.code);
}
