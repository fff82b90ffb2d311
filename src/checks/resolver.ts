// The parts of an evaluation that its own helpers use: one subject, and what its tuples come to.
import type { Model, Relation, Rewrite } from "../model/rewrite.ts";
import type { EntityId } from "../memory/entity-names.ts";
import type { ConditionNumber, TupleIndex } from "../memory/tuple-index.ts";
import type { Outcome } from "./outcome.ts";
import type { Subject } from "./subject.ts";

/** Resolves relations of one subject. */
export interface Resolver {
  readonly model: Model;
  readonly index: TupleIndex;
  readonly subject: Subject;
  /** Hops that end in an error. */
  readonly maxDepth: number;
  /** Counts steps: relations resolved, tuples read. Throws TooManySteps beyond the limit. */
  spend(steps: number): void;
  /** Whether a tuple counts under the model and its condition (0: none) is met: GRANTED, DENIED or FAULT. */
  passes(index: TupleIndex, relation: Relation, user: EntityId, number: ConditionNumber): Outcome;
  /** What the relation's tuples that name the subject or its wildcard come to. */
  namedTuples(relation: Relation, object: EntityId): Outcome;
  /** Evaluates one node of a relation's definition. */
  evaluate(rewrite: Rewrite, relation: Relation, object: EntityId, depth: number): Outcome;
  /** The key of a relation to an object in the memory. */
  keyOf(relation: Relation, object: EntityId): number;
  /** The outcome beyond the depth limit. */
  tooDeep(): Outcome;
}
