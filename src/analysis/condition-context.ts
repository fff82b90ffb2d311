// Finds a context under which a condition is met, so that an example with a conditional tuple can be run.
import type { Model } from "../model/rewrite.ts";
import { INLINE_EXPRESSION, type ConditionJson, type ParameterTypeJson } from "../model/schema.ts";
import type { TupleCondition } from "../tuples/tuple.ts";
import { MAX_CONTEXTS } from "./analysis-limits.ts";

/**
 * Returns a condition with a context of its own that meets it, or undefined if none of the tried ones does. Tries a few
 * values of each parameter's type, and the texts and numbers of the expression.
 */
export function contextThatMeets(model: Model, name: string): TupleCondition | undefined {
  if (name === INLINE_EXPRESSION) return { name, context: { expression: "true" } };
  const [compiled, json] = [model.conditions.get(name), model.json.conditions?.[name]];
  if (compiled === undefined || json === undefined) return undefined;
  let tried = 0;
  for (const context of contextsOf(json)) {
    if (++tried > MAX_CONTEXTS) return undefined;
    if (compiled.refusal(context) === undefined && compiled.evaluate(undefined, { name, context }) === true) {
      return { name, context };
    }
  }
  return undefined;
}

function* contextsOf({ parameters = {}, expression }: ConditionJson): Generator<Record<string, unknown>> {
  const names = Object.keys(parameters);
  const choices = names.map((name) => valuesOf(parameters[name]!, expression));
  function* from(i: number): Generator<Record<string, unknown>> {
    const name = names[i];
    if (name === undefined) return void (yield {});
    for (const value of choices[i]!) for (const rest of from(i + 1)) yield { [name]: value, ...rest };
  }
  yield* from(0);
}

function valuesOf({ type_name, generic_types: [of] = [] }: ParameterTypeJson, expression: string): unknown[] {
  const texts = [...expression.matchAll(/"([^"\\]*)"|'([^'\\]*)'/g)].map(([, a, b]) => a ?? b);
  const numbers = [...expression.matchAll(/\b\d+\b/g)].map(([text]) => Number(text));
  switch (type_name) {
    case "TYPE_NAME_BOOL": return [true, false];
    case "TYPE_NAME_INT": return [0, 1, -1, 1_000_000, ...numbers];
    case "TYPE_NAME_UINT": return [0, 1, 1_000_000, ...numbers];
    case "TYPE_NAME_DOUBLE": return [0, 0.5, -1, 1_000_000, ...numbers];
    case "TYPE_NAME_TIMESTAMP": return ["2024-01-01T00:00:00Z", "2034-01-01T00:00:00Z"];
    case "TYPE_NAME_DURATION": return ["1s", "24h"];
    case "TYPE_NAME_IPADDRESS": return ["10.0.0.1", "127.0.0.1", ...texts];
    case "TYPE_NAME_STRING": return ["a", "", ...texts];
    case "TYPE_NAME_LIST": return [[], ...of === undefined ? [] : valuesOf(of, expression).map((value) => [value])];
    case "TYPE_NAME_MAP": return [{}];
    default: return [...texts, true];
  }
}
