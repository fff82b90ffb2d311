// Conditions: CEL expressions with typed parameters. They are type-checked once and evaluated for each tuple.
import { Budget, CHARACTERS_PER_STEP } from "./conditions/condition-budget.ts";
import { check } from "./conditions/type-checker.ts";
import { parse } from "./conditions/parser.ts";
import { plan } from "./conditions/planner.ts";
import type { Expression } from "./conditions/syntax.ts";
import { printType } from "./conditions/types.ts";
import { Abort, EvaluationError, type Value } from "./conditions/values.ts";
import { ModelError } from "./model-error.ts";
import { MISMATCH, parameterType, type ParameterType } from "./parameter.ts";
import type { ConditionJson, ParameterTypeJson } from "./schema.ts";
import type { TupleCondition } from "../tuples/tuple.ts";
import { MAX_EXPRESSION_BYTES } from "./model-limits.ts";

/** A JSON context, from a request or stored with a tuple. */
export type Context = Readonly<Record<string, unknown>>;

/** True if the condition is met, false if not, or the reason why it could not be evaluated. */
export type ConditionOutcome = boolean | { readonly fault: string };

/** A compiled condition. */
export interface Condition {
  readonly name: string;
  /**
   * Evaluates the condition for a tuple. The tuple's context takes precedence over the request's. Returns a fault when
   * a declared parameter is missing or has the wrong type, or the expression fails. `budget` must be new: it counts the
   * work.
   */
  evaluate(request: Context | undefined, tuple: TupleCondition, budget?: Budget): ConditionOutcome;
  /**
   * Returns the reason why a context must not be stored with a tuple (unknown key, wrong type, control character), or
   * undefined. With `stored`: the reason why a stored tuple with this context is ignored. `budget` counts the work.
   */
  refusal(context: Context, stored?: boolean, budget?: Budget): string | undefined;
}

const CONTROL = /\p{Cc}/u;

/**
 * Whether a JSON value has a control character in a key or string, which OpenFGA forbids in contexts. `budget` counts
 * the work.
 */
export function hasControlCharacter(value: unknown, budget = new Budget()): boolean {
  budget.add(1);
  if (typeof value === "string") return isControlled(value, budget);
  if (Array.isArray(value)) return value.some((item) => hasControlCharacter(item, budget));
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(([key, item]) => isControlled(key, budget) || hasControlCharacter(item, budget));
}

function isControlled(text: string, budget: Budget): boolean {
  budget.add(text.length / CHARACTERS_PER_STEP);
  return CONTROL.test(text);
}

/** Evaluates an expression with the values of its parameters. Throws an Abort beyond a limit. */
type Run = (values: Readonly<Record<string, Value>>, budget: Budget) => Value;

class CompiledCondition implements Condition {
  readonly name: string;
  private readonly parameters: ReadonlyMap<string, ParameterType>;
  private readonly run: Run;
  /** Converted parameters, by the context of a tuple or request. Each context is converted once. */
  private readonly converted = new WeakMap<Context, Converted>();

  constructor(name: string, parameters: ReadonlyMap<string, ParameterType>, run: Run) {
    this.name = name;
    this.parameters = parameters;
    this.run = run;
  }

  evaluate(request: Context | undefined, tuple: TupleCondition, budget = new Budget()): ConditionOutcome {
    const stored = this.convert(tuple.context, budget);
    const given = request === undefined ? NOTHING : this.convert(request, budget);
    if (this.parameters.size === 0 && (stored.keys > 0 || given.keys > 0)) {
      return this.fault("no parameters defined for the condition");
    }
    try {
      budget.recall(stored.steps + given.steps);
      budget.walk(this.parameters.size);
      const values = this.valuesOf(tuple.context, stored, given);
      if (typeof values === "string") return this.fault(values);
      const result = this.run(values, budget);
      if (typeof result === "boolean") return result;
      return this.fault(result instanceof EvaluationError ? result.message : "the expression did not yield a bool");
    } catch (error) {
      return this.fault((error as Error).message);
    }
  }

  /** Returns the values of the parameters, or the reason why one is missing or invalid. */
  private valuesOf(tuple: Context, stored: Converted, given: Converted): Readonly<Record<string, Value>> | string {
    const values = Object.create(null) as Record<string, Value>;
    for (const name of this.parameters.keys()) {
      const value = (Object.hasOwn(tuple, name) ? stored : given).values.get(name);
      if (value === undefined) return `missing context parameter '${name}'`;
      if (value === MISMATCH) return `context parameter '${name}' has the wrong type`;
      values[name] = value;
    }
    return values;
  }

  refusal(context: Context, stored = false, budget = new Budget()): string | undefined {
    const converted = this.convert(context, budget);
    converted.refusal ??= refusalOf(context, converted, budget);
    if (converted.refusal === "" && !stored) return converted.excess;
    return converted.refusal || undefined;
  }

  /** Converts the parameters in a context, once per context. That may take as many steps as an evaluation. */
  private convert(context: Context, budget: Budget): Converted {
    const known = this.converted.get(context);
    if (known !== undefined) return known;
    const values = new Map<string, Value | typeof MISMATCH>();
    const own = new Budget();
    let excess: string | undefined;
    try {
      for (const [name, type] of this.parameters) {
        if (Object.hasOwn(context, name)) values.set(name, type.convert(context[name], own));
      }
    } catch (error) {
      if (!(error instanceof Abort)) throw error;
      excess = `failed to convert the context: ${error.message}`;
    }
    budget.add(own.work);
    const keys = Object.keys(context).length;
    const converted: Converted = { keys, values, steps: own.taken, excess, refusal: undefined };
    this.converted.set(context, converted);
    return converted;
  }

  private fault(why: string): ConditionOutcome {
    return { fault: `failed to evaluate relationship condition '${this.name}': ${why}` };
  }
}

/** The parameters found in a context, and the total number of keys in the context. */
interface Converted {
  readonly keys: number;
  readonly values: ReadonlyMap<string, Value | typeof MISMATCH>;
  /** Number of steps that the conversion took; and the error when it took too many, so that parameters are missing. */
  readonly steps: number;
  readonly excess: string | undefined;
  /** The reason why the context must not be stored, "" if it may be; undefined until the first call of `refusal`. */
  refusal: string | undefined;
}
const NOTHING: Converted = { keys: 0, values: new Map(), steps: 0, excess: undefined, refusal: "" };

function refusalOf(context: Context, { keys, values, excess }: Converted, budget: Budget): string {
  if (hasControlCharacter(context, budget)) return "the context contains forbidden characters";
  if (excess === undefined && keys > values.size) return "found invalid context parameter";
  for (const [name, value] of values) {
    if (value === MISMATCH) return `failed to convert context parameter '${name}'`;
  }
  return "";
}

/** Parses an expression. Throws a ModelError when it is not valid CEL. `budget` counts the work. */
export function parseExpression(expression: string, budget: Budget): Expression {
  try {
    return parse(expression, budget);
  } catch (error) {
    throw new ModelError(`invalid CEL expression: ${(error as Error).message}`);
  }
}

/**
 * Compiles a parsed expression. Throws a ModelError when it does not type-check or yield a bool. `budget` counts the
 * work.
 */
export function conditionOf(
  name: string, parsed: Expression, types: Readonly<Record<string, ParameterTypeJson>>, budget: Budget,
): Condition {
  const parameters = new Map(Object.entries(types).map(([each, type]) => [each, parameterType(type)]));
  return new CompiledCondition(name, parameters, compiled(name, () => runOf(parsed, parameters, budget)));
}

function runOf(parsed: Expression, parameters: ReadonlyMap<string, ParameterType>, budget: Budget): Run {
  for (const each of parameters.keys()) {
    if (each.startsWith(".") && parameters.has(each.slice(1))) throw new Error(`overlapping identifier '${each}'`);
  }
  const checked = check(parsed, new Map([...parameters].map(([parameter, { cel }]) => [parameter, cel])), budget);
  if (checked.type.kind !== "bool") {
    throw new Error(`expected a bool condition expression output, but got '${printType(checked.type)}'`);
  }
  // Planning evaluates the constants of the expression, which may take as many steps as an evaluation.
  const own = new Budget();
  try {
    const step = plan(parsed, checked, own);
    return (values, given) => step.evaluate({ parameters: values, locals: [], budget: given });
  } finally {
    budget.add(own.taken);
  }
}

/** Runs a part of a condition's compilation. Turns an error into a ModelError that names the condition. */
function compiled<T>(name: string, compile: () => T): T {
  try {
    return compile();
  } catch (error) {
    throw new ModelError(`failed to compile condition '${name}': ${(error as Error).message}`);
  }
}

/**
 * Compiles a condition of a model. Throws a ModelError when its expression does not parse, type-check or yield a bool,
 * or is longer than OpenFGA's API allows.
 */
export function compileCondition({ name, expression, parameters }: ConditionJson): Condition {
  const bytes = new TextEncoder().encode(expression).length;
  if (bytes > MAX_EXPRESSION_BYTES) {
    throw new ModelError(`condition '${name}': an expression has at most ${MAX_EXPRESSION_BYTES} bytes`);
  }
  const budget = new Budget();
  return conditionOf(name, compiled(name, () => parse(expression, budget)), parameters ?? {}, budget);
}
