// Finds the access that the events of a dry run would give or take away, by trying their changes on the live state.
import { MAX_STRICT_RUNS } from "../domain/event-limits.ts";
import type { Parts } from "../checks/parts.ts";
import type { Receipt } from "../events/event.ts";
import { revisionOf } from "../ledger/event-record.ts";
import { readTokens } from "../ledger/revision-token.ts";
import { TentativeDeltas } from "../memory/tentative-deltas.ts";
import type { Model } from "../model/rewrite.ts";
import { checkableOf } from "../policy/checkable.ts";
import type { AccessChange } from "../reasons/access-answer.ts";
import { findAccessChange } from "../reasons/access-change.ts";
import { AccessGraph } from "../reasons/access-graph.ts";
import type { AccessLimits } from "../reasons/access-limits.ts";
import type { TwoStates } from "../reasons/changed-tuples.ts";
import type { Delta } from "../tuples/delta.ts";
import type { TupleSet } from "../tuples/tuple-set.ts";
import { TUPLES_TRIED_AT_ONCE } from "./sidecar-limits.ts";
import type { Sidecar } from "./sidecar.ts";
import { inTurnsAlone } from "./turns.ts";

const graphs = new WeakMap<Model, AccessGraph>();

/**
 * Returns the answers that the events of a dry run would change, before the first against after the last. Returns
 * undefined if the state has moved since: an org has another revision than in the receipts, or a change no longer fits;
 * from run MAX_STRICT_RUNS + 1 on, only the latter. `run` counts the dry runs of the same events, from 1. Rejects with
 * ClientGone once `isGone` returns true. Tests set smaller `limits`.
 */
export function accessOf(
  { lock, model, tuples, now }: Pick<Sidecar, "lock" | "model" | "tuples" | "now">, receipts: readonly Receipt[],
  run = 1, limits: Partial<AccessLimits> = {}, isGone?: () => boolean,
): Promise<AccessChange | undefined> {
  const deltas = receipts.flatMap(({ changes }) =>
    (changes === undefined ? [] : inChunks({ writes: changes.write, deletes: changes.delete })));
  return inTurnsAlone(function* (): Parts<AccessChange | undefined> {
    if (run <= MAX_STRICT_RUNS && receipts.some((receipt) => hasMoved(tuples, receipt))) return undefined;
    const trial = new TentativeDeltas(tuples);
    try {
      for (const delta of deltas) {
        if (!trial.resume()) throw new Error("the state changed while it was held");
        const fits = isFitting(tuples, delta);
        if (fits) trial.apply(delta);
        trial.suspend();
        if (!fits) return undefined;
        yield;
      }
      const graph = graphs.get(model) ?? new AccessGraph(model, checkableOf);
      graphs.set(model, graph);
      return yield* findAccessChange(model, graph, statesOf(tuples, trial), new Date(now()).toISOString(), limits);
    } finally {
      trial.release();
    }
  }, lock, setImmediate, isGone);
}

function statesOf(tuples: TupleSet, trial: TentativeDeltas): TwoStates {
  return {
    tuples, deltas: trial.deltas, before: () => trial.suspend(),
    after: () => {
      if (!trial.resume()) throw new Error("the state changed while it was held");
    },
  };
}

/** Whether an org has another revision than when an event of a dry run was decided. */
function hasMoved(tuples: TupleSet, { token }: Receipt): boolean {
  const positions = readTokens(token);
  return "code" in positions || positions.some(({ org, revision }) => revisionOf(tuples, org) !== revision);
}

function isFitting(tuples: TupleSet, { writes, deletes }: Delta): boolean {
  return deletes.every(({ object, relation, user }) => tuples.has(object, relation, user))
    && writes.every(({ object, relation, user }) => !tuples.has(object, relation, user));
}

/** Splits a delta into parts that one turn can apply, deletes first; none has both. */
function inChunks({ writes, deletes }: Delta): Delta[] {
  const chunks: Delta[] = [];
  for (let i = 0; i < deletes.length; i += TUPLES_TRIED_AT_ONCE) {
    chunks.push({ writes: [], deletes: deletes.slice(i, i + TUPLES_TRIED_AT_ONCE) });
  }
  for (let i = 0; i < writes.length; i += TUPLES_TRIED_AT_ONCE) {
    chunks.push({ writes: writes.slice(i, i + TUPLES_TRIED_AT_ONCE), deletes: [] });
  }
  return chunks;
}
