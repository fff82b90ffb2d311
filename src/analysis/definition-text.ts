// Prints definitions of relations as they stand in a model's text.
import type { RelationReferenceJson, UsersetJson } from "../model/schema.ts";

/**
 * Prints a definition in OpenFGA's language, with parentheses around nested operators.
 *
 * @example
 * const rewrite = { union: { child: [{ this: {} }, { computedUserset: { relation: "owner" } }] } };
 * printDefinition(rewrite, [{ type: "user" }]) // "[user] or owner"
 */
export function printDefinition(rewrite: UsersetJson, restrictions: readonly RelationReferenceJson[]): string {
  return print(rewrite, restrictions, false);
}

function print(rewrite: UsersetJson, restrictions: readonly RelationReferenceJson[], nested: boolean): string {
  const operands = (children: readonly UsersetJson[], word: string): string => {
    const text = children.map((child) => print(child, restrictions, true)).join(` ${word} `);
    return nested ? `(${text})` : text;
  };
  const { union, intersection, difference, computedUserset, tupleToUserset } = rewrite;
  if (union) return operands(union.child, "or");
  if (intersection) return operands(intersection.child, "and");
  if (difference) return operands([difference.base, difference.subtract], "but not");
  if (computedUserset) return computedUserset.relation ?? "";
  if (tupleToUserset) return `${tupleToUserset.computedUserset.relation} from ${tupleToUserset.tupleset.relation}`;
  return `[${restrictions.map(printRestriction).join(", ")}]`;
}

function printRestriction({ type, relation, wildcard, condition }: RelationReferenceJson): string {
  const user = relation ? `${type}#${relation}` : wildcard ? `${type}:*` : type;
  return condition ? `${user} with ${condition}` : user;
}

/** Returns the shapes of tuples that a relation admits: see TuplePattern. */
export function shapesOfRelation(
  type: string, relation: string, restrictions: readonly RelationReferenceJson[],
): string[] {
  return restrictions.map((to) => `${type}#${relation}@${printRestriction(to)}`);
}
