// The compiled model: types, relations and rewrites, with what evaluation wants to know in advance.
import type { Facet } from "../tuples/names.ts";
import type { RelationSymbol, TypeSymbol } from "../tuples/symbols.ts";
import type { Condition } from "./condition.ts";
import type { AuthorizationModelJson } from "./schema.ts";

export type RewriteKind = "this" | "computed" | "from" | "union" | "intersection" | "difference";

/**
 * One node of a relation's definition. All kinds share one shape, so that evaluation reads them fast:
 * `target` is set for `computed`; `tupleset` and `targets` (by type symbol of the parent) for `from`;
 * `children` for the three set operators, base before subtract.
 */
export interface Rewrite {
  readonly kind: RewriteKind;
  readonly target: Relation | undefined;
  readonly tupleset: Relation | undefined;
  readonly targets: readonly (Relation | undefined)[];
  /** Operands in the order to evaluate them (a difference keeps base, subtract). */
  children: readonly Rewrite[];
  /** 1 at each source (see Model.sourceOf...) from which a path leads here. */
  reach: Uint8Array;
  /** As `reach`, but of an intersection only by its first operand, of a difference by its base. */
  leadReach: Uint8Array;
  /** 1 at each type whose wildcard can come out of this node, by the type's index. */
  wild: Uint8Array;
  /** Whether an error or a cycle may come out: conditions, recursion or great depth below. */
  risky: boolean;
  /** Whether a condition may be evaluated below. */
  conditional: boolean;
  /** Estimate of the work of evaluating it, in look-ups; orders operands. */
  cost: number;
}

/** Which restrictions admit a facet: none, only unconditional ones, or also conditional ones. */
export const ADMITS_NOT = 0;
export const ADMITS_PLAIN = 1;
export const ADMITS_CONDITIONS = 2;

export interface Relation {
  /** Place in Model.relations. */
  readonly index: number;
  readonly symbol: RelationSymbol;
  readonly type: Type;
  readonly name: string;
  /** The definition in its written order (for Expand) is `json`; this is what evaluation runs. */
  rewrite: Rewrite;
  /** By facet: ADMITS_... */
  readonly admits: Uint8Array;
  /** For the facets with ADMITS_CONDITIONS: condition names; "" when none is asked for. */
  readonly conditions: ReadonlyMap<Facet, ReadonlySet<string>>;
  /** Relations named as usersets in the type restrictions. */
  readonly usersets: readonly Relation[];
  /** Whether some userset restriction is conditional. */
  readonly conditionalUsersets: boolean;
  /** 1 at each source that reaches one of `usersets`. */
  usersetReach: Uint8Array;
  /** 1 at each source from which a path leads here; a userset over this relation reaches it. */
  reach: Uint8Array;
  leadReach: Uint8Array;
  wild: Uint8Array;
  risky: boolean;
  conditional: boolean;
  /** Whether evaluating it may come back to it (on another object or the same). */
  recursive: boolean;
  /** Number of its cycle in the graph of relations; equal for relations that reach each other. */
  component: number;
  cost: number;
}

export interface Type {
  readonly index: number;
  readonly symbol: TypeSymbol;
  readonly name: string;
  readonly relations: ReadonlyMap<string, Relation>;
}

/** A compiled model. Immutable once `compileModel` returned it. */
export interface Model {
  readonly json: AuthorizationModelJson;
  readonly types: ReadonlyMap<string, Type>;
  readonly relations: readonly Relation[];
  readonly conditions: ReadonlyMap<string, Condition>;
  /** By symbol. */
  readonly typeOf: readonly (Type | undefined)[];
  readonly relationOf: readonly (Relation | undefined)[];
}

/** Source of a plain object or the wildcard of a type, in `reach`. */
export function sourceOfType(type: Type): number {
  return type.index;
}

/** Source of the usersets over a relation, in `reach`. */
export function sourceOfUserset(model: Model, relation: Relation): number {
  return model.types.size + relation.index;
}
