// Reading parts: the tuples that OpenFGA reads together. One tuple that passes hides faulty conditions of the others.
import { isOneTupleFrom } from "../model/direct-access.ts";
import type { Relation } from "../model/rewrite.ts";
import { INLINE_EXPRESSION } from "../model/schema.ts";
import { isUserset, type EntityId } from "../memory/entity-names.ts";
import type { ConditionNumber, TupleIndex } from "../memory/tuple-index.ts";
import { FAULT, GRANTED, type Outcome } from "./outcome.ts";
import type { Resolver } from "./resolver.ts";

/**
 * Returns the part in which a tuple is read. Usersets whose relation the subject gets from a single tuple have one part
 * per relation. All other tuples are one part (0).
 */
export function partOf(evaluation: Resolver, through: Relation, user: EntityId): number {
  const { index, model, subject } = evaluation;
  const facet = index.names.facetOf(user);
  if (!isUserset(facet) || subject.userset !== undefined || through.recursive) return 0;
  const target = model.relationOf[facet >> 2]!;
  return isOneTupleFrom(target, model.typeOf[subject.facet >> 2]!) ? facet : 0;
}

/**
 * Adds the parts of one index's tuples in which an inline expression fails to those found before. OpenFGA stops reading
 * there and says yes if a tuple that it happened to read earlier grants. Here the order of the tuples never turns a
 * fault into an answer.
 */
export function blockedParts(
  evaluation: Resolver, index: TupleIndex, through: Relation, usersets: boolean, object: EntityId,
  before: Set<number> | undefined,
): Set<number> | undefined {
  let found = before;
  for (let row = index.firstOfObject(object, through.symbol, usersets); row !== 0; row = index.nextOfObject(row)) {
    evaluation.spend(1);
    const number = index.conditionOf(row);
    const user = index.userOf(row);
    if (number === 0 || !isFinal(evaluation.passes(index, through, user, number), index, number)) continue;
    found = (found ?? new Set()).add(partOf(evaluation, through, user));
  }
  return found;
}

/** Whether the tuples of an object have a part in which a condition fails and no tuple passes. */
export function hasFaultyPart(
  evaluation: Resolver, through: Relation, usersets: boolean, object: EntityId,
): boolean {
  const passed = new Set<number>();
  const faulty = new Set<number>();
  for (let index: TupleIndex | undefined = evaluation.index; index !== undefined; index = index.behind) {
    let row = index.firstOfObject(object, through.symbol, usersets);
    for (; row !== 0; row = index.nextOfObject(row)) {
      evaluation.spend(1);
      const user = index.userOf(row);
      const passes = evaluation.passes(index, through, user, index.conditionOf(row));
      if (passes === GRANTED) passed.add(partOf(evaluation, through, user));
      else if (passes === FAULT) faulty.add(partOf(evaluation, through, user));
    }
  }
  return [...faulty].some((part) => !passed.has(part));
}

/** Whether an outcome is a fault that no other tuple can hide: the fault of an inline expression. */
export function isFinal(outcome: Outcome, index: TupleIndex, number: ConditionNumber): boolean {
  return outcome === FAULT && index.condition(number)?.name === INLINE_EXPRESSION;
}
