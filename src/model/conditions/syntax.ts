// The syntax tree of a CEL expression, with macros expanded. Every node has its own id, a number.
import type { Value } from "./values.ts";

export type Expression =
  | Literal | Identifier | Selection | Call | ListExpression | MapExpression | Comprehension;

interface Node {
  readonly id: number;
}

export interface Literal extends Node {
  readonly kind: "literal";
  readonly value: Value;
}

export interface Identifier extends Node {
  readonly kind: "identifier";
  readonly name: string;
}

/** `operand.field`, or `has(operand.field)` with `test`. */
export interface Selection extends Node {
  readonly kind: "selection";
  readonly operand: Expression;
  readonly field: string;
  readonly test: boolean;
}

/** `name(args)` or `target.name(args)`. Operators are calls of functions such as `_+_`. */
export interface Call extends Node {
  readonly kind: "call";
  readonly name: string;
  readonly target: Expression | undefined;
  readonly args: readonly Expression[];
}

export interface ListExpression extends Node {
  readonly kind: "list";
  readonly elements: readonly Expression[];
}

export interface MapExpression extends Node {
  readonly kind: "map";
  readonly entries: readonly (readonly [Expression, Expression])[];
}

/**
 * A loop over a list, or over the keys of a map, that accumulates one value. The value starts as `init`. While
 * `condition` holds, each turn replaces it with `step`. At the end `result` is computed from it.
 */
export interface Comprehension extends Node {
  readonly kind: "comprehension";
  readonly range: Expression;
  readonly variable: string;
  readonly init: Expression;
  readonly condition: Expression;
  readonly step: Expression;
  readonly result: Expression;
}

/** The name of the value that a comprehension accumulates. No name in an expression can be spelled this way. */
export const ACCUMULATOR = "@result";

const NONE: ReadonlySet<string> = new Set();

/** Returns the names in an expression that no comprehension binds. */
export function freeNames(node: Expression, bound = NONE, found = new Set<string>()): Set<string> {
  switch (node.kind) {
    case "literal":
      return found;
    case "identifier":
      return bound.has(node.name) ? found : found.add(node.name);
    case "selection":
      return freeNames(node.operand, bound, found);
    case "call":
      for (const part of node.target === undefined ? node.args : [node.target, ...node.args]) {
        freeNames(part, bound, found);
      }
      return found;
    case "list":
      for (const element of node.elements) freeNames(element, bound, found);
      return found;
    case "map":
      for (const part of node.entries.flat()) freeNames(part, bound, found);
      return found;
    case "comprehension": {
      freeNames(node.range, bound, found);
      const inside = new Set(bound).add(node.variable).add(ACCUMULATOR);
      for (const part of [node.init, node.condition, node.step, node.result]) freeNames(part, inside, found);
      return found;
    }
  }
}
