// Reads how fresh an answer must be (Sideline-Token, consistency), or as of when it is given (Sideline-As-Of).
import type { Context } from "hono";
import type { Freshness } from "../checks/checker.ts";
import { ApiError } from "./api-error.ts";
import { headerOf } from "./header.ts";
import { problem, type Problem } from "./problem.ts";
import type { Caller } from "./route.ts";
import type { Sidecar } from "../sidecar/sidecar.ts";
import { readTokens } from "../ledger/revision-token.ts";
import { traceHeadersOf } from "./trace-context.ts";

/** The store that is asked; `failed` receives the errors that it threw. */
interface AskedStore {
  readonly sidecar: Pick<Sidecar, "past">;
  readonly failed: (error: unknown, c: Context) => void;
}

const ANY: Freshness = { higher: false, positions: [] };
const HIGHER: Freshness = { higher: true, positions: [] };

const STILL_READING = "the past is still being read from the change feed: try again later";

/** Reads how fresh an answer must be, from `consistency` and the tokens in Sideline-Token, and the caller's trace. */
export function readFreshness(c: Context, higher: boolean): Freshness | ApiError {
  // Ignoring it would answer a question about the past with the present.
  if (headerOf(c, "sideline-as-of") !== undefined) {
    return new ApiError("validation_error", "this operation does not answer as of an earlier time (Sideline-As-Of)");
  }
  const tokens = headerOf(c, "sideline-token");
  const trace = traceHeadersOf(c);
  if (tokens === undefined && trace === undefined) return higher ? HIGHER : ANY;
  const positions = tokens === undefined ? [] : readTokens(tokens);
  if ("code" in positions) return new ApiError(positions.code, positions.message);
  return trace === undefined ? { higher, positions } : { higher, positions, trace };
}

/** Reads how fresh an answer must be, or the moment as of which it is given. `higher`: HIGHER_CONSISTENCY. */
export function readFreshnessOrMoment(
  c: Context, higher: boolean, caller: Caller, asked: AskedStore,
): Freshness | ApiError | Promise<Freshness | ApiError> {
  const text = headerOf(c, "sideline-as-of");
  return text === undefined ? readFreshness(c, higher) : readMoment(c, text, higher, caller, asked);
}

async function readMoment(
  c: Context, text: string, higher: boolean, caller: Caller, { sidecar, failed }: AskedStore,
): Promise<Freshness | ApiError> {
  if (!caller.has("read")) return new ApiError("scope_missing", "Sideline-As-Of needs an API key with the scope read");
  if (sidecar.past === undefined) {
    return new ApiError("validation_error", "this server does not answer as of an earlier time (Sideline-As-Of)");
  }
  if (higher || headerOf(c, "sideline-token") !== undefined) {
    const other = higher ? "HIGHER_CONSISTENCY" : "Sideline-Token";
    return new ApiError("validation_error", `Sideline-As-Of and ${other} exclude each other: the past is not fresh`);
  }
  try {
    const moment = await sidecar.past.momentOf(text);
    if (moment === "incomplete") return new ApiError("store_unavailable", STILL_READING);
    return "code" in moment ? new ApiError(moment.code, moment.message) : { higher: false, positions: [], moment };
  } catch (error) {
    failed(error, c);
    return new ApiError("store_unavailable", "the past of the store cannot be read now: try again");
  }
}

/** Returns the problem of an error of the header. */
export function problemOfFreshness({ code, message }: ApiError): Problem {
  const own = code === "scope_missing" || code === "store_unavailable" ? code : "invalid_request";
  return problem(own, message);
}
