// Forward search: from an object along its tuples to every user of a kind. Its cost follows what it finds.
import type { Relation, Rewrite } from "../model/rewrite.ts";
import { nodesOf } from "../model/reach.ts";
import type { EntityId } from "../tuples/names.ts";
import type { TupleIndex } from "../tuples/tuple-index.ts";
import type { Budget } from "./budget.ts";
import { Crowd } from "./crowd.ts";
import type { Evaluation } from "./evaluation.ts";
import { Gathering, type Users } from "./gathering.ts";
import { CROWD, MAX_DEPTH, NAMING_STEPS } from "./limits.ts";
import { DENIED, FAULT, GRANTED } from "./outcome.ts";
import type { Parts } from "./parts.ts";
import { subjectOfId } from "./subject.ts";
import type { UserFilter } from "./user-filter.ts";

/** Users that others use as well. */
type SharedUsers = ReadonlySet<EntityId>;
type Targets = readonly (Relation | undefined)[];

/**
 * Finds the users of relations to objects, in parts. Methods come to false when the budget is used up or a fault came
 * up (`faulty`; the evaluation knows which). Users without a tuple of their own are found only as their wildcard.
 */
export class ForwardSearch {
  faulty = false;
  /** Names of usersets that no tuple names, held for the time of the search: release them after it. */
  readonly named: EntityId[] = [];
  private readonly evaluation: Evaluation;
  private readonly filter: UserFilter;
  private readonly budget: Budget;
  /** Whether candidates are enough, which somebody evaluates at the end. */
  private loose = false;
  /** Users found for sure for nodes of objects, and for relations that need it. */
  private readonly found = new Map<number, SharedUsers>();
  /** By component, whether unions alone lead around it. */
  private readonly unions = new Map<number, boolean>();

  private readonly bounded = new Map<Rewrite, readonly Rewrite[]>();

  constructor(evaluation: Evaluation, filter: UserFilter, budget: Budget) {
    this.evaluation = evaluation;
    this.filter = filter;
    this.budget = budget;
  }

  /** The users that have a relation to an object, or undefined when a fault came up. */
  *usersOf(relation: Relation, object: EntityId): Parts<Users | undefined> {
    const into = new Gathering();
    return (yield* this.search(relation, object, 0, into)) ? into.users : undefined;
  }

  /** Adds the users that have a relation to an object. `depth` counts every relation on the way here. */
  private *search(relation: Relation, object: EntityId, depth: number, into: Gathering): Parts<boolean> {
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
    rewrite: Rewrite, relation: Relation, object: EntityId, depth: number, into: Gathering,
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
    rewrites: readonly Rewrite[], relation: Relation, object: EntityId, depth: number, into: Gathering,
  ): Parts<boolean> {
    for (const rewrite of rewrites) {
      if (!(yield* this.collect(rewrite, relation, object, depth, into))) return false;
    }
    return true;
  }

  /** The object's own tuples that name users as such. */
  private *direct(relation: Relation, object: EntityId, into: Gathering): Parts<boolean> {
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

  /** The users behind an object's usersets, or behind the objects of its tupleset when `targets` are given. */
  private *follow(
    through: Relation, targets: Targets | undefined, object: EntityId, depth: number, into: Gathering,
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
        // The facet's symbol is the relation's for a userset, the type's for an object.
        const target = (targets ?? evaluation.model.relationOf)[names.facetOf(user) >> 2];
        if (target === undefined) continue;
        if (!(yield* this.search(target, names.objectOf(user), depth + 1, into))) return false;
      }
    }
    return true;
  }

  /** Adds what is found for a place of the model and an object, which is searched for once. */
  private *once(
    object: EntityId, place: number, into: Gathering, search: () => Parts<SharedUsers | undefined>,
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
      this.budget.tire();
      if (this.budget.isPartOver) yield* this.budget.rest();
    }
    return this.budget.spend(found.size);
  }

  /** The users of an intersection or difference: candidates, each then evaluated. */
  private *verified(
    rewrite: Rewrite, relation: Relation, object: EntityId, depth: number,
  ): Parts<SharedUsers | undefined> {
    const candidates = yield* this.candidates(rewrite, relation, object, depth);
    if (candidates === undefined || this.faulty || !this.budget.spend(candidates.size)) return undefined;
    if (!rewrite.risky && candidates.size >= CROWD) {
      const crowd = new Crowd(this.evaluation, this.filter, candidates, this.budget);
      return yield* crowd.having(rewrite, relation, object);
    }
    return yield* this.granted(candidates, () => this.evaluation.evaluate(rewrite, relation, object, 0));
  }

  /** A superset of the users of an intersection or difference; wildcards are covered by what stands beside them. */
  private *candidates(
    rewrite: Rewrite, relation: Relation, object: EntityId, depth: number,
  ): Parts<Users | undefined> {
    const { children } = rewrite;
    const gather = (operands: readonly Rewrite[]): Parts<Users | undefined> =>
      this.gather(operands, relation, object, depth);
    // For OpenFGA's sake every operand is searched where conditions are involved: any faulty one below fails a list.
    if (rewrite.conditional && (yield* gather(children)) === undefined) return undefined;
    if (rewrite.kind === "intersection") {
      const bounded = this.boundedOf(rewrite);
      return bounded.length === 0 ? yield* gather(children)
        : yield* this.budget.race(bounded, (operand) => gather([operand]));
    }
    const users = yield* gather(children.slice(0, 1));
    if (users === undefined || !this.isWild(children[0]!)) return users;
    // Under a wildcard, who is mentioned on the subtracted side may fare otherwise than the wildcard: not everybody
    // mentioned there is subtracted.
    const others = yield* this.loosely(() => gather(children.slice(1)));
    if (others === undefined) return undefined;
    return (yield* this.addAll(others, users)) ? users : undefined;
  }

  private *gather(
    operands: readonly Rewrite[], relation: Relation, object: EntityId, depth: number,
  ): Parts<Users | undefined> {
    const into = new Gathering();
    const done = yield* this.collectAll(operands, relation, object, depth, into);
    return done || this.faulty ? into.users : undefined;
  }

  /** Adds everybody who may come out of an intersection or difference. */
  private *mentioned(
    rewrite: Rewrite, relation: Relation, object: EntityId, depth: number, into: Gathering,
  ): Parts<boolean> {
    const { children } = rewrite;
    const bounded = this.boundedOf(rewrite);
    const enough = rewrite.conditional ? children
      : rewrite.kind === "intersection" ? (bounded.length === 0 ? children : bounded.slice(0, 1))
      : children.slice(0, this.isWild(children[0]!) ? 2 : 1);
    return yield* this.collectAll(enough, relation, object, depth, into);
  }

  /** The operands that no wildcard comes out of. */
  private boundedOf(rewrite: Rewrite): readonly Rewrite[] {
    const known = this.bounded.get(rewrite);
    if (known !== undefined) return known;
    const found = rewrite.children.filter((child) => !this.isWild(child));
    this.bounded.set(rewrite, found);
    return found;
  }

  /** Whether the wildcard may come out of a node. */
  private isWild(rewrite: Rewrite): boolean {
    return this.filter.wild[rewrite.place] === 1;
  }

  /** Takes those out of the candidates who are not granted; undefined when a fault came up. */
  private *granted(candidates: Users, outcomeOf: () => number): Parts<Users | undefined> {
    const { evaluation } = this;
    for (const user of candidates) {
      this.budget.tire();
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

  /** Relations that reach each other: everything reachable is gathered once, then evaluated. */
  private *closure(relation: Relation, object: EntityId, depth: number, into: Gathering): Parts<boolean> {
    return yield* this.once(object, relation.place, into, () => this.closed(relation, object, depth));
  }

  private *closed(relation: Relation, object: EntityId, depth: number): Parts<Users | undefined> {
    const gathered = new Gathering();
    const done = yield* this.loosely(() => this.collect(relation.rewrite, relation, object, depth, gathered));
    return done ? yield* this.granted(gathered.users, () => this.evaluation.resolve(relation, object, 0)) : undefined;
  }

  /** Whether unions alone lead from a relation back to it: then what is gathered there needs no evaluation. */
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
