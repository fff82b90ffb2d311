// Gathers the checks that are asked in one tick, and asks them in one request. Each answer is a yes, a no or an error.
import { MAX_CHECKS_PER_REQUEST } from "./generated/request-limits.ts";
import type { Check } from "./names.ts";
import { errorOfAnswer, misfit, recordOf, SidelineError } from "./sideline-error.ts";

/** Sends the body of a question, under a Sideline-Token where there is one, and returns the JSON of the answer. */
export type Ask = (path: string, body: object, token: string | undefined, signal?: AbortSignal) => Promise<unknown>;

/** A check that waits for its answer. */
interface Waiting {
  readonly check: Check;
  readonly resolve: (allowed: boolean) => void;
  readonly reject: (error: unknown) => void;
}

/** Returns a function that answers checks. Those of one tick that need the same token share a request. */
export function gatheringChecks(ask: Ask): (check: Check, token: string | undefined) => Promise<boolean> {
  const waiting = new Map<string | undefined, Waiting[]>();
  const flush = (): void => {
    const groups = [...waiting];
    waiting.clear();
    for (const [token, all] of groups) {
      for (let i = 0; i < all.length; i += MAX_CHECKS_PER_REQUEST) {
        void answer(ask, all.slice(i, i + MAX_CHECKS_PER_REQUEST), token);
      }
    }
  };
  return (check, token) => new Promise((resolve, reject) => {
    if (waiting.size === 0) queueMicrotask(flush);
    const group = waiting.get(token);
    if (group === undefined) waiting.set(token, [{ check, resolve, reject }]);
    else group.push({ check, resolve, reject });
  });
}

/** Asks some checks and answers each. Never rejects. */
async function answer(ask: Ask, group: readonly Waiting[], token: string | undefined): Promise<void> {
  try {
    const [only] = group;
    if (only !== undefined && group.length === 1) only.resolve(await askOne(ask, only.check, token));
    else await askTogether(ask, group, token);
  } catch (error) {
    for (const { reject } of group) reject(error);
  }
}

/** Asks one check by itself. */
export async function askOne(
  ask: Ask, { user, relation, object }: Check, token: string | undefined, signal?: AbortSignal,
): Promise<boolean> {
  return readAllowed(await ask("/check", { tuple_key: { user, relation, object } }, token, signal));
}

async function askTogether(ask: Ask, group: readonly Waiting[], token: string | undefined): Promise<void> {
  const checks = group.map(({ check: { user, relation, object } }, i) =>
    ({ tuple_key: { user, relation, object }, correlation_id: String(i) }));
  const result = recordOf(recordOf(await ask("/batch-check", { checks }, token))["result"]);
  for (const [i, { resolve, reject }] of group.entries()) {
    try {
      resolve(readAllowed(result[String(i)]));
    } catch (error) {
      reject(error);
    }
  }
}

/** Returns a yes or a no. Throws for everything else: no answer is ever taken for a yes. */
export function readAllowed(answered: unknown): boolean {
  const { allowed, error } = recordOf(answered);
  if (error !== undefined) {
    const { input_error: code, message } = recordOf(error);
    throw typeof code === "string" ? errorOfAnswer(400, { code, message }, undefined)
      : new SidelineError("unreadable_answer", "a check of the batch failed without a code", { status: 200 });
  }
  if (typeof allowed !== "boolean") throw misfit("`allowed`");
  return allowed;
}
