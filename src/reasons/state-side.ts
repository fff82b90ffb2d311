// One of the two states of a search for changes of access: answers its questions, and remembers by user.
import { Budget } from "../checks/budget-at-once.ts";
import { Evaluation } from "../checks/evaluation.ts";
import { FAULT, GRANTED } from "../checks/outcome.ts";
import { ReverseSearch } from "../checks/reverse-search-at-once.ts";
import { TooManySteps } from "../checks/steps.ts";
import { subjectOfId } from "../checks/subject.ts";
import type { EntityId } from "../memory/entity-names.ts";
import type { TupleIndex } from "../memory/tuple-index.ts";
import type { Context } from "../model/condition.ts";
import type { Model, Relation } from "../model/rewrite.ts";

interface Asked {
  readonly evaluation: Evaluation;
  readonly budget: Budget;
  search: ReverseSearch;
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
  readonly #listingEdges: number;
  readonly #asked = new Map<EntityId, Asked>();

  /** `listingEdges`: number of edges that a list may follow before it counts as too long. */
  constructor(model: Model, index: TupleIndex, context: Context, listingEdges: number) {
    this.#model = model;
    this.#index = index;
    this.#context = context;
    this.#listingEdges = listingEdges;
  }

  /** Returns whether a user has a relation to an object. */
  isAllowed(user: EntityId, relation: Relation, object: EntityId): boolean {
    return this.#try(user, false, ({ evaluation }) => {
      evaluation.beginCandidate();
      const outcome = evaluation.resolve(relation, object, 0);
      evaluation.endCandidate();
      if (outcome === FAULT) this.isIncomplete = true;
      return outcome === GRANTED;
    });
  }

  /** Returns the objects to which a user has a relation; undefined if that takes too long to find out. */
  objectsOf(user: EntityId, relation: Relation): ReadonlySet<EntityId> | undefined {
    return this.#try(user, undefined, (asked) => {
      const found = asked.budget.within(this.#listingEdges, () => asked.search.objectsOf(relation));
      if (!asked.search.faulty) return found;
      asked.search = new ReverseSearch(asked.evaluation, asked.evaluation.subject, asked.budget);
      return undefined;
    });
  }

  #try<T>(user: EntityId, otherwise: T, answer: (asked: Asked) => T): T {
    const asked = this.#asked.get(user) ?? this.#begin(user);
    if (asked === undefined) return otherwise;
    const before = asked.evaluation.steps;
    try {
      return answer(asked);
    } catch (error) {
      if (!(error instanceof TooManySteps)) throw error;
      // An evaluation that was cut off cannot be used again.
      this.#asked.delete(user);
      this.isIncomplete = true;
      return otherwise;
    } finally {
      this.steps += asked.evaluation.steps - before;
    }
  }

  #begin(user: EntityId): Asked | undefined {
    const subject = subjectOfId(this.#model, this.#index.names, user);
    if (subject === undefined) return undefined;
    const evaluation = new Evaluation(this.#model, this.#index, this.#context, subject, Infinity);
    const budget = new Budget(evaluation, Infinity);
    const asked = { evaluation, budget, search: new ReverseSearch(evaluation, subject, budget) };
    this.#asked.set(user, asked);
    return asked;
  }
}
