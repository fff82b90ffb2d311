// Plans the evaluation of a checked expression as cel-go does: constants are evaluated in advance.
import { byAttribute, byConstant, Chain, Choice, type Attribute } from "./attributes.ts";
import { Budget, costOfCall } from "./condition-budget.ts";
import type { Checked } from "./type-checker.ts";
import { IMPLEMENTATIONS, isKey, type Implementation } from "./functions.ts";
import { isFolded, loop, membership } from "./loops.ts";
import { CONVERSIONS } from "./overloads.ts";
import { compilePattern, matches } from "./pattern.ts";
import type { Frame, Step } from "./step.ts";
import type { Call, Expression, Identifier, Selection } from "./syntax.ts";
import {
  Abort, EvaluationError, isList, LiteralMap, NO_OVERLOAD, TypeName, typeNameOf, type Value,
} from "./values.ts";

/** The reason why an expression that type-checks cannot be evaluated with any parameters. */
class PlanFault extends Error {}

/** Plans an expression. Throws a PlanFault or an Abort when a constant part of it fails. */
export function plan(expression: Expression, checked: Checked, budget = new Budget()): Step {
  return new Planner(checked, budget).plan(expression);
}

/** A step whose value is known. */
class Constant implements Step {
  readonly id: number;
  readonly value: Value;

  constructor(id: number, value: Value) {
    this.id = id;
    this.value = value;
  }

  evaluate({ budget }: Frame): Value {
    return budget.push(this.id, this.value);
  }
}

/** A step that resolves an attribute. */
class Resolution implements Step {
  readonly attribute: Attribute;

  constructor(attribute: Attribute) {
    this.attribute = attribute;
  }

  get id(): number {
    return this.attribute.id;
  }

  evaluate(frame: Frame): Value {
    const value = this.attribute.resolve(frame);
    const cost = this.attribute.finish(frame);
    frame.budget.push(this.id, value);
    frame.budget.charge(cost);
    return value;
  }
}

class Planner {
  private readonly checked: Checked;
  /** Budget for the work on constants, above all on constant patterns. */
  private readonly budget: Budget;

  constructor(checked: Checked, budget: Budget) {
    this.checked = checked;
    this.budget = budget;
  }

  plan(node: Expression): Step {
    switch (node.kind) {
      case "literal": return new Constant(node.id, node.value);
      case "identifier": return this.named(node);
      case "selection": return this.selection(node);
      case "call": return this.call(node);
      case "list": {
        const elements = node.elements.map((element) => this.plan(element));
        if (elements.every(isConstant)) return new Constant(node.id, elements.map(({ value }) => value));
        return construction(node.id, 10, elements, (values) => [...values]);
      }
      case "map": {
        const parts = node.entries.flat().map((part) => this.plan(part));
        if (!parts.every(isConstant)) return construction(node.id, 30, parts, mapOf);
        return new Constant(node.id, mapOf(parts.map(({ value }) => value), this.budget));
      }
      case "comprehension": {
        const init = this.plan(node.init);
        const parts = { init, range: this.plan(node.range), condition: this.plan(node.condition) };
        const slot = this.checked.slots.get(node.id)!;
        return loop(node.id, slot, { ...parts, step: this.plan(node.step), result: this.plan(node.result) });
      }
    }
  }

  private named({ id }: Identifier | Selection): Step {
    const meaning = this.checked.meanings.get(id)!;
    switch (meaning.kind) {
      case "type": return new Constant(id, new TypeName(meaning.name));
      case "parameter": return new Resolution(new Chain(id, ({ parameters }) => parameters[meaning.name]!));
      case "local": return new Resolution(new Chain(id, ({ locals }) => locals[meaning.slot]!));
    }
  }

  private selection(node: Selection): Step {
    if (this.checked.meanings.has(node.id)) return this.named(node);
    const resolution = this.resolutionOf(this.plan(node.operand));
    resolution.attribute.add(byConstant(node.id, node.field, node.test));
    return resolution;
  }

  /** Wraps a step so that fields and elements can be selected from it. */
  private resolutionOf(step: Step): Resolution {
    return step instanceof Resolution ? step : new Resolution(new Chain(step.id, (frame) => step.evaluate(frame)));
  }

  private call(node: Call): Step {
    const args = (node.target === undefined ? node.args : [node.target, ...node.args]).map((arg) => this.plan(arg));
    const [first, second, third] = args as [Step, Step, Step];
    switch (node.name) {
      case "_&&_": return junction(node.id, false, first, second);
      case "_||_": return junction(node.id, true, first, second);
      case "_?_:_":
        return new Resolution(new Choice(node.id, first, this.branch(second), this.branch(third)));
      case "_[_]": return this.index(node.id, first, second);
      default:
        return this.function(node, args);
    }
  }

  private branch(step: Step): Attribute {
    return step instanceof Resolution ? step.attribute : new Chain(step.id, (frame) => step.evaluate(frame));
  }

  private index(id: number, operand: Step, key: Step): Step {
    const resolution = this.resolutionOf(operand);
    if (key instanceof Constant) {
      if (!isKey(key.value)) throw new PlanFault(`a value of type ${typeNameOf(key.value)} is no index`);
      resolution.attribute.add(byConstant(id, key.value, false));
    } else if (key instanceof Resolution) resolution.attribute.add(byAttribute(id, key.attribute, false));
    else resolution.attribute.add(byAttribute(id, new Chain(id, (frame) => key.evaluate(frame)), true));
    return resolution;
  }

  private function(node: Call, args: readonly Step[]): Step {
    const name = node.name.replace(/^\./, "");
    const overloads = this.checked.overloads.get(node.id)!;
    const only = overloads.length === 1 ? overloads[0]!.id : "";
    const [first, second] = args;
    if (only === "in_list" && second instanceof Constant && isList(second.value)) {
      if (second.value.length === 0) return new Constant(node.id, false);
      if (isFolded(second.value)) return membership(node.id, first!, second.value);
    }
    if (name === "matches" && second instanceof Constant && typeof second.value === "string") {
      return invocation(node.id, only, args, this.matchesPattern(second.value), true);
    }
    const work = IMPLEMENTATIONS.get(name)!;
    if (CONVERSIONS.has(name) && first instanceof Constant) {
      return new Constant(node.id, unlessError(work([first.value], this.budget)));
    }
    return invocation(node.id, only, args, work, name !== "@not_strictly_false");
  }

  private matchesPattern(text: string): Implementation {
    try {
      const pattern = compilePattern(text, this.budget);
      return ([value], budget) => (typeof value === "string" ? matches(pattern, value, budget) : NO_OVERLOAD);
    } catch (error) {
      if (error instanceof Abort) throw error;
      throw new PlanFault(error instanceof Error ? error.message : String(error));
    }
  }
}

function isConstant(step: Step): step is Constant {
  return step instanceof Constant;
}

function unlessError(value: Value): Value {
  if (value instanceof EvaluationError) throw new PlanFault(value.message);
  return value;
}

/** Plans a call. It is charged for before it runs, so that a call that costs too much never runs. */
function invocation(
  id: number, overload: string, args: readonly Step[], work: Implementation, isStrict: boolean,
): Step {
  const ids = args.map((arg) => arg.id);
  const costOf = costOfCall(overload);
  return {
    id,
    evaluate(frame) {
      const { budget } = frame;
      const values: Value[] = [];
      let value: Value | undefined;
      for (const arg of args) {
        values.push(arg.evaluate(frame));
        value = values.at(-1);
        if (isStrict && value instanceof EvaluationError) break;
        value = undefined;
      }
      const noted = budget.take(ids);
      if (noted !== undefined) budget.charge(costOf(noted, budget));
      return budget.push(id, value ?? work(values, budget));
    },
  };
}

/** Plans `&&` or `||`. The second operand is evaluated even after an error, because it may decide. */
function junction(id: number, deciding: boolean, first: Step, second: Step): Step {
  return {
    id,
    evaluate(frame) {
      let result: Value = !deciding;
      for (const term of [first, second]) {
        const value = term.evaluate(frame);
        if (value === deciding) {
          result = deciding;
          break;
        }
        if (typeof value !== "boolean" && typeof result === "boolean") {
          result = value instanceof EvaluationError ? value : NO_OVERLOAD;
        }
      }
      frame.budget.drop(first.id);
      frame.budget.drop(second.id);
      return frame.budget.push(id, result);
    },
  };
}

/** Plans a list or a map made from its parts. */
function construction(
  id: number, cost: number, parts: readonly Step[], make: (values: readonly Value[], budget: Budget) => Value,
): Step {
  const ids = parts.map((part) => part.id);
  return {
    id,
    evaluate(frame) {
      const values: Value[] = [];
      let value: Value | undefined;
      for (const part of parts) {
        values.push(part.evaluate(frame));
        value = values.at(-1);
        if (value instanceof EvaluationError) break;
        value = undefined;
      }
      frame.budget.take(ids);
      frame.budget.push(id, value ??= make(values, frame.budget));
      frame.budget.charge(cost);
      return value;
    },
  };
}

function mapOf(parts: readonly Value[], budget: Budget): Value {
  const map = new LiteralMap();
  for (let i = 0; i < parts.length; i += 2) {
    const key = parts[i]!;
    if (typeof key === "string") budget.read(key.length);
    map.add(key, parts[i + 1]!);
  }
  return map;
}
