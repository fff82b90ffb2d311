// The evaluator's judgement of partial matches: with the absent tuples the answer is yes, and no part of them suffices.
import { checkCounted } from "../checks/evaluate.ts";
import { MAX_CHECK_STEPS } from "../checks/limits.ts";
import type { Parts } from "../checks/parts.ts";
import type { CheckRequest } from "../checks/question.ts";
import { Meter, TooManySteps } from "../checks/steps.ts";
import { TentativeDeltas } from "../memory/tentative-deltas.ts";
import type { Model } from "../model/rewrite.ts";
import type { TupleSet } from "../tuples/tuple-set.ts";
import type { Tuple, TupleKey } from "../tuples/tuple.ts";
import type { Pace } from "./pace.ts";
import { STEPS_OF_A_TUPLE } from "./reasons-limits.ts";
import { Supposition } from "./supposition.ts";

/** Tuples that would turn the no into a yes: absent ones to write, and stored ones that would have to go. */
export interface Change {
  readonly absent: readonly Tuple[];
  readonly against: readonly Tuple[];
}

/** An answer on a supposed state. `unknown`: the question takes too many steps there. */
type Answer = "yes" | "no" | "unknown";

/** The question that a judge asks, and the state. */
export interface JudgedQuestion {
  readonly model: Model;
  readonly tuples: TupleSet;
  readonly request: CheckRequest;
  readonly pace: Pace;
}

/** Judges the changes of one question. Between the parts of its work, the state is as stored. */
export class MatchJudge {
  readonly #question: JudgedQuestion;
  readonly #supposed: Supposition;

  constructor(question: JudgedQuestion) {
    this.#question = question;
    this.#supposed = new Supposition(question.tuples);
  }

  /** Whether the answer is yes with all the absent tuples of a change and without those that would have to go. */
  suffices(change: Change): boolean {
    return this.#with(change) === "yes";
  }

  /** Takes the supposed tuples out of the set. */
  end(): void {
    this.#supposed.end();
  }

  /**
   * Returns those of some changes that suffice of which no part suffices. `isMonotone`: more tuples never turn a yes of
   * the relation into a no.
   */
  *minimal(changes: readonly Change[], isMonotone: boolean): Parts<ReadonlySet<Change>> {
    const simple = isMonotone ? changes.filter(({ absent, against }) => absent.length > 1 && against.length === 0) : [];
    const known = yield* this.#needed(simple);
    const kept = new Set<Change>();
    for (const change of changes) {
      // Without its only tuple, the answer is the no that is explained.
      const isOne = change.absent.length === 1 && change.against.length === 0;
      const isKnown = (tuple: Tuple): boolean => known.get(tuple)?.has(change) === true;
      if (isOne || (yield* this.#areNeeded(change, isKnown))) kept.add(change);
    }
    return kept;
  }

  /**
   * Returns the changes that are known to need a tuple, by the tuple. The answer is no with all other tuples of all
   * changes that have it. So it is no with fewer of them.
   */
  *#needed(changes: readonly Change[]): Parts<ReadonlyMap<Tuple, ReadonlySet<Change>>> {
    const users = new Map<Tuple, Set<Change>>();
    for (const change of changes) {
      for (const tuple of change.absent) users.set(tuple, (users.get(tuple) ?? new Set()).add(change));
    }
    for (const [tuple, having] of users) {
      yield* this.#rest();
      const others = new Set([...having].flatMap(({ absent }) => absent));
      others.delete(tuple);
      if (this.#ask(others) !== "no") users.delete(tuple);
    }
    return users;
  }

  /** Whether the answer is no without any one of the absent tuples of a change. */
  *#areNeeded(change: Change, isKnown: (tuple: Tuple) => boolean): Parts<boolean> {
    for (const tuple of change.absent) {
      if (isKnown(tuple)) continue;
      yield* this.#rest();
      if (this.#with({ ...change, absent: change.absent.filter((other) => other !== tuple) }) === "yes") return false;
    }
    return true;
  }

  *#rest(): Parts<undefined> {
    const { pace } = this.#question;
    if (pace.isDue) this.end();
    return yield* pace.rest();
  }

  #with({ absent, against }: Change): Answer {
    if (against.length === 0) return this.#ask(new Set(absent));
    const gone = new TentativeDeltas(this.#question.tuples);
    gone.apply({ writes: [], deletes: against.map(keyOf) });
    try {
      return this.#ask(new Set(absent));
    } finally {
      gone.undoTo(0);
    }
  }

  #ask(supposed: ReadonlySet<Tuple>): Answer {
    const { model, tuples, request, pace } = this.#question;
    const meter = new Meter(MAX_CHECK_STEPS);
    const { changes } = this.#supposed;
    try {
      this.#supposed.suppose(supposed);
      const answer = checkCounted(model, tuples, request, meter);
      return "error" in answer ? "unknown" : answer.allowed ? "yes" : "no";
    } catch (error) {
      if (error instanceof TooManySteps) return "unknown";
      throw error;
    } finally {
      pace.add(meter.steps + STEPS_OF_A_TUPLE * (this.#supposed.changes - changes));
    }
  }
}

function keyOf({ object, relation, user }: Tuple): TupleKey {
  return { object, relation, user };
}
