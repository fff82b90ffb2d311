// Errors in the form of the OpenFGA API: the one table of its codes and their HTTP statuses.
import type { FailureCode } from "../checks/question.ts";
import { withCode } from "./answer-code.ts";

/** Statuses of the codes that OpenFGA 1.22.1 has, and of Sideline's own five at the end. */
const ERROR_STATUS = {
  validation_error: 400,
  authorization_model_not_found: 400,
  authorization_model_resolution_too_complex: 400,
  tuple_key_value_not_specified: 400,
  invalid_continuation_token: 400,
  invalid_expand_input: 400,
  invalid_tuple: 400,
  latest_authorization_model_not_found: 400,
  page_size_invalid: 400,
  query_string_type_continuation_token_mismatch: 400,
  relation_not_found: 400,
  type_invalid_pattern: 400,
  type_not_found: 400,
  unauthenticated: 401,
  forbidden: 403,
  store_id_not_found: 404,
  undefined_endpoint: 404,
  internal_error: 500,
  method_not_allowed: 405,
  scope_missing: 403,
  body_too_large: 413,
  unsupported_media_type: 415,
  store_unavailable: 503,
} as const satisfies Record<FailureCode, number> & Record<string, number>;

export type ErrorCode = keyof typeof ERROR_STATUS;

/** An error of the OpenFGA API, as a value. Clients branch on the code; the message is for a person. */
export class ApiError {
  readonly code: ErrorCode;
  readonly message: string;

  constructor(code: ErrorCode, message: string) {
    this.code = code;
    this.message = message;
  }
}

/** gRPC codes, which OpenFGA's streams carry in place of its own codes. */
const GRPC_INTERNAL = 13;
const GRPC_INVALID_ARGUMENT = 3;

/** Seconds after which a client may retry when the store was unavailable. */
const RETRY_AFTER_SECONDS = "1";

/** Returns the HTTP status of an error. */
function statusOf(error: ApiError): number {
  return ERROR_STATUS[error.code];
}

/** Answers with an error; `headers` are added to those of the answer. */
export function answerError(error: ApiError, headers: Readonly<Record<string, string>> = {}): Response {
  return answer({ code: error.code, message: error.message }, error, headers);
}

/** Codes that OpenFGA does not have; their answers have the same form everywhere. */
const OWN: ReadonlySet<ErrorCode> = new Set<ErrorCode>(
  ["unauthenticated", "scope_missing", "body_too_large", "unsupported_media_type", "store_unavailable"],
);

/** Answers with an error for a stream that failed before its first line. */
export function answerStreamError(error: ApiError, headers: Readonly<Record<string, string>>): Response {
  if (OWN.has(error.code)) return answerError(error, headers);
  const code = statusOf(error) < 500 ? GRPC_INVALID_ARGUMENT : GRPC_INTERNAL;
  return answer({ error: { code, message: error.message, details: [] } }, error, headers);
}

function answer(body: object, error: ApiError, headers: Readonly<Record<string, string>>): Response {
  const status = statusOf(error);
  const retry = status === 503 ? { "retry-after": RETRY_AFTER_SECONDS } : {};
  const all = { "content-type": "application/json", ...retry, ...headers };
  return withCode(new Response(JSON.stringify(body), { status, headers: all }), error.code);
}
