// The part of an evaluation that its helpers use: one subject, and the outcomes of its tuples.
import type { Model, Relation, Rewrite } from "../model/rewrite.ts";
import type { EntityId } from "../memory/entity-names.ts";
import type { ConditionNumber, TupleIndex } from "../memory/tuple-index.ts";
import type { Outcome } from "./outcome.ts";
import type { Subject } from "./subject.ts";

/** Resolves the relations of one subject. */
export interface Resolver {
  readonly model: Model;
  readonly index: TupleIndex;
  readonly subject: Subject;
  /** Number of hops at which the evaluation ends in an error. */
  readonly maxDepth: number;
  /** Counts steps: relations resolved and tuples read. Throws TooManySteps beyond the limit. */
  spend(steps: number): void;
  /** Returns GRANTED if the model admits a tuple and its condition (0: none) is met; otherwise DENIED or FAULT. */
  passes(index: TupleIndex, relation: Relation, user: EntityId, number: ConditionNumber): Outcome;
  /** Evaluates the relation's tuples that name the subject or its wildcard. */
  namedTuples(relation: Relation, object: EntityId): Outcome;
  /** Evaluates one node of a relation's definition. */
  evaluate(rewrite: Rewrite, relation: Relation, object: EntityId, depth: number): Outcome;
  /** Returns the key of a relation to an object in the cycle memo. */
  keyOf(relation: Relation, object: EntityId): number;
  /** Returns the outcome at the depth limit, and records the failure. */
  tooDeep(): Outcome;
}
