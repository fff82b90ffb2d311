// The filter of list-users: the users sought.
import type { Model, ReachRow, Relation, Type } from "../model/rewrite.ts";
import { plainKind, usersetKind, wildcardKind, type UserKind } from "../memory/entity-names.ts";

/** The users sought: objects of a type and its wildcard, or the usersets over one relation of it. */
export class UserFilter {
  readonly type: Type;
  readonly relation: Relation | undefined;
  /** What these users reach; the same along first operands only; and where the wildcard among them comes out. */
  readonly reach: ReachRow;
  readonly leadReach: ReachRow;
  readonly wild: ReachRow;
  /** The facet of the users sought, wildcards aside. */
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
