// A part of an expression that is ready to be evaluated, and what it is evaluated with.
import type { Budget } from "./budget.ts";
import type { Value } from "./values.ts";

/** One evaluation: the values of the parameters and of the variables of comprehensions, and the budget. */
export interface Frame {
  readonly parameters: Readonly<Record<string, Value>>;
  readonly locals: (Value | undefined)[];
  readonly budget: Budget;
}

/** A part of an expression. Evaluating it notes its value in the budget, and charges for it. */
export interface Step {
  readonly id: number;
  evaluate(frame: Frame): Value;
}
