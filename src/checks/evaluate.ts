// Check: does this user have this relation to this object?
import { hasControlCharacter } from "../model/condition.ts";
import { findRelation, objectFault } from "../model/admits.ts";
import { Budget } from "../model/conditions/condition-budget.ts";
import type { Model, Relation } from "../model/rewrite.ts";
import { isPlain, UNKNOWN_OBJECT, type EntityId } from "../memory/entity-names.ts";
import type { TupleIndex } from "../memory/tuple-index.ts";
import { indexOf } from "../memory/indexed-tuple-set.ts";
import type { TupleSet } from "../tuples/tuple-set.ts";
import { contextualFailure, withContextual } from "./contextual.ts";
import { Evaluation } from "./evaluation.ts";
import { CONTEXTUAL_TUPLE_STEPS, MAX_CHECK_STEPS, WORK_PER_STEP } from "./limits.ts";
import { FAULT, GRANTED, type Outcome } from "./outcome.ts";
import { failure, type CheckAnswer, type CheckRequest } from "./question.ts";
import { withinSteps, type Meter } from "./steps.ts";
import { subjectOf, type Subject } from "./subject.ts";

const ALLOWED: CheckAnswer = Object.freeze({ allowed: true });
const NOT_ALLOWED: CheckAnswer = Object.freeze({ allowed: false });

/**
 * Answers a check whose parts have the sizes that OpenFGA's API allows. Errors carry OpenFGA's code. A check that takes
 * more than `maxSteps` steps is an error.
 */
export function check(
  model: Model, tuples: TupleSet, request: CheckRequest, maxSteps: number = MAX_CHECK_STEPS,
): CheckAnswer {
  return withinSteps(() => ask(model, tuples, request, maxSteps, undefined));
}

/** Answers a check and counts its steps. Throws TooManySteps when it takes more steps than the meter has left. */
export function checkCounted(model: Model, tuples: TupleSet, request: CheckRequest, meter: Meter): CheckAnswer {
  meter.steps += CONTEXTUAL_TUPLE_STEPS * (request.contextualTuples?.length ?? 0);
  return ask(model, tuples, request, meter.most - meter.steps, meter);
}

function ask(
  model: Model, tuples: TupleSet, request: CheckRequest, maxSteps: number, meter: Meter | undefined,
): CheckAnswer {
  const stored = indexOf(tuples);
  const question = understand(model, stored, request);
  if (typeof question === "string") return failure("validation_error", question);
  const { contextualTuples, context } = request;
  if (contextualTuples !== undefined || context !== undefined) {
    const fault = circumstancesFault(model, request, meter);
    if (fault !== undefined) return fault;
    if (contextualTuples !== undefined && contextualTuples.length > 0) {
      return askWithContextual(model, stored, request, maxSteps, meter);
    }
  }
  return answer(model, stored, context, question, maxSteps, meter);
}

/** Answers a check whose contextual tuples are valid. */
function askWithContextual(
  model: Model, stored: TupleIndex, request: CheckRequest, maxSteps: number, meter: Meter | undefined,
): CheckAnswer {
  return withContextual(stored, request.contextualTuples, (index) => {
    // The contextual tuples may name the user and the object of the question for the first time.
    const question = understand(model, index, request);
    if (typeof question === "string") return failure("validation_error", question);
    return answer(model, index, request.context, question, maxSteps, meter);
  });
}

/** Returns the first fault of the context and the contextual tuples. The meter also counts the work on the latter. */
function circumstancesFault(
  model: Model, request: CheckRequest, meter: Meter | undefined,
): CheckAnswer | undefined {
  if (hasControlCharacter(request.context)) {
    return failure("validation_error", "invalid context: it contains forbidden characters");
  }
  const budget = new Budget();
  const bad = contextualFailure(model, request.contextualTuples, "invalid_tuple", budget);
  if (meter !== undefined) meter.steps += Math.ceil(budget.work / WORK_PER_STEP);
  return bad && { error: bad };
}

/** Returns the question in the evaluator's terms, or the reason why it is invalid. */
function understand(model: Model, { names }: TupleIndex, request: CheckRequest): Question | string {
  const subject = subjectOf(model, names, request.user, request.object);
  if (typeof subject === "string") return `invalid relation: ${subject}`;
  const object = names.find(request.object);
  // An object named in tuples is well-formed, and its type is already known.
  const facet = names.facetOf(object);
  const type = isPlain(facet) ? model.typeOf[facet >> 2] : undefined;
  const known = type?.relations.get(request.relation);
  if (known !== undefined) return { subject, relation: known, object };
  const fault = objectFault(model, request.object);
  if (fault !== undefined) return `invalid relation: ${fault}`;
  const relation = findRelation(model, request.object, request.relation);
  if (typeof relation === "string") return `invalid relation: ${relation}`;
  return { subject, relation, object: object === 0 ? UNKNOWN_OBJECT : object };
}

interface Question {
  readonly subject: Subject;
  readonly relation: Relation;
  readonly object: EntityId;
}

function answer(
  model: Model, index: TupleIndex, context: CheckRequest["context"], question: Question, maxSteps: number,
  meter: Meter | undefined,
): CheckAnswer {
  const evaluation = new Evaluation(model, index, context, question.subject, maxSteps);
  const outcome = meter === undefined ? evaluation.resolve(question.relation, question.object, 0)
    : resolveCounted(evaluation, question, meter);
  if (outcome === FAULT) return { error: evaluation.failure! };
  return outcome === GRANTED ? ALLOWED : NOT_ALLOWED;
}

function resolveCounted(evaluation: Evaluation, { relation, object }: Question, meter: Meter): Outcome {
  try {
    return evaluation.resolve(relation, object, 0);
  } finally {
    meter.steps += evaluation.steps;
  }
}
