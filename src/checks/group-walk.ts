// The walk over nested groups: OpenFGA's "recursive" strategy, breadth first. A cycle of groups is harmless.
import type { Relation, Rewrite } from "../model/rewrite.ts";
import type { SelfRecursion } from "../model/self-recursion.ts";
import type { EntityId } from "../memory/entity-names.ts";
import type { TupleIndex } from "../memory/tuple-index.ts";
import type { CycleMemo } from "./cycle-memo.ts";
import { DENIED, FAULT, GRANTED, worse, type Outcome } from "./outcome.ts";
import { blockedParts, hasFaultyPart, partOf } from "./reading-parts.ts";
import type { Resolver } from "./resolver.ts";

/**
 * Resolves a self-recursive relation to an object, level by level. Like OpenFGA, it fails at the depth limit unless the
 * subject is in no group.
 */
export function walkGroups(
  evaluation: Resolver, recursion: SelfRecursion, relation: Relation, object: EntityId, depth: number, memo: CycleMemo,
): Outcome {
  const walk = new Walk(evaluation, recursion, relation, depth);
  let outcome = walk.membership(object);
  if (outcome === GRANTED) return GRANTED;
  let level = new Set<EntityId>();
  outcome = either(outcome, walk.expand(object, level));
  if (outcome === GRANTED || level.size === 0) return outcome;
  const visited = new Set<EntityId>();
  let within: Outcome = DENIED;
  for (let at = depth + 1; ; at++) {
    if (at === evaluation.maxDepth) {
      const ofSubject = walk.anyMembership();
      return ofSubject === GRANTED ? evaluation.tooDeep() : worse(outcome, ofSubject);
    }
    if (level.size === 0) break;
    const next = new Set<EntityId>();
    for (const group of level) {
      if (visited.has(group)) continue;
      visited.add(group);
      within = either(within, walk.expand(group, next));
      if (within === GRANTED) return GRANTED;
    }
    level = next;
  }
  // OpenFGA looks at the subject's own groups first. For a subject in no group the tuples between groups do not matter,
  // and when the conditions of all its groups fail, the question fails.
  if (relation.conditional) {
    const ofSubject = walk.anyMembership();
    if (ofSubject !== GRANTED) return worse(outcome, ofSubject);
  }
  outcome = either(outcome, within);
  if (outcome === DENIED) for (const group of visited) memo.keep(evaluation.keyOf(relation, group), DENIED);
  return outcome;
}

/** Returns GRANTED if either outcome is; otherwise the worse of the two. */
function either(a: Outcome, b: Outcome): Outcome {
  return a === GRANTED || b === GRANTED ? GRANTED : worse(a, b);
}

class Walk {
  private readonly evaluation: Resolver;
  private readonly recursion: SelfRecursion;
  private readonly relation: Relation;
  private readonly depth: number;
  /** Groups already searched for the subject. */
  private readonly searched = new Set<EntityId>();

  constructor(evaluation: Resolver, recursion: SelfRecursion, relation: Relation, depth: number) {
    this.evaluation = evaluation;
    this.recursion = recursion;
    this.relation = relation;
    this.depth = depth;
  }

  /** Decides whether the subject has the relation to a group without passing through another group. */
  membership(group: EntityId, rewrite: Rewrite = this.relation.rewrite): Outcome {
    const { evaluation, recursion, relation } = this;
    if (rewrite === recursion.leaf) {
      return recursion.usersets ? evaluation.namedTuples(relation, group) : DENIED;
    }
    if (rewrite.kind !== "union") return evaluation.evaluate(rewrite, relation, group, this.depth);
    let outcome: Outcome = DENIED;
    for (const operand of rewrite.children) {
      outcome = either(outcome, this.membership(group, operand));
      if (outcome === GRANTED) return GRANTED;
    }
    return outcome;
  }

  /** Adds the groups nested in a group, and looks for the subject in the new ones. */
  expand(group: EntityId, into: Set<EntityId>): Outcome {
    const { evaluation } = this;
    const { through, usersets } = this.recursion;
    const { names } = evaluation.index;
    const blocked = through.inline ? this.blocked(group) : undefined;
    let outcome: Outcome = DENIED;
    let [passed, faulty] = [false, false];
    for (let index: TupleIndex | undefined = evaluation.index; index !== undefined; index = index.behind) {
      let row = index.firstOfObject(group, through.symbol, usersets);
      for (; row !== 0; row = index.nextOfObject(row)) {
        evaluation.spend(1);
        const user = index.userOf(row);
        if (blocked?.has(partOf(evaluation, through, user))) continue;
        const passes = evaluation.passes(index, through, user, index.conditionOf(row));
        faulty ||= passes === FAULT;
        if (passes !== GRANTED) continue;
        passed = true;
        const within = names.objectOf(user);
        into.add(within);
        if (this.searched.has(within)) continue;
        this.searched.add(within);
        outcome = either(outcome, this.membership(within));
        if (outcome === GRANTED) return GRANTED;
      }
    }
    const fails = blocked !== undefined
      || (faulty && (!passed || hasFaultyPart(evaluation, through, usersets, group)));
    return fails ? FAULT : outcome;
  }

  /** Decides whether the subject is directly in any group: FAULT when only tuples with faulty conditions say so. */
  anyMembership(): Outcome {
    const { index, subject } = this.evaluation;
    let outcome: Outcome = DENIED;
    for (const relation of this.recursion.sources) {
      for (const user of new Set([subject.id, subject.wildcard])) {
        for (let part: TupleIndex | undefined = index; part !== undefined && user !== 0; part = part.behind) {
          for (let row = part.firstOfUser(user, relation.symbol); row !== 0; row = part.nextOfUser(row)) {
            this.evaluation.spend(1);
            outcome = either(outcome, this.membership(part.objectOf(row)));
            if (outcome === GRANTED) return GRANTED;
          }
        }
      }
    }
    return outcome;
  }

  private blocked(group: EntityId): Set<number> | undefined {
    const { evaluation } = this;
    const { through, usersets } = this.recursion;
    let found: Set<number> | undefined;
    for (let index: TupleIndex | undefined = evaluation.index; index !== undefined; index = index.behind) {
      found = blockedParts(evaluation, index, through, usersets, group, found);
    }
    return found;
  }
}
