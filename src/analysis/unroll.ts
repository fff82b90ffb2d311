// Unrolls the definitions of a model into ways: a finite union of patterns of tuples for each relation.
import type { Model, Relation } from "../model/rewrite.ts";
import type { RelationReferenceJson, TypeDefinitionJson, UsersetJson } from "../model/schema.ts";
import { restrictionsOf } from "../model/validate.ts";
import { MAX_WAYS, RECURSION_DEPTH } from "./analysis-limits.ts";
import { printDefinition } from "./definition-text.ts";
import { minimalWays } from "./minimal-ways.ts";
import { OBJECT, printShape, renamedTuple, USER, WILDCARD, type Way } from "./way.ts";

/** The ways of one relation. */
export interface Unrolled {
  readonly ways: readonly Way[];
  /**
   * Number of passes through a cycle of definitions at which the unrolling stopped; undefined if the definition has no
   * recursion, so that the ways are all there are.
   */
  readonly bound: number | undefined;
}

/** Thrown when a relation has more than MAX_WAYS ways. */
export class TooManyWays extends Error {}

/** The definition in progress, and the number of passes through its cycle that are left. */
interface Place {
  readonly relation: Relation;
  readonly type: TypeDefinitionJson;
  readonly left: number;
}

/** The ways of a model's relations, each computed once, on first use. */
export class Unrolling {
  readonly model: Model;
  readonly #depth: number;
  readonly #known = new Map<string, Unrolled>();
  readonly #types: ReadonlyMap<string, TypeDefinitionJson>;
  /** Whether a cycle was cut in the definition in progress. */
  #isCut = false;

  constructor(model: Model, depth = RECURSION_DEPTH) {
    this.model = model;
    this.#depth = depth;
    this.#types = new Map(model.json.type_definitions.map((type) => [type.type, type]));
  }

  /** Returns the minimal ways of a relation of the model. Throws TooManyWays beyond the limit. */
  of(relation: Relation): Unrolled {
    return this.#unroll(relation, this.#depth);
  }

  #unroll(relation: Relation, left: number): Unrolled {
    const key = `${relation.index} ${relation.recursive ? left : this.#depth}`;
    const known = this.#known.get(key);
    if (known !== undefined) {
      this.#isCut ||= known.bound !== undefined;
      return known;
    }
    const outer = this.#isCut;
    this.#isCut = false;
    const type = this.#types.get(relation.type.name)!;
    const place = `${type.type}#${relation.name}`;
    const ways = minimalWays(this.#node(type.relations![relation.name]!, { relation, type, left }))
      .map((way) => ({ ...way, lines: [...new Set([place, ...way.lines])] }));
    const found = { ways, bound: this.#isCut ? this.#depth : undefined };
    this.#isCut ||= outer;
    this.#known.set(key, found);
    return found;
  }

  /** Returns the ways of a relation that the definition in progress refers to. */
  #target(from: Place, relation: Relation): readonly Way[] {
    const isBack = from.relation.recursive && from.relation.component === relation.component;
    if (isBack && from.left === 0) {
      this.#isCut = true;
      return [];
    }
    return this.#unroll(relation, isBack ? from.left - 1 : this.#depth).ways;
  }

  #node(rewrite: UsersetJson, at: Place): Way[] {
    const { union, intersection, difference, computedUserset, tupleToUserset } = rewrite;
    if (union) return counted(union.child.flatMap((child) => this.#node(child, at)), at);
    if (intersection) return this.#intersection(intersection.child, at);
    if (difference) return this.#difference(difference.base, difference.subtract, at);
    if (computedUserset) {
      return [...this.#target(at, at.relation.type.relations.get(computedUserset.relation ?? "")!)];
    }
    if (tupleToUserset) {
      return this.#from(tupleToUserset.tupleset.relation ?? "", tupleToUserset.computedUserset.relation ?? "", at);
    }
    return this.#direct(at);
  }

  #direct(at: Place): Way[] {
    const { type, relation } = at;
    return counted(restrictionsOf(type, relation.name).flatMap((to) => {
      const shape = shapeOf(type.type, relation.name, to);
      const place = `${type.type}#${relation.name}`;
      if (to.relation) {
        const target = this.model.types.get(to.type)!.relations.get(to.relation)!;
        return this.#target(at, target).map((way) => through(way, shape, type.type, place));
      }
      const user = to.wildcard ? WILDCARD : USER;
      const tuples = [{ shape, object: OBJECT, user }];
      return [{ types: [to.type, type.type], tuples, negations: [], lines: [] }];
    }), at);
  }

  #from(tupleset: string, computed: string, at: Place): Way[] {
    const { type } = at;
    return counted(restrictionsOf(type, tupleset).flatMap((to) => {
      const target = this.model.types.get(to.type)?.relations.get(computed);
      if (target === undefined) return [];
      const shape = shapeOf(type.type, tupleset, to);
      return this.#target(at, target).map((way) => through(way, shape, type.type, `${type.type}#${tupleset}`));
    }), at);
  }

  #intersection(children: readonly UsersetJson[], at: Place): Way[] {
    const [first = [], ...rest] = children.map((child) => this.#node(child, at));
    let merged: Way[] = first;
    for (const ways of rest) {
      const all = counted(merged.flatMap((a) => ways.filter((b) => a.types[USER] === b.types[USER])
        .map((b) => both(a, b))), at);
      merged = minimalWays(all);
    }
    return merged;
  }

  #difference(base: UsersetJson, subtract: UsersetJson, at: Place): Way[] {
    const subtracted = minimalWays(this.#node(subtract, at));
    const { type, relation } = at;
    const text = printDefinition(subtract, restrictionsOf(type, relation.name));
    const name = `${type.type}#${relation.name} but not ${text}`;
    return this.#node(base, at).map((way) => {
      const ways = subtracted.filter((each) => each.types[USER] === way.types[USER]);
      if (ways.length === 0) return way;
      return { ...way, negations: [...way.negations, { name, object: OBJECT, ways }] };
    });
  }
}

function shapeOf(type: string, relation: string, to: RelationReferenceJson): string {
  const userRelation = to.relation ? to.relation : to.wildcard ? "*" : "";
  return printShape({ type, relation, userType: to.type, userRelation, condition: to.condition ?? "" });
}

/** Returns a way of another object as a way of an object that a tuple leads there from. */
function through(way: Way, shape: string, type: string, line: string): Way {
  const to = way.types.map((_, i) => (i === USER ? USER : i + 1));
  return {
    types: [way.types[USER]!, type, ...way.types.slice(1)],
    tuples: [{ shape, object: OBJECT, user: to[OBJECT]! }, ...way.tuples.map((tuple) => renamedTuple(tuple, to))],
    negations: way.negations.map((negation) => ({ ...negation, object: to[negation.object]! })),
    lines: [line, ...way.lines],
  };
}

/** Returns the way that asks for two ways at once, of the same user on the same object. */
function both(a: Way, b: Way): Way {
  const to = b.types.map((_, i) => (i <= OBJECT ? i : a.types.length + i - 2));
  return {
    types: [...a.types, ...b.types.slice(2)],
    tuples: [...a.tuples, ...b.tuples.map((tuple) => renamedTuple(tuple, to))],
    negations: [...a.negations, ...b.negations.map((each) => ({ ...each, object: to[each.object]! }))],
    lines: [...new Set([...a.lines, ...b.lines])],
  };
}

function counted(ways: Way[], { relation }: Place): Way[] {
  if (ways.length > MAX_WAYS) {
    throw new TooManyWays(`${relation.type.name}#${relation.name} has more than ${MAX_WAYS} ways`);
  }
  return ways;
}
