// The evaluation of one subject's relations: OpenFGA's Check (default engine, 1.22.1) over a tuple index.
import { WORTH_REMEMBERING } from "../model/analyse.ts";
import type { Context } from "../model/condition.ts";
import { Budget } from "../model/conditions/budget.ts";
import { selfRecursionOf } from "../model/self-recursion.ts";
import type { Model, ReachRow, Relation, Rewrite, Type } from "../model/rewrite.ts";
import { admits, ADMITS_PLAIN } from "../model/rewrite.ts";
import type { EntityId, Names } from "../tuples/names.ts";
import { ABSENT, type ConditionNumber, type TupleIndex } from "../tuples/tuple-index.ts";
import { walkGroups } from "./group-walk.ts";
import { CONDITION_STEPS, MAX_CHECK_STEPS, MAX_DEPTH, STEPS_WITHOUT_MEMORY, WORK_PER_STEP } from "./limits.ts";
import { Memo, type Known } from "./memo.ts";
import { CYCLE, DENIED, FAULT, GRANTED, worse, type Outcome } from "./outcome.ts";
import type { Failure } from "./question.ts";
import { blockedParts, hasFaultyPart, isFinal, partOf } from "./reading-parts.ts";
import type { Resolver } from "./resolver.ts";
import { nextTurn, settle, settled } from "./settled.ts";
import { TOO_DEEP, TooManySteps } from "./steps.ts";
import type { Subject } from "./subject.ts";

/** Evaluates relations of one subject at a time; `failure` tells more when an outcome is FAULT. */
export class Evaluation implements Resolver {
  readonly model: Model;
  readonly index: TupleIndex;
  readonly context: Context | undefined;
  failure: Failure | undefined = undefined;
  /** Hops that end in an error. */
  readonly maxDepth: number;
  subject: Subject;
  private readonly names: Names;
  private readonly maxSteps: number;
  /** Steps at which it ends with TooManySteps: sooner than `maxSteps` where a candidate has taken its own. */
  private end: number;
  private reach: ReachRow;
  private memo: Memo | undefined = undefined;
  private turn = nextTurn();
  /** Steps taken, and their number from which every outcome that is worth it is remembered. */
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

  /** Turns to another subject. */
  turnTo(subject: Subject): void {
    this.subject = subject;
    this.reach = subject.reach;
    this.memo = undefined;
    this.turn = nextTurn();
    this.remembers = false;
    this.memoryFrom = Math.min(this.end, this.steps + STEPS_WITHOUT_MEMORY);
  }

  /** Begins with a candidate of a list, which may take the steps of a check; `endCandidate` must follow. */
  beginCandidate(): void {
    this.end = Math.min(this.maxSteps, this.steps + MAX_CHECK_STEPS);
    if (this.remembers) this.memoryFrom = this.end;
  }

  /** Ends with a candidate that had steps enough. */
  endCandidate(): void {
    this.end = this.maxSteps;
    if (this.remembers) this.memoryFrom = this.end;
  }

  /** Counts steps: relations resolved, tuples read. Throws TooManySteps beyond the limit. */
  spend(steps: number): void {
    this.steps += steps;
    if (this.steps > this.memoryFrom) this.passMark();
  }

  private passMark(): void {
    if (this.steps > this.end) throw new TooManySteps(this.end < this.maxSteps ? MAX_CHECK_STEPS : this.maxSteps);
    this.remembers = true;
    this.memoryFrom = this.end;
  }

  /** Whether the subject has the relation to an object. `depth` counts the userset and tupleset hops so far. */
  resolve(relation: Relation, object: EntityId, depth: number): Outcome {
    if (++this.steps > this.memoryFrom) this.passMark();
    if (depth >= this.maxDepth) return this.tooDeep();
    if (relation === this.subject.userset && object === this.subject.object) return GRANTED;
    if (this.reach[relation.place] === 0) return DENIED;
    if (relation.recursive) return this.resolveRecursive(relation, object, depth);
    if (this.remembers && relation.cost >= WORTH_REMEMBERING) return this.resolveOnce(relation, object, depth);
    if (!relation.shared) return this.evaluate(relation.rewrite, relation, object, depth);
    const known = settled(this.turn, relation.index, object);
    if (known !== undefined) return known;
    const outcome = this.evaluate(relation.rewrite, relation, object, depth);
    // A fault may be owed to depth alone, so it does not hold for a shorter path.
    if (outcome === GRANTED || outcome === DENIED) settle(this.turn, relation.index, object, outcome);
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

  /** Whether a tuple counts under the model and its condition (0: none) is met: GRANTED, DENIED or FAULT. */
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

  /** The relation's own tuples: the subject's, its wildcard's, and those of usersets. */
  private direct(relation: Relation, object: EntityId, depth: number): Outcome {
    const outcome = this.namedTuples(relation, object);
    if (outcome === GRANTED) return GRANTED;
    if (this.reach[relation.usersetsPlace] === 0 && !relation.conditionalUsersets) return outcome;
    return worse(outcome, this.follow(relation, true, this.model.relationOf, object, depth));
  }

  /** The relation's tuples that name the subject or its wildcard. */
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

  /** The tuple that names the subject itself; the first contextual one hides the stored one. */
  private ownTuple(relation: Relation, object: EntityId): Outcome {
    for (let index: TupleIndex | undefined = this.index; index !== undefined; index = index.behind) {
      const found = index.find(object, relation.symbol, this.subject.id);
      if (found !== ABSENT) return this.passes(index, relation, this.subject.id, found);
    }
    return DENIED;
  }

  /** The tuples that name the subject's wildcard; any that passes will do. */
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
   * Follows the tuples of `object#through`: those with usersets to the userset's relation, or those with objects to the
   * relation that `targets` has for the object's type. Faults of conditions count only when no tuple that OpenFGA reads
   * along with them passed; those of inline expressions keep all that it reads along with them from granting.
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
        // The facet's symbol is the relation's for a userset, the type's for an object.
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

  /** Resolves a relation that can come back to itself. */
  private resolveRecursive(relation: Relation, object: EntityId, depth: number): Outcome {
    const { subject, model } = this;
    if (subject.userset !== undefined) return this.resolveOnce(relation, object, depth);
    const recursion = selfRecursionOf(model, relation, model.typeOf[subject.facet >> 2] as Type);
    if (recursion === undefined) return this.resolveOnce(relation, object, depth);
    const memo = this.memo ??= new Memo();
    const known = memo.enter(this.keyOf(relation, object), depth);
    if (known !== undefined) return this.recall(known);
    const outcome = walkGroups(this, recursion, relation, object, depth, memo);
    return memo.leave(this.keyOf(relation, object), depth, outcome, this.failure)!;
  }

  /** Resolves a relation whose outcomes are remembered: a cycle denies, and nothing is evaluated needlessly. */
  private resolveOnce(relation: Relation, object: EntityId, depth: number): Outcome {
    const memo = this.memo ??= new Memo();
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

  /** The key of a relation to an object in the memory. */
  keyOf(relation: Relation, object: EntityId): number {
    return object * this.model.relations.length + relation.index;
  }

  /** The outcome beyond the depth limit. */
  tooDeep(): Outcome {
    this.memo?.noteDeep();
    this.failure = TOO_DEEP;
    return FAULT;
  }
}
