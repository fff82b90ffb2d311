// Type-checks CEL expressions as cel-go does: finds the meaning of every name and the possible overloads of every call.
import { Budget } from "./condition-budget.ts";
import { FUNCTIONS, type Overload } from "./overloads.ts";
import { ACCUMULATOR, type Call, type Comprehension, type Expression, type Selection } from "./syntax.ts";
import {
  BOOL, BYTES, DOUBLE, DYN, ERROR, INT, isDyn, isDynOrError, listOf, mapOf, NULL, printType, STRING, Substitutions,
  TYPE_NAMES, TypeFault, typeOf, UINT, type Type,
} from "./types.ts";
import { Uint, type Value } from "./values.ts";

/** The meaning of a name: a parameter, the variable of a comprehension (by its slot), or a type. */
export type Meaning =
  | { readonly kind: "parameter"; readonly name: string }
  | { readonly kind: "local"; readonly slot: number; readonly type: Type }
  | { readonly kind: "type"; readonly name: string };

/** A checked expression. Names and calls are found by the ids of their nodes. */
export interface Checked {
  readonly type: Type;
  readonly meanings: ReadonlyMap<number, Meaning>;
  /** The possible overloads of each call, as far as the types known in advance decide. */
  readonly overloads: ReadonlyMap<number, readonly Overload[]>;
  /** The slot of each comprehension's accumulated value. The next slot holds the element. */
  readonly slots: ReadonlyMap<number, number>;
  /** Number of types that the check visited. */
  readonly steps: number;
}

/** Number of visited types that count as one step of an evaluation. */
const TYPES_PER_STEP = 3;

/** Checks an expression with parameters of the given types. Throws a TypeFault. `budget` counts the work. */
export function check(
  expression: Expression, parameters: ReadonlyMap<string, Type>, budget = new Budget(),
): Checked {
  const checker = new Checker(parameters);
  try {
    return checker.whole(expression);
  } finally {
    budget.add(checker.steps / TYPES_PER_STEP);
  }
}

interface Variable {
  readonly type: Type;
  readonly slot: number;
}

class Checker {
  private readonly parameters: ReadonlyMap<string, Type>;
  /** The variables of the enclosing comprehensions, by name; the innermost last. */
  private readonly variables = new Map<string, Variable[]>();
  private readonly substitutions = new Substitutions();
  private readonly meanings = new Map<number, Meaning>();
  private readonly overloads = new Map<number, readonly Overload[]>();
  private readonly slots = new Map<number, number>();
  private slotCount = 0;
  /** Whether an int may be compared with a double. cel-go drops that ban from the first comprehension on. */
  private allowsMixed = false;

  constructor(parameters: ReadonlyMap<string, Type>) {
    this.parameters = parameters;
  }

  whole(expression: Expression): Checked {
    const type = this.substitutions.apply(this.check(expression), true);
    for (const meaning of this.meanings.values()) {
      // cel-go takes a variable whose type is the type of types for the name of a type, and does not find it.
      if (meaning.kind === "local" && this.substitutions.resolve(meaning.type).kind === "type") {
        throw new TypeFault("a variable of a comprehension cannot be a type");
      }
    }
    const { meanings, overloads, slots } = this;
    return { type, meanings, overloads, slots, steps: this.steps };
  }

  /** Number of types visited so far. */
  get steps(): number {
    return this.substitutions.steps;
  }

  private check(node: Expression): Type {
    switch (node.kind) {
      case "literal": return typeOfLiteral(node.value);
      case "identifier": return this.named(node.id, [node.name]) ?? this.unknown(node.name);
      case "selection": return this.selection(node);
      case "call": return this.call(node);
      case "comprehension": return this.comprehension(node);
      case "list": {
        const element = this.joined(node.elements);
        return listOf(element ?? this.substitutions.fresh());
      }
      case "map": {
        let [key, value]: (Type | undefined)[] = [undefined, undefined];
        for (const [k, v] of node.entries) {
          key = this.join(key, this.check(k));
          value = this.join(value, this.check(v));
        }
        return mapOf(key ?? this.substitutions.fresh(), value ?? this.substitutions.fresh());
      }
    }
  }

  private joined(elements: readonly Expression[]): Type | undefined {
    let type: Type | undefined;
    for (const element of elements) type = this.join(type, this.check(element));
    return type;
  }

  /** Returns the type of a value that may be of either type. */
  private join(previous: Type | undefined, current: Type): Type {
    if (previous === undefined) return current;
    return this.substitutions.isAssignable(previous, current) ? this.substitutions.mostGeneral(previous, current) : DYN;
  }

  /** Returns the type of a name, or of a path that as a whole is a name; undefined for an unknown one. */
  private named(id: number, path: readonly string[]): Type | undefined {
    const [first = ""] = path;
    const isGlobal = first.startsWith(".");
    const local = isGlobal ? undefined : this.variables.get(first)?.at(-1);
    if (local !== undefined) {
      if (path.length > 1) return undefined;
      this.meanings.set(id, { kind: "local", ...local });
      return local.type;
    }
    const name = isGlobal ? path.join(".").slice(1) : path.join(".");
    const declared = this.parameters.get(name);
    if (declared !== undefined) {
      this.meanings.set(id, { kind: "parameter", name });
      return declared;
    }
    const type = TYPE_NAMES.get(name);
    if (type === undefined) return undefined;
    this.meanings.set(id, { kind: "type", name });
    return typeOf(type);
  }

  private unknown(name: string): never {
    throw new TypeFault(`undeclared reference to '${name}'`);
  }

  private selection(node: Selection): Type {
    const path = pathOf(node);
    const named = path && this.named(node.id, path);
    if (named !== undefined) return named;
    const operand = this.substitutions.apply(this.check(node.operand));
    let type = DYN;
    if (operand.kind === "map") type = operand.inner[1]!;
    else if (operand.kind === "parameter") this.substitutions.isAssignable(DYN, operand);
    else if (operand.kind === "object") throw new TypeFault(`undefined field '${node.field}'`);
    else if (!isDynOrError(operand)) {
      throw new TypeFault(`type '${printType(operand)}' does not support field selection`);
    }
    return node.test ? BOOL : this.substitutions.apply(type);
  }

  private call(node: Call): Type {
    const types = node.args.map((arg) => this.check(arg));
    const declared = FUNCTIONS.get(node.target === undefined ? node.name.replace(/^\./, "") : node.name);
    if (node.target !== undefined) types.unshift(this.check(node.target));
    if (declared === undefined) return this.unknown(node.name);
    return this.resolve(node, declared, types);
  }

  private resolve(node: Call, declared: readonly Overload[], types: readonly Type[]): Type {
    if (node.name === "_&&_" || node.name === "_||_") {
      for (const type of types) this.need(type, BOOL);
      this.overloads.set(node.id, declared);
      return BOOL;
    }
    let result: Type | undefined;
    const found: Overload[] = [];
    for (const overload of declared) {
      if (overload.isMethod !== (node.target !== undefined) || (overload.isMixed && !this.allowsMixed)) continue;
      const [gives, ...takes] = this.instantiate(overload);
      if (!this.substitutions.areAssignable(types, takes)) continue;
      found.push(overload);
      const type = this.substitutions.apply(gives!);
      if (result === undefined) result = type;
      else if (!isDyn(result) && !this.substitutions.isExact(type, result)) result = DYN;
    }
    if (result === undefined) {
      const printed = types.map((type) => printType(this.substitutions.apply(type, true))).join(", ");
      throw new TypeFault(`found no matching overload for '${node.name}' applied to '(${printed})'`);
    }
    this.overloads.set(node.id, found);
    return result;
  }

  /** Returns the result and argument types of an overload. A generic one gets fresh types, yet to be found. */
  private instantiate({ isGeneric, gives, takes }: Overload): Type[] {
    if (!isGeneric) return [gives, ...takes];
    const fresh = new Map([["A", this.substitutions.fresh()], ["B", this.substitutions.fresh()]]);
    const replace = (type: Type): Type => type.kind === "parameter" ? fresh.get(type.name)!
      : type.inner.length === 0 ? type : { ...type, inner: type.inner.map(replace) };
    return [gives, ...takes].map(replace);
  }

  private need(type: Type, wanted: Type): void {
    if (this.substitutions.isAssignable(type, wanted)) return;
    throw new TypeFault(`expected type '${printType(wanted)}' but found '${printType(type)}'`);
  }

  private comprehension(node: Comprehension): Type {
    const given = this.check(node.range);
    const accumulated = this.check(node.init);
    const range = this.substitutions.apply(given);
    const slot = this.slotCount;
    this.slotCount += 2;
    this.slots.set(node.id, slot);
    this.allowsMixed = true;
    this.enter(ACCUMULATOR, { type: accumulated, slot });
    this.enter(node.variable, { type: this.elementOf(range), slot: slot + 1 });
    this.assert(this.check(node.condition), BOOL);
    this.assert(this.check(node.step), accumulated);
    this.leave(node.variable);
    const result = this.check(node.result);
    this.leave(ACCUMULATOR);
    return this.substitutions.apply(result);
  }

  private enter(name: string, variable: Variable): void {
    const around = this.variables.get(name);
    if (around === undefined) this.variables.set(name, [variable]);
    else around.push(variable);
  }

  private leave(name: string): void {
    this.variables.get(name)!.pop();
  }

  private elementOf(range: Type): Type {
    if (range.kind === "list" || range.kind === "map") return range.inner[0]!;
    if (range.kind === "parameter") this.substitutions.isAssignable(DYN, range);
    else if (!["dyn", "error"].includes(range.kind)) {
      throw new TypeFault(`expression of type '${printType(range)}' cannot be range of a comprehension`);
    }
    return DYN;
  }

  private assert(type: Type, wanted: Type): void {
    if (this.substitutions.isAssignable(wanted, type)) return;
    throw new TypeFault(`expected type '${printType(wanted)}' but found '${printType(type)}'`);
  }
}

/** Returns the names of a chain of fields, or undefined when it does not start with a name. */
function pathOf(node: Selection): string[] | undefined {
  const path: string[] = [];
  let at: Expression = node;
  for (; at.kind === "selection"; at = at.operand) {
    if (at.test) return undefined;
    path.push(at.field);
  }
  return at.kind === "identifier" ? [at.name, ...path.reverse()] : undefined;
}

function typeOfLiteral(value: Value): Type {
  switch (typeof value) {
    case "string": return STRING;
    case "boolean": return BOOL;
    case "bigint": return INT;
    case "number": return DOUBLE;
    default:
      return value === null ? NULL : value instanceof Uint ? UINT : value instanceof Uint8Array ? BYTES : ERROR;
  }
}
