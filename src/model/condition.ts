// Conditions: CEL expressions with typed parameters, type-checked once and evaluated per tuple.
import { Environment } from "@marcbachmann/cel-js/evaluator";
import { CostMeter, MAX_CONDITION_COST, type CelNode } from "./condition-cost.ts";
import { fieldFault, freeNames } from "./expression-tree.ts";
import { IpAddress, readIpAddress } from "./ip-address.ts";
import { ModelError } from "./model-error.ts";
import { MISMATCH, parameterType, type ParameterType } from "./parameter.ts";
import type { ConditionJson } from "./schema.ts";
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

const CONTROL = /\p{Cc}/u;

/** Whether a JSON value holds a control character in a key or string, which OpenFGA forbids in contexts. */
export function hasControlCharacter(value: unknown): boolean {
  if (typeof value === "string") return CONTROL.test(value);
  if (Array.isArray(value)) return value.some(hasControlCharacter);
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(([key, item]) => CONTROL.test(key) || hasControlCharacter(item));
}

const environment = new Environment({ homogeneousAggregateLiterals: true })
  .registerType("IPAddress", IpAddress)
  .registerOperator("IPAddress == IPAddress", (a: IpAddress, b: IpAddress) => a.equals(b))
  .registerFunction("ipaddress(string): IPAddress", (text: string) => {
    const address = readIpAddress(text);
    if (address === undefined) throw new RangeError(`'${text}' is not an IP address`);
    return address;
  })
  .registerFunction("IPAddress.in_cidr(string): bool", (address: IpAddress, cidr: string) => {
    const inside = address.inCidr(cidr);
    if (inside === undefined) throw new RangeError(`'${cidr}' is a malformed CIDR string`);
    return inside;
  });

/** The free names of an expression. Throws a ModelError when it does not parse. */
export function namesIn(expression: string): ReadonlySet<string> {
  try {
    return freeNames(environment.parse(expression).ast as unknown as CelNode);
  } catch (error) {
    throw new ModelError(`invalid CEL expression: ${(error as Error).message}`);
  }
}

class CompiledCondition implements Condition {
  readonly name: string;
  private readonly parameters: ReadonlyMap<string, ParameterType>;
  private readonly run: (values: Record<string, unknown>) => unknown;
  private readonly meter = new CostMeter();
  /** Parameters converted once per stored context and once per request's context. */
  private readonly converted = new WeakMap<Context, Converted>();

  constructor(json: ConditionJson) {
    this.name = json.name;
    this.parameters = new Map(Object.entries(json.parameters ?? {}).map(([name, type]) => [name, parameterType(type)]));
    this.run = compileExpression(json, this.parameters, this.meter);
  }

  evaluate(request: Context | undefined, tuple: TupleCondition): ConditionOutcome {
    const stored = this.convert(tuple.context);
    const given = request === undefined ? NOTHING : this.convert(request);
    if (this.parameters.size === 0 && (stored.keys > 0 || given.keys > 0)) {
      return this.fault("no parameters defined for the condition");
    }
    const values: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
    for (const name of this.parameters.keys()) {
      const from = Object.hasOwn(tuple.context, name) ? stored : given;
      if (!from.values.has(name)) return this.fault(`missing context parameter '${name}'`);
      const value = from.values.get(name);
      if (value === MISMATCH) return this.fault(`context parameter '${name}' has the wrong type`);
      values[name] = value;
    }
    const { meter } = this;
    try {
      meter.reset();
      const result = this.run(values);
      // Where an operand that cost too much was not decisive, the library goes on without it; OpenFGA does not.
      if (meter.exceeded) return this.fault(`it costs more than ${MAX_CONDITION_COST}`);
      return typeof result === "boolean" ? result : this.fault("the expression did not yield a bool");
    } catch (error) {
      return this.fault(error instanceof Error ? error.message : String(error));
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
    const values = new Map<string, unknown>();
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
  readonly values: ReadonlyMap<string, unknown>;
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

function compileExpression(
  json: ConditionJson, parameters: ReadonlyMap<string, ParameterType>, meter: CostMeter,
): (values: Record<string, unknown>) => unknown {
  const scope = environment.clone();
  try {
    const run = scope.parse(json.expression);
    const tree = run.ast as unknown as CelNode;
    const names = freeNames(tree);
    // What the library has beside CEL.
    if (names.has("cel")) throw new Error("undeclared reference to 'cel'");
    for (const [name, type] of parameters) {
      const [first = ""] = name.split(".", 1);
      // OpenFGA resolves `a.b` as the parameter of that name, the library as a field.
      if (first !== name && first !== "" && json.expression.includes(first)) throw new Error(`'${name}' has a dot`);
      if (names.has(name)) scope.registerVariable(name, type.cel);
    }
    const checked = run.check();
    if (!checked.valid) throw checked.error ?? new Error("it does not type-check");
    if (checked.type !== "bool") throw new Error(`expected a bool expression, but got '${checked.type ?? "nothing"}'`);
    const fault = fieldFault(tree);
    if (fault !== undefined) throw new Error(fault);
    meter.watch(tree);
    return run;
  } catch (error) {
    throw new ModelError(`failed to compile condition '${json.name}': ${(error as Error).message}`);
  }
}

/** Compiles one condition. Throws a ModelError when an expression does not parse, type-check or yield a bool. */
export function compileCondition(json: ConditionJson): Condition {
  return new CompiledCondition(json);
}
