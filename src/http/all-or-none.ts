// Submits an atomic batch: all of its events are applied, or the problem of the event at fault is the answer.
import type { AtomicRefusal, Intake, Receipt } from "../events/event.ts";
import { refuse } from "../events/refusal.ts";
import type { Envelope } from "../ledger/envelope.ts";
import { problemOf, type Problem } from "./problem.ts";

/** An atomic batch of which nothing was applied, and the index of the event at fault. */
export interface RefusedBatch {
  readonly problem: Problem;
  readonly index: number | undefined;
}

/**
 * Submits events as a whole, unless one of them cannot be read. `failed` receives the error of the submission; the
 * promise never rejects.
 */
export async function allOrNone(
  events: readonly (Envelope | Problem)[], submit: (all: readonly Envelope[]) => ReturnType<Intake["submitTogether"]>,
  failed: (error: unknown) => void,
): Promise<readonly Receipt[] | RefusedBatch> {
  const unread = events.findIndex((event) => "code" in event);
  if (unread >= 0) return { problem: events[unread] as Problem, index: unread };
  const outcome = await submit(events as Envelope[]).catch((error: unknown): AtomicRefusal => {
    failed(error);
    const why = "the batch may not have been applied: send the same batch again";
    return { index: undefined, refusal: refuse("store_unavailable", why) };
  });
  return "refusal" in outcome ? { problem: problemOf(outcome.refusal), index: outcome.index } : outcome;
}

/** Returns the first problem among outcomes; undefined where there is none. */
export function firstProblem(outcomes: readonly (Receipt | Problem)[]): RefusedBatch | undefined {
  const index = outcomes.findIndex((outcome) => "code" in outcome);
  return index < 0 ? undefined : { index, problem: outcomes[index] as Problem };
}
