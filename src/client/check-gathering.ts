// Gathers the checks that are asked in one tick, and asks them in one request. Each answer is a yes, a no or an error.
import { MAX_CHECKS_PER_REQUEST } from "./generated/request-limits.ts";
import type { Check } from "./names.ts";
import { errorOfAnswer, misfit, recordOf, SidelineError } from "./sideline-error.ts";

/** The state that a question is about: one with the events of tokens, or that of an earlier time; undefined: any. */
export type AskedState = string | { readonly asOf: string; readonly token?: string } | undefined;

/** Sends the body of a question about a state, and returns the JSON of the answer. */
export type Ask = (path: string, body: object, state: AskedState, signal?: AbortSignal) => Promise<unknown>;

/** A check that waits for its answer. */
interface Waiting {
  readonly check: Check;
  readonly resolve: (allowed: boolean) => void;
  readonly reject: (error: unknown) => void;
}

/** Returns a function that answers checks. Those of one tick that need the same token share a request. */
export function gatheringChecks(ask: Ask): (check: Check, state: AskedState) => Promise<boolean> {
  const waiting = new Map<AskedState, Waiting[]>();
  const flush = (): void => {
    const groups = [...waiting];
    waiting.clear();
    for (const [state, all] of groups) {
      for (let i = 0; i < all.length; i += MAX_CHECKS_PER_REQUEST) {
        void answer(ask, all.slice(i, i + MAX_CHECKS_PER_REQUEST), state);
      }
    }
  };
  return (check, state) => new Promise((resolve, reject) => {
    if (waiting.size === 0) queueMicrotask(flush);
    const group = waiting.get(state);
    if (group === undefined) waiting.set(state, [{ check, resolve, reject }]);
    else group.push({ check, resolve, reject });
  });
}

/** Asks some checks and answers each. Never rejects. */
async function answer(ask: Ask, group: readonly Waiting[], state: AskedState): Promise<void> {
  try {
    const [only] = group;
    if (only !== undefined && group.length === 1) only.resolve(await askOne(ask, only.check, state));
    else await askTogether(ask, group, state);
  } catch (error) {
    for (const { reject } of group) reject(error);
  }
}

/** Asks one check by itself. */
export async function askOne(
  ask: Ask, { user, relation, object }: Check, state: AskedState, signal?: AbortSignal,
): Promise<boolean> {
  return readAllowed(await ask("/check", { tuple_key: { user, relation, object } }, state, signal));
}

async function askTogether(ask: Ask, group: readonly Waiting[], state: AskedState): Promise<void> {
  const checks = group.map(({ check: { user, relation, object } }, i) =>
    ({ tuple_key: { user, relation, object }, correlation_id: String(i) }));
  const result = recordOf(recordOf(await ask("/batch-check", { checks }, state))["result"]);
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
