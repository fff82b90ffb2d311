// Forward search: from an object along its tuples to every user of a kind. Its cost follows what it finds.
import { usersetFacet, plainFacet, wildcardFacet, type EntityId, type Facet } from "../tuples/names.ts";
import type { Model, ReachRow, Relation, Rewrite, Type } from "../model/rewrite.ts";
import type { TupleIndex } from "../tuples/tuple-index.ts";
import { Budget } from "./budget.ts";
import type { Evaluation } from "./evaluation.ts";
import { MAX_DEPTH } from "./limits.ts";
import { FAULT, GRANTED } from "./outcome.ts";
import { subjectOfId } from "./subject.ts";

type Users = Set<EntityId>;
type Targets = readonly (Relation | undefined)[];

/** The users sought: objects of a type and its wildcard, or the usersets over one relation of it. */
export class UserFilter {
  readonly type: Type;
  readonly relation: Relation | undefined;
  /** What these users reach; the same along first operands only; and where the wildcard among them comes out. */
  readonly reach: ReachRow;
  readonly leadReach: ReachRow;
  readonly wild: ReachRow;
  private readonly facets: readonly Facet[];

  constructor(model: Model, type: Type, relation: Relation | undefined) {
    this.type = type;
    this.relation = relation;
    this.reach = relation === undefined ? model.reach.ofType(type) : model.reach.ofUserset(relation);
    this.leadReach = model.reach.leadOf(type, relation);
    this.wild = model.reach.wildcardOf(type);
    this.facets = relation === undefined
      ? [plainFacet(type.symbol), wildcardFacet(type.symbol)] : [usersetFacet(relation.symbol)];
  }

  matches(facet: Facet): boolean {
    return this.facets.includes(facet);
  }
}

/**
 * Finds the users of relations to objects. Methods return false when the budget is used up or a fault came up
 * (`faulty`; the evaluation knows which). Users without a tuple of their own are found only as their wildcard.
 */
export class ForwardSearch {
  faulty = false;
  /** Names of usersets that no tuple names, held for the time of the search: release them after it. */
  readonly named: EntityId[] = [];
  private readonly evaluation: Evaluation;
  private readonly filter: UserFilter;
  private readonly budget = new Budget();
  /** While relations that reach each other are searched: their component, and what was searched already. */
  private component = 0;
  private visited = new Set<number>();
  /** Whether everybody mentioned is sought, granted or not: below the subtracted side of a difference. */
  private mentioning = false;

  constructor(evaluation: Evaluation, filter: UserFilter) {
    this.evaluation = evaluation;
    this.filter = filter;
  }

  /** Adds the users that have a relation to an object. `depth` counts every relation on the way here. */
  usersOf(relation: Relation, object: EntityId, depth: number, into: Users): boolean {
    if (depth >= MAX_DEPTH) return this.failDeep();
    if (!relation.conditional && this.filter.reach[relation.place] === 0) return true;
    if (relation === this.filter.relation) into.add(this.name(object, relation));
    if (relation.recursive) return this.closure(relation, object, depth, into);
    return this.collect(relation.rewrite, relation, object, depth, into);
  }

  private collect(rewrite: Rewrite, relation: Relation, object: EntityId, depth: number, into: Users): boolean {
    if (!rewrite.conditional && this.filter.reach[rewrite.place] === 0) return true;
    switch (rewrite.kind) {
      case "this":
        return this.direct(relation, object, into) && this.follow(relation, undefined, object, depth, into);
      case "computed":
        return this.usersOf(rewrite.target!, object, depth + 1, into);
      case "from":
        return this.follow(rewrite.tupleset!, rewrite.targets, object, depth, into);
      case "union":
        return rewrite.children.every((child) => this.collect(child, relation, object, depth, into));
      default:
        return this.verified(rewrite, relation, object, depth, into);
    }
  }

  /** The object's own tuples that name users as such. */
  private direct(relation: Relation, object: EntityId, into: Users): boolean {
    const { evaluation } = this;
    for (let index: TupleIndex | undefined = evaluation.index; index !== undefined; index = index.behind) {
      let row = index.firstOfObject(object, relation.symbol, false);
      for (; row !== 0; row = index.nextOfObject(row)) {
        if (!this.budget.spend(1)) return false;
        const user = index.userOf(row);
        const passes = evaluation.passes(index, relation, user, index.conditionOf(row));
        if (passes === FAULT) return this.fail();
        if (passes === GRANTED && this.filter.matches(index.names.facetOf(user))) into.add(user);
      }
    }
    return true;
  }

  /** The users behind an object's usersets, or behind the objects of its tupleset when `targets` are given. */
  private follow(
    through: Relation, targets: Targets | undefined, object: EntityId, depth: number, into: Users,
  ): boolean {
    const { evaluation } = this;
    const { names } = evaluation.index;
    for (let index: TupleIndex | undefined = evaluation.index; index !== undefined; index = index.behind) {
      let row = index.firstOfObject(object, through.symbol, targets === undefined);
      for (; row !== 0; row = index.nextOfObject(row)) {
        if (!this.budget.spend(1)) return false;
        const user = index.userOf(row);
        const passes = evaluation.passes(index, through, user, index.conditionOf(row));
        if (passes === FAULT) return this.fail();
        if (passes !== GRANTED) continue;
        // The facet's symbol is the relation's for a userset, the type's for an object.
        const target = (targets ?? evaluation.model.relationOf)[names.facetOf(user) >> 2];
        if (target !== undefined && !this.usersOf(target, names.objectOf(user), depth + 1, into)) return false;
      }
    }
    return true;
  }

  /** Candidates of an intersection or difference, each then evaluated. */
  private verified(rewrite: Rewrite, relation: Relation, object: EntityId, depth: number, into: Users): boolean {
    const candidates = this.candidates(rewrite, relation, object, depth);
    if (candidates === undefined || this.faulty) return false;
    if (this.component !== 0 || this.mentioning) {
      // What is found inside a closure or a subtracted side is evaluated at its end.
      for (const user of candidates) into.add(user);
      return true;
    }
    return this.budget.spend(candidates.size)
      && this.keep(candidates, into, () => this.evaluation.evaluate(rewrite, relation, object, 0));
  }

  /** A superset of the users of an intersection or difference; wildcards are covered by what stands beside them. */
  private candidates(rewrite: Rewrite, relation: Relation, object: EntityId, depth: number): Users | undefined {
    const { children } = rewrite;
    const wild = (child: Rewrite): boolean => this.filter.wild[child.place] === 1;
    const all = (operands: readonly Rewrite[]): Users | undefined => {
      const users: Users = new Set();
      const before = new Set(this.visited);
      const done = operands.every((operand) => this.collect(operand, relation, object, depth, users));
      // What a search that gave up has visited is to be visited again.
      if (!done) this.visited = before;
      return done || this.faulty ? users : undefined;
    };
    if (rewrite.conditional && !this.searchesWell(children, relation, object, depth)) return undefined;
    if (rewrite.kind === "difference") {
      const users = all(children.slice(0, 1));
      // Under a wildcard, who is mentioned on the subtracted side may fare otherwise than the wildcard: not everybody
      // mentioned there is subtracted.
      const outer = this.mentioning;
      this.mentioning = true;
      const others = wild(children[0]!) ? all(children.slice(1)) : new Set<EntityId>();
      this.mentioning = outer;
      return users && others && new Set([...users, ...others]);
    }
    const bounded = children.filter((child) => !wild(child));
    return bounded.length === 0 ? all(children) : this.budget.race(bounded, (operand) => all([operand]));
  }

  /** Searches every operand, for OpenFGA's sake: any faulty condition below fails a list. */
  private searchesWell(operands: readonly Rewrite[], relation: Relation, object: EntityId, depth: number): boolean {
    // What it finds is thrown away, so what it visits does not count as visited.
    const { visited } = this;
    this.visited = new Set(visited);
    const well = operands.every((operand) => this.collect(operand, relation, object, depth, new Set()));
    this.visited = visited;
    return well;
  }

  private keep(candidates: Users, into: Users, outcomeOf: () => number): boolean {
    const { evaluation } = this;
    for (const user of candidates) {
      const subject = subjectOfId(evaluation.model, evaluation.index.names, user);
      if (subject === undefined) continue;
      evaluation.turnTo(subject);
      const outcome = outcomeOf();
      if (outcome === GRANTED) into.add(user);
      else if (outcome === FAULT) return this.fail();
    }
    return true;
  }

  /** Relations that reach each other: everything reachable is gathered once, then evaluated if need be. */
  private closure(relation: Relation, object: EntityId, depth: number, into: Users): boolean {
    const key = object * this.evaluation.model.relations.length + relation.index;
    if (this.component === relation.component) {
      if (this.visited.has(key)) return true;
      this.visited.add(key);
      return this.collect(relation.rewrite, relation, object, depth, into);
    }
    const { component, visited } = this;
    this.component = relation.component;
    this.visited = new Set([key]);
    const gathered: Users = new Set();
    const done = this.collect(relation.rewrite, relation, object, depth, gathered);
    this.component = component;
    this.visited = visited;
    if (!done) return false;
    if (this.component !== 0 || this.mentioning) {
      for (const user of gathered) into.add(user);
      return true;
    }
    return this.keep(gathered, into, () => this.evaluation.resolve(relation, object, 0));
  }

  private name(object: EntityId, relation: Relation): EntityId {
    const { names } = this.evaluation.index;
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
