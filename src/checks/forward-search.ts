// Forward search: from an object along its tuples to every user of a kind. Its cost grows with what it finds.
import type { Relation, Rewrite } from "../model/rewrite.ts";
import { nodesOf } from "../model/reach.ts";
import type { EntityId } from "../memory/entity-names.ts";
import type { TupleIndex } from "../memory/tuple-index.ts";
import type { Budget } from "./budget.ts";
import { BulkCheck } from "./bulk-check.ts";
import type { Evaluation } from "./evaluation.ts";
import { FoundUsers, type Users } from "./found-users.ts";
import { MIN_BULK_USERS, MAX_DEPTH, NAMING_STEPS } from "./limits.ts";
import { DENIED, FAULT, GRANTED } from "./outcome.ts";
import type { Parts } from "./parts.ts";
import { subjectOfId } from "./subject.ts";
import type { UserFilter } from "./user-filter.ts";

/** A set of users that callers share. */
type SharedUsers = ReadonlySet<EntityId>;
type Targets = readonly (Relation | undefined)[];

/**
 * Finds the users of relations to objects, in parts. Methods return false when the budget is used up or a fault
 * occurred (`faulty`; the evaluation holds it). Users without a tuple of their own are found only as their wildcard.
 */
export class ForwardSearch {
  faulty = false;
  /** Names of usersets that no tuple names, held during the search. Release them afterwards. */
  readonly named: EntityId[] = [];
  private readonly evaluation: Evaluation;
  private readonly filter: UserFilter;
  private readonly budget: Budget;
  /** Whether candidates are enough, because the caller evaluates them at the end. */
  private loose = false;
  /** Users confirmed so far, by object and place in the model: a node, or a relation that needs it. */
  private readonly found = new Map<number, SharedUsers>();
  /** By component: whether its relations contain only unions, so that no cycle in it passes another operator. */
  private readonly unions = new Map<number, boolean>();

  private readonly bounded = new Map<Rewrite, readonly Rewrite[]>();

  constructor(evaluation: Evaluation, filter: UserFilter, budget: Budget) {
    this.evaluation = evaluation;
    this.filter = filter;
    this.budget = budget;
  }

  /** Returns the users that have a relation to an object, or undefined when a fault occurred. */
  *usersOf(relation: Relation, object: EntityId): Parts<Users | undefined> {
    const into = new FoundUsers();
    return (yield* this.search(relation, object, 0, into)) ? into.users : undefined;
  }

  /** Adds the users that have a relation to an object. `depth` counts every relation on the way here. */
  private *search(relation: Relation, object: EntityId, depth: number, into: FoundUsers): Parts<boolean> {
    if (depth >= MAX_DEPTH) return this.failDeep();
    if (!relation.conditional && this.filter.reach[relation.place] === 0) return true;
    const key = this.evaluation.keyOf(relation, object);
    if (!into.begin(key)) return true;
    if (!this.budget.spend(1)) return false;
    if (this.budget.isPartOver) yield* this.budget.rest();
    if (relation === this.filter.relation) into.users.add(this.name(object, relation));
    if (relation.recursive && !this.loose && !this.isOfUnions(relation)) {
      return yield* this.closure(relation, object, depth, into);
    }
    return yield* this.collect(relation.rewrite, relation, object, depth, into);
  }

  private *collect(
    rewrite: Rewrite, relation: Relation, object: EntityId, depth: number, into: FoundUsers,
  ): Parts<boolean> {
    if (!rewrite.conditional && this.filter.reach[rewrite.place] === 0) return true;
    switch (rewrite.kind) {
      case "this":
        return (yield* this.direct(relation, object, into))
          && (yield* this.follow(relation, undefined, object, depth, into));
      case "computed":
        return yield* this.search(rewrite.target!, object, depth + 1, into);
      case "from":
        return yield* this.follow(rewrite.tupleset!, rewrite.targets, object, depth, into);
      case "union":
        return yield* this.collectAll(rewrite.children, relation, object, depth, into);
      default:
        return this.loose ? yield* this.mentioned(rewrite, relation, object, depth, into)
          : yield* this.once(object, rewrite.place, into, () => this.verified(rewrite, relation, object, depth));
    }
  }

  private *collectAll(
    rewrites: readonly Rewrite[], relation: Relation, object: EntityId, depth: number, into: FoundUsers,
  ): Parts<boolean> {
    for (const rewrite of rewrites) {
      if (!(yield* this.collect(rewrite, relation, object, depth, into))) return false;
    }
    return true;
  }

  /** Adds the users that the object's own tuples name directly. */
  private *direct(relation: Relation, object: EntityId, into: FoundUsers): Parts<boolean> {
    const { evaluation } = this;
    for (let index: TupleIndex | undefined = evaluation.index; index !== undefined; index = index.behind) {
      let row = index.firstOfObject(object, relation.symbol, false);
      for (; row !== 0; row = index.nextOfObject(row)) {
        if (!this.budget.spend(1)) return false;
        if (this.budget.isPartOver) yield* this.budget.rest();
        const user = index.userOf(row);
        const passes = evaluation.passes(index, relation, user, index.conditionOf(row));
        if (passes === FAULT) return this.fail();
        if (passes === GRANTED && this.filter.matches(index.names.facetOf(user))) into.users.add(user);
      }
    }
    return true;
  }

  /** Adds the users behind an object's usersets or, when `targets` are given, behind the objects of its tupleset. */
  private *follow(
    through: Relation, targets: Targets | undefined, object: EntityId, depth: number, into: FoundUsers,
  ): Parts<boolean> {
    const { evaluation } = this;
    const { names } = evaluation.index;
    for (let index: TupleIndex | undefined = evaluation.index; index !== undefined; index = index.behind) {
      let row = index.firstOfObject(object, through.symbol, targets === undefined);
      for (; row !== 0; row = index.nextOfObject(row)) {
        if (!this.budget.spend(1)) return false;
        if (this.budget.isPartOver) yield* this.budget.rest();
        const user = index.userOf(row);
        const passes = evaluation.passes(index, through, user, index.conditionOf(row));
        if (passes === FAULT) return this.fail();
        if (passes !== GRANTED) continue;
        // The symbol in a user kind is that of the relation for a userset, and of the type for an object.
        const target = (targets ?? evaluation.model.relationOf)[names.facetOf(user) >> 2];
        if (target === undefined) continue;
        if (!(yield* this.search(target, names.objectOf(user), depth + 1, into))) return false;
      }
    }
    return true;
  }

  /** Adds the users found for an object and a place in the model. Each pair is searched once. */
  private *once(
    object: EntityId, place: number, into: FoundUsers, search: () => Parts<SharedUsers | undefined>,
  ): Parts<boolean> {
    const key = object * this.filter.reach.length + place;
    const found = this.found.get(key) ?? (yield* search());
    if (found === undefined) return false;
    this.found.set(key, found);
    return yield* this.addAll(found, into.users);
  }

  private *addAll(found: SharedUsers, into: Users): Parts<boolean> {
    for (const user of found) {
      into.add(user);
      this.budget.charge();
      if (this.budget.isPartOver) yield* this.budget.rest();
    }
    return this.budget.spend(found.size);
  }

  /** Returns the users of an intersection or difference: gathers candidates, then evaluates each. */
  private *verified(
    rewrite: Rewrite, relation: Relation, object: EntityId, depth: number,
  ): Parts<SharedUsers | undefined> {
    const candidates = yield* this.candidates(rewrite, relation, object, depth);
    if (candidates === undefined || this.faulty || !this.budget.spend(candidates.size)) return undefined;
    if (!rewrite.risky && candidates.size >= MIN_BULK_USERS) {
      const bulk = new BulkCheck(this.evaluation, this.filter, candidates, this.budget);
      return yield* bulk.having(rewrite, relation, object);
    }
    return yield* this.granted(candidates, () => this.evaluation.evaluate(rewrite, relation, object, 0));
  }

  /** Returns a superset of the users of an intersection or difference. Its other operands cover a wildcard. */
  private *candidates(
    rewrite: Rewrite, relation: Relation, object: EntityId, depth: number,
  ): Parts<Users | undefined> {
    const { children } = rewrite;
    const gather = (operands: readonly Rewrite[]): Parts<Users | undefined> =>
      this.gather(operands, relation, object, depth);
    // With conditions, every operand is searched as in OpenFGA, where any faulty one fails the list.
    if (rewrite.conditional && (yield* gather(children)) === undefined) return undefined;
    if (rewrite.kind === "intersection") {
      const bounded = this.boundedOf(rewrite);
      return bounded.length === 0 ? yield* gather(children)
        : yield* this.budget.race(bounded, (operand) => gather([operand]));
    }
    const users = yield* gather(children.slice(0, 1));
    if (users === undefined || !this.isWild(children[0]!)) return users;
    // Under a wildcard, a user mentioned on the subtracted side may have another outcome than the wildcard, because
    // not everyone mentioned there is subtracted.
    const others = yield* this.loosely(() => gather(children.slice(1)));
    if (others === undefined) return undefined;
    return (yield* this.addAll(others, users)) ? users : undefined;
  }

  private *gather(
    operands: readonly Rewrite[], relation: Relation, object: EntityId, depth: number,
  ): Parts<Users | undefined> {
    const into = new FoundUsers();
    const done = yield* this.collectAll(operands, relation, object, depth, into);
    return done || this.faulty ? into.users : undefined;
  }

  /** Adds every user that an intersection or difference may yield. */
  private *mentioned(
    rewrite: Rewrite, relation: Relation, object: EntityId, depth: number, into: FoundUsers,
  ): Parts<boolean> {
    const { children } = rewrite;
    const bounded = this.boundedOf(rewrite);
    const enough = rewrite.conditional ? children
      : rewrite.kind === "intersection" ? (bounded.length === 0 ? children : bounded.slice(0, 1))
      : children.slice(0, this.isWild(children[0]!) ? 2 : 1);
    return yield* this.collectAll(enough, relation, object, depth, into);
  }

  /** Returns the operands that never yield a wildcard. */
  private boundedOf(rewrite: Rewrite): readonly Rewrite[] {
    const known = this.bounded.get(rewrite);
    if (known !== undefined) return known;
    const found = rewrite.children.filter((child) => !this.isWild(child));
    this.bounded.set(rewrite, found);
    return found;
  }

  /** Whether a node may yield the wildcard. */
  private isWild(rewrite: Rewrite): boolean {
    return this.filter.wild[rewrite.place] === 1;
  }

  /** Removes the candidates that are not granted. Returns undefined when a fault occurred. */
  private *granted(candidates: Users, outcomeOf: () => number): Parts<Users | undefined> {
    const { evaluation } = this;
    for (const user of candidates) {
      this.budget.charge();
      if (this.budget.isPartOver) yield* this.budget.rest();
      const subject = subjectOfId(evaluation.model, evaluation.index.names, user);
      evaluation.beginCandidate();
      if (subject !== undefined) evaluation.turnTo(subject);
      const outcome = subject === undefined ? DENIED : outcomeOf();
      evaluation.endCandidate();
      if (outcome === FAULT) {
        this.fail();
        return undefined;
      }
      if (outcome !== GRANTED) candidates.delete(user);
    }
    return candidates;
  }

  /** Handles relations that reach each other: gathers everything reachable once, then evaluates it. */
  private *closure(relation: Relation, object: EntityId, depth: number, into: FoundUsers): Parts<boolean> {
    return yield* this.once(object, relation.place, into, () => this.closed(relation, object, depth));
  }

  private *closed(relation: Relation, object: EntityId, depth: number): Parts<Users | undefined> {
    const gathered = new FoundUsers();
    const done = yield* this.loosely(() => this.collect(relation.rewrite, relation, object, depth, gathered));
    return done ? yield* this.granted(gathered.users, () => this.evaluation.resolve(relation, object, 0)) : undefined;
  }

  /** Whether a relation leads back to itself through unions only. Users gathered there then need no evaluation. */
  private isOfUnions({ component }: Relation): boolean {
    const known = this.unions.get(component);
    if (known !== undefined) return known;
    const found = this.evaluation.model.relations.every((relation) => relation.component !== component
      || nodesOf(relation.rewrite).every(({ kind }) => kind !== "intersection" && kind !== "difference"));
    this.unions.set(component, found);
    return found;
  }

  private *loosely<Found>(search: () => Parts<Found>): Parts<Found> {
    const before = this.loose;
    this.loose = true;
    const found = yield* search();
    this.loose = before;
    return found;
  }

  private name(object: EntityId, relation: Relation): EntityId {
    const { names } = this.evaluation.index;
    this.evaluation.spend(NAMING_STEPS);
    const id = names.retain(`${names.text(object)}#${relation.name}`);
    this.named.push(id);
    return id;
  }

  private fail(): false {
    this.faulty = true;
    return false;
  }

  private failDeep(): false {
    this.evaluation.tooDeep();
    return this.fail();
  }
}
