// The compiled model: types, relations and rewrites, with what evaluation wants to know in advance.
import type { UserKind } from "../memory/entity-names.ts";
import type { RelationSymbol, TypeSymbol } from "../memory/symbols.ts";
import type { Condition } from "./condition.ts";
import type { AuthorizationModelJson } from "./schema.ts";

export type RewriteKind = "this" | "computed" | "from" | "union" | "intersection" | "difference";

/** What is known in advance of a relation or a node of its definition. */
interface Facts {
  /** Its byte in the rows of Reach. */
  readonly place: number;
  /** Whether an error or a cycle may come out: conditions, recursion or great depth below. */
  risky: boolean;
  /** Whether a condition may be evaluated below. */
  conditional: boolean;
  /** Estimate of the work of evaluating it, in look-ups; orders operands. */
  cost: number;
}

/** One node of a relation's definition. All kinds share one shape, so that evaluation reads them fast. */
export interface Rewrite extends Facts {
  readonly kind: RewriteKind;
  /** The relation of a `computed` node. */
  readonly target: Relation | undefined;
  /** The tupleset of a `from` node, and by the parent's type symbol the relation to turn to. */
  readonly tupleset: Relation | undefined;
  readonly targets: readonly (Relation | undefined)[];
  /** Operands in the order to evaluate them (a difference keeps base, subtract). */
  children: readonly Rewrite[];
}

/** Which restrictions admit a facet: none, only unconditional ones, or also conditional ones. */
const ADMITS_NOT = 0;
export const ADMITS_PLAIN = 1;
export const ADMITS_CONDITIONS = 2;

/** Whether a relation's type restrictions admit a facet; those of types newer than the model lie beyond the array. */
export function admits(relation: Relation, facet: UserKind): boolean {
  return facet < relation.admits.length && relation.admits[facet] !== ADMITS_NOT;
}

export interface Relation extends Facts {
  /** Its index in Model.relations. */
  readonly index: number;
  readonly symbol: RelationSymbol;
  /** Its marks with usersets and with other users, see Names.userMarks. */
  readonly usersetMark: number;
  readonly plainMark: number;
  readonly type: Type;
  readonly name: string;
  /** The definition as evaluation runs it; the written order is in Model.json. */
  rewrite: Rewrite;
  /** By facet: ADMITS_... A facet beyond the end is not admitted. */
  readonly admits: Uint8Array;
  /** For the facets with ADMITS_CONDITIONS: condition names; "" when none is asked for. */
  readonly conditions: ReadonlyMap<UserKind, ReadonlySet<string>>;
  /** Relations named as usersets in the type restrictions, and the byte in the rows of Reach where one is reached. */
  readonly usersets: readonly Relation[];
  readonly usersetsPlace: number;
  /** Whether some userset restriction is conditional. */
  readonly conditionalUsersets: boolean;
  /** Whether some restriction is `with $expression`. */
  readonly inline: boolean;
  /** Whether several definitions of its type lead to it, it takes some look-ups and cannot err: worth remembering. */
  shared: boolean;
  /** Whether evaluating it may come back to it (on another object or the same). */
  recursive: boolean;
  /** Number of its cycle in the graph of relations; equal for relations that reach each other. */
  component: number;
}

export interface Type {
  readonly index: number;
  readonly symbol: TypeSymbol;
  readonly name: string;
  readonly relations: ReadonlyMap<string, Relation>;
}

/** What users reach in a model: one byte a place, 1 where a path leads there. */
export type ReachRow = Uint8Array;

/** Which places of a model users reach. */
export interface Reach {
  /** What objects of a type, or its wildcard, reach. */
  ofType(type: Type): ReachRow;
  /**
   * What an object of a type, or its wildcard, with these marks as a user (see Names.userMarks) reaches: as
   * `ofType`, but where no error can come out only by tuples that it may have, and through an intersection only by
   * all of its operands.
   */
  ofMarks(type: Type, marks: number): ReachRow;
  /** What the usersets over a relation reach; the relation itself among it. */
  ofUserset(relation: Relation): ReachRow;
  /** As `ofType` and `ofUserset`, along the first operands of intersections and the bases of differences only. */
  leadOf(type: Type, relation: Relation | undefined): ReachRow;
  /** Where the wildcard of a type can come out. */
  wildcardOf(type: Type): ReachRow;
}

/** A compiled model. Immutable once `compileModel` returned it. */
export interface Model {
  readonly json: AuthorizationModelJson;
  readonly types: ReadonlyMap<string, Type>;
  readonly relations: readonly Relation[];
  /** By name; `$expression` is always among them. */
  readonly conditions: ReadonlyMap<string, Condition>;
  /** By symbol. */
  readonly typeOf: readonly (Type | undefined)[];
  readonly relationOf: readonly (Relation | undefined)[];
  readonly reach: Reach;
}
