// Failures of calls to OpenFGA: a conflict, a refusal, or an unknown result.
import { FgaApiError, FgaError } from "@openfga/sdk";

/**
 * `conflict`: a tuple was not as a write expected (400 with code 2017, 409); nothing was written.
 * `unavailable`: no answer, a 5xx, a time-out or too many requests; whether a write was done is unknown.
 * `refused`: OpenFGA answered that it does not accept the call, now or later.
 */
export type OpenfgaFault = "conflict" | "unavailable" | "refused";

/** A call to OpenFGA that failed. `code` is OpenFGA's error code where it sent one, `status` the HTTP status. */
export class OpenfgaError extends Error {
  readonly fault: OpenfgaFault;
  readonly status: number | undefined;
  readonly code: string | undefined;

  constructor(fault: OpenfgaFault, message: string, status?: number, code?: string) {
    super(message);
    this.name = "OpenfgaError";
    this.fault = fault;
    this.status = status;
    this.code = code;
  }
}

/** Returns true for a failure after which the same call may succeed. */
export function isUnavailable(error: unknown): boolean {
  return error instanceof OpenfgaError && error.fault === "unavailable";
}

/** Turns an error of the SDK into an OpenfgaError. Returns any other error as it is. */
export function classify(error: unknown): unknown {
  if (error instanceof FgaApiError) {
    const { statusCode: status } = error;
    const body = error.responseData as { code?: unknown; message?: unknown } | undefined;
    const code = typeof body?.code === "string" ? body.code : undefined;
    const message = typeof body?.message === "string" ? body.message : error.message;
    return new OpenfgaError(faultOf(status, code), message, status, code);
  }
  if (error instanceof FgaError) return new OpenfgaError("unavailable", error.message);
  return error;
}

function faultOf(status: number | undefined, code: string | undefined): OpenfgaFault {
  if (status === 409 || code === "write_failed_due_to_invalid_input") return "conflict";
  // A status below 400 means an answer that broke off: its result is unknown.
  if (status === undefined || status < 400 || status >= 500 || status === 429 || status === 422) return "unavailable";
  // OpenFGA's gateway answers 400 "cancelled" where it gave up on a request.
  return code === "cancelled" ? "unavailable" : "refused";
}
