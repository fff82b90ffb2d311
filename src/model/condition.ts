// Conditions: CEL expressions with typed parameters, type-checked once and evaluated per tuple.
import { Budget } from "./conditions/budget.ts";
import { check } from "./conditions/checker.ts";
import { parse } from "./conditions/parser.ts";
import { plan } from "./conditions/planner.ts";
import { freeNames } from "./conditions/syntax.ts";
import { printType } from "./conditions/types.ts";
import { EvaluationError, type Value } from "./conditions/values.ts";
import { ModelError } from "./model-error.ts";
import { MISMATCH, parameterType, type ParameterType } from "./parameter.ts";
import { INLINE_EXPRESSION, type ConditionJson } from "./schema.ts";
import type { TupleCondition } from "../tuples/tuple.ts";

/** A JSON context: of a request or stored with a tuple. */
export type Context = Readonly<Record<string, unknown>>;

/** Met, not met, or why it could not be told. */
export type ConditionOutcome = boolean | { readonly fault: string };

/** A compiled condition. */
export interface Condition {
  readonly name: string;
  /**
   * Evaluates it for a tuple; what the tuple stores wins over the request's context. A fault when a declared parameter
   * is missing or has the wrong type, or the expression fails.
   */
  evaluate(request: Context | undefined, tuple: TupleCondition): ConditionOutcome;
  /**
   * Why a context must not be stored with a tuple (unknown key, wrong type, control character), or undefined. With
   * `stored`: why a tuple that has it counts for nothing.
   */
  refusal(context: Context, stored?: boolean): string | undefined;
}

/** Bytes (UTF-8) of a condition's expression in a model: the limit of OpenFGA's API. */
export const MAX_EXPRESSION_BYTES = 512;

const CONTROL = /\p{Cc}/u;

/** Whether a JSON value holds a control character in a key or string, which OpenFGA forbids in contexts. */
export function hasControlCharacter(value: unknown): boolean {
  if (typeof value === "string") return CONTROL.test(value);
  if (Array.isArray(value)) return value.some(hasControlCharacter);
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(([key, item]) => CONTROL.test(key) || hasControlCharacter(item));
}

/** The free names of an expression. Throws a ModelError when it does not parse. */
export function namesIn(expression: string): ReadonlySet<string> {
  try {
    return freeNames(parse(expression));
  } catch (error) {
    throw new ModelError(`invalid CEL expression: ${(error as Error).message}`);
  }
}

/** Evaluates an expression with the values of its parameters. Throws an Abort. */
type Run = (values: Readonly<Record<string, Value>>) => Value;

class CompiledCondition implements Condition {
  readonly name: string;
  private readonly parameters: ReadonlyMap<string, ParameterType>;
  private readonly run: Run;
  /** Parameters converted once per stored context and once per request's context. */
  private readonly converted = new WeakMap<Context, Converted>();

  constructor(json: ConditionJson) {
    this.name = json.name;
    this.parameters = new Map(Object.entries(json.parameters ?? {}).map(([name, type]) => [name, parameterType(type)]));
    this.run = compileExpression(json, this.parameters);
  }

  evaluate(request: Context | undefined, tuple: TupleCondition): ConditionOutcome {
    const stored = this.convert(tuple.context);
    const given = request === undefined ? NOTHING : this.convert(request);
    if (this.parameters.size === 0 && (stored.keys > 0 || given.keys > 0)) {
      return this.fault("no parameters defined for the condition");
    }
    const values = Object.create(null) as Record<string, Value>;
    for (const name of this.parameters.keys()) {
      const from = Object.hasOwn(tuple.context, name) ? stored : given;
      const value = from.values.get(name);
      if (value === undefined) return this.fault(`missing context parameter '${name}'`);
      if (value === MISMATCH) return this.fault(`context parameter '${name}' has the wrong type`);
      values[name] = value;
    }
    try {
      const result = this.run(values);
      if (typeof result === "boolean") return result;
      return this.fault(result instanceof EvaluationError ? result.message : "the expression did not yield a bool");
    } catch (error) {
      return this.fault((error as Error).message);
    }
  }

  refusal(stored: Context): string | undefined {
    const converted = this.convert(stored);
    converted.refusal ??= refusalOf(stored, converted);
    return converted.refusal || undefined;
  }

  private convert(context: Context): Converted {
    const known = this.converted.get(context);
    if (known !== undefined) return known;
    const values = new Map<string, Value | typeof MISMATCH>();
    for (const [name, type] of this.parameters) {
      if (Object.hasOwn(context, name)) values.set(name, type.convert(context[name]));
    }
    const converted: Converted = { keys: Object.keys(context).length, values, refusal: undefined };
    this.converted.set(context, converted);
    return converted;
  }

  private fault(why: string): ConditionOutcome {
    return { fault: `failed to evaluate relationship condition '${this.name}': ${why}` };
  }
}

/** The parameters found in a context, and how many keys the context has in all. */
interface Converted {
  readonly keys: number;
  readonly values: ReadonlyMap<string, Value | typeof MISMATCH>;
  /** Why it must not be stored, "" when it may; undefined until somebody asked. */
  refusal: string | undefined;
}
const NOTHING: Converted = { keys: 0, values: new Map(), refusal: "" };

function refusalOf(context: Context, converted: Converted): string {
  if (hasControlCharacter(context)) return "the context contains forbidden characters";
  if (converted.keys > converted.values.size) return "found invalid context parameter";
  for (const [name, value] of converted.values) {
    if (value === MISMATCH) return `failed to convert context parameter '${name}'`;
  }
  return "";
}

function compileExpression({ name, expression }: ConditionJson, parameters: ReadonlyMap<string, ParameterType>): Run {
  try {
    const parsed = parse(expression);
    for (const each of parameters.keys()) {
      if (each.startsWith(".") && parameters.has(each.slice(1))) throw new Error(`overlapping identifier '${each}'`);
    }
    const checked = check(parsed, new Map([...parameters].map(([parameter, { cel }]) => [parameter, cel])));
    if (checked.type.kind !== "bool") {
      throw new Error(`expected a bool condition expression output, but got '${printType(checked.type)}'`);
    }
    const step = plan(parsed, checked);
    return (values) => step.evaluate({ parameters: values, locals: [], budget: new Budget() });
  } catch (error) {
    throw new ModelError(`failed to compile condition '${name}': ${(error as Error).message}`);
  }
}

/**
 * Compiles one condition. Throws a ModelError when an expression does not parse, type-check or yield a bool, or when
 * that of a model is longer than OpenFGA's API takes.
 */
export function compileCondition(json: ConditionJson): Condition {
  const bytes = new TextEncoder().encode(json.expression).length;
  if (json.name !== INLINE_EXPRESSION && bytes > MAX_EXPRESSION_BYTES) {
    throw new ModelError(`condition '${json.name}': an expression has at most ${MAX_EXPRESSION_BYTES} bytes`);
  }
  return new CompiledCondition(json);
}
