// Inline expressions: conditions whose CEL text is stored in the tuple, OpenFGA's `with $expression`.
import type { TupleCondition } from "../tuples/tuple.ts";
import {
  conditionOf, hasControlCharacter, parseExpression, type Condition, type ConditionOutcome, type Context,
} from "./condition.ts";
import { Budget, CHARACTERS_PER_STEP } from "./conditions/condition-budget.ts";
import { freeNames } from "./conditions/syntax.ts";
import { ModelError } from "./model-error.ts";
import { INLINE_EXPRESSION, type ParameterTypeJson } from "./schema.ts";
import { MAX_COMPILED_EXPRESSIONS, MAX_TYPE_CHARACTERS } from "./model-limits.ts";

const NOTHING: Context = Object.freeze({});
const FORBIDDEN = "the context contains forbidden characters";

/** A compiled expression, whether it uses the request's context, and the number of steps that compiling it took. */
interface Compiled {
  readonly condition: Condition;
  readonly asks: boolean;
  readonly steps: number;
}

/** Number of steps counted for a declared parameter, in addition to the characters of its type. */
const STEPS_PER_PARAMETER = 30;

class InlineExpressions implements Condition {
  readonly name = INLINE_EXPRESSION;
  /** By expression and parameters: the compiled expression, or the reason why it does not compile. */
  private readonly compiled = new Map<string, Compiled | string>();
  private readonly forbidden = new WeakMap<Context, boolean>();

  evaluate(
    request: Context | undefined, { context }: TupleCondition, budget = new Budget(),
  ): ConditionOutcome {
    const compiled = this.compile(context, budget);
    if (typeof compiled === "string") {
      return { fault: `failed to evaluate relationship condition '${INLINE_EXPRESSION}': ${compiled}` };
    }
    const { condition, asks } = compiled;
    // The tuple stores the expression itself, so the parameters come from the request alone.
    return condition.evaluate(asks ? request : undefined, { name: INLINE_EXPRESSION, context: NOTHING }, budget);
  }

  refusal(context: Context, stored = false, budget = new Budget()): string | undefined {
    if (this.isForbidden(context, budget)) return FORBIDDEN;
    if (stored) return undefined;
    const compiled = this.compile(context, new Budget());
    if (typeof compiled === "string") return compiled;
    // The steps count even if the expression was compiled before, so that no refusal depends on earlier questions.
    budget.addOnce(compiled, compiled.steps);
    return undefined;
  }

  /** Returns the compiled expression of a context, or the reason why it does not compile. */
  compile({ expression, parameters }: Context, budget: Budget): Compiled | string {
    const key = JSON.stringify({ expression, parameters });
    budget.add(key.length / CHARACTERS_PER_STEP);
    const known = this.compiled.get(key);
    if (known !== undefined) return known;
    if (this.compiled.size >= MAX_COMPILED_EXPRESSIONS) this.compiled.delete(this.compiled.keys().next().value!);
    const own = new Budget();
    const compiled = tryToCompile(expression, parameters, own);
    budget.add(own.work);
    this.compiled.set(key, compiled);
    return compiled;
  }

  private isForbidden(context: Context, budget: Budget): boolean {
    const known = this.forbidden.get(context);
    if (known !== undefined) return known;
    const forbidden = hasControlCharacter(context, budget);
    this.forbidden.set(context, forbidden);
    return forbidden;
  }
}

/** The condition that every model has. The context of each tuple holds the expression to evaluate. */
export const inlineExpressions = new InlineExpressions();

function tryToCompile(expression: unknown, parameters: unknown, budget: Budget): Compiled | string {
  try {
    return compile(expression, parameters, budget);
  } catch (error) {
    // A ModelError, or a stack overflow from an expression or a type that is nested too deeply.
    return (error as Error).message;
  }
}

function compile(expression: unknown, parameters: unknown, budget: Budget): Compiled {
  if (typeof expression !== "string" || expression === "") {
    throw new ModelError(`${INLINE_EXPRESSION}: context field "expression" must be a non-empty string`);
  }
  const parsed = parseExpression(expression, budget);
  const types = new Map<string, ParameterTypeJson>();
  for (const name of freeNames(parsed)) types.set(name, { type_name: "TYPE_NAME_STRING" });
  for (const [name, type] of declared(parameters, budget)) types.set(name, type);
  const condition = conditionOf(INLINE_EXPRESSION, parsed, Object.fromEntries(types), budget);
  return { condition, asks: types.size > 0, steps: budget.work };
}

/** Returns the parameters that a context declares: names and types such as `string` or `map<int>`. */
function declared(parameters: unknown, budget: Budget): [string, ParameterTypeJson][] {
  if (parameters === undefined) return [];
  if (typeof parameters !== "object" || parameters === null || Array.isArray(parameters)) {
    throw new ModelError(`${INLINE_EXPRESSION}: context field "parameters" must be a struct`);
  }
  return Object.entries(parameters).map(([name, type]) => {
    const length = typeof type === "string" ? type.length : 0;
    budget.add(STEPS_PER_PARAMETER + Math.min(length, MAX_TYPE_CHARACTERS));
    if (length > MAX_TYPE_CHARACTERS) {
      throw new ModelError(`parameter '${name}': a type has at most ${MAX_TYPE_CHARACTERS} characters`);
    }
    return [name, readType(type)];
  });
}

const TYPES = new Set([
  "any", "bool", "string", "int", "uint", "double", "duration", "timestamp", "map", "list", "ipaddress",
]);

/** Reads a type in OpenFGA's notation. The compilation checks which types take a generic type. */
function readType(type: unknown): ParameterTypeJson {
  const text = typeof type === "string" ? type : "";
  const open = text.indexOf("<");
  if (open >= 0 && !text.endsWith(">")) throw new ModelError(`malformed generic type '${text}': missing closing >`);
  const name = open < 0 ? text : text.slice(0, open);
  if (!TYPES.has(name)) throw new ModelError(`unknown parameter type '${name}'`);
  const type_name = `TYPE_NAME_${name.toUpperCase()}`;
  return open < 0 ? { type_name } : { type_name, generic_types: [readType(text.slice(open + 1, -1))] };
}
