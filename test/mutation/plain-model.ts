// A model as plain data that a test can edit in one place, and its meaning on a small world, as sets of users.
import type { AuthorizationModelJson, UsersetJson } from "../../src/model/schema.ts";
import type { Tuple } from "../../src/tuples/tuple.ts";

/** A node of a definition. */
export type Node =
  | { readonly kind: "this" }
  | { readonly kind: "computed"; readonly relation: string }
  | { readonly kind: "from"; readonly tupleset: string; readonly relation: string }
  | { readonly kind: "union" | "intersection"; readonly children: readonly Node[] }
  | { readonly kind: "difference"; readonly base: Node; readonly subtract: Node };

/** A relation: its definition, and the users that its tuples allow, such as `user`, `user:*`, `role#holder`. */
export interface Definition {
  readonly node: Node;
  readonly restrictions: readonly string[];
}

/** Definitions by `type#relation`. */
export type PlainModel = ReadonlyMap<string, Definition>;

/** The parts of a model that evaluation needs. */
export type Definitions = Pick<PlainModel, "get">;

/** Known sets of users by `object#relation`. */
export interface Known {
  get(key: string): number | undefined;
  set(key: string, users: number): unknown;
}

/** Reads a model into plain data. */
export function plainModel(json: AuthorizationModelJson): PlainModel {
  const model = new Map<string, Definition>();
  for (const { type, relations, metadata } of json.type_definitions) {
    for (const [name, rewrite] of Object.entries(relations ?? {})) {
      const allowed = metadata?.relations?.[name]?.directly_related_user_types ?? [];
      const restrictions = allowed.map(({ type: of, relation, wildcard, condition }) =>
        of + (relation ? `#${relation}` : wildcard ? ":*" : "") + (condition ? ` with ${condition}` : ""));
      model.set(`${type}#${name}`, { node: nodeOf(rewrite), restrictions });
    }
  }
  return model;
}

function nodeOf(json: UsersetJson): Node {
  if (json.computedUserset) return { kind: "computed", relation: json.computedUserset.relation ?? "" };
  if (json.tupleToUserset) {
    const { tupleset, computedUserset } = json.tupleToUserset;
    return { kind: "from", tupleset: tupleset.relation ?? "", relation: computedUserset.relation ?? "" };
  }
  if (json.union) return { kind: "union", children: json.union.child.map(nodeOf) };
  if (json.intersection) return { kind: "intersection", children: json.intersection.child.map(nodeOf) };
  if (json.difference) {
    return { kind: "difference", base: nodeOf(json.difference.base), subtract: nodeOf(json.difference.subtract) };
  }
  return { kind: "this" };
}

/** The types that a relation's tuples may name as a parent. */
export function parentsOf(model: PlainModel, type: string, tupleset: string): string[] {
  const { restrictions } = model.get(`${type}#${tupleset}`) ?? { restrictions: [] };
  const parents = restrictions.filter((form) => !/[#:]/.test(form)).map((form) => form.split(" ")[0] ?? "");
  return [...new Set(parents)];
}

/** An expected yes or no in a world. */
export interface Expectation {
  readonly user: string;
  readonly relation: string;
  readonly object: string;
  readonly expected: boolean;
}

/** A small set of tuples and its expectations. */
export interface SmallWorld {
  readonly name: string;
  readonly tuples: readonly Tuple[];
  readonly expectations: readonly Expectation[];
  /** The time that conditions see, in milliseconds since 1970. */
  readonly now?: number;
}

/** Users of one evaluation, one bit each. */
const MAX_USERS = 31;

/** Thrown for a definition that refers to itself: `model.fga` has no recursion, and OpenFGA refuses some of it. */
class Recursion extends Error {}

const typeOf = (object: string): string => object.slice(0, object.indexOf(":"));

/** A world prepared for many evaluations: the users in question are bits of a number. */
export class Arena {
  readonly name: string;
  /** Objects by type. */
  readonly objects = new Map<string, Set<string>>();
  readonly asked: readonly (Expectation & { readonly bit: number; readonly place: string })[];
  readonly #tuples = new Map<string, { readonly user: string; readonly form: string }[]>();
  readonly #bits = new Map<string, number>();
  readonly #everybody: number;

  constructor(world: SmallWorld, expectations: readonly Expectation[]) {
    this.name = world.name;
    for (const { user } of expectations) if (!this.#bits.has(user)) this.#bits.set(user, 1 << this.#bits.size);
    this.#everybody = [...this.#bits.values()].reduce((all, bit) => all | bit, 0);
    for (const { user, relation, object, condition } of world.tuples) {
      const expires = condition?.context["expires_at"];
      if (condition !== undefined && (world.now ?? 0) >= Date.parse(String(expires))) continue;
      const hash = user.indexOf("#");
      const plain = hash < 0 ? typeOf(user) + (user.endsWith(":*") ? ":*" : "") : typeOf(user) + user.slice(hash);
      const form = plain + (condition === undefined ? "" : ` with ${condition.name}`);
      const key = `${object}#${relation}`;
      this.#tuples.set(key, [...this.#tuples.get(key) ?? [], { user, form }]);
      for (const each of [object, hash < 0 ? user : user.slice(0, hash)]) this.#add(each);
    }
    for (const { object } of expectations) this.#add(object);
    this.asked = expectations.map((one) =>
      ({ ...one, bit: this.#bits.get(one.user)!, place: `${typeOf(one.object)}#${one.relation}` }));
  }

  #add(object: string): void {
    const type = typeOf(object);
    this.objects.set(type, (this.objects.get(type) ?? new Set()).add(object));
  }

  /** The users of `object#relation`. `known` is read first and written; `model` answers the rest. */
  users(model: Definitions, object: string, relation: string, known: Known): number {
    const key = `${object}#${relation}`;
    const found = known.get(key);
    if (found !== undefined) {
      if (found === OPEN) throw new Recursion(key);
      return found;
    }
    const definition = model.get(`${typeOf(object)}#${relation}`);
    if (definition === undefined) return 0;
    known.set(key, OPEN);
    const users = this.#evaluate(model, definition, definition.node, object, relation, known);
    known.set(key, users);
    return users;
  }

  #evaluate(
    model: Definitions, of: Definition, node: Node, object: string, relation: string, known: Known,
  ): number {
    const recurse = (child: Node): number => this.#evaluate(model, of, child, object, relation, known);
    switch (node.kind) {
      case "this": return this.#direct(model, of, `${object}#${relation}`, known);
      case "computed": return this.users(model, object, node.relation, known);
      case "from": {
        const via = model.get(`${typeOf(object)}#${node.tupleset}`)?.restrictions ?? [];
        let users = 0;
        for (const { user, form } of this.#tuples.get(`${object}#${node.tupleset}`) ?? []) {
          if (via.includes(form) && !form.includes("#")) users |= this.users(model, user, node.relation, known);
        }
        return users;
      }
      case "union": return node.children.reduce((users, child) => users | recurse(child), 0);
      case "intersection":
        return node.children.reduce((users, child) => (users === 0 ? 0 : users & recurse(child)), this.#everybody);
      case "difference": {
        const base = recurse(node.base);
        return base === 0 ? 0 : base & ~recurse(node.subtract);
      }
    }
  }

  #direct(model: Definitions, { restrictions }: Definition, key: string, known: Known): number {
    let users = 0;
    for (const { user, form } of this.#tuples.get(key) ?? []) {
      if (!restrictions.includes(form)) continue;
      const hash = user.indexOf("#");
      if (hash >= 0) users |= this.users(model, user.slice(0, hash), user.slice(hash + 1), known);
      else if (user.endsWith(":*")) users |= this.#everybody;
      else users |= this.#bits.get(user) ?? 0;
    }
    return users;
  }
}

/** Marks a definition that is being evaluated. */
const OPEN = -1;

/** The arenas of a world: its expectations, at most 31 users at a time. */
export function arenasOf(world: SmallWorld): Arena[] {
  const users = [...new Set(world.expectations.map(({ user }) => user))];
  const arenas: Arena[] = [];
  for (let i = 0; i < users.length; i += MAX_USERS) {
    const part = new Set(users.slice(i, i + MAX_USERS));
    arenas.push(new Arena(world, world.expectations.filter(({ user }) => part.has(user))));
  }
  return arenas;
}
