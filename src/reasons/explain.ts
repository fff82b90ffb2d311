// Explains an answer: every minimal proof of a yes, and the smallest sets of tuples that would turn a no into a yes.
import type { Phrasebook } from "../analysis/way-words.ts";
import { check, checkCounted } from "../checks/evaluate.ts";
import { MAX_CHECK_STEPS } from "../checks/limits.ts";
import { partsWithContextual } from "../checks/contextual.ts";
import { endOf, type Parts } from "../checks/parts.ts";
import { failure, type CheckRequest, type Failure } from "../checks/question.ts";
import { Meter } from "../checks/steps.ts";
import { indexOf } from "../memory/indexed-tuple-set.ts";
import { TentativeDeltas } from "../memory/tentative-deltas.ts";
import type { TupleIndex } from "../memory/tuple-index.ts";
import type { Model } from "../model/rewrite.ts";
import type { TupleSet } from "../tuples/tuple-set.ts";
import { printTuple, typeOf, type Tuple, type TupleKey } from "../tuples/tuple.ts";
import { waysOf, type CompiledWay } from "./compiled-ways.ts";
import { FactReader } from "./fact-reader.ts";
import { findProofs, userEnd } from "./find-proofs.ts";
import { MissingSearch, type PartialMatch } from "./find-missing.ts";
import { NO_FACTS, type FixedFacts } from "./fixed-facts.ts";
import { inOrder } from "./missing-order.ts";
import { missingText, NO_PHRASES, proofText } from "./reason-text.ts";
import { Pace } from "./pace.ts";
import { MAX_REASONS, STEPS_OF_A_TUPLE } from "./reasons-limits.ts";
import type { SupposedTuples } from "./supposed-tuples.ts";

/** One minimal proof: no tuple of it can be left out. */
export interface Reason {
  /** Numbers of the rules of the lines that the proof passes through. */
  readonly rules: readonly string[];
  readonly text: string;
  readonly tuples: readonly Tuple[];
}

/** One smallest way to a yes: no part of `absent` suffices. */
export interface Missing {
  readonly rules: readonly string[];
  readonly text: string;
  /** The tuples of the way that exist. */
  readonly present: readonly Tuple[];
  /** Those that do not, or whose condition is not met. Objects that would be new are named `new`. */
  readonly absent: readonly Tuple[];
  /** Tuples that would have to go, because a `but not` subtracts by them; absent if there are none. */
  readonly against?: readonly Tuple[];
}

/** An explanation. `truncated`: there may be more reasons, or more ways to a yes. */
export type Explanation =
  | { readonly allowed: true; readonly reasons: readonly Reason[]; readonly truncated?: true }
  | { readonly allowed: false; readonly missing: readonly Missing[]; readonly truncated?: true }
  | { readonly error: Failure };

/** Knowledge about a model in addition to its definitions. */
export interface ModelNotes {
  /** Rule numbers by `type#relation`; see `readRuleIndex`. */
  readonly rules: ReadonlyMap<string, readonly string[]>;
  readonly phrases: Phrasebook;
  readonly facts: FixedFacts;
}

/** How an explanation is made in parts. */
export interface Course {
  /** Counts the steps of several explanations. */
  readonly spent?: { steps: number };
  /** Number of steps in one part. */
  readonly stepsPerPart?: number;
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

/** Does the same in parts. The tuples must not change until the last part; other questions may be answered. */
export function* explainInParts(
  model: Model, tuples: TupleSet, request: CheckRequest, notes: ModelNotes = NO_NOTES,
  { spent, stepsPerPart }: Course = {},
): Parts<Explanation> {
  const answer = check(model, tuples, request);
  if ("error" in answer) return answer;
  if (request.user.includes("#")) return failure("validation_error", "the answer of a userset is not explained");
  const relation = model.types.get(typeOf(request.object))!.relations.get(request.relation)!;
  const ways = waysOf(model, relation, typeOf(request.user));
  if (ways === undefined) {
    return failure("authorization_model_resolution_too_complex", "the relation has too many ways to list");
  }
  const stored = indexOf(tuples);
  const explanation = yield* partsWithContextual(stored, request.contextualTuples, function* (index) {
    return answer.allowed ? explainYes(model, index, request, ways.ways, notes, spent)
      : yield* explainNo(model, tuples, index, request, ways.ways, notes, new Pace(stepsPerPart));
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
  const counts = countLines(ways);
  const reasons = proofs.map(({ way: { way }, names, tuples }): Reason => (
    { rules: rulesOf(way.lines, counts, rules), text: proofText(request, way, names, phrases), tuples }));
  return { allowed: true, reasons, ...(reader.isCut ? { truncated: true } : {}) };
}

/** Explains a no. Other questions may name the same user and object for a while: their ids are held. */
function* explainNo(
  model: Model, tuples: TupleSet, index: TupleIndex, request: CheckRequest, ways: readonly CompiledWay[],
  notes: ModelNotes, pace: Pace,
): Parts<Explanation> {
  const { names } = index;
  const held = [request.user, request.object].filter((name) => names.find(name) !== 0)
    .map((name) => names.retain(name));
  try {
    return yield* findMissing(model, tuples, index, request, ways, notes, pace);
  } finally {
    for (const id of held) names.release(id);
  }
}

function* findMissing(
  model: Model, tuples: TupleSet, index: TupleIndex, request: CheckRequest, ways: readonly CompiledWay[],
  notes: ModelNotes, pace: Pace,
): Parts<Explanation> {
  const reader = new FactReader(model, index, request.context);
  const [user, object] = [reader.endOf(request.user), reader.endOf(request.object)];
  const search = new MissingSearch(ways, reader, notes.facts);
  const counts = countLines(ways);
  const found: Missing[] = [];
  const places = new Map<Missing, number>();
  const seen = new Set<string>();
  let searched = 0;
  for (const match of search.find(user, object)) {
    pace.add(reader.steps - searched);
    searched = reader.steps;
    yield* pace.rest();
    if (match === undefined) continue;
    const judged = yield* judge(model, tuples, request, reader, search.tuples, match, pace);
    if (judged === undefined) continue;
    const { absent, against } = judged;
    if (against.length === 0) search.accept(match.absent);
    const key = [...absent, ...against].map(printTuple).sort().join(" ");
    if (seen.has(key)) continue;
    seen.add(key);
    if (found.length === MAX_REASONS) {
      reader.isCut = true;
      break;
    }
    const one = missingOf(match, judged, reader, search.tuples, request, notes, counts);
    places.set(one, ways.indexOf(match.way));
    found.push(one);
  }
  const missing = inOrder(found, (one) => places.get(one)!);
  return { allowed: false, missing, ...(reader.isCut ? { truncated: true } : {}) };
}

/** A partial match that the evaluator confirmed. */
interface Judged {
  readonly absent: readonly Tuple[];
  readonly against: readonly Tuple[];
}

/**
 * Returns the absent tuples of a partial match, and those that take away, if the evaluator says yes with all of the
 * former and without the latter, and no without any one of the former. A tuple whose condition fails is not judged.
 */
function* judge(
  model: Model, tuples: TupleSet, request: CheckRequest, reader: FactReader, supposed: SupposedTuples,
  { absent: numbers, ends, way }: PartialMatch, pace: Pace,
): Parts<Judged | undefined> {
  const absent = numbers.map((number) => supposed.tuple(number));
  if (numbers.some((number) => supposed.presence(number) === "failed")) return { absent, against: [] };
  const isYes = (): boolean => {
    const meter = new Meter(MAX_CHECK_STEPS);
    const answer = checkCounted(model, tuples, request, meter);
    pace.add(meter.steps + STEPS_OF_A_TUPLE * absent.length);
    return "allowed" in answer && answer.allowed;
  };
  if (withTuples(tuples, absent, [], isYes)) {
    return (yield* areNeeded(tuples, { absent, against: [] }, isYes, pace)) ? { absent, against: [] } : undefined;
  }
  yield* pace.rest();
  const against = takingAway(way, reader, ends);
  const stored = against.filter(({ object, relation, user }) => tuples.has(object, relation, user));
  if (against.length === 0 || stored.length < against.length) return undefined;
  if (!withTuples(tuples, absent, stored, isYes)) return undefined;
  return (yield* areNeeded(tuples, { absent, against }, isYes, pace)) ? { absent, against } : undefined;
}

/** Whether the answer is no without any one of the absent tuples. A question may read all the rows over an athlete. */
function* areNeeded(
  tuples: TupleSet, { absent, against }: Judged, isYes: () => boolean, pace: Pace,
): Parts<boolean> {
  // Without the only tuple, the answer is the no that is explained.
  for (let next = absent.length === 1 && against.length === 0 ? 1 : 0; next < absent.length;) {
    yield* pace.rest();
    const areNeededSoFar = withTuples(tuples, absent, against, () => {
      for (; next < absent.length && !pace.isDue; next++) {
        if (withTuples(tuples, [], [absent[next]!], isYes)) return false;
      }
      return true;
    });
    if (!areNeededSoFar) return false;
  }
  return true;
}

/** Returns the tuples about the user by which the negations of a way hold. */
function takingAway(way: CompiledWay, reader: FactReader, ends: readonly number[]): Tuple[] {
  const found = new Map<string, Tuple>();
  for (const { object, ways } of way.negations) {
    for (const { tuples } of findProofs(ways, reader, ends[0]!, ends[object]!)) {
      const user = reader.nameOf(ends[0]!);
      for (const tuple of tuples) if (tuple.user === user) found.set(printTuple(tuple), tuple);
    }
  }
  return [...found.values()];
}

/**
 * Asks a question with additional tuples and without some stored ones, and then restores the set. On the set itself
 * this costs less than contextual tuples do.
 */
function withTuples<T>(tuples: TupleSet, added: readonly Tuple[], left: readonly TupleKey[], ask: () => T): T {
  const deltas = new TentativeDeltas(tuples);
  deltas.apply({
    writes: added, deletes: left.map(({ object, relation, user }) => ({ object, relation, user })),
  });
  try {
    return ask();
  } finally {
    deltas.undoTo(0);
  }
}

function missingOf(
  { way, ends, absent: numbers }: PartialMatch, { absent, against }: Judged, reader: FactReader,
  supposed: SupposedTuples, request: CheckRequest, { rules, phrases }: ModelNotes, counts: ReadonlyMap<string, number>,
): Missing {
  const names = ends.map((end) => reader.nameOf(end));
  const keys = numbers.map((number) => supposed.key(number));
  const isMissing = way.patterns.map((pattern) => {
    const number = supposed.find(pattern, ends);
    return number !== undefined && keys.includes(supposed.key(number));
  });
  const isAbsent = new Set(way.way.tuples.filter((_, i) => isMissing[i]));
  const present = way.patterns.filter((_, i) => !isMissing[i])
    .map((pattern) => reader.tuple(pattern, ends[pattern.object]!, userEnd(pattern, ends)));
  const text = missingText(request, {
    way: way.way, names, isAbsent: (tuple) => isAbsent.has(tuple), against: against.map(printTuple),
  }, phrases);
  return {
    rules: rulesOf(way.way.lines, counts, rules), text,
    present: [...new Map(present.map((tuple) => [printTuple(tuple), tuple])).values()], absent,
    ...(against.length === 0 ? {} : { against }),
  };
}

/** Returns the number of ways that pass through each line. */
function countLines(ways: readonly CompiledWay[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { way } of ways) for (const line of way.lines) counts.set(line, (counts.get(line) ?? 0) + 1);
  return counts;
}

/** Returns the rules of the lines that set a way apart from the others: those through which the fewest ways pass. */
function rulesOf(
  lines: readonly string[], counts: ReadonlyMap<string, number>, rules: ReadonlyMap<string, readonly string[]>,
): string[] {
  const numbered = lines.filter((line) => (rules.get(line) ?? []).length > 0);
  const least = Math.min(...numbered.map((line) => counts.get(line)!));
  return [...new Set(numbered.filter((line) => counts.get(line) === least).flatMap((line) => rules.get(line)!))];
}
