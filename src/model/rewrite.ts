// The compiled model: types, relations and rewrites, with the facts that evaluation needs in advance.
import type { UserKind } from "../memory/entity-names.ts";
import type { RelationSymbol, TypeSymbol } from "../memory/symbols.ts";
import type { Condition } from "./condition.ts";
import type { AuthorizationModelJson } from "./schema.ts";

export type RewriteKind = "this" | "computed" | "from" | "union" | "intersection" | "difference";

/** The facts known in advance about a relation or a node of its definition. */
interface Facts {
  /** Index of its byte in the rows of Reach. */
  readonly place: number;
  /** Whether its outcome may be an error or a cycle, because of conditions, recursion or great depth below. */
  risky: boolean;
  /** Whether its evaluation may evaluate a condition. */
  conditional: boolean;
  /** Estimated work of evaluating it, in look-ups. Operands are ordered by it. */
  cost: number;
}

/** One node of a relation's definition. All kinds have the same shape, so that evaluation reads them fast. */
export interface Rewrite extends Facts {
  readonly kind: RewriteKind;
  /** The relation of a `computed` node. */
  readonly target: Relation | undefined;
  /** The tupleset of a `from` node, and by the symbol of the parent's type the relation to evaluate. */
  readonly tupleset: Relation | undefined;
  readonly targets: readonly (Relation | undefined)[];
  /** Operands in the order of evaluation (a difference keeps base, subtract). */
  children: readonly Rewrite[];
}

/** Which type restrictions admit a user kind: none, only unconditional ones, or also conditional ones. */
const ADMITS_NOT = 0;
export const ADMITS_PLAIN = 1;
export const ADMITS_CONDITIONS = 2;

/** Whether a relation's type restrictions admit a user kind. Kinds newer than the model lie beyond the array. */
export function admits(relation: Relation, facet: UserKind): boolean {
  return facet < relation.admits.length && relation.admits[facet] !== ADMITS_NOT;
}

export interface Relation extends Facts {
  /** Its index in Model.relations. */
  readonly index: number;
  readonly symbol: RelationSymbol;
  /** Its marks with usersets and with other users: see EntityNames.userMarks. */
  readonly usersetMark: number;
  readonly plainMark: number;
  readonly type: Type;
  readonly name: string;
  /** The definition in the order of evaluation. The written order is in Model.json. */
  rewrite: Rewrite;
  /** By user kind: ADMITS_... A user kind beyond the end is not admitted. */
  readonly admits: Uint8Array;
  /** For every admitted user kind: the names of the conditions; "" where no condition is required. */
  readonly conditions: ReadonlyMap<UserKind, ReadonlySet<string>>;
  /** Relations named as usersets in the type restrictions, and the index of their common byte in the rows of Reach. */
  readonly usersets: readonly Relation[];
  readonly usersetsPlace: number;
  /** Whether any userset restriction is conditional. */
  readonly conditionalUsersets: boolean;
  /** Whether any restriction is `with $expression`. */
  readonly inline: boolean;
  /** Whether it is worth caching: several definitions of its type use it, it takes look-ups, and it cannot fail. */
  shared: boolean;
  /** Whether its evaluation may lead back to it (on the same or another object). */
  recursive: boolean;
  /** Number of its component in the graph of relations. Relations that reach each other have the same number. */
  component: number;
}

export interface Type {
  readonly index: number;
  readonly symbol: TypeSymbol;
  readonly name: string;
  readonly relations: ReadonlyMap<string, Relation>;
}

/** The places that users reach in a model: one byte per place, 1 if a path leads there. */
export type ReachRow = Uint8Array;

/** Computes which places of a model users reach. */
export interface Reach {
  /** Returns the places that objects of a type, or its wildcard, reach. */
  ofType(type: Type): ReachRow;
  /**
   * Returns the places that an object of a type, or its wildcard, with these marks as a user (see
   * EntityNames.userMarks) reaches. Unlike in `ofType`, a place without the risk of an error is reached only through
   * tuples that the user may have, and an intersection only through all of its operands.
   */
  ofMarks(type: Type, marks: number): ReachRow;
  /** Returns the places that the usersets over a relation reach, including the relation itself. */
  ofUserset(relation: Relation): ReachRow;
  /** Like `ofType` and `ofUserset`, but only along the first operands of intersections and the bases of differences. */
  leadOf(type: Type, relation: Relation | undefined): ReachRow;
  /** Returns the places that may yield the wildcard of a type. */
  wildcardOf(type: Type): ReachRow;
}

/** A compiled model. It is immutable once `compileModel` has returned it. */
export interface Model {
  readonly json: AuthorizationModelJson;
  readonly types: ReadonlyMap<string, Type>;
  readonly relations: readonly Relation[];
  /** Conditions by name, always including `$expression`. */
  readonly conditions: ReadonlyMap<string, Condition>;
  /** Types and relations by symbol. */
  readonly typeOf: readonly (Type | undefined)[];
  readonly relationOf: readonly (Relation | undefined)[];
  readonly reach: Reach;
}
