// The judges' own reading of a model: each relation as a first-order formula about tuples. Shares no code with
// src/analysis.
import type { AuthorizationModelJson, UsersetJson } from "../../../src/model/schema.ts";

/** A typed variable or constant: `note:n`. */
export interface Term {
  readonly type: string;
  readonly name: string;
}

/** One fact: a tuple exists and its condition, if any, is met. */
export interface Fact {
  readonly object: Term;
  readonly relation: string;
  /** The user, or the object of a userset; `*` for the wildcard of `userType`. */
  readonly user: Term | "*";
  readonly userType: string;
  /** Relation of a userset, or empty. */
  readonly userset: string;
  readonly condition: string;
}

export type Formula =
  | { readonly kind: "fact"; readonly fact: Fact }
  | { readonly kind: "and" | "or"; readonly parts: readonly Formula[] }
  | { readonly kind: "not"; readonly part: Formula }
  | { readonly kind: "some"; readonly variable: Term; readonly part: Formula }
  | { readonly kind: "same"; readonly a: Term; readonly b: Term };

const NEVER: Formula = { kind: "or", parts: [] };

/** Conjunction and disjunction. */
export const and = (...parts: readonly Formula[]): Formula => ({ kind: "and", parts });
export const or = (...parts: readonly Formula[]): Formula => ({ kind: "or", parts });
export const not = (part: Formula): Formula => ({ kind: "not", part });

/** A question about which two formulas are compared: is there a world with `left` and without `right`? */
export interface Contest {
  readonly user: Term;
  readonly object: Term;
  readonly left: Formula;
  readonly right: Formula;
  /** Formulas without free variables that hold in every world. */
  readonly axioms: readonly Formula[];
}

/** Reads relations of a model without recursion as formulas. */
export class ModelReader {
  readonly #types = new Map<string, AuthorizationModelJson["type_definitions"][number]>();
  #variables = 0;

  constructor(json: AuthorizationModelJson) {
    for (const type of json.type_definitions) this.#types.set(type.type, type);
  }

  /** The formula of "user has the relation to object". Never, if the model has no such relation. */
  relation(object: Term, relation: string, user: Term): Formula {
    const rewrite = this.#types.get(object.type)?.relations?.[relation];
    return rewrite === undefined ? NEVER : this.#read(rewrite, object, relation, user);
  }

  #restrictions(type: string, relation: string) {
    return this.#types.get(type)?.metadata?.relations?.[relation]?.directly_related_user_types ?? [];
  }

  #fresh(type: string): Term {
    return { type, name: `v${++this.#variables}` };
  }

  #read(node: UsersetJson, object: Term, relation: string, user: Term): Formula {
    if (node.union) return or(...node.union.child.map((child) => this.#read(child, object, relation, user)));
    if (node.intersection) {
      return and(...node.intersection.child.map((child) => this.#read(child, object, relation, user)));
    }
    if (node.difference) {
      return and(this.#read(node.difference.base, object, relation, user),
        not(this.#read(node.difference.subtract, object, relation, user)));
    }
    if (node.computedUserset) return this.relation(object, node.computedUserset.relation!, user);
    if (node.tupleToUserset) {
      const tupleset = node.tupleToUserset.tupleset.relation!;
      return or(...this.#restrictions(object.type, tupleset).map((to) => {
        const parent = this.#fresh(to.type);
        const fact = { object, relation: tupleset, user: parent, userType: to.type, userset: "",
          condition: to.condition ?? "" };
        return some(parent, and({ kind: "fact", fact },
          this.relation(parent, node.tupleToUserset!.computedUserset.relation!, user)));
      }));
    }
    return or(...this.#restrictions(object.type, relation).map((to): Formula => {
      const both = { object, relation, userType: to.type, condition: to.condition ?? "" };
      if (to.relation) {
        const group = this.#fresh(to.type);
        return some(group, and({ kind: "fact", fact: { ...both, user: group, userset: to.relation } },
          this.relation(group, to.relation, user)));
      }
      if (to.type !== user.type) return NEVER;
      return { kind: "fact", fact: { ...both, user: to.wildcard ? "*" : user, userset: "" } };
    }));
  }
}

/** Existential quantification. */
export function some(variable: Term, part: Formula): Formula {
  return { kind: "some", variable, part };
}

/** The operands of a set operator. */
export function childrenOf(node: UsersetJson): readonly UsersetJson[] {
  return node.union?.child ?? node.intersection?.child
    ?? (node.difference ? [node.difference.base, node.difference.subtract] : []);
}

/** Every fact in a formula. */
export function factsOf(formula: Formula): Fact[] {
  switch (formula.kind) {
    case "fact": return [formula.fact];
    case "and": case "or": return formula.parts.flatMap(factsOf);
    case "not": case "some": return factsOf(formula.part);
    case "same": return [];
  }
}

/** The kind of tuple that a fact is about, as text. */
export function kindOf({ object, relation, user, userType, userset, condition }: Fact): string {
  const who = user === "*" ? `${userType}:*` : userset === "" ? userType : `${userType}#${userset}`;
  return `${object.type}#${relation}@${who}${condition === "" ? "" : ` with ${condition}`}`;
}
