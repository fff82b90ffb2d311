// A naive reference for checks: the well-founded model of the rewrites, by fixpoints over all relations of all objects.
import type { AuthorizationModelJson, Model, Tuple } from "../../src/engine.ts";
import { tupleRefusal } from "../../src/model/admits.ts";
import { typeOf } from "../../src/tuples/tuple.ts";
import { namedBy } from "./questions.ts";

/** The reference's answer; `unknown` if the answer depends on itself through a `but not`. */
export type Truth = "yes" | "no" | "unknown";

type Definition = AuthorizationModelJson["type_definitions"][number];
type Context = Readonly<Record<string, unknown>>;
type Rewrite = NonNullable<Definition["relations"]>[string];
/** The `object#relation` pairs that the subject has. */
type Atoms = ReadonlySet<string>;

/** How to read definitions that have two readings. */
export interface Reading {
  /** Whether a tuple's condition counts as met if it cannot be evaluated; default: it does not. */
  readonly failing?: boolean;
  /** Whether a userset is a member of itself without a tuple; default: it is. */
  readonly reflexive?: boolean;
  /**
   * Whether a userset with the user's own relation is followed like others, even where that does not lead back to the
   * relation; default: it is.
   */
  readonly following?: boolean;
}

/** A model with the tuples of one question: contextual tuples count like any others here. */
export class Reference {
  readonly #model: Model;
  readonly #how: Reading;
  readonly #objects: readonly string[];
  readonly #users = new Map<string, string[]>();
  readonly #answers = new Map<string, { readonly sure: Atoms; readonly possible: Atoms }>();

  constructor(model: Model, tuples: readonly Tuple[], context: Context | undefined, how: Reading = {}) {
    this.#model = model;
    this.#how = { reflexive: true, following: true, ...how };
    this.#objects = namedBy(tuples).objects;
    for (const tuple of tuples) {
      if (!counts(model, tuple, context, how.failing)) continue;
      const atom = `${tuple.object}#${tuple.relation}`;
      this.#users.set(atom, [...this.#users.get(atom) ?? [], tuple.user]);
    }
  }

  /** Whether a user has a relation to an object. */
  check(user: string, relation: string, object: string): Truth {
    const objects = this.#objects.includes(object) ? this.#objects : [...this.#objects, object];
    const key = `${user} ${objects.length === this.#objects.length ? "" : object}`;
    const known = this.#answers.get(key) ?? this.#solve(user, objects);
    this.#answers.set(key, known);
    const atom = `${object}#${relation}`;
    return known.sure.has(atom) ? "yes" : known.possible.has(atom) ? "unknown" : "no";
  }

  /** The alternating fixpoint: certain pairs grow and possible pairs shrink, until neither changes. */
  #solve(user: string, objects: readonly string[]): { sure: Atoms; possible: Atoms } {
    let sure: Atoms = new Set();
    for (;;) {
      const possible = this.#least(user, objects, sure);
      const surer = this.#least(user, objects, possible);
      if (surer.size === sure.size) return { sure: surer, possible };
      sure = surer;
    }
  }

  /** The least set closed under the definitions; another set decides what is subtracted. */
  #least(user: string, objects: readonly string[], others: Atoms): Atoms {
    const found = new Set<string>();
    for (let before = -1; before !== found.size;) {
      before = found.size;
      for (const object of objects) {
        const definition = this.#model.json.type_definitions.find((type) => type.type === typeOf(object));
        for (const [relation, rewrite] of Object.entries(definition?.relations ?? {})) {
          const atom = `${object}#${relation}`;
          const isItself = this.#how.reflexive && user === atom;
          if (isItself || this.#has(rewrite, user, object, relation, found, others)) found.add(atom);
        }
      }
    }
    return found;
  }

  #has(rewrite: Rewrite, user: string, object: string, relation: string, found: Atoms, others: Atoms): boolean {
    const has = (part: Rewrite): boolean => this.#has(part, user, object, relation, found, others);
    if (rewrite.union) return rewrite.union.child.some(has);
    if (rewrite.intersection) return rewrite.intersection.child.every(has);
    if (rewrite.difference) {
      const { base, subtract } = rewrite.difference;
      return has(base) && !this.#has(subtract, user, object, relation, others, found);
    }
    if (rewrite.computedUserset) return found.has(`${object}#${rewrite.computedUserset.relation}`);
    if (rewrite.tupleToUserset) {
      const { tupleset, computedUserset } = rewrite.tupleToUserset;
      const parents = this.#users.get(`${object}#${tupleset.relation}`) ?? [];
      return parents.some((parent) => found.has(`${parent}#${computedUserset.relation}`));
    }
    const isPlain = !user.includes("#") && !user.endsWith(":*");
    return (this.#users.get(`${object}#${relation}`) ?? []).some((other) =>
      other === user || (isPlain && other === `${typeOf(user)}:*`)
      || (found.has(other) && (this.#how.following || this.#follows(`${object}#${relation}`, other, user))));
  }

  /** Whether a userset in an atom's tuple is followed, where not all are. */
  #follows(atom: string, userset: string, user: string): boolean {
    const [from, to, own] = [atom, userset, user].map((each) =>
      this.#model.types.get(typeOf(each))?.relations.get(each.split("#")[1] ?? ""));
    return to !== own || from!.component === to!.component;
  }
}

/** Whether a tuple counts under the model and its condition is met; with `failing`, also if it cannot be evaluated. */
export function counts(model: Model, tuple: Tuple, context: Context | undefined, failing = false): boolean {
  if (tupleRefusal(model, tuple) !== undefined) return false;
  if (tuple.condition === undefined) return true;
  const outcome = model.conditions.get(tuple.condition.name)!.evaluate(context, tuple.condition);
  return typeof outcome === "boolean" ? outcome : failing;
}
