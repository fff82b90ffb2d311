// A check by OpenFGA itself, as its primary datastore has the tuples.
import pLimit, { type LimitFunction } from "p-limit";
import { ConsistencyPreference } from "@openfga/sdk";
import { failure, type CheckAnswer, type CheckRequest, type FailureCode } from "../checks/question.ts";
import type { Tuple } from "../tuples/tuple.ts";
import type { OpenfgaServer } from "./client.ts";
import { OpenfgaError } from "./openfga-error.ts";

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

/**
 * Maximum number of checks that one sidecar has OpenFGA evaluate at once; the others wait. OpenFGA 1.22.1 holds a
 * connection to its datastore for each level of a check while it waits for the next level. With its default of 30
 * connections, 50 checks of a batch take all of them and none can go on until the request times out.
 */
const MAX_CHECKS_AT_ONCE = 4;

const limits = new WeakMap<OpenfgaServer, LimitFunction>();

function limitOf(server: OpenfgaServer): LimitFunction {
  const known = limits.get(server);
  if (known !== undefined) return known;
  const made = pLimit(MAX_CHECKS_AT_ONCE);
  limits.set(server, made);
  return made;
}

/** Asks a check with HIGHER_CONSISTENCY. Throws OpenfgaError when there is no answer. */
export function askOpenfga(at: ModelAt, request: CheckRequest): Promise<CheckAnswer> {
  return limitOf(at.server)(() => ask(at, request));
}

async function ask(at: ModelAt, request: CheckRequest): Promise<CheckAnswer> {
  const { user, relation, object, context, contextualTuples } = request;
  try {
    const answer = await at.server.ask((api, options) => api.check(at.storeId, {
      tuple_key: { user, relation, object }, authorization_model_id: at.modelId,
      consistency: ConsistencyPreference.HigherConsistency, context: context ?? {},
      contextual_tuples: { tuple_keys: (contextualTuples ?? []).map(sendable) },
    }, options));
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
