// The ways of a relation in the integers of the tuple index, made once for each model.
import { TooManyWays, Unrolling } from "../analysis/unroll.ts";
import { readShape, USER, WILDCARD, type TuplePattern, type Way } from "../analysis/way.ts";
import type { Parts } from "../checks/parts.ts";
import type { Model, Relation } from "../model/rewrite.ts";
import type { RelationSymbol } from "../memory/symbols.ts";

/** A tuple pattern in integers. Variables are numbers, as in the way. */
export interface CompiledPattern {
  /** A number for everything below but the variables, from 0. */
  readonly shape: number;
  /** `type#relation` of the tuple, without its user. */
  readonly place: string;
  readonly relation: RelationSymbol;
  readonly relationName: string;
  readonly object: number;
  /** Variable of the user; WILDCARD for a wildcard. */
  readonly user: number;
  /** Type of the user, or of the object of a userset. */
  readonly userType: string;
  /** Symbol of the relation of a userset; 0 for another user. */
  readonly userset: RelationSymbol;
  /** Text behind the name of the user: `#holder` or nothing. */
  readonly suffix: string;
  /** Name of the condition that the tuple has; empty for a tuple without one. */
  readonly condition: string;
}

/** A negation in integers. */
export interface CompiledNegation {
  readonly object: number;
  readonly ways: readonly CompiledWay[];
}

/** A way in integers, next to the way itself. */
export interface CompiledWay {
  readonly way: Way;
  readonly types: readonly string[];
  readonly patterns: readonly CompiledPattern[];
  readonly negations: readonly CompiledNegation[];
}

/** The ways of a relation for plain users of one type, fewest tuples first. */
export interface RelationWays {
  readonly ways: readonly CompiledWay[];
  /** False if the definition is recursive, so that the ways are not all there are. */
  readonly isComplete: boolean;
}

const unrollings = new WeakMap<Model, Unrolling>();
/** Numbers of the shapes of tuples. */
const shapes = new WeakMap<Model, Map<string, number>>();
const known = new WeakMap<Relation, Map<string, RelationWays>>();

/**
 * Unrolls the definitions that a relation refers to, one in each part: all at once may take longer than a turn of the
 * event loop allows. Does nothing for a relation that is known.
 */
export function* unrollInParts(model: Model, relation: Relation): Parts<undefined> {
  if (known.has(relation)) return undefined;
  const unrolling = unrollings.get(model) ?? new Unrolling(model);
  unrollings.set(model, unrolling);
  for (const each of belowOf(relation, new Set())) {
    try {
      unrolling.of(each);
    } catch (error) {
      if (!(error instanceof TooManyWays)) throw error;
    }
    yield;
  }
  return undefined;
}

/** Yields the relations that a relation refers to, each after those that it refers to itself. */
function* belowOf(relation: Relation, seen: Set<Relation>): Generator<Relation> {
  if (seen.has(relation)) return;
  seen.add(relation);
  const rewrites = [relation.rewrite];
  for (let rewrite = rewrites.pop(); rewrite !== undefined; rewrite = rewrites.pop()) {
    rewrites.push(...rewrite.children);
    for (const target of [rewrite.target, ...rewrite.targets]) {
      if (target !== undefined) yield* belowOf(target, seen);
    }
  }
  for (const userset of relation.usersets) yield* belowOf(userset, seen);
  yield relation;
}

/** Returns the ways of a relation for users of a type; undefined if the relation has too many to list. */
export function waysOf(model: Model, relation: Relation, userType: string): RelationWays | undefined {
  const ofRelation = known.get(relation) ?? new Map<string, RelationWays>();
  known.set(relation, ofRelation);
  const made = ofRelation.get(userType);
  if (made !== undefined) return made;
  const unrolling = unrollings.get(model) ?? new Unrolling(model);
  unrollings.set(model, unrolling);
  try {
    const { ways, bound } = unrolling.of(relation);
    const own = ways.filter(({ types }) => types[USER] === userType)
      .toSorted((a, b) => a.tuples.length - b.tuples.length);
    const found = { ways: own.map((way) => compile(model, way)), isComplete: bound === undefined };
    ofRelation.set(userType, found);
    return found;
  } catch (error) {
    if (error instanceof TooManyWays) return undefined;
    throw error;
  }
}

function compile(model: Model, way: Way): CompiledWay {
  return {
    way, types: way.types, patterns: way.tuples.map((tuple) => compilePattern(model, tuple)),
    negations: way.negations.map(({ object, ways }) => ({ object, ways: ways.map((each) => compile(model, each)) })),
  };
}

function compilePattern(model: Model, { shape, object, user }: TuplePattern): CompiledPattern {
  const numbers = shapes.get(model) ?? new Map<string, number>();
  shapes.set(model, numbers);
  const number = numbers.get(shape) ?? numbers.size;
  numbers.set(shape, number);
  const { type, relation, userType, userRelation, condition } = readShape(shape);
  const isUserset = userRelation !== "" && userRelation !== "*";
  return {
    shape: number, place: `${type}#${relation}`, relation: symbolOf(model, type, relation), relationName: relation,
    object, user: userRelation === "*" ? WILDCARD : user, userType, condition,
    userset: isUserset ? symbolOf(model, userType, userRelation) : 0, suffix: isUserset ? `#${userRelation}` : "",
  };
}

function symbolOf(model: Model, type: string, relation: string): RelationSymbol {
  return model.types.get(type)!.relations.get(relation)!.symbol;
}
