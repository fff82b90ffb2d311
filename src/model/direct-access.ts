// The distance of a relation from a type: whether one tuple decides it, or a chain of tuples.
import { plainKind, wildcardKind } from "../memory/entity-names.ts";
import { admits, type Relation, type Rewrite, type Type } from "./rewrite.ts";

const NO_PATH = 0;
const ONE_TUPLE = 1;
const MORE = 2;
type Distance = typeof NO_PATH | typeof ONE_TUPLE | typeof MORE;

/** Distances of a relation, by the index of the type. */
const distances = new WeakMap<Relation, Distance[]>();

/** Whether objects of a type, or its wildcard, get a relation from a single tuple, without a userset or tupleset. */
export function isOneTupleFrom(relation: Relation, type: Type): boolean {
  return distanceOf(relation, type) === ONE_TUPLE;
}

/** Whether one node of a relation's definition needs at most one tuple: no userset or tupleset leads to it. */
export function takesOneTuple(rewrite: Rewrite, relation: Relation, type: Type): boolean {
  return ofRewrite(rewrite, relation, type) !== MORE;
}

function distanceOf(relation: Relation, type: Type): Distance {
  let known = distances.get(relation);
  if (known === undefined) distances.set(relation, known = []);
  const found = known[type.index];
  if (found !== undefined) return found;
  // A relation that leads back to itself counts as far.
  known[type.index] = MORE;
  return known[type.index] = ofRewrite(relation.rewrite, relation, type);
}

function ofRewrite(rewrite: Rewrite, relation: Relation, type: Type): Distance {
  switch (rewrite.kind) {
    case "this": {
      if (relation.usersets.some((target) => distanceOf(target, type) !== NO_PATH)) return MORE;
      const own = admits(relation, plainKind(type.symbol)) || admits(relation, wildcardKind(type.symbol));
      return own ? ONE_TUPLE : NO_PATH;
    }
    case "computed":
      return distanceOf(rewrite.target!, type);
    case "from":
      return rewrite.targets.some((target) => target && distanceOf(target, type) !== NO_PATH) ? MORE : NO_PATH;
    case "union":
      return farthest(rewrite, relation, type);
    case "intersection":
      return rewrite.children.some((child) => ofRewrite(child, relation, type) === NO_PATH)
        ? NO_PATH : farthest(rewrite, relation, type);
    case "difference":
      return ofRewrite(rewrite.children[0]!, relation, type) === NO_PATH ? NO_PATH : farthest(rewrite, relation, type);
  }
}

function farthest(rewrite: Rewrite, relation: Relation, type: Type): Distance {
  return Math.max(...rewrite.children.map((child) => ofRewrite(child, relation, type))) as Distance;
}
