// Analyses a model before any question: the recursion, risk and cost of every relation and rewrite.
import { neighbours, nodesOf, ReachGraph } from "./reach.ts";
import { ADMITS_CONDITIONS, type Relation, type Rewrite } from "./rewrite.ts";

/** Number of hops beyond which even a relation without recursion may reach the depth limit (25 dispatches). */
const SAFE_HOPS = 24;
const MAX_COST = 1e6;
/**
 * Cost (see Relation) from which an outcome is worth remembering. Our own number: a cheaper outcome takes less time to
 * evaluate again.
 */
export const WORTH_REMEMBERING = 10;
/** Estimated number of rows behind one tupleset or userset look-up. */
const FAN_OUT = 3;

/** Fills in the facts of relations and rewrites, which have `places` places, and puts the cheapest operands first. */
export function analyse(relations: readonly Relation[], places: number): ReachGraph {
  const reach = new ReachGraph(relations, places);
  findComponents(relations);
  const conditional = reach.closure(relations.flatMap(conditionalPlaces));
  const recursive = reach.closure(relations.filter((relation) => relation.recursive).map(({ place }) => place));
  for (const relation of relations) {
    for (const part of [relation, ...nodesOf(relation.rewrite)]) {
      part.conditional = conditional[part.place] === 1;
      part.risky = part.conditional || recursive[part.place] === 1;
    }
  }
  setCosts(relations);
  findShared(relations);
  return reach;
}

/** Marks the relations that occur two or more times in the definitions of their type. */
function findShared(relations: readonly Relation[]): void {
  const leads = new Map<Relation, number>();
  const targets = relations.flatMap((relation) => nodesOf(relation.rewrite)).map((node) => node.target);
  for (const target of targets) if (target !== undefined) leads.set(target, (leads.get(target) ?? 0) + 1);
  for (const [relation, count] of leads) {
    relation.shared = count > 1 && !relation.risky && relation.cost >= WORTH_REMEMBERING;
  }
}

/** Returns the places of nodes that read tuples with possible conditions: a relation's own, or those of a tupleset. */
function conditionalPlaces(relation: Relation): number[] {
  const isConditional = (of: Relation): boolean => of.admits.includes(ADMITS_CONDITIONS);
  return nodesOf(relation.rewrite)
    .filter((node) => (node.kind === "this" && isConditional(relation))
      || (node.tupleset !== undefined && isConditional(node.tupleset)))
    .map((node) => node.place);
}

/** Finds cycles by Tarjan's algorithm: relations on a common cycle get the same component and are marked recursive. */
function findComponents(relations: readonly Relation[]): void {
  const order = new Map<Relation, number>();
  const low = new Map<Relation, number>();
  const stack: Relation[] = [];
  const onStack = new Set<Relation>();
  let components = 0;
  const visit = (relation: Relation): void => {
    const place = order.size;
    order.set(relation, place);
    low.set(relation, place);
    stack.push(relation);
    onStack.add(relation);
    for (const next of neighbours(relation.rewrite, relation)) {
      if (next === relation) relation.recursive = true;
      if (!order.has(next)) visit(next);
      if (onStack.has(next)) low.set(relation, Math.min(low.get(relation)!, low.get(next)!));
    }
    if (low.get(relation) !== place) return;
    const members = stack.splice(stack.indexOf(relation));
    components++;
    for (const member of members) {
      onStack.delete(member);
      member.component = components;
      if (members.length > 1) member.recursive = true;
    }
  };
  for (const relation of relations) if (!order.has(relation)) visit(relation);
}

/** Sets costs and hops, deepest relations first, and sorts operands by cost. A recursive relation has the top cost. */
function setCosts(relations: readonly Relation[]): void {
  const hops = new Map<Relation, number>();
  const setCost = (relation: Relation): number => {
    const known = hops.get(relation);
    if (known !== undefined) return known;
    hops.set(relation, SAFE_HOPS);
    const below = setRewriteCost(relation.rewrite, relation, setCost);
    const depth = Math.min(relation.recursive ? SAFE_HOPS + 1 : below, SAFE_HOPS + 1);
    relation.cost = relation.recursive ? MAX_COST : relation.rewrite.cost;
    hops.set(relation, depth);
    if (depth > SAFE_HOPS) relation.risky = relation.rewrite.risky = true;
    return depth;
  };
  for (const relation of relations) setCost(relation);
}

/** Sets the cost of a rewrite and sorts its operands. Returns its number of hops. */
function setRewriteCost(rewrite: Rewrite, relation: Relation, setCost: (relation: Relation) => number): number {
  const isHop = rewrite.kind === "this" || rewrite.kind === "from";
  let cost = 1;
  let hops = 0;
  for (const child of rewrite.children) {
    hops = Math.max(hops, setRewriteCost(child, relation, setCost));
    cost += child.cost;
  }
  if (rewrite.children.length === 0) {
    for (const next of new Set(neighbours(rewrite, relation))) {
      hops = Math.max(hops, setCost(next) + (isHop ? 1 : 0));
      cost += next.cost * (isHop ? FAN_OUT : 1);
    }
  }
  rewrite.cost = Math.min(cost, MAX_COST);
  if (hops > SAFE_HOPS) rewrite.risky = true;
  if (rewrite.kind !== "difference") rewrite.children = rewrite.children.toSorted((a, b) => a.cost - b.cost);
  return hops;
}
