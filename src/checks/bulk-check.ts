// A bulk check: finds which of many users have a relation to an object, and reads each part of the graph once.
import { admits, type ReachRow, type Relation, type Rewrite } from "../model/rewrite.ts";
import type { EntityId } from "../memory/entity-names.ts";
import type { TupleIndex } from "../memory/tuple-index.ts";
import type { Budget } from "./budget.ts";
import type { Evaluation } from "./evaluation.ts";
import { GRANTED } from "./outcome.ts";
import type { Parts } from "./parts.ts";
import type { UserFilter } from "./user-filter.ts";

type Users = ReadonlySet<EntityId>;

const NOBODY: Users = new Set();

/**
 * Answers, in parts, for a set of users that one filter matches. Only for definitions in which neither a fault nor a
 * cycle can occur (not `risky`).
 */
export class BulkCheck {
  private readonly evaluation: Evaluation;
  private readonly filter: UserFilter;
  private readonly reach: ReachRow;
  private readonly members: Users;
  /** Users by the key of a relation to an object. */
  private readonly known = new Map<number, Users>();
  private readonly budget: Budget;

  constructor(evaluation: Evaluation, filter: UserFilter, members: Users, budget: Budget) {
    this.budget = budget;
    this.evaluation = evaluation;
    this.filter = filter;
    this.reach = filter.reach;
    this.members = members;
  }

  /** Returns the users to whom a node of a relation's definition grants it. The set is shared: do not change it. */
  *having(rewrite: Rewrite, relation: Relation, object: EntityId): Parts<Users> {
    if (this.reach[rewrite.place] === 0) return NOBODY;
    switch (rewrite.kind) {
      case "this":
        return yield* this.direct(relation, object);
      case "computed":
        return yield* this.resolve(rewrite.target!, object);
      case "from":
        return yield* this.follow(rewrite.tupleset!, false, rewrite.targets, object, new Union(this));
      case "union": {
        const found = new Union(this);
        for (const child of rewrite.children) {
          if (this.reach[child.place] === 0) continue;
          if (yield* found.add(yield* this.having(child, relation, object))) break;
        }
        return found.users;
      }
      case "intersection": {
        let found = this.members;
        for (const child of rewrite.children) {
          found = yield* this.both(found, yield* this.having(child, relation, object));
          if (found.size === 0) return NOBODY;
        }
        return found;
      }
      case "difference": {
        const base = yield* this.having(rewrite.children[0]!, relation, object);
        if (base.size === 0) return base;
        return yield* this.without(base, yield* this.having(rewrite.children[1]!, relation, object));
      }
    }
  }

  /** Number of users asked about. */
  get size(): number {
    return this.members.size;
  }

  /** Counts a step. Returns true when the part is over: the caller must then call `rest`. */
  spend(): boolean {
    this.evaluation.spend(1);
    return this.budget.isPartOver;
  }

  /** Rests, then begins the next part. */
  rest(): Parts<void> {
    return this.budget.rest();
  }

  /** Returns a copy that the caller may change. Each user costs a step, so the step limit also bounds the memory. */
  *copy(users: Users): Parts<Set<EntityId>> {
    const copied = new Set<EntityId>();
    for (const user of users) {
      if (this.spend()) yield* this.rest();
      copied.add(user);
    }
    return copied;
  }

  private *resolve(relation: Relation, object: EntityId): Parts<Users> {
    if (this.spend()) yield* this.rest();
    if (this.reach[relation.place] === 0) return NOBODY;
    const key = this.evaluation.keyOf(relation, object);
    const known = this.known.get(key);
    if (known !== undefined) return known;
    let found = yield* this.having(relation.rewrite, relation, object);
    if (relation === this.filter.relation) {
      // A userset is a member of itself.
      const itself = this.evaluation.index.names.findUserset(object, relation.symbol);
      if (this.members.has(itself) && !found.has(itself)) found = (yield* this.copy(found)).add(itself);
    }
    this.known.set(key, found);
    return found;
  }

  /** Returns the users granted by the relation's own tuples. */
  private *direct(relation: Relation, object: EntityId): Parts<Users> {
    const found = new Union(this);
    if (this.filter.relation === undefined) {
      const wildcard = this.evaluation.index.names.wildcards[this.filter.type.symbol] ?? 0;
      if (wildcard !== 0 && this.hasTuple(relation, object, wildcard)) return this.members;
      yield* this.named(relation, object, false, found);
    } else if (admits(relation, this.filter.facet)) yield* this.named(relation, object, true, found);
    if (this.reach[relation.usersetsPlace] === 0) return found.users;
    return yield* this.follow(relation, true, this.evaluation.model.relationOf, object, found);
  }

  /** Adds the users named in tuples. Iterates over the tuples or over the users, whichever are fewer. */
  private *named(relation: Relation, object: EntityId, usersets: boolean, into: Union): Parts<void> {
    const { evaluation, members } = this;
    let rows = 0;
    for (let index: TupleIndex | undefined = evaluation.index; index !== undefined; index = index.behind) {
      let row = index.firstOfObject(object, relation.symbol, usersets);
      for (; row !== 0 && rows <= members.size; row = index.nextOfObject(row)) {
        rows++;
        if (this.spend()) yield* this.rest();
        const user = index.userOf(row);
        if (!members.has(user)) continue;
        if (evaluation.passes(index, relation, user, index.conditionOf(row)) === GRANTED) into.addOne(user);
      }
    }
    if (rows <= members.size) return;
    for (const user of members) {
      if (this.spend()) yield* this.rest();
      if (this.hasTuple(relation, object, user)) into.addOne(user);
    }
  }

  private hasTuple(relation: Relation, object: EntityId, user: EntityId): boolean {
    const { evaluation } = this;
    for (let index: TupleIndex | undefined = evaluation.index; index !== undefined; index = index.behind) {
      const found = index.find(object, relation.symbol, user);
      if (found >= 0 && evaluation.passes(index, relation, user, found) === GRANTED) return true;
    }
    return false;
  }

  private *follow(
    through: Relation, usersets: boolean, targets: readonly (Relation | undefined)[], object: EntityId, into: Union,
  ): Parts<Users> {
    const { evaluation } = this;
    const { names } = evaluation.index;
    for (let index: TupleIndex | undefined = evaluation.index; index !== undefined; index = index.behind) {
      let row = index.firstOfObject(object, through.symbol, usersets);
      for (; row !== 0; row = index.nextOfObject(row)) {
        if (this.spend()) yield* this.rest();
        const user = index.userOf(row);
        if (evaluation.passes(index, through, user, index.conditionOf(row)) !== GRANTED) continue;
        const target = targets[names.facetOf(user) >> 2];
        if (target === undefined) continue;
        const found = yield* this.resolve(target, usersets ? names.objectOf(user) : user);
        if (yield* into.add(found)) return into.users;
      }
    }
    return into.users;
  }

  private *both(a: Users, b: Users): Parts<Users> {
    if (a === this.members) return b;
    if (b === this.members) return a;
    const [few, many] = a.size <= b.size ? [a, b] : [b, a];
    const found = new Set<EntityId>();
    for (const user of few) {
      if (this.spend()) yield* this.rest();
      if (many.has(user)) found.add(user);
    }
    return found;
  }

  private *without(base: Users, taken: Users): Parts<Users> {
    if (taken.size === 0) return base;
    const found = new Set<EntityId>();
    for (const user of base) {
      if (this.spend()) yield* this.rest();
      if (!taken.has(user)) found.add(user);
    }
    return found;
  }
}

/** A union of sets. It copies no set while a single one holds all its users. */
class Union {
  users: Users = NOBODY;
  private own: Set<EntityId> | undefined = undefined;
  private readonly bulk: BulkCheck;

  constructor(bulk: BulkCheck) {
    this.bulk = bulk;
  }

  /** Adds users. Returns true once the union has all users asked about. */
  *add(users: Users): Parts<boolean> {
    if (this.users.size === 0) this.users = users;
    else if (users.size > 0 && users !== this.users) {
      const own: Set<EntityId> = this.own ?? (yield* this.bulk.copy(this.users));
      this.users = this.own = own;
      for (const user of users) {
        if (this.bulk.spend()) yield* this.bulk.rest();
        own.add(user);
      }
    }
    return this.users.size === this.bulk.size;
  }

  /** Adds one user. Call it only before `add`, while no set is shared. */
  addOne(user: EntityId): void {
    this.users = this.own ??= new Set();
    this.own.add(user);
  }
}
