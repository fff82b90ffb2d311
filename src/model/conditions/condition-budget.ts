// The bounds on the work of one evaluation: cel-go's cost, which OpenFGA limits, and our own steps.
import { Abort, isList, isMap, type Value } from "./values.ts";
import { MAX_CONDITION_COST, MAX_CONDITION_STEPS } from "../model-limits.ts";

/** Number of characters that count as one step, and number of noted values searched that do. */
export const CHARACTERS_PER_STEP = 16;
const NOTED_PER_STEP = 16;

/** The work of one evaluation so far, and the values from which cel-go's cost is computed. */
export class Budget {
  private cost = 0;
  private steps = 0;
  private remembered = 0;
  private bounded = 0;
  private counted: Set<object> | undefined = undefined;
  private readonly ids: number[] = [];
  private readonly values: Value[] = [];

  /** Number of steps that count toward the limit. It is the same for every evaluation of the same expression. */
  get taken(): number {
    return this.steps;
  }

  /** Number of steps of work actually done this time. */
  get work(): number {
    return this.steps - this.remembered + this.bounded;
  }

  /** Number of noted values. */
  get height(): number {
    return this.ids.length;
  }

  /** Counts visited elements. */
  walk(elements: number): void {
    this.steps += elements;
    if (this.steps > MAX_CONDITION_STEPS) throw new Abort(`it takes more than ${MAX_CONDITION_STEPS} steps`);
  }

  /** Counts steps toward the limit whose work was done earlier and is remembered. */
  recall(steps: number): void {
    this.remembered += steps;
    this.walk(steps);
  }

  /** Counts work that has its own bound. */
  add(steps: number): void {
    this.bounded += steps;
  }

  /** Counts work on one thing once, however often the thing occurs. */
  addOnce(thing: object, steps: number): void {
    this.counted ??= new Set();
    if (!this.counted.has(thing)) this.bounded += steps;
    this.counted.add(thing);
  }

  /** Counts characters or bytes read. */
  read(characters: number): void {
    this.walk(characters / CHARACTERS_PER_STEP);
  }

  /** Adds cost. Throws an Abort beyond the limit. */
  charge(cost: number): void {
    this.cost += cost;
    if (this.cost > MAX_CONDITION_COST) throw new Abort(`it costs more than ${MAX_CONDITION_COST}`);
  }

  /** Notes the value of a part of the expression. Counts a step. */
  push(id: number, value: Value): Value {
    this.walk(1);
    this.ids.push(id);
    this.values.push(value);
    return value;
  }

  /** Forgets the value of a part and everything noted since. Does nothing when the part is not noted. */
  drop(id: number): void {
    const at = this.find(id);
    if (at >= 0) this.cut(at);
  }

  /** Forgets all values noted above a height. */
  cut(height: number): void {
    this.ids.length = height;
    this.values.length = height;
  }

  /**
   * Returns the values of a call's arguments and forgets them, or returns undefined when one is not noted. (cel-go
   * finds them by id from the top. Values noted in a turn of a loop are forgotten after it: no later turn looks for
   * them.)
   */
  take(ids: readonly number[]): Value[] | undefined {
    const found = new Array<Value>(ids.length);
    for (let i = ids.length - 1; i >= 0; i--) {
      const at = this.find(ids[i]!);
      if (at < 0) return undefined;
      found[i] = this.values[at]!;
      this.cut(at);
    }
    return found;
  }

  /** Returns the size that cel-go counts: characters, bytes, elements or entries; one for anything else. */
  sizeOf(value: Value): number {
    if (typeof value === "string") return this.charactersOf(value);
    if (isList(value) || value instanceof Uint8Array) return value.length;
    return isMap(value) ? value.size : 1;
  }

  /** Returns the number of characters (code points) of a text. */
  charactersOf(text: string): number {
    this.read(text.length);
    let size = text.length;
    for (let i = 1; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code >= 0xdc00 && code <= 0xdfff && (text.charCodeAt(i - 1) & 0xfc00) === 0xd800) size--;
    }
    return size;
  }

  private find(id: number): number {
    const at = this.ids.lastIndexOf(id);
    this.walk(Math.floor((this.ids.length - Math.max(at, 0)) / NOTED_PER_STEP));
    return at;
  }
}

/** Cost per character of a text that is read, and per character of a regular expression. */
const TEXT_FACTOR = 0.1;
const REGEX_FACTOR = 0.25;

const ORDERED_TEXT = /^(?:less|greater)(?:_equals)?_(?:string|bytes)$/;

/** Returns the cost of a call, given the values of its arguments. */
export type CallCost = (args: readonly Value[], budget: Budget) => number;

const ofText = (index: 0 | 1): CallCost => (args, budget) => Math.ceil(budget.sizeOf(args[index]!) * TEXT_FACTOR);
const ONE: CallCost = () => 1;

/** Returns the cost of calls in cel-go's runtime cost model (0.31), by the only overload that their types allow. */
export function costOfCall(overload: string): CallCost {
  switch (overload) {
    case "starts_with_string": case "ends_with_string":
      return ofText(1);
    case "string_to_bytes": case "bytes_to_string":
      return ofText(0);
    case "in_list":
      return ([, list], budget) => budget.sizeOf(list!);
    case "add_string": case "add_bytes":
      return ([one, other], budget) => Math.ceil((budget.sizeOf(one!) + budget.sizeOf(other!)) * TEXT_FACTOR);
    case "matches": case "matches_string":
      return ([text, pattern], budget) => Math.ceil((1 + budget.sizeOf(text!)) * TEXT_FACTOR)
        * Math.ceil(budget.sizeOf(pattern!) * REGEX_FACTOR);
    case "contains_string":
      return (args, budget) => ofText(0)(args, budget) * ofText(1)(args, budget);
    default:
      return overload !== "equals" && overload !== "not_equals" && !ORDERED_TEXT.test(overload) ? ONE
        : ([one, other], budget) => Math.ceil(Math.min(budget.sizeOf(one!), budget.sizeOf(other!)) * TEXT_FACTOR);
  }
}
