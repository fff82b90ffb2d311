// Reverse search: from a subject along its tuples to every object of a relation. Its cost grows with what it finds.
import { admits, type Relation, type Rewrite } from "../model/rewrite.ts";
import { isPlain, type EntityId } from "../memory/entity-names.ts";
import type { Row } from "../memory/adjacency.ts";
import type { TupleIndex } from "../memory/tuple-index.ts";
import type { Budget } from "./budget.ts";
import type { Evaluation } from "./evaluation.ts";
import { DENIED, FAULT, GRANTED, type Outcome } from "./outcome.ts";
import type { Parts } from "./parts.ts";
import type { Subject } from "./subject.ts";

type Objects = Set<EntityId>;

/** A number that no component has. */
const NO_COMPONENT = -1;

/** The place where reading a user's tuples stopped at the end of a part. */
interface Unread {
  readonly user: EntityId;
  readonly relation: Relation;
  readonly index: TupleIndex;
  readonly row: Row;
}

/**
 * Finds the objects of relations for one subject, in parts. Methods return undefined or false when the budget is used
 * up or a fault occurred (`faulty`; the evaluation holds it).
 */
export class ReverseSearch {
  faulty = false;
  private readonly evaluation: Evaluation;
  private readonly subject: Subject;
  private readonly budget: Budget;
  private readonly found = new Map<Relation, Objects>();

  constructor(evaluation: Evaluation, subject: Subject, budget: Budget) {
    this.evaluation = evaluation;
    this.subject = subject;
    this.budget = budget;
  }

  /** Returns the objects to which the subject has a relation. The set is shared: do not change it. */
  *objectsOf(relation: Relation): Parts<Objects | undefined> {
    const known = this.found.get(relation);
    if (known !== undefined) return known;
    if (relation.recursive) return yield* this.closure(relation);
    const objects: Objects = new Set();
    if (relation === this.subject.userset) objects.add(this.subject.object);
    if (!(yield* this.collect(relation.rewrite, relation, objects))) return undefined;
    this.found.set(relation, objects);
    return objects;
  }

  /** Adds the objects of one node of a relation's definition. Returns false when the search gave up. */
  private *collect(rewrite: Rewrite, relation: Relation, into: Objects): Parts<boolean> {
    const { reach } = this.subject;
    if (reach[rewrite.place] === 0) return true;
    switch (rewrite.kind) {
      case "union":
        for (const child of rewrite.children) {
          if (reach[child.place] !== 0 && !(yield* this.collect(child, relation, into))) return false;
        }
        return true;
      case "intersection":
        return yield* this.verified(rewrite, relation, rewrite.children, into);
      case "difference":
        return yield* this.verified(rewrite, relation, rewrite.children.slice(0, 1), into);
      default:
        return yield* this.collectLeaf(rewrite, relation, into, NO_COMPONENT);
    }
  }

  /** Adds the objects of one leaf, except those from relations of `component`. */
  private *collectLeaf(rewrite: Rewrite, relation: Relation, into: Objects, component: number): Parts<boolean> {
    if (rewrite.kind === "this" && !(yield* this.ownObjects(relation, into))) return false;
    for (const target of this.targetsOf(rewrite, relation)) {
      if (target.component === component) continue;
      const objects = this.found.get(target) ?? (yield* this.objectsOf(target));
      if (objects === undefined) return false;
      for (const object of objects) {
        const done = this.step(rewrite, relation, target, object, into);
        if (done !== true && !(yield* this.rest(done, into))) return false;
        if (this.budget.isPartOver) yield* this.budget.rest();
      }
    }
    return true;
  }

  /** Adds the objects of tuples that name the subject or its wildcard. */
  private *ownObjects(relation: Relation, into: Objects): Parts<boolean> {
    const { subject } = this;
    if (admits(relation, subject.facet)) {
      const done = this.objectsOfUser(subject.id, relation, into);
      if (done !== true && !(yield* this.rest(done, into))) return false;
    }
    const { wildcard } = subject;
    if (wildcard === 0 || wildcard === subject.id || !admits(relation, subject.wildcardFacet)) return true;
    const done = this.objectsOfUser(wildcard, relation, into);
    return done === true || (yield* this.rest(done, into));
  }

  /** Rests, then reads the tuples left unread. Returns false when the search gave up. */
  private *rest(reading: Unread | boolean, into: Objects): Parts<boolean> {
    let done = reading;
    while (typeof done === "object") {
      yield* this.budget.rest();
      done = this.objectsFrom(done.user, done.index, done.row, done.relation, into);
    }
    return done;
  }

  /** Returns the relations from which a leaf takes its objects, limited to those that the subject reaches. */
  private targetsOf(rewrite: Rewrite, relation: Relation): Relation[] {
    const all = rewrite.kind === "this" ? relation.usersets
      : rewrite.kind === "computed" ? [rewrite.target!]
      : [...new Set(rewrite.targets)];
    return all.filter((target) => target !== undefined && this.subject.reach[target.place] === 1) as Relation[];
  }

  /** Steps from an object of `target` to the objects that a leaf of `relation` grants through it. */
  private step(
    rewrite: Rewrite, relation: Relation, target: Relation, object: EntityId, into: Objects,
  ): Unread | boolean {
    if (rewrite.kind === "computed") {
      into.add(object);
      return this.budget.spend(1);
    }
    if (rewrite.kind === "from") {
      return rewrite.targets[target.type.symbol] !== target || this.objectsOfUser(object, rewrite.tupleset!, into);
    }
    const userset = this.evaluation.index.names.findUserset(object, target.symbol);
    return userset === 0 ? this.budget.spend(1) : this.objectsOfUser(userset, relation, into);
  }

  /** Adds the objects of tuples in which `user` has `relation`, until the part is over. Returns true after the last. */
  private objectsOfUser(user: EntityId, relation: Relation, into: Objects): Unread | boolean {
    if (!this.budget.spend(1)) return false;
    const { index } = this.evaluation;
    return this.objectsFrom(user, index, index.firstOfUser(user, relation.symbol), relation, into);
  }

  private objectsFrom(
    user: EntityId, start: TupleIndex, first: Row, relation: Relation, into: Objects,
  ): Unread | boolean {
    let index: TupleIndex | undefined = start;
    for (let row = first; ; row = index.firstOfUser(user, relation.symbol)) {
      for (; row !== 0; row = index.nextOfUser(row)) {
        if (this.budget.isPartOver) return { user, relation, index, row };
        if (!this.budget.spend(1)) return false;
        const passes = this.evaluation.passes(index, relation, user, index.conditionOfUsers(row));
        if (passes === GRANTED) into.add(index.objectOf(row));
        else if (passes === FAULT) return this.fail();
      }
      index = index.behind;
      if (index === undefined) return true;
    }
  }

  /** Takes candidates from the operand that yields them soonest, then evaluates each. */
  private *verified(
    rewrite: Rewrite, relation: Relation, operands: readonly Rewrite[], into: Objects,
  ): Parts<boolean> {
    // With conditions, every operand is searched as in OpenFGA, where a faulty one fails the list.
    const searched = rewrite.conditional ? yield* this.searchAll(rewrite.children, relation) : [];
    if (searched === undefined) return false;
    const candidates = yield* this.budget.race(operands, (operand) => this.candidates(operand, relation));
    if (candidates === undefined || this.faulty) return false;
    if (!this.budget.spend(candidates.size)) return false;
    for (const object of candidates) {
      this.budget.charge();
      if (this.budget.isPartOver) yield* this.budget.rest();
      this.evaluation.beginCandidate();
      let outcome = this.evaluation.evaluate(rewrite, relation, object, 0);
      this.evaluation.endCandidate();
      if (outcome === FAULT && this.isAside(searched)) outcome = isWithin(rewrite, searched, object) ? GRANTED : DENIED;
      if (outcome === GRANTED) into.add(object);
      else if (outcome === FAULT) return this.fail();
    }
    return true;
  }

  /** Returns the objects of an operand: those found so far after a fault, undefined when the search gave up. */
  private *candidates(operand: Rewrite, relation: Relation): Parts<Objects | undefined> {
    const objects: Objects = new Set();
    return this.faulty || (yield* this.collect(operand, relation, objects)) ? objects : undefined;
  }

  /** Returns the objects of each operand, or undefined when the search gave up. */
  private *searchAll(operands: readonly Rewrite[], relation: Relation): Parts<Objects[] | undefined> {
    const found: Objects[] = [];
    for (const operand of operands) {
      const objects: Objects = new Set();
      if (!(yield* this.collect(operand, relation, objects))) return undefined;
      found.push(objects);
    }
    return found;
  }

  /**
   * Whether the last fault lies off the subject's own paths, all of which have been searched. Such a fault fails a
   * check, but not OpenFGA's list for a plain subject, which follows no other paths.
   */
  private isAside(searched: readonly Objects[]): boolean {
    return searched.length > 0 && isPlain(this.subject.facet) && this.evaluation.failure?.code === "validation_error";
  }

  private fail(): false {
    this.faulty = true;
    return false;
  }

  /** Finds the objects of all relations that reach each other together: each object found leads to further ones. */
  private *closure(entry: Relation): Parts<Objects | undefined> {
    const members = this.evaluation.model.relations.filter((relation) => relation.component === entry.component);
    const leaves = members.flatMap((relation) => leavesOf(relation.rewrite, relation));
    const objects = new Map<Relation, Objects>(members.map((relation) => [relation, new Set()]));
    const rejected = new Map<Relation, Objects>(members.map((relation) => [relation, new Set()]));
    const queue: { readonly relation: Relation; readonly object: EntityId }[] = [];
    const reach = (relation: Relation, object: EntityId, needsCheck: boolean): boolean => {
      if (objects.get(relation)!.has(object) || rejected.get(relation)!.has(object)) return true;
      const outcome: Outcome = needsCheck ? this.candidate(relation, object) : GRANTED;
      if (outcome === FAULT) return this.fail();
      (outcome === GRANTED ? objects : rejected).get(relation)!.add(object);
      if (outcome === GRANTED) queue.push({ relation, object });
      return true;
    };
    const reachAll = (leaf: Leaf, found: Objects): Parts<boolean> =>
      this.every(leaf.leads ? found : [], (object) => reach(leaf.relation, object, leaf.needsCheck));
    const own = this.subject.userset;
    if (own !== undefined && objects.has(own)) reach(own, this.subject.object, false);
    for (const leaf of leaves) {
      const found: Objects = new Set();
      if (!(yield* this.collectLeaf(leaf.rewrite, leaf.relation, found, entry.component))) return undefined;
      if (!(yield* reachAll(leaf, found))) return undefined;
    }
    for (const { relation, object } of queue) {
      if (this.budget.isPartOver) yield* this.budget.rest();
      for (const leaf of leaves) {
        if (!this.targetsOf(leaf.rewrite, leaf.relation).includes(relation)) continue;
        const found: Objects = new Set();
        const done = this.step(leaf.rewrite, leaf.relation, relation, object, found);
        if (done !== true && !(yield* this.rest(done, found))) return undefined;
        if (!(yield* reachAll(leaf, found))) return undefined;
      }
    }
    for (const [relation, all] of objects) this.found.set(relation, all);
    return objects.get(entry);
  }

  /** Evaluates whether the subject has a relation to a candidate object. */
  private candidate(relation: Relation, object: EntityId): Outcome {
    this.evaluation.beginCandidate();
    const outcome = this.evaluation.resolve(relation, object, 0);
    this.evaluation.endCandidate();
    return outcome;
  }

  private *every(objects: Iterable<EntityId>, is: (object: EntityId) => boolean): Parts<boolean> {
    for (const object of objects) {
      if (!is(object)) return false;
      this.budget.charge();
      if (this.budget.isPartOver) yield* this.budget.rest();
    }
    return true;
  }
}

/** Whether an intersection or a difference contains an object, judged by the objects of its operands. */
function isWithin({ kind }: Rewrite, operands: readonly Objects[], object: EntityId): boolean {
  const isIn = (objects: Objects): boolean => objects.has(object);
  return kind === "intersection" ? operands.every(isIn) : isIn(operands[0]!) && !isIn(operands[1]!);
}

/**
 * A leaf of a relation's definition that can grant it. `verify`: the leaf alone does not decide. A leaf without `leads`
 * yields no objects and is searched only because a condition may fail there.
 */
interface Leaf {
  readonly rewrite: Rewrite;
  readonly relation: Relation;
  readonly needsCheck: boolean;
  readonly leads: boolean;
}

/** Returns enough leaves to find every object: all of a union, the first operand's of an intersection or difference. */
function leavesOf(rewrite: Rewrite, relation: Relation, needsCheck = false, leads = true): Leaf[] {
  switch (rewrite.kind) {
    case "union":
      return rewrite.children.flatMap((child) => leavesOf(child, relation, needsCheck, leads));
    case "intersection":
    case "difference":
      return rewrite.children.flatMap((child, i) =>
        (i === 0 || rewrite.conditional ? leavesOf(child, relation, true, leads && i === 0) : []));
    default:
      return [{ rewrite, relation, needsCheck, leads }];
  }
}
