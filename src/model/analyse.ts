// What can be known of a model before any question: reach, recursion, risk and cost of every relation and rewrite.
import { plainFacet, wildcardFacet } from "../tuples/names.ts";
import { ADMITS_CONDITIONS, sourceOfType, sourceOfUserset, type Model, type Relation, type Rewrite } from "./rewrite.ts";

/** Hops beyond which a relation without recursion may still meet the depth limit (25 dispatches). */
const SAFE_HOPS = 24;
const MAX_COST = 1e6;
/** Guess of the rows behind one tupleset or userset look-up. */
const FAN_OUT = 3;

/** Fills in the facts of a model's relations and rewrites, and orders operands cheap-first. */
export function analyse(model: Model): void {
  const sources = model.types.size + model.relations.length;
  for (const relation of model.relations) {
    relation.reach = new Uint8Array(sources);
    relation.usersetReach = new Uint8Array(sources);
    relation.wild = new Uint8Array(model.types.size);
    relation.reach[sourceOfUserset(model, relation)] = 1;
    relation.leadReach = relation.reach.slice();
    relation.cost = 1;
  }
  findComponents(model);
  for (const relation of model.relations) if (relation.recursive) relation.risky = true;
  // Facts only grow, so repeating until nothing changes ends.
  let changed = true;
  while (changed) {
    changed = false;
    for (const relation of model.relations) changed = refresh(model, relation) || changed;
  }
  settleCosts(model);
}

/** The relations that evaluating a rewrite of `relation` may turn to. */
function neighbours(rewrite: Rewrite, relation: Relation): Relation[] {
  switch (rewrite.kind) {
    case "this":
      return [...relation.usersets];
    case "computed":
      return [rewrite.target!];
    case "from":
      return rewrite.targets.filter((target) => target !== undefined);
    default:
      return rewrite.children.flatMap((child) => neighbours(child, relation));
  }
}

/** Tarjan's algorithm: relations on a common cycle get a common component and are marked recursive. */
function findComponents(model: Model): void {
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
  for (const relation of model.relations) if (!order.has(relation)) visit(relation);
}

/** Recomputes what is known of a relation and its rewrite from what is known of others. True when something grew. */
function refresh(model: Model, relation: Relation): boolean {
  const before = facts(relation);
  for (const userset of relation.usersets) merge(relation.usersetReach, userset.reach);
  refreshRewrite(model, relation.rewrite, relation);
  merge(relation.reach, relation.rewrite.reach);
  merge(relation.leadReach, relation.rewrite.leadReach);
  merge(relation.wild, relation.rewrite.wild);
  if (relation.rewrite.risky) relation.risky = true;
  if (relation.rewrite.conditional) relation.conditional = true;
  return facts(relation) !== before;
}

function facts(relation: Relation): number {
  const sum = (bits: Uint8Array): number => bits.reduce((total, bit) => total + bit, 0);
  return sum(relation.reach) + sum(relation.leadReach) + sum(relation.wild) + sum(relation.usersetReach) + (relation.risky ? 1 : 0)
    + (relation.conditional ? 1 : 0);
}

function merge(into: Uint8Array, from: Uint8Array): void {
  for (let i = 0; i < from.length; i++) if (from[i]) into[i] = 1;
}

function refreshRewrite(model: Model, rewrite: Rewrite, relation: Relation): void {
  const reach = new Uint8Array(relation.reach.length);
  const leadReach = new Uint8Array(relation.reach.length);
  const wild = new Uint8Array(relation.wild.length);
  let risky = false;
  let conditional = false;
  const below = rewrite.children.length > 0 ? rewrite.children : neighbours(rewrite, relation);
  for (const child of rewrite.children) refreshRewrite(model, child, relation);
  const leads = rewrite.kind === "intersection" || rewrite.kind === "difference" ? below.slice(0, 1) : below;
  for (const part of leads) merge(leadReach, part.leadReach);
  for (const part of below) {
    merge(reach, part.reach);
    merge(wild, part.wild);
    risky ||= part.risky;
    conditional ||= part.conditional;
  }
  if (rewrite.kind === "this") {
    for (const type of model.types.values()) {
      if (relation.admits[wildcardFacet(type.symbol)]) wild[type.index] = 1;
      if (!relation.admits[plainFacet(type.symbol)] && !wild[type.index]) continue;
      reach[sourceOfType(type)] = leadReach[sourceOfType(type)] = 1;
    }
    conditional ||= relation.admits.includes(ADMITS_CONDITIONS);
  }
  if (rewrite.kind === "from") conditional ||= rewrite.tupleset!.admits.includes(ADMITS_CONDITIONS);
  rewrite.reach = reach;
  rewrite.leadReach = leadReach;
  rewrite.wild = wild;
  rewrite.risky = risky || conditional;
  rewrite.conditional = conditional;
}

/** Costs and hops, deepest relations first; recursion counts as dear. Then operands are put in order of cost. */
function settleCosts(model: Model): void {
  const hops = new Map<Relation, number>();
  const settle = (relation: Relation): number => {
    const known = hops.get(relation);
    if (known !== undefined) return known;
    hops.set(relation, SAFE_HOPS);
    const depth = relation.recursive ? SAFE_HOPS + 1 : settleRewrite(relation.rewrite, relation, settle);
    if (relation.recursive) settleRewrite(relation.rewrite, relation, settle);
    relation.cost = relation.recursive ? MAX_COST : relation.rewrite.cost;
    hops.set(relation, Math.min(depth, SAFE_HOPS + 1));
    if (depth > SAFE_HOPS) relation.risky = relation.rewrite.risky = true;
    return Math.min(depth, SAFE_HOPS + 1);
  };
  for (const relation of model.relations) settle(relation);
}

/** Sets the cost of a rewrite and sorts its operands; returns its hops. */
function settleRewrite(rewrite: Rewrite, relation: Relation, settle: (relation: Relation) => number): number {
  const hop = rewrite.kind === "computed" || rewrite.children.length > 0 ? 0 : 1;
  let cost = 1;
  let hops = 0;
  for (const child of rewrite.children) {
    hops = Math.max(hops, settleRewrite(child, relation, settle));
    cost += child.cost;
  }
  if (rewrite.children.length === 0) {
    for (const next of neighbours(rewrite, relation)) {
      hops = Math.max(hops, settle(next) + hop);
      cost += next.cost * (hop === 0 ? 1 : FAN_OUT);
    }
  }
  rewrite.cost = Math.min(cost, MAX_COST);
  if (hops > SAFE_HOPS) rewrite.risky = true;
  if (rewrite.kind !== "difference") rewrite.children = rewrite.children.toSorted((a, b) => a.cost - b.cost);
  return hops;
}
