// One of the two states of a search for changes of access: answers its questions, and remembers by user.
import { Budget } from "../checks/budget-at-once.ts";
import { Evaluation } from "../checks/evaluation.ts";
import { MAX_CHECK_STEPS, MAX_LIST_DEPTH } from "../checks/limits.ts";
import { FAULT, GRANTED } from "../checks/outcome.ts";
import { ReverseSearch } from "../checks/reverse-search-at-once.ts";
import { TooManySteps } from "../checks/steps.ts";
import { subjectOfId } from "../checks/subject.ts";
import type { EntityId } from "../memory/entity-names.ts";
import type { TupleIndex } from "../memory/tuple-index.ts";
import type { Context } from "../model/condition.ts";
import type { Model, Relation } from "../model/rewrite.ts";

/** The search for the objects of one user. */
interface Listing {
  readonly evaluation: Evaluation;
  readonly search: ReverseSearch;
}

/**
 * Answers questions about one state. The index must be in that state during each call; in between, it may be in
 * another, as long as the names keep their ids.
 */
export class StateSide {
  /** Steps of all answers so far. */
  steps = 0;
  /** Whether an answer could not be found: it counted as no. */
  isIncomplete = false;
  readonly #model: Model;
  readonly #index: TupleIndex;
  readonly #context: Context;
  readonly #evaluations = new Map<EntityId, Evaluation>();
  readonly #listings = new Map<EntityId, Listing>();

  constructor(model: Model, index: TupleIndex, context: Context) {
    this.#model = model;
    this.#index = index;
    this.#context = context;
  }

  /** Returns whether a user has a relation to an object. */
  isAllowed(user: EntityId, relation: Relation, object: EntityId): boolean {
    const evaluation = this.#evaluations.get(user) ?? this.#evaluationOf(user);
    if (evaluation === undefined) return false;
    const before = evaluation.steps;
    // Remembering outcomes from one question to the next costs more than it saves: most questions take few steps.
    evaluation.turnTo(evaluation.subject);
    this.#limit(evaluation, MAX_CHECK_STEPS);
    const outcome = this.#orUndefined(() => evaluation.resolve(relation, object, 0));
    this.steps += evaluation.steps - before;
    if (outcome === FAULT || outcome === undefined) this.isIncomplete = true;
    return outcome === GRANTED;
  }

  /** Returns the objects to which a user has a relation; undefined if finding them takes more than `most` steps. */
  objectsOf(user: EntityId, relation: Relation, most: number): ReadonlySet<EntityId> | undefined {
    const listing = this.#listings.get(user) ?? this.#begin(user);
    if (listing === undefined) return undefined;
    const { evaluation, search } = listing;
    const before = evaluation.steps;
    this.#limit(evaluation, most);
    const found = this.#orUndefined(() => search.objectsOf(relation));
    this.steps += evaluation.steps - before;
    // A search that was cut off cannot be used again.
    if (found === undefined) this.#listings.delete(user);
    return found;
  }

  #limit(evaluation: Evaluation, most: number): void {
    evaluation.maxSteps = evaluation.steps + most;
    evaluation.endCandidate();
  }

  #orUndefined<T>(answer: () => T): T | undefined {
    try {
      return answer();
    } catch (error) {
      if (error instanceof TooManySteps) return undefined;
      throw error;
    }
  }

  #evaluationOf(user: EntityId): Evaluation | undefined {
    const subject = subjectOfId(this.#model, this.#index.names, user);
    if (subject === undefined) return undefined;
    const evaluation = new Evaluation(this.#model, this.#index, this.#context, subject, MAX_CHECK_STEPS);
    this.#evaluations.set(user, evaluation);
    return evaluation;
  }

  #begin(user: EntityId): Listing | undefined {
    const subject = subjectOfId(this.#model, this.#index.names, user);
    if (subject === undefined) return undefined;
    const evaluation = new Evaluation(this.#model, this.#index, this.#context, subject, 0, MAX_LIST_DEPTH);
    const listing = { evaluation, search: new ReverseSearch(evaluation, subject, new Budget(evaluation, Infinity)) };
    this.#listings.set(user, listing);
    return listing;
  }
}
