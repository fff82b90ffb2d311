// The filter of list-users: which users to find.
import type { Model, ReachRow, Relation, Type } from "../model/rewrite.ts";
import { plainKind, usersetKind, wildcardKind, type UserKind } from "../memory/entity-names.ts";

/** The users to find: the objects of a type and its wildcard, or the usersets over one of its relations. */
export class UserFilter {
  readonly type: Type;
  readonly relation: Relation | undefined;
  /** The places that these users reach; the same along first operands only; and the places that yield the wildcard. */
  readonly reach: ReachRow;
  readonly leadReach: ReachRow;
  readonly wild: ReachRow;
  /** The user kind to find, wildcards aside. */
  readonly facet: UserKind;
  private readonly wildFacet: UserKind;

  constructor(model: Model, type: Type, relation: Relation | undefined) {
    this.type = type;
    this.relation = relation;
    this.reach = relation === undefined ? model.reach.ofType(type) : model.reach.ofUserset(relation);
    this.leadReach = model.reach.leadOf(type, relation);
    this.wild = model.reach.wildcardOf(type);
    this.facet = relation === undefined ? plainKind(type.symbol) : usersetKind(relation.symbol);
    this.wildFacet = relation === undefined ? wildcardKind(type.symbol) : this.facet;
  }

  matches(facet: UserKind): boolean {
    return facet === this.facet || facet === this.wildFacet;
  }
}
