// Attributes: names with the fields and elements selected from them. Like cel-go, we resolve such a chain as one.
import type { Frame, Step } from "./step.ts";
import { hasField, select } from "./functions.ts";
import { EvaluationError, NO_OVERLOAD, type Value } from "./values.ts";

/** The start of a chain, and the selections made from there. */
export interface Attribute {
  /** Id of the last selection. */
  readonly id: number;
  add(selector: Selector): void;
  /** Finds the value. Notes and charges for the parts selected on the way, but not for the whole. */
  resolve(frame: Frame): Value;
  /** Forgets the values of the parts. Returns the cost of the attribute as a whole. */
  finish(frame: Frame): number;
}

/** Selects a part of a value. */
export interface Selector {
  readonly id: number;
  from(frame: Frame, value: Value): Value;
}

/** A chain that starts with a name or with the value of any other expression. */
export class Chain implements Attribute {
  private readonly start: (frame: Frame) => Value;
  private readonly own: number;
  private readonly selectors: Selector[] = [];

  constructor(id: number, start: (frame: Frame) => Value) {
    this.own = id;
    this.start = start;
  }

  get id(): number {
    return this.selectors.at(-1)?.id ?? this.own;
  }

  add(selector: Selector): void {
    this.selectors.push(selector);
  }

  resolve(frame: Frame): Value {
    let value = this.start(frame);
    for (const selector of this.selectors) {
      if (value instanceof EvaluationError) return value;
      value = selector.from(frame, value);
    }
    return value;
  }

  finish({ budget }: Frame): number {
    budget.drop(this.id);
    return 1;
  }
}

/** `condition ? yes : no`. A selection from it applies to either branch. */
export class Choice implements Attribute {
  private readonly own: number;
  private readonly condition: Step;
  private readonly yes: Attribute;
  private readonly no: Attribute;

  constructor(id: number, condition: Step, yes: Attribute, no: Attribute) {
    this.own = id;
    this.condition = condition;
    this.yes = yes;
    this.no = no;
  }

  get id(): number {
    return this.yes.id === this.no.id ? this.yes.id : this.own;
  }

  add(selector: Selector): void {
    this.yes.add(selector);
    this.no.add(selector);
  }

  resolve(frame: Frame): Value {
    const value = this.condition.evaluate(frame);
    if (typeof value === "boolean") return (value ? this.yes : this.no).resolve(frame);
    return value instanceof EvaluationError ? value : NO_OVERLOAD;
  }

  finish({ budget }: Frame): number {
    for (const id of [this.no.id, this.yes.id, this.condition.id]) budget.drop(id);
    return 0;
  }
}

/** Selects a field or an element by a constant key; with `test`, whether such a field exists. */
export function byConstant(id: number, key: Value, test: boolean): Selector {
  return {
    id,
    from({ budget }, value) {
      const found = test ? hasField(value, key as string) : select(value, key, budget);
      budget.push(id, found);
      budget.charge(1);
      return found;
    },
  };
}

/** Selects an element by the value of an attribute. `isOwn`: the attribute was made for this selection. */
export function byAttribute(id: number, attribute: Attribute, isOwn: boolean): Selector {
  return {
    id,
    from(frame, value) {
      const key = attribute.resolve(frame);
      const found = key instanceof EvaluationError ? key : select(value, key, frame.budget);
      const cost = isOwn ? attribute.finish(frame) : 1;
      frame.budget.push(id, found);
      frame.budget.charge(cost);
      return found;
    },
  };
}
