// Evaluates the relations of one subject: OpenFGA's Check (default engine, 1.22.1) over a tuple index.
import { WORTH_REMEMBERING } from "../model/analyse.ts";
import type { Context } from "../model/condition.ts";
import { Budget } from "../model/conditions/condition-budget.ts";
import { selfRecursionOf } from "../model/self-recursion.ts";
import type { Model, ReachRow, Relation, Rewrite, Type } from "../model/rewrite.ts";
import { admits, ADMITS_PLAIN } from "../model/rewrite.ts";
import type { EntityId, EntityNames } from "../memory/entity-names.ts";
import { ABSENT, type ConditionNumber, type TupleIndex } from "../memory/tuple-index.ts";
import { walkGroups } from "./group-walk.ts";
import { CONDITION_STEPS, MAX_CHECK_STEPS, MAX_DEPTH, STEPS_WITHOUT_MEMORY, WORK_PER_STEP } from "./limits.ts";
import { CycleMemo, type Known } from "./cycle-memo.ts";
import { CYCLE, DENIED, FAULT, GRANTED, worse, type Outcome } from "./outcome.ts";
import type { Failure } from "./question.ts";
import { blockedParts, hasFaultyPart, isFinal, partOf } from "./reading-parts.ts";
import type { Resolver } from "./resolver.ts";
import { nextTurn, rememberOutcome, recallOutcome } from "./outcome-cache.ts";
import { TOO_DEEP, TooManySteps } from "./steps.ts";
import type { Subject } from "./subject.ts";

/** Evaluates the relations of one subject at a time. When an outcome is FAULT, `failure` holds the reason. */
export class Evaluation implements Resolver {
  readonly model: Model;
  readonly index: TupleIndex;
  readonly context: Context | undefined;
  failure: Failure | undefined = undefined;
  /** Numbers of hops and of steps at which the evaluation ends in an error. Call `endCandidate` after a change. */
  readonly maxDepth: number;
  maxSteps: number;
  subject: Subject;
  private readonly names: EntityNames;
  /** Step count beyond which it throws TooManySteps: below `maxSteps` while a candidate has a limit of its own. */
  private end: number;
  private reach: ReachRow;
  private memo: CycleMemo | undefined = undefined;
  private turn = nextTurn();
  /** Steps taken so far, and the step count from which every outcome worth remembering is remembered. */
  steps = 0;
  private memoryFrom: number;
  private remembers = false;

  constructor(
    model: Model, index: TupleIndex, context: Context | undefined, subject: Subject, maxSteps: number,
    maxDepth: number = MAX_DEPTH,
  ) {
    this.model = model;
    this.index = index;
    this.names = index.names;
    this.context = context;
    this.subject = subject;
    this.reach = subject.reach;
    this.maxSteps = this.end = maxSteps;
    this.maxDepth = maxDepth;
    this.memoryFrom = Math.min(maxSteps, STEPS_WITHOUT_MEMORY);
  }

  /** Switches to another subject. */
  turnTo(subject: Subject): void {
    this.subject = subject;
    this.reach = subject.reach;
    this.memo = undefined;
    this.turn = nextTurn();
    this.remembers = false;
    this.memoryFrom = Math.min(this.end, this.steps + STEPS_WITHOUT_MEMORY);
  }

  /** Begins a candidate of a list, which may take as many steps as a check. Call `endCandidate` afterwards. */
  beginCandidate(): void {
    this.end = Math.min(this.maxSteps, this.steps + MAX_CHECK_STEPS);
    if (this.remembers) this.memoryFrom = this.end;
  }

  /** Ends a candidate that stayed within its steps. */
  endCandidate(): void {
    this.end = this.maxSteps;
    if (this.remembers) this.memoryFrom = this.end;
  }

  /** Counts steps: relations resolved and tuples read. Throws TooManySteps beyond the limit. */
  spend(steps: number): void {
    this.steps += steps;
    if (this.steps > this.memoryFrom) this.passMark();
  }

  private passMark(): void {
    if (this.steps > this.end) throw new TooManySteps(this.end < this.maxSteps ? MAX_CHECK_STEPS : this.maxSteps);
    this.remembers = true;
    this.memoryFrom = this.end;
  }

  /** Decides whether the subject has the relation to an object. `depth`: userset and tupleset hops so far. */
  resolve(relation: Relation, object: EntityId, depth: number): Outcome {
    if (++this.steps > this.memoryFrom) this.passMark();
    if (depth >= this.maxDepth) return this.tooDeep();
    if (relation === this.subject.userset && object === this.subject.object) return GRANTED;
    if (this.reach[relation.place] === 0) return DENIED;
    if (relation.recursive) return this.resolveRecursive(relation, object, depth);
    if (this.remembers && relation.cost >= WORTH_REMEMBERING) return this.resolveOnce(relation, object, depth);
    if (!relation.shared) return this.evaluate(relation.rewrite, relation, object, depth);
    const known = recallOutcome(this.turn, relation.index, object);
    if (known !== undefined) return known;
    const outcome = this.evaluate(relation.rewrite, relation, object, depth);
    // A fault may come from the depth limit alone and would then not occur on a shorter path.
    if (outcome === GRANTED || outcome === DENIED) rememberOutcome(this.turn, relation.index, object, outcome);
    return outcome;
  }

  /** Evaluates one node of a relation's definition. */
  evaluate(rewrite: Rewrite, relation: Relation, object: EntityId, depth: number): Outcome {
    if (this.reach[rewrite.place] === 0 && !rewrite.risky) return DENIED;
    switch (rewrite.kind) {
      case "this":
        return this.direct(relation, object, depth);
      case "computed":
        return this.resolve(rewrite.target!, object, depth);
      case "from":
        return this.follow(rewrite.tupleset!, false, rewrite.targets, object, depth);
      case "union":
        return this.union(rewrite.children, relation, object, depth);
      case "intersection":
        return this.intersection(rewrite.children, relation, object, depth);
      case "difference":
        return this.difference(rewrite.children, relation, object, depth);
    }
  }

  /** Returns GRANTED if the model admits a tuple and its condition (0: none) is met; otherwise DENIED or FAULT. */
  passes(index: TupleIndex, relation: Relation, user: EntityId, number: ConditionNumber): Outcome {
    const facet = this.names.facetOf(user);
    if (!admits(relation, facet)) return DENIED;
    if (relation.admits[facet] === ADMITS_PLAIN) return number === 0 ? GRANTED : DENIED;
    const condition = index.condition(number);
    const admitted = relation.conditions.get(facet)!;
    if (condition === undefined) return admitted.has("") ? GRANTED : DENIED;
    const compiled = this.model.conditions.get(condition.name);
    if (compiled === undefined || !admitted.has(condition.name)) return DENIED;
    const budget = new Budget();
    const refused = compiled.refusal(condition.context, true, budget) !== undefined;
    const outcome = !refused && compiled.evaluate(this.context, condition, budget);
    this.spend(CONDITION_STEPS + Math.ceil(budget.work / WORK_PER_STEP));
    if (typeof outcome === "boolean") return outcome ? GRANTED : DENIED;
    this.failure = { code: "validation_error", message: outcome.fault };
    return FAULT;
  }

  private union(operands: readonly Rewrite[], relation: Relation, object: EntityId, depth: number): Outcome {
    let outcome: Outcome = DENIED;
    for (const operand of operands) {
      const next = this.evaluate(operand, relation, object, depth);
      if (next === GRANTED) return GRANTED;
      outcome = worse(outcome, next);
    }
    return outcome;
  }

  private intersection(operands: readonly Rewrite[], relation: Relation, object: EntityId, depth: number): Outcome {
    let outcome: Outcome = GRANTED;
    for (const operand of operands) {
      const next = this.evaluate(operand, relation, object, depth);
      if (next === DENIED || next === CYCLE) return next;
      if (next === FAULT) outcome = FAULT;
    }
    return outcome;
  }

  private difference(operands: readonly Rewrite[], relation: Relation, object: EntityId, depth: number): Outcome {
    const base = this.evaluate(operands[0]!, relation, object, depth);
    if (base === DENIED || base === CYCLE) return base;
    const subtract = this.evaluate(operands[1]!, relation, object, depth);
    if (subtract === GRANTED) return DENIED;
    if (subtract === CYCLE) return CYCLE;
    return base === FAULT || subtract === FAULT ? FAULT : GRANTED;
  }

  /** Evaluates the relation's own tuples: those of the subject, of its wildcard, and of usersets. */
  private direct(relation: Relation, object: EntityId, depth: number): Outcome {
    const outcome = this.namedTuples(relation, object);
    if (outcome === GRANTED) return GRANTED;
    if (this.reach[relation.usersetsPlace] === 0 && !relation.conditionalUsersets) return outcome;
    return worse(outcome, this.follow(relation, true, this.model.relationOf, object, depth));
  }

  /** Evaluates the relation's tuples that name the subject or its wildcard. */
  namedTuples(relation: Relation, object: EntityId): Outcome {
    const { subject } = this;
    let outcome: Outcome = DENIED;
    const mark = subject.userset === undefined ? relation.plainMark : relation.usersetMark;
    if ((subject.marks & mark) !== 0 && admits(relation, subject.facet)) {
      outcome = this.ownTuple(relation, object);
      if (outcome === GRANTED) return GRANTED;
    }
    if ((subject.wildcardMarks & relation.plainMark) !== 0 && admits(relation, subject.wildcardFacet)) {
      const next = this.wildcardTuple(relation, object);
      if (next === GRANTED) return GRANTED;
      outcome = worse(outcome, next);
    }
    return outcome;
  }

  /** Evaluates the tuple that names the subject itself. The first contextual tuple hides the stored one. */
  private ownTuple(relation: Relation, object: EntityId): Outcome {
    for (let index: TupleIndex | undefined = this.index; index !== undefined; index = index.behind) {
      const found = index.find(object, relation.symbol, this.subject.id);
      if (found !== ABSENT) return this.passes(index, relation, this.subject.id, found);
    }
    return DENIED;
  }

  /** Evaluates the tuples that name the subject's wildcard. One that passes is enough. */
  private wildcardTuple(relation: Relation, object: EntityId): Outcome {
    let outcome: Outcome = DENIED;
    for (let index: TupleIndex | undefined = this.index; index !== undefined; index = index.behind) {
      const found = index.find(object, relation.symbol, this.subject.wildcard);
      if (found === ABSENT) continue;
      const next = this.passes(index, relation, this.subject.wildcard, found);
      if (next === GRANTED || isFinal(next, index, found)) return next;
      outcome = worse(outcome, next);
    }
    return outcome;
  }

  /**
   * Follows the tuples of `object#through`: from usersets to the userset's relation, or from objects to the relation in
   * `targets` for the object's type. A faulty condition counts only when no tuple that OpenFGA reads in the same part
   * passed. A faulty inline expression keeps every tuple in its part from granting.
   */
  private follow(
    through: Relation, usersets: boolean, targets: readonly (Relation | undefined)[], object: EntityId, depth: number,
  ): Outcome {
    const { names } = this;
    let outcome: Outcome = DENIED;
    let passed = false;
    let faulty = false;
    let blocked: Set<number> | undefined;
    for (let index: TupleIndex | undefined = this.index; index !== undefined; index = index.behind) {
      if (through.inline) blocked = blockedParts(this, index, through, usersets, object, blocked);
      let row = index.firstOfObject(object, through.symbol, usersets);
      for (; row !== 0; row = index.nextOfObject(row)) {
        if (++this.steps > this.memoryFrom) this.passMark();
        const user = index.userOf(row);
        if (blocked !== undefined && blocked.has(partOf(this, through, user))) continue;
        const passes = this.passes(index, through, user, index.conditionOf(row));
        faulty ||= passes === FAULT;
        if (passes !== GRANTED) continue;
        passed = true;
        // The symbol in a user kind is that of the relation for a userset, and of the type for an object.
        const target = targets[names.facetOf(user) >> 2];
        if (target === undefined) continue;
        const next = this.resolve(target, usersets ? names.objectOf(user) : user, depth + 1);
        if (next === GRANTED) return GRANTED;
        outcome = worse(outcome, next);
      }
    }
    if (blocked !== undefined) return FAULT;
    return faulty && (!passed || hasFaultyPart(this, through, usersets, object)) ? FAULT : outcome;
  }

  /** Resolves a relation that can lead back to itself. */
  private resolveRecursive(relation: Relation, object: EntityId, depth: number): Outcome {
    const { subject, model } = this;
    if (subject.userset !== undefined) return this.resolveOnce(relation, object, depth);
    const recursion = selfRecursionOf(model, relation, model.typeOf[subject.facet >> 2] as Type);
    if (recursion === undefined) return this.resolveOnce(relation, object, depth);
    const memo = this.memo ??= new CycleMemo();
    const known = memo.enter(this.keyOf(relation, object), depth);
    if (known !== undefined) return this.recall(known);
    const outcome = walkGroups(this, recursion, relation, object, depth, memo);
    return memo.leave(this.keyOf(relation, object), depth, outcome, this.failure)!;
  }

  /** Resolves a relation with the cycle memo: a cycle denies, and nothing is evaluated needlessly. */
  private resolveOnce(relation: Relation, object: EntityId, depth: number): Outcome {
    const memo = this.memo ??= new CycleMemo();
    const key = this.keyOf(relation, object);
    const known = memo.enter(key, depth);
    if (known !== undefined) return this.recall(known);
    for (;;) {
      const found = this.evaluate(relation.rewrite, relation, object, depth);
      const outcome = memo.leave(key, depth, found, this.failure);
      if (outcome !== undefined) return outcome;
    }
  }

  private recall({ outcome, failure }: Known): Outcome {
    if (outcome === FAULT) this.failure = failure;
    return outcome;
  }

  /** Returns the key of a relation to an object in the cycle memo. */
  keyOf(relation: Relation, object: EntityId): number {
    return object * this.model.relations.length + relation.index;
  }

  /** Returns the outcome at the depth limit, and records the failure. */
  tooDeep(): Outcome {
    this.memo?.noteDeep();
    this.failure = TOO_DEEP;
    return FAULT;
  }
}
