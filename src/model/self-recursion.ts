// Self-recursion: the relations that OpenFGA certainly resolves by its "recursive" strategy, group by group.
import { plainKind, wildcardKind } from "../memory/entity-names.ts";
import { takesOneTuple } from "./direct-access.ts";
import { neighbours, nodesOf } from "./reach.ts";
import { admits, type Model, type Relation, type Rewrite, type Type } from "./rewrite.ts";

/** The way in which a relation leads back to itself. */
export interface SelfRecursion {
  /** The one node that leads back: `[group#member]` or `member from parent`. */
  readonly leaf: Rewrite;
  /** The relation whose tuples lead to further groups, and whether those tuples name usersets. */
  readonly through: Relation;
  readonly usersets: boolean;
  /** The relations whose tuples make a user a member without another group. */
  readonly sources: readonly Relation[];
}

/** Self-recursions of a relation, by the index of the type; null if it has none. */
const recursions = new WeakMap<Relation, (SelfRecursion | null)[]>();
const graphs = new WeakMap<Model, boolean>();

/**
 * Returns the self-recursion of a relation for users of a type, or undefined if OpenFGA may use another strategy. It
 * uses this one when the relation leads back to itself alone, through one operand of its unions, and one tuple decides
 * every other operand (`UsersetUseRecursiveResolver`, `TTUUseRecursiveResolver` of OpenFGA 1.22.1).
 */
export function selfRecursionOf(model: Model, relation: Relation, type: Type): SelfRecursion | undefined {
  let known = recursions.get(relation);
  if (known === undefined) recursions.set(relation, known = []);
  const before = known[type.index];
  if (before !== undefined) return before ?? undefined;
  const found = find(model, relation, type);
  known[type.index] = found ?? null;
  return found;
}

function find(model: Model, relation: Relation, type: Type): SelfRecursion | undefined {
  const operands = operandsOfUnions(relation.rewrite);
  const [leaf, ...others] = operands.filter((operand) => leadsTo(operand, relation, relation));
  if (leaf === undefined || others.length > 0 || !isAlone(model, relation)) return undefined;
  if (!hasWeightedGraph(model)) return undefined;
  const leads = neighbours(leaf, relation);
  if (leads.length !== 1 || (leaf.kind !== "this" && leaf.kind !== "from")) return undefined;
  const rest = operands.filter((operand) => operand !== leaf);
  if (!rest.every((operand) => takesOneTuple(operand, relation, type))) return undefined;
  const sources = new Set(rest.flatMap((operand) => sourcesOf(operand, relation)));
  if (leaf.kind === "this") sources.add(relation);
  return {
    leaf, usersets: leaf.kind === "this", through: leaf.kind === "this" ? relation : leaf.tupleset!,
    sources: [...sources],
  };
}

function operandsOfUnions(rewrite: Rewrite): Rewrite[] {
  return rewrite.kind === "union" ? rewrite.children.flatMap(operandsOfUnions) : [rewrite];
}

function leadsTo(rewrite: Rewrite, relation: Relation, target: Relation): boolean {
  return neighbours(rewrite, relation).some((each) => each.component === target.component);
}

function isAlone(model: Model, relation: Relation): boolean {
  return model.relations.every((other) => other === relation || other.component !== relation.component);
}

/** Returns the relations whose own tuples decide a node. One tuple must be enough to decide it. */
function sourcesOf(rewrite: Rewrite, relation: Relation): Relation[] {
  if (rewrite.kind === "this") return [relation];
  if (rewrite.kind === "computed") return sourcesOf(rewrite.target!.rewrite, rewrite.target!);
  return rewrite.children.flatMap((child) => sourcesOf(child, relation));
}

/**
 * Whether OpenFGA certainly builds its weighted graph of a model, which this strategy requires. OpenFGA does not build
 * it when a parent lacks the relation, when `and` or `but not` lies on a cycle, or when operands share no type. It may
 * or may not resolve a cycle of several relations.
 */
function hasWeightedGraph(model: Model): boolean {
  const known = graphs.get(model);
  if (known !== undefined) return known;
  const found = model.relations.every((relation) =>
    (!relation.recursive || isAlone(model, relation))
    && nodesOf(relation.rewrite).every((node) => isBuilt(node, relation, model)))
    && reachTypes(model);
  graphs.set(model, found);
  return found;
}

function isBuilt(node: Rewrite, relation: Relation, model: Model): boolean {
  if (node.kind === "intersection" || node.kind === "difference") return !leadsTo(node, relation, relation);
  const { tupleset } = node;
  return tupleset === undefined || [...model.types.values()].every((parent) =>
    !admits(tupleset, plainKind(parent.symbol)) || node.targets[parent.symbol] !== undefined);
}

/** Whether users of at least one type can have each relation and each node of its definition. */
function reachTypes(model: Model): boolean {
  const types = new Map<Relation, ReadonlySet<Type>>(model.relations.map((relation) => [relation, new Set()]));
  const typesOf = (node: Rewrite, relation: Relation): ReadonlySet<Type> => {
    const [first, ...rest] = node.children.map((child) => typesOf(child, relation));
    if (node.kind === "intersection") return new Set([...first!].filter((type) => rest.every((set) => set.has(type))));
    if (node.kind === "difference") return first!;
    if (node.kind === "union") return new Set([first!, ...rest].flatMap((set) => [...set]));
    const found = new Set(neighbours(node, relation).flatMap((target) => [...types.get(target)!]));
    if (node.kind !== "this") return found;
    for (const type of model.types.values()) {
      const facets = [plainKind(type.symbol), wildcardKind(type.symbol)];
      if (facets.some((facet) => admits(relation, facet))) found.add(type);
    }
    return found;
  };
  for (let grown = true; grown;) {
    grown = false;
    for (const relation of model.relations) {
      const found = typesOf(relation.rewrite, relation);
      if (found.size > types.get(relation)!.size) grown = true;
      types.set(relation, found);
    }
  }
  return model.relations.every((relation) =>
    nodesOf(relation.rewrite).every((node) => typesOf(node, relation).size > 0));
}
