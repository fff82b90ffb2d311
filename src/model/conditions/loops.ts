// Comprehensions, and membership tests in a list of constants.
import type { Step } from "./step.ts";
import {
  equalWholes, EvaluationError, hashOf, isList, isMap, native, NO_OVERLOAD, Uint, type Value,
} from "./values.ts";

/** The parts of a comprehension. */
interface Parts {
  readonly range: Step;
  readonly init: Step;
  readonly condition: Step;
  readonly step: Step;
  readonly result: Step;
}

/** Plans a comprehension. One slot holds its accumulated value, and the next slot the element of each turn. */
export function loop(id: number, slot: number, { range, init, condition, step, result }: Parts): Step {
  return {
    id,
    evaluate(frame) {
      const { budget, locals } = frame;
      const over = range.evaluate(frame);
      let value: Value = over instanceof EvaluationError ? over : NO_OVERLOAD;
      if (isList(over) || isMap(over)) {
        locals[slot] = init.evaluate(frame);
        const { height } = budget;
        for (const element of isList(over) ? over : over.keys()) {
          budget.walk(1);
          locals[slot + 1] = native(element, budget);
          if (condition.evaluate(frame) === false) break;
          locals[slot] = step.evaluate(frame);
          budget.cut(height);
        }
        value = result.evaluate(frame);
      }
      budget.drop(range.id);
      return budget.push(id, value);
    },
  };
}

/** Whether a list of constants is looked up as a set: only when all are booleans, numbers or texts. */
export function isFolded(constants: readonly Value[]): boolean {
  const kinds = ["boolean", "bigint", "number", "string"];
  return constants.every((value) => kinds.includes(typeof value) || value instanceof Uint);
}

/** Plans a test whether a value is one of several constants. cel-go charges nothing for it. */
export function membership(id: number, value: Step, constants: readonly Value[]): Step {
  const known = new Set(constants.flatMap((constant) => [constant, ...equals(constant)]).map(hashOf));
  return {
    id,
    evaluate(frame) {
      const found = value.evaluate(frame);
      if (typeof found === "string") frame.budget.read(found.length);
      return frame.budget.push(id, found instanceof EvaluationError ? found : known.has(hashOf(found)));
    },
  };
}

/** Returns the equal numbers of other types: those that are equal as map keys, and the rounded double. */
function equals(constant: Value): Value[] {
  const whole = constant instanceof Uint ? constant.value : constant;
  return typeof whole === "bigint" ? [Number(whole), ...equalWholes(constant)] : equalWholes(constant);
}
