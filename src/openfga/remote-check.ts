// Checks answered by OpenFGA itself, from its primary datastore.
import pLimit from "p-limit";
import { ConsistencyPreference } from "@openfga/sdk";
import type { TraceHeaders } from "../checks/checker.ts";
import { failure, type CheckAnswer, type CheckRequest, type FailureCode } from "../checks/question.ts";
import type { Tuple } from "../tuples/tuple.ts";
import type { OpenfgaServer } from "./client.ts";
import { OpenfgaError } from "./openfga-error.ts";
import { LONGEST_WAIT_FRACTION, MAX_CHECKS_AT_ONCE, MAX_CHECKS_WAITING } from "./openfga-limits.ts";

/** One model of one store of a server. */
export interface ModelAt {
  readonly server: OpenfgaServer;
  readonly storeId: string;
  readonly modelId: string;
}

const FAILURES: ReadonlySet<string> = new Set<FailureCode>([
  "validation_error", "authorization_model_resolution_too_complex", "type_not_found", "relation_not_found",
  "invalid_tuple", "invalid_expand_input",
]);

const unavailable = (why: string): OpenfgaError => new OpenfgaError("unavailable", why);

/**
 * Asks OpenFGA with HIGHER_CONSISTENCY, for callers that need the present state of the store. However many ask, and
 * whatever OpenFGA does, each gets an answer or an OpenfgaError within the server's `readTimeout` from the call.
 */
export class RemoteChecker {
  readonly #at: ModelAt;
  readonly #limit = pLimit(MAX_CHECKS_AT_ONCE);

  constructor(at: ModelAt) {
    this.#at = at;
  }

  /** Sends a check once its turn comes, in the caller's trace. Throws OpenfgaError when there is no answer. */
  async ask(request: CheckRequest, trace?: TraceHeaders): Promise<CheckAnswer> {
    if (this.#limit.pendingCount >= MAX_CHECKS_WAITING) throw unavailable("too many checks are waiting for OpenFGA");
    const { readTimeout } = this.#at.server;
    const end = performance.now() + readTimeout;
    const late = unavailable("OpenFGA has not answered earlier checks");
    let isLate = false;
    let timer: NodeJS.Timeout | undefined;
    const waited = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        isLate = true;
        reject(late);
      }, LONGEST_WAIT_FRACTION * readTimeout);
    });
    const asked = this.#limit(() => {
      clearTimeout(timer);
      const left = end - performance.now();
      // The timer may also be late.
      if (isLate || left < (1 - LONGEST_WAIT_FRACTION) * readTimeout) throw late;
      return checkRemotely(this.#at, request, left, trace);
    });
    return Promise.race([asked, waited]);
  }
}

/**
 * Sends a check to OpenFGA with HIGHER_CONSISTENCY, at once. Throws OpenfgaError when there is no answer, after
 * `within` milliseconds at the latest.
 */
export async function checkRemotely(
  at: ModelAt, request: CheckRequest, within?: number, trace?: TraceHeaders,
): Promise<CheckAnswer> {
  const { user, relation, object, context, contextualTuples } = request;
  try {
    const answer = await at.server.ask((api, options) => api.check(at.storeId, {
      tuple_key: { user, relation, object }, authorization_model_id: at.modelId,
      consistency: ConsistencyPreference.HigherConsistency, context: context ?? {},
      contextual_tuples: { tuple_keys: (contextualTuples ?? []).map(sendable) },
    }, trace === undefined ? options : { ...options, headers: trace }), within);
    if (typeof answer.allowed !== "boolean") throw new OpenfgaError("unavailable", "a check without an answer");
    return { allowed: answer.allowed };
  } catch (error) {
    if (error instanceof OpenfgaError && error.fault === "refused" && FAILURES.has(error.code ?? "")) {
      return failure(error.code as FailureCode, error.message);
    }
    throw error;
  }
}

function sendable({ user, relation, object, condition }: Tuple): {
  user: string; relation: string; object: string; condition?: { name: string; context: object };
} {
  return condition === undefined ? { user, relation, object } : { user, relation, object, condition };
}
