// Explains an answer: every minimal proof of a yes, and the smallest sets of tuples that would turn a no into a yes.
import { check } from "../checks/evaluate.ts";
import { partsWithContextual } from "../checks/contextual.ts";
import { endOf, type Parts } from "../checks/parts.ts";
import { failure, type CheckRequest } from "../checks/question.ts";
import { indexOf } from "../memory/indexed-tuple-set.ts";
import type { TupleIndex } from "../memory/tuple-index.ts";
import type { Model } from "../model/rewrite.ts";
import type { TupleSet } from "../tuples/tuple-set.ts";
import { typeOf } from "../tuples/tuple.ts";
import { waysOf, type CompiledWay } from "./compiled-ways.ts";
import { explainNo } from "./explain-no.ts";
import type { Explanation, ModelNotes, Reason } from "./explained.ts";
import { FactReader } from "./fact-reader.ts";
import { findProofs } from "./find-proofs.ts";
import { NO_FACTS } from "./fixed-facts.ts";
import { NO_PHRASES, proofText } from "./reason-text.ts";
import { Pace, type PartSize } from "./pace.ts";
import { RulesOfWays } from "./rules-of-ways.ts";

/** How an explanation is made in parts. */
export interface Course {
  /** Counts the steps of several explanations. */
  readonly spent?: { steps: number };
  readonly part?: PartSize;
  /** True if the tuples are only read: a no is then said to be truncated, without the ways to a yes. */
  readonly isRead?: true;
}

/** The notes of a model about which nothing else is known. */
const NO_NOTES: ModelNotes = { rules: new Map(), phrases: NO_PHRASES, facts: NO_FACTS };

/**
 * Explains the answer of a check. A yes comes with its minimal proofs, a no with the smallest sets of tuples that would
 * make it a yes, fewest tuples first. The user is a plain one or a wildcard. An error is that of the check.
 *
 * @example
 * const model = compileModel(`
 *   model
 *     schema 1.1
 *   type user
 *   type document
 *     relations
 *       define owner: [user]
 *       define viewer: [user] or owner`);
 * const tuples = createTupleSet();
 * tuples.add({ object: "document:1", relation: "owner", user: "user:ann" });
 * const yes = explain(model, tuples, { user: "user:ann", relation: "viewer", object: "document:1" });
 * yes.reasons[0].text // "user:ann has viewer on document:1 because document:1 has `owner` for user:ann."
 * const no = explain(model, tuples, { user: "user:bob", relation: "viewer", object: "document:1" });
 * no.missing.map(({ absent }) => absent[0].relation) // ["viewer", "owner"]
 */
export function explain(
  model: Model, tuples: TupleSet, request: CheckRequest, notes: ModelNotes = NO_NOTES,
): Explanation {
  return endOf(explainInParts(model, tuples, request, notes));
}

/**
 * Does the same in parts. The tuples must not change until the last part. Short questions may be answered in between,
 * but none that is itself in the middle of its parts: a no moves the places of tuples in the index.
 */
export function* explainInParts(
  model: Model, tuples: TupleSet, request: CheckRequest, notes: ModelNotes = NO_NOTES,
  { spent, part, isRead }: Course = {},
): Parts<Explanation> {
  const answer = check(model, tuples, request);
  if ("error" in answer) return answer;
  if (request.user.includes("#")) return failure("validation_error", "the answer of a userset is not explained");
  const relation = model.types.get(typeOf(request.object))!.relations.get(request.relation)!;
  const ways = waysOf(model, relation, typeOf(request.user));
  if (ways === undefined) {
    return failure("authorization_model_resolution_too_complex", "the relation has too many ways to list");
  }
  if (isRead === true && !answer.allowed) return { allowed: false, missing: [], truncated: true };
  const stored = indexOf(tuples);
  const explanation = yield* partsWithContextual(stored, request.contextualTuples, function* (index) {
    return answer.allowed ? explainYes(model, index, request, ways.ways, notes, spent)
      : yield* explainNo({ model, tuples, request, pace: new Pace(part) }, index, ways, notes);
  });
  return ways.isComplete ? explanation : { ...explanation, truncated: true };
}

function explainYes(
  model: Model, index: TupleIndex, request: CheckRequest, ways: readonly CompiledWay[], { rules, phrases }: ModelNotes,
  spent: Course["spent"],
): Explanation {
  const reader = new FactReader(model, index, request.context);
  const proofs = findProofs(ways, reader, reader.endOf(request.user), reader.endOf(request.object));
  if (spent !== undefined) spent.steps += reader.steps;
  const rulesOf = new RulesOfWays(ways, rules);
  const reasons = proofs.map(({ way, names, tuples }): Reason => (
    { rules: rulesOf.way(way), text: proofText(request, way.way, names, phrases), tuples }));
  return { allowed: true, reasons, ...(reader.isCut ? { truncated: true } : {}) };
}
