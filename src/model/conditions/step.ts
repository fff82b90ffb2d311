// A planned part of an expression, and the frame of its evaluation.
import type { Budget } from "./condition-budget.ts";
import type { Value } from "./values.ts";

/** One evaluation: the values of parameters, the values of comprehension variables, and the budget. */
export interface Frame {
  readonly parameters: Readonly<Record<string, Value>>;
  readonly locals: (Value | undefined)[];
  readonly budget: Budget;
}

/** A planned part of an expression. Evaluating it notes its value in the budget and charges for it. */
export interface Step {
  readonly id: number;
  evaluate(frame: Frame): Value;
}
