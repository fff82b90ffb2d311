// The one error of the client: why a request has no answer, as a code, and whether it may be sent again.
import { TEMPORARY_CODES, VERDICT_CODES, type ProblemCodes } from "./generated/problem-codes.ts";

/** The codes with which the server refuses an event or a request. */
export type ProblemCode = keyof ProblemCodes;

/** The codes that only questions in OpenFGA's form have. */
export type QuestionCode =
  | "validation_error" | "authorization_model_not_found" | "authorization_model_resolution_too_complex"
  | "tuple_key_value_not_specified" | "invalid_continuation_token" | "invalid_expand_input" | "invalid_tuple"
  | "latest_authorization_model_not_found" | "page_size_invalid" | "query_string_type_continuation_token_mismatch"
  | "relation_not_found" | "type_invalid_pattern" | "type_not_found" | "forbidden" | "store_id_not_found"
  | "undefined_endpoint";

/**
 * The codes of failures that the client finds: no answer came, none came in time, or the answer is not Sideline's, such
 * as a gateway's page or an answer that does not fit the question.
 */
type ClientCode = "no_answer" | "timed_out" | "unreadable_answer";

/** Every code of an error. */
export type ErrorCode = ProblemCode | QuestionCode | ClientCode;

/** One fault of a request: its path, such as `data.hats.0`, and a message. */
export interface Fault {
  readonly path: string;
  readonly message: string;
}

/** The parts of an error besides its code and its message. */
interface Circumstances {
  readonly status?: number | undefined;
  readonly faults?: readonly Fault[] | undefined;
  readonly retryAfter?: number | undefined;
  readonly event?: { readonly id: string; readonly source: string } | undefined;
  /** True if the server answered this one event, and not only the request that it was part of. */
  readonly isAnswered?: boolean | undefined;
  readonly cause?: unknown;
}

/** Statuses of a gateway or a busy server: the same request can succeed later. */
const TEMPORARY_STATUSES: readonly number[] = [429, 502, 503, 504];

/**
 * A request without a usable answer, or a refused event. Branch on `code`; the message is for a person.
 * Example:
 *     if (error instanceof SidelineError && error.code === "last_admin") showDialog();
 */
export class SidelineError extends Error {
  override readonly name = "SidelineError";
  readonly code: ErrorCode;
  /** The reason, for a person. */
  readonly detail: string;
  /** HTTP status; undefined where no answer came. */
  readonly status: number | undefined;
  /** True: the request must change before it can succeed. False: the same request may be sent again. */
  readonly isFinal: boolean;
  /**
   * True: the server judged this very event and refused it. Only then may a relay give the event up. False for every
   * other failure, also a final one such as an expired API key or a wrong address: all events fail alike until it is
   * mended, and then the same event can be applied.
   */
  readonly isVerdict: boolean;
  /** The faults of the request that the server lists. */
  readonly faults: readonly Fault[];
  /** Seconds after which the server asks to be asked again; undefined where it does not say. */
  readonly retryAfter: number | undefined;
  /** The event that was refused, or whose fate is unknown: send it again under this id. */
  readonly event: { readonly id: string; readonly source: string } | undefined;

  constructor(code: ErrorCode, detail: string, circumstances: Circumstances = {}) {
    const { status, faults, retryAfter, event, isAnswered = false, cause } = circumstances;
    super(`${code}: ${detail}`, cause === undefined ? undefined : { cause });
    this.code = code;
    this.detail = detail;
    this.status = status;
    this.isFinal = !(code === "no_answer" || code === "timed_out" || TEMPORARY_CODES.includes(code)
      || (status !== undefined && TEMPORARY_STATUSES.includes(status)));
    this.isVerdict = isAnswered && VERDICT_CODES.includes(code);
    this.faults = faults ?? [];
    this.retryAfter = retryAfter;
    this.event = event;
  }
}

/** Returns the error of an answer other than 200. `body` is its JSON, or undefined where it is none. */
export function errorOfAnswer(status: number, body: unknown, retryAfter: number | undefined): SidelineError {
  const { code, detail, message, errors, id, source } = recordOf(body);
  const event = typeof id === "string" && typeof source === "string" ? { id, source } : undefined;
  if (typeof code !== "string") {
    return new SidelineError("unreadable_answer", `the answer ${status} is not Sideline's`, { status, retryAfter });
  }
  const text = typeof detail === "string" ? detail : typeof message === "string" ? message : `the answer is ${status}`;
  // A newer server may have codes that this list lacks; they pass as they are.
  return new SidelineError(code as ErrorCode, text, { status, faults: faultsOf(errors), retryAfter, event });
}

/** Returns a value as a record; an empty one where it is none. */
export function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? value as Record<string, unknown> : {};
}

/** Returns the error for an answer of status 200 that does not fit its question. */
export function misfit(what: string): SidelineError {
  return new SidelineError("unreadable_answer", `the answer has no ${what}`, { status: 200 });
}

function faultsOf(errors: unknown): readonly Fault[] {
  if (!Array.isArray(errors)) return [];
  return errors.map(recordOf).map(({ path, message }) => ({ path: String(path), message: String(message) }));
}
